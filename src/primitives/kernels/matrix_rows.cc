// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/matrix_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/matrix_rows.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// kRows rows, kSums vectors of each at a time: as many chains of additions as their latency asks
// for.
template <int kRows, int kSums>
HWY_INLINE void dots(const float* HWY_RESTRICT a, const float* HWY_RESTRICT x, int64_t columns,
                     float* HWY_RESTRICT y) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  V sums[kRows][kSums];
  HWY_UNROLL(4)
  for (int r = 0; r < kRows; ++r) {
    HWY_UNROLL(4)
    for (int s = 0; s < kSums; ++s) sums[r][s] = hn::Zero(d);
  }
  int64_t j = 0;
  for (; j + kSums * lanes <= columns; j += kSums * lanes) {
    HWY_UNROLL(4)
    for (int s = 0; s < kSums; ++s) {
      const V v = hn::LoadU(d, x + j + s * lanes);
      HWY_UNROLL(4)
      for (int r = 0; r < kRows; ++r)
        sums[r][s] = hn::MulAdd(hn::LoadU(d, a + r * columns + j + s * lanes), v, sums[r][s]);
    }
  }
  for (; j + lanes <= columns; j += lanes) {
    const V v = hn::LoadU(d, x + j);
    HWY_UNROLL(4)
    for (int r = 0; r < kRows; ++r)
      sums[r][0] = hn::MulAdd(hn::LoadU(d, a + r * columns + j), v, sums[r][0]);
  }
  HWY_UNROLL(4)
  for (int r = 0; r < kRows; ++r) {
    V sum = sums[r][0];
    HWY_UNROLL(4)
    for (int s = 1; s < kSums; ++s) sum = hn::Add(sum, sums[r][s]);
    float total = hn::GetLane(hn::SumOfLanes(d, sum));
    for (int64_t i = j; i < columns; ++i) total += a[r * columns + i] * x[i];
    y[r] = total;
  }
}

template <int kRows, int kSums>
HWY_INLINE void multiply(const float* a, const float* x, int64_t rows, int64_t columns, float* y) {
  int64_t row = 0;
  for (; row + kRows <= rows; row += kRows)
    dots<kRows, kSums>(a + row * columns, x, columns, y + row);
  for (; row < rows; ++row) dots<1, 4>(a + row * columns, x, columns, y + row);
}

void by_four(const float* a, const float* x, int64_t rows, int64_t columns, float* y) {
  multiply<4, 2>(a, x, rows, columns, y);
}
void by_one(const float* a, const float* x, int64_t rows, int64_t columns, float* y) {
  multiply<1, 4>(a, x, rows, columns, y);
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(by_four);
HWY_EXPORT(by_one);

void four_rows_times_vector(const float* a, const float* x, int64_t rows, int64_t columns,
                            float* y) {
  HWY_DYNAMIC_DISPATCH(by_four)(a, x, rows, columns, y);
}

void rows_times_vector(const float* a, const float* x, int64_t rows, int64_t columns, float* y) {
  HWY_DYNAMIC_DISPATCH(by_one)(a, x, rows, columns, y);
}

}  // namespace kernwise::detail
#endif
