// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "tiny_bank.h"

#include <algorithm>
#include <set>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tiny_bank.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// The networks of one vector, `from` lanes into the rows. The same sums as tiny_value().
template <class D>
HWY_INLINE hn::Vec<D> values(D d, const TinyGroup& group, const float* z, int64_t from) {
  const float* at = group.rows.data() + from;
  const auto row = [&] {
    const auto loaded = hn::LoadU(d, at);
    at += kTinyLanes;
    return loaded;
  };
  const auto affine = [&] {
    auto sum = row();
    for (const int64_t i : group.inputs) sum = hn::MulAdd(row(), hn::Set(d, z[i]), sum);
    return sum;
  };
  const auto k = row(), inverse = row();
  auto result = affine();
  if (group.terms > 1) {
    HWY_ALIGN float term[kMaxTinyTerms * hn::MaxLanes(d)];
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    hn::Store(result, d, term);
    for (int64_t j = 1; j < group.terms; ++j) {
      const auto next = affine();
      hn::Store(next, d, term + j * lanes);
      result = hn::Max(result, next);
    }
    auto sum = hn::Zero(d);
    for (int64_t j = 0; j < group.terms; ++j) {
      sum = hn::Add(sum, hn::Exp(d, hn::Mul(k, hn::Sub(hn::Load(d, term + j * lanes), result))));
    }
    result = hn::MulAdd(hn::Log(d, sum), inverse, result);
  }
  const auto one = hn::Set(d, 1.0F);
  for (int64_t h = 0; h < group.hidden; ++h) {
    const auto x = affine();
    const auto bounded = hn::Div(x, hn::Sqrt(hn::MulAdd(x, x, one)));
    result = hn::MulAdd(row(), bounded, result);
  }
  return result;
}

void evaluate_group(const TinyGroup& group, const float* z, float* to) {
  const hn::CappedTag<float, kTinyLanes> d;
  HWY_ALIGN float all[kTinyLanes];
  const auto count = static_cast<int64_t>(group.outputs.size());
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t from = 0; from < count; from += lanes) {
    hn::Store(values(d, group, z, from), d, all + from);
  }
  for (int64_t i = 0; i < count; ++i) to[group.outputs[static_cast<std::size_t>(i)]] = all[i];
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {
HWY_EXPORT(evaluate_group);

namespace {

// A term that never is the largest: e to the k of it is zero, and nothing overflows on the way.
constexpr float kNoTerm = -1e20F;

TinyGroup group_of(const TinyMember* first, const TinyMember* last) {
  TinyGroup group;
  std::set<int64_t> inputs;
  for (const TinyMember* m = first; m != last; ++m) {
    inputs.insert(m->inputs.begin(), m->inputs.end());
    group.terms = std::max(group.terms, m->shape.terms);
    group.hidden = std::max(group.hidden, m->shape.hidden);
    group.outputs.push_back(m->output);
  }
  group.inputs.assign(inputs.begin(), inputs.end());
  const auto width = static_cast<int64_t>(group.inputs.size()) + 1;  // of an affine part, in rows
  const int64_t hidden_from = 2 + group.terms * width;
  const int64_t rows = hidden_from + group.hidden * (width + 1);
  group.rows.assign(static_cast<std::size_t>(rows * kTinyLanes), 0.0F);
  const auto cell = [&](int64_t row, int64_t lane) -> float& {
    return group.rows[static_cast<std::size_t>(row * kTinyLanes + lane)];
  };
  for (int64_t lane = 0; lane < kTinyLanes; ++lane) {
    cell(0, lane) = cell(1, lane) = 1;
    for (int64_t j = 1; j < group.terms; ++j) cell(2 + j * width, lane) = kNoTerm;
  }
  for (const TinyMember* m = first; m != last; ++m) {
    const int64_t lane = m - first;
    const float* p = m->parameters.data();
    if (m->shape.sharpness() > 0) {
      const float k = std::exp(*p++);
      cell(0, lane) = k;
      cell(1, lane) = 1 / k;
    }
    const auto affine = [&](int64_t row) {
      cell(row, lane) = *p++;
      for (const int64_t input : m->inputs) {
        const auto at = std::lower_bound(group.inputs.begin(), group.inputs.end(), input);
        cell(row + 1 + (at - group.inputs.begin()), lane) += *p++;
      }
    };
    for (int64_t j = 0; j < m->shape.terms; ++j) affine(2 + j * width);
    for (int64_t h = 0; h < m->shape.hidden; ++h) {
      const int64_t row = hidden_from + h * (width + 1);
      affine(row);
      cell(row + width, lane) = *p++;
    }
  }
  return group;
}

}  // namespace

std::vector<TinyGroup> group_tiny(const std::vector<TinyMember>& members) {
  std::vector<TinyGroup> groups;
  for (std::size_t at = 0; at < members.size(); at += kTinyLanes) {
    const std::size_t count = std::min<std::size_t>(kTinyLanes, members.size() - at);
    groups.push_back(group_of(members.data() + at, members.data() + at + count));
  }
  return groups;
}

void evaluate(const TinyGroup& group, const float* z, float* to) {
  HWY_DYNAMIC_DISPATCH(evaluate_group)(group, z, to);
}

}  // namespace kernwise::detail
#endif  // HWY_ONCE
