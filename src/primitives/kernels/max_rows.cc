// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/max_rows.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/max_rows.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

HWY_INLINE void scalars(const MaxRow& row, int64_t first, const float* in, float* out) {
  for (int64_t x = first; x < row.columns; ++x) {
    const float* window = in + x * row.step;
    float most = window[0];
    for (int64_t i = 0; i < row.kh; ++i)
      for (int64_t j = 0; j < row.kw; ++j) most = std::max(most, window[i * row.stride + j]);
    out[x] = most;
  }
}

HWY_INLINE V adjacent(const MaxRow& row, const float* window) {
  const D d;
  V most = hn::LoadU(d, window);
  for (int64_t i = 0; i < row.kh; ++i)
    for (int64_t j = 0; j < row.kw; ++j)
      most = hn::Max(most, hn::LoadU(d, window + i * row.stride + j));
  return most;
}

// Windows two apart: the even elements of two vectors hold one column of every window, the odd ones
// the next column.
HWY_INLINE V alternate(const MaxRow& row, const float* window) {
  const D d;
  V most, next;
  hn::LoadInterleaved2(d, window, most, next);
  for (int64_t i = 0; i < row.kh; ++i)
    for (int64_t j = 0; j < row.kw; j += 2) {
      V even, odd;
      hn::LoadInterleaved2(d, window + i * row.stride + j, even, odd);
      most = hn::Max(most, even);
      if (j + 1 < row.kw) most = hn::Max(most, odd);
    }
  return most;
}

void run(const MaxRow& row, const float* in, float* out) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t x = 0;
  if (row.step == 1) {
    for (; x + lanes <= row.columns; x += lanes) hn::StoreU(adjacent(row, in + x), d, out + x);
    if (x < row.columns && row.columns >= lanes) {  // the last ones, some of them once more
      x = row.columns - lanes;
      hn::StoreU(adjacent(row, in + x), d, out + x);
      return;
    }
  }
  if (row.step == 2) {
    // The last load of a vector ends at its first window's last even column and 2 lanes.
    const int64_t readable = (row.columns - 1) * 2 + row.kw,
                  reach = (row.kw - 1) / 2 * 2 + 2 * lanes;
    for (; x * 2 + reach <= readable; x += lanes)
      hn::StoreU(alternate(row, in + x * 2), d, out + x);
  }
  scalars(row, x, in, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(run);

void max_row(const MaxRow& row, const float* in, float* out) {
  HWY_DYNAMIC_DISPATCH(run)(row, in, out);
}

}  // namespace kernwise::detail
#endif
