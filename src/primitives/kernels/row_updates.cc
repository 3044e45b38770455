// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/row_updates.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/row_updates.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// kRows rows of B onto y, or instead of what y held.
template <int kRows, bool kAdd>
HWY_INLINE void update(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, int64_t n,
                       float* HWY_RESTRICT y) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  V factors[kRows];
  HWY_UNROLL(4)
  for (int r = 0; r < kRows; ++r) factors[r] = hn::Set(d, a[r]);
  int64_t j = 0;
  for (; j + lanes <= n; j += lanes) {
    V sum = kAdd ? hn::LoadU(d, y + j) : hn::Zero(d);
    HWY_UNROLL(4)
    for (int r = 0; r < kRows; ++r) sum = hn::MulAdd(factors[r], hn::LoadU(d, b + r * n + j), sum);
    hn::StoreU(sum, d, y + j);
  }
  for (; j < n; ++j) {
    float sum = kAdd ? y[j] : 0.0f;
    for (int r = 0; r < kRows; ++r) sum += a[r] * b[r * n + j];
    y[j] = sum;
  }
}

void multiply(const float* a, const float* b, int64_t k, int64_t n, float* y) {
  int64_t row = 0;
  if (k % 4 == 1) update<1, false>(a, b, n, y), row = 1;
  if (k % 4 == 2) update<2, false>(a, b, n, y), row = 2;
  if (k % 4 == 3) update<3, false>(a, b, n, y), row = 3;
  if (row == 0) update<4, false>(a, b, n, y), row = 4;
  for (; row < k; row += 4) update<4, true>(a + row, b + row * n, n, y);
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(multiply);

void row_times_matrix(const float* a, const float* b, int64_t k, int64_t n, float* y) {
  HWY_DYNAMIC_DISPATCH(multiply)(a, b, k, n, y);
}

}  // namespace kernwise::detail
#endif
