// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/profile/sampling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <set>

namespace kernwise {
namespace {

constexpr int64_t kMaxChannels = 4096, kMaxSide = 256;
constexpr int kMostVain = 10'000;  // draws in a row
constexpr int64_t kMaxMacs = 2'000'000'000;

bool one_in(int64_t n, Rng& rng) { return rng.integer(1, n) == 1; }

int64_t near(int64_t size, int64_t most, Rng& rng) {
  const double factor = std::exp2(rng.uniform(-1, 1));
  return std::clamp<int64_t>(std::llround(factor * static_cast<double>(size)), 1, most);
}

int64_t multiple_of(int64_t step, int64_t size) {
  return std::max(step, (size + step / 2) / step * step);
}

int64_t kernel_size(Rng& rng) {
  constexpr std::array<int64_t, 16> sizes = {1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 5, 5, 5, 7, 11};
  return sizes[static_cast<std::size_t>(rng.integer(0, 15))];
}

int64_t stride_of(int64_t kernel, Rng& rng) {
  if (!one_in(3, rng)) return 1;
  return kernel >= 7 && one_in(2, rng) ? 4 : 2;
}

PostOps post_ops(Rng& rng) {
  PostOps ops;
  ops.bias = true;
  const int64_t which = rng.integer(0, 5);
  if (which > 0) ops.activation.kind = ActivationKind::kRelu;
  ops.residual = which == 5;
  return ops;
}

Problem convolution_near(const ConvProblem& seed, Rng& rng) {
  ConvProblem p;
  p.ic =
      seed.ic <= 4 && one_in(2, rng) ? seed.ic : multiple_of(4, near(seed.ic, kMaxChannels, rng));
  p.oc = multiple_of(4, near(seed.oc, kMaxChannels, rng));
  p.ih = p.iw = near(seed.ih, kMaxSide, rng);
  if (one_in(4, rng)) p.iw = near(seed.iw, kMaxSide, rng);
  p.kh = p.kw = kernel_size(rng);
  if (p.kh > 1 && one_in(8, rng)) (one_in(2, rng) ? p.kh : p.kw) = 1;
  p.sh = p.sw = stride_of(std::max(p.kh, p.kw), rng);
  const int64_t kind = rng.integer(1, 20);
  if (kind <= 4) {
    p.oc = p.ic;
    p.g = p.ic;
  } else if (kind == 5) {
    p.g = int64_t{1} << rng.integer(1, 3);
    p.ic = multiple_of(p.g, p.ic), p.oc = multiple_of(p.g, p.oc);
  }
  p.pt = p.pb = (p.kh - 1) / 2;
  p.pl = p.pr = (p.kw - 1) / 2;
  return {p, post_ops(rng)};
}

Problem other_near(const ConvProblem& seed, Rng& rng) {
  const Shape4 shape{1, multiple_of(4, near(seed.ic, kMaxChannels, rng)),
                     near(seed.ih, kMaxSide, rng), near(seed.iw, kMaxSide, rng)};
  switch (rng.integer(0, 3)) {
    case 0: {
      PoolProblem p;
      p.kind = one_in(3, rng) ? PoolKind::kAvgExcludePad : PoolKind::kMax;
      p.c = shape.c, p.ih = std::max<int64_t>(3, shape.h), p.iw = std::max<int64_t>(3, shape.w);
      p.kh = p.kw = rng.integer(2, 3);
      p.sh = p.sw = rng.integer(1, 2);
      return {p, {}};
    }
    case 1: {
      FcProblem p;
      p.ic = shape.c, p.oc = multiple_of(4, near(seed.oc, kMaxChannels, rng));
      PostOps ops;
      ops.bias = true;
      return {p, ops};
    }
    default: {
      const std::size_t layouts = std::size(kAllLayouts);
      const auto pick = [&] {
        return kAllLayouts[static_cast<std::size_t>(
            rng.integer(0, static_cast<int64_t>(layouts) - 1))];
      };
      return {TransformProblem{shape, pick(), pick()}, {}};
    }
  }
}

bool worth_measuring(const Problem& problem) {
  if (!validate(problem).ok() || macs(problem).value > kMaxMacs) return false;
  const auto* transform = problem.as<TransformProblem>();
  return transform == nullptr || !same_bytes(transform->shape, transform->from, transform->to);
}

}  // namespace

std::vector<Problem> problems_around(const std::vector<Problem>& known, int count, Rng& rng) {
  std::vector<const ConvProblem*> seeds;
  std::set<Problem> seen(known.begin(), known.end());
  for (const Problem& problem : known) {
    if (const auto* conv = problem.as<ConvProblem>()) seeds.push_back(conv);
  }
  std::vector<Problem> drawn;
  if (seeds.empty()) return drawn;
  // Where hardly any other problem exists, the search ends with fewer.
  int vain = 0;
  while (static_cast<int>(drawn.size()) < count && vain < kMostVain) {
    ++vain;
    const ConvProblem& seed =
        *seeds[static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(seeds.size()) - 1))];
    Problem problem = one_in(6, rng) ? other_near(seed, rng) : convolution_near(seed, rng);
    if (!worth_measuring(problem) || !seen.insert(problem).second) continue;
    drawn.push_back(std::move(problem));
    vain = 0;
  }
  return drawn;
}

}  // namespace kernwise
