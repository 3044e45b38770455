// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "loops.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "loops.cc"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

int64_t multiply_adds(int64_t iterations, float* sink) {
  const hn::ScalableTag<float> d;
  // x = x * factor + term tends to 1: no overflow and no denormals, however long it runs.
  const auto factor = hn::Set(d, 0.5F);
  const auto term = hn::Set(d, 0.5F);
  // Twelve chains cover latency x throughput of every core so far (4 cycles x 2 units, 5 x 2).
  auto a = hn::Iota(d, 0.0F), b = hn::Iota(d, 1.0F), c = hn::Iota(d, 2.0F), e = hn::Iota(d, 3.0F);
  auto f = hn::Iota(d, 4.0F), g = hn::Iota(d, 5.0F), h = hn::Iota(d, 6.0F), i = hn::Iota(d, 7.0F);
  auto j = hn::Iota(d, 8.0F), k = hn::Iota(d, 9.0F), l = hn::Iota(d, 10.0F), m = hn::Iota(d, 11.0F);
  for (int64_t n = 0; n < iterations; ++n) {
    a = hn::MulAdd(a, factor, term);
    b = hn::MulAdd(b, factor, term);
    c = hn::MulAdd(c, factor, term);
    e = hn::MulAdd(e, factor, term);
    f = hn::MulAdd(f, factor, term);
    g = hn::MulAdd(g, factor, term);
    h = hn::MulAdd(h, factor, term);
    i = hn::MulAdd(i, factor, term);
    j = hn::MulAdd(j, factor, term);
    k = hn::MulAdd(k, factor, term);
    l = hn::MulAdd(l, factor, term);
    m = hn::MulAdd(m, factor, term);
  }
  const auto sum = hn::Add(hn::Add(hn::Add(hn::Add(a, b), hn::Add(c, e)), hn::Add(f, g)),
                           hn::Add(hn::Add(hn::Add(h, i), hn::Add(j, k)), hn::Add(l, m)));
  *sink = hn::GetLane(hn::SumOfLanes(d, sum));
  return 12 * iterations * static_cast<int64_t>(hn::Lanes(d));
}

float sum(const float* data, int64_t count) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<int64_t>(hn::Lanes(d));
  auto a = hn::Zero(d), b = hn::Zero(d), c = hn::Zero(d), e = hn::Zero(d);
  for (int64_t i = 0; i + 4 * lanes <= count; i += 4 * lanes) {
    a = hn::Add(a, hn::Load(d, data + i));
    b = hn::Add(b, hn::Load(d, data + i + lanes));
    c = hn::Add(c, hn::Load(d, data + i + 2 * lanes));
    e = hn::Add(e, hn::Load(d, data + i + 3 * lanes));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(a, b), hn::Add(c, e))));
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(multiply_adds);
HWY_EXPORT(sum);

int64_t multiply_add_loop(int64_t iterations, float* sink) {
  return HWY_DYNAMIC_DISPATCH(multiply_adds)(iterations, sink);
}

float sum_loop(const float* data, int64_t count) { return HWY_DYNAMIC_DISPATCH(sum)(data, count); }

}  // namespace kernwise::detail
#endif
