// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "ops/gemv_kernels.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ops/gemv_kernels.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kGemvChunk>;
using V = hn::Vec<D>;

HWY_INLINE void chunk(const float* w, const float* x, V& a, V& b, V& c, V& e) {
  const D d;
  for (int64_t i = 0; i < kGemvChunk; i += static_cast<int64_t>(hn::Lanes(d))) {
    const V v = hn::LoadU(d, x + i);
    a = hn::MulAdd(hn::Load(d, w + i), v, a);
    b = hn::MulAdd(hn::Load(d, w + kGemvChunk + i), v, b);
    c = hn::MulAdd(hn::Load(d, w + 2 * kGemvChunk + i), v, c);
    e = hn::MulAdd(hn::Load(d, w + 3 * kGemvChunk + i), v, e);
  }
}

void four_rows(const float* weights, const float* x, int64_t length, float* sums) {
  const D d;
  // Far enough ahead to bridge the time memory takes, and to start on the next page in time.
  constexpr int64_t kAhead = 1024;
  V a = hn::Zero(d), b = a, c = a, e = a;
  int64_t i = 0;
  for (; i + kGemvChunk <= length; i += kGemvChunk, weights += kGemvRows * kGemvChunk) {
    for (int64_t row = 0; row < kGemvRows; ++row)
      __builtin_prefetch(weights + kAhead + row * kGemvChunk);
    chunk(weights, x + i, a, b, c, e);
  }
  if (i < length) {
    HWY_ALIGN float rest[kGemvChunk] = {};
    std::copy(x + i, x + length, rest);
    chunk(weights, rest, a, b, c, e);
  }
  sums[0] = hn::GetLane(hn::SumOfLanes(d, a));
  sums[1] = hn::GetLane(hn::SumOfLanes(d, b));
  sums[2] = hn::GetLane(hn::SumOfLanes(d, c));
  sums[3] = hn::GetLane(hn::SumOfLanes(d, e));
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(four_rows);

void gemv_four_rows(const float* weights, const float* x, int64_t length, float sums[4]) {
  HWY_DYNAMIC_DISPATCH(four_rows)(weights, x, length, sums);
}

}  // namespace kernwise::detail
#endif
