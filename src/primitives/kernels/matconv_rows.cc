// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/matconv_rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/matconv_rows.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

constexpr int kVectors = 4;

// One image row under row `upper` of the kernel for the first output row and row `lower` for the
// second; null where the image row is none of theirs.
template <int kCount>
HWY_INLINE void image_row(const float* HWY_RESTRICT image, int64_t r, const float* upper,
                          const float* lower, V (&first)[kCount], V (&second)[kCount]) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t j = 0; j < r; ++j) {
    V values[kCount];
    HWY_UNROLL(4)
    for (int v = 0; v < kCount; ++v) values[v] = hn::LoadU(d, image + j + v * lanes);
    if (upper != nullptr) {
      const V weight = hn::Set(d, upper[j]);
      HWY_UNROLL(4)
      for (int v = 0; v < kCount; ++v) first[v] = hn::MulAdd(weight, values[v], first[v]);
    }
    if (lower != nullptr) {
      const V weight = hn::Set(d, lower[j]);
      HWY_UNROLL(4)
      for (int v = 0; v < kCount; ++v) second[v] = hn::MulAdd(weight, values[v], second[v]);
    }
  }
}

// kCount vectors of one or two output rows.
template <int kCount>
HWY_INLINE void block(const MatconvRows& p, const float* image, const float* kernel, bool two,
                      float* out) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), columns = p.width - p.r + 1;
  V first[kCount], second[kCount];
  HWY_UNROLL(4)
  for (int v = 0; v < kCount; ++v) first[v] = second[v] = hn::Zero(d);
  image_row<kCount>(image, p.r, kernel, nullptr, first, second);
  if (two) {
    for (int64_t i = 1; i < p.r; ++i)
      image_row<kCount>(image + i * p.width, p.r, kernel + i * p.r, kernel + (i - 1) * p.r, first,
                        second);
    image_row<kCount>(image + p.r * p.width, p.r, nullptr, kernel + (p.r - 1) * p.r, first, second);
  } else {
    for (int64_t i = 1; i < p.r; ++i)
      image_row<kCount>(image + i * p.width, p.r, kernel + i * p.r, nullptr, first, second);
  }
  HWY_UNROLL(4)
  for (int v = 0; v < kCount; ++v) hn::StoreU(first[v], d, out + v * lanes);
  if (!two) return;
  HWY_UNROLL(4)
  for (int v = 0; v < kCount; ++v) hn::StoreU(second[v], d, out + columns + v * lanes);
}

float scalar(const MatconvRows& p, const float* image, const float* kernel) {
  float sum = 0;
  for (int64_t i = 0; i < p.r; ++i)
    for (int64_t j = 0; j < p.r; ++j) sum += image[i * p.width + j] * kernel[i * p.r + j];
  return sum;
}

void run(const MatconvRows& p, const float* image, const float* kernel, float* out) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), columns = p.width - p.r + 1;
  for (int64_t y = 0; y < p.rows; y += 2) {
    const bool two = y + 1 < p.rows;
    const float* from = image + y * p.width;
    float* to = out + y * columns;
    int64_t x = 0;
    for (; x + kVectors * lanes <= columns; x += kVectors * lanes)
      block<kVectors>(p, from + x, kernel, two, to + x);
    for (; x + lanes <= columns; x += lanes) block<1>(p, from + x, kernel, two, to + x);
    if (x < columns && columns >= lanes) {  // the last ones, some of them once more
      block<1>(p, from + columns - lanes, kernel, two, to + columns - lanes);
      continue;
    }
    for (; x < columns; ++x) {
      to[x] = scalar(p, from + x, kernel);
      if (two) to[columns + x] = scalar(p, from + p.width + x, kernel);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(run);

void matconv_rows(const MatconvRows& part, const float* image, const float* kernel, float* out) {
  HWY_DYNAMIC_DISPATCH(run)(part, image, kernel, out);
}

}  // namespace kernwise::detail
#endif
