// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/depthwise_rows.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv/depthwise_rows.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// A window's taps that meet the image: [first, last) of kh or kw.
struct Taps {
  int64_t first, last;
};
HWY_INLINE Taps taps_inside(int64_t origin, int64_t dilation, int64_t kernel, int64_t extent) {
  const int64_t first = origin >= 0 ? 0 : (-origin + dilation - 1) / dilation;
  const int64_t beyond = extent - origin;  // taps below beyond / dilation are inside
  const int64_t last = beyond <= 0 ? 0 : (beyond + dilation - 1) / dilation;
  return {std::min(first, kernel), std::clamp<int64_t>(last, std::min(first, kernel), kernel)};
}

template <class D>
HWY_INLINE void finish(D d, hn::Vec<D> sum, const Epilogue& epilogue, int64_t c, float* at) {
  if (epilogue.bias) sum = hn::Add(sum, hn::LoadU(d, epilogue.bias + c));
  if (epilogue.residual) sum = hn::Add(sum, hn::LoadU(d, at));
  const auto low = hn::Set(d, epilogue.low), high = hn::Set(d, epilogue.high);
  hn::StoreU(hn::Min(hn::Max(sum, low), high), d, at);
}

// kOutputs neighbouring outputs, of one vector of channels, whose windows have the same taps.
// Each weight is loaded once for all of them.
template <int kOutputs, class D>
HWY_INLINE void outputs(D d, const ConvProblem& p, const DepthwiseRow& row, Taps ys, Taps xs,
                        int64_t c, const float* HWY_RESTRICT window,
                        const float* HWY_RESTRICT weights, const Epilogue& epilogue, float* out) {
  using V = hn::Vec<D>;
  V sums[kOutputs];
  HWY_UNROLL(8)
  for (int i = 0; i < kOutputs; ++i) sums[i] = hn::Zero(d);
  const int64_t step = p.sw * row.in_pixel;
  for (int64_t ky = ys.first; ky < ys.last; ++ky)
    for (int64_t kx = xs.first; kx < xs.last; ++kx) {
      const V weight = hn::LoadU(d, weights + (ky * p.kw + kx) * row.weight_stride + c);
      const float* from = window + ky * p.dh * row.in_row + kx * p.dw * row.in_pixel + c;
      HWY_UNROLL(8)
      for (int i = 0; i < kOutputs; ++i)
        sums[i] = hn::MulAdd(weight, hn::LoadU(d, from + i * step), sums[i]);
    }
  HWY_UNROLL(8)
  for (int i = 0; i < kOutputs; ++i)
    finish(d, sums[i], epilogue, c, out + i * row.out_pixel + c);
}

// The same for whole rows of 3 taps at stride and dilation 1, where each input serves three sums.
template <int kOutputs, class D>
HWY_INLINE void outputs_of_3(D d, const DepthwiseRow& row, Taps ys, int64_t c,
                             const float* HWY_RESTRICT window, const float* HWY_RESTRICT weights,
                             const Epilogue& epilogue, float* out) {
  using V = hn::Vec<D>;
  V sums[kOutputs];
  HWY_UNROLL(8)
  for (int i = 0; i < kOutputs; ++i) sums[i] = hn::Zero(d);
  for (int64_t ky = ys.first; ky < ys.last; ++ky) {
    const float* w = weights + ky * 3 * row.weight_stride + c;
    const V w0 = hn::LoadU(d, w), w1 = hn::LoadU(d, w + row.weight_stride);
    const V w2 = hn::LoadU(d, w + 2 * row.weight_stride);
    const float* from = window + ky * row.in_row + c;
    V a = hn::LoadU(d, from), b = hn::LoadU(d, from + row.in_pixel);
    HWY_UNROLL(8)
    for (int i = 0; i < kOutputs; ++i) {
      const V next = hn::LoadU(d, from + (i + 2) * row.in_pixel);
      sums[i] = hn::MulAdd(w0, a, sums[i]);
      sums[i] = hn::MulAdd(w1, b, sums[i]);
      sums[i] = hn::MulAdd(w2, next, sums[i]);
      a = b;
      b = next;
    }
  }
  HWY_UNROLL(8)
  for (int i = 0; i < kOutputs; ++i)
    finish(d, sums[i], epilogue, c, out + i * row.out_pixel + c);
}

struct Work {
  const ConvProblem& p;
  const DepthwiseRow& row;
  Taps ys, xs;
  const float* window;  // first tap of the first output; its address may lie before the image
  const float* weights;
  const Epilogue& epilogue;
  float* out;
};

template <int kOutputs, class D>
HWY_INLINE void outputs_at(D d, const Work& w, int64_t c) {
  if (w.p.kw == 3 && w.p.sw == 1 && w.p.dw == 1 && w.xs.last - w.xs.first == 3)
    outputs_of_3<kOutputs>(d, w.row, w.ys, c, w.window, w.weights, w.epilogue, w.out);
  else
    outputs<kOutputs>(d, w.p, w.row, w.ys, w.xs, c, w.window, w.weights, w.epilogue, w.out);
}

// All channels: whole vectors, then halves, so that a remainder costs log2(lanes) steps at most.
template <int kOutputs>
HWY_NOINLINE void all_channels(const Work& w) {
  const hn::CappedTag<float, 16> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), channels = w.row.channels;
  int64_t c = 0;
  for (; c + lanes <= channels; c += lanes) outputs_at<kOutputs>(d, w, c);
  if (lanes > 8 && c + 8 <= channels) {
    const hn::CappedTag<float, 8> half;
    outputs_at<kOutputs>(half, w, c);
    c += 8;
  }
  if (lanes > 4 && c + 4 <= channels) {
    const hn::CappedTag<float, 4> quarter;
    outputs_at<kOutputs>(quarter, w, c);
    c += 4;
  }
  for (; c < channels; ++c) outputs_at<kOutputs>(hn::CappedTag<float, 1>(), w, c);
}

void one_row(const ConvProblem& p, const DepthwiseRow& row, int64_t oy, const float* image,
             const float* weights, const Epilogue& epilogue, float* out) {
  const int64_t ow = p.ow(), y0 = oy * p.sh - p.pt;
  const Taps ys = taps_inside(y0, p.dh, p.kh, p.ih);
  // Outputs [inner_first, inner_last) have all their taps in a row of the image.
  const int64_t inner_first = std::min(ow, (p.pl + p.sw - 1) / p.sw);
  const int64_t right = p.iw + p.pl - (p.kw - 1) * p.dw;  // windows starting below it fit
  const int64_t inner_last =
      std::clamp<int64_t>(right <= 0 ? 0 : (right + p.sw - 1) / p.sw, inner_first, ow);
  for (int64_t ox = 0; ox < ow;) {
    const int64_t x0 = ox * p.sw - p.pl;
    const bool inner = ox >= inner_first && ox < inner_last;
    const int64_t left = inner ? inner_last - ox : 1;
    const Work work{p, row, ys, inner ? Taps{0, p.kw} : taps_inside(x0, p.dw, p.kw, p.iw),
                    image + y0 * row.in_row + x0 * row.in_pixel, weights, epilogue,
                    out + ox * row.out_pixel};
    if (left >= 6) {
      all_channels<6>(work);
      ox += 6;
    } else if (left >= 3) {
      all_channels<3>(work);
      ox += 3;
    } else {
      all_channels<1>(work);
      ox += 1;
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(one_row);

void depthwise_row(const ConvProblem& problem, const DepthwiseRow& row, int64_t oy,
                   const float* image, const float* weights, const Epilogue& epilogue,
                   float* out) {
  HWY_DYNAMIC_DISPATCH(one_row)(problem, row, oy, image, weights, epilogue, out);
}

}  // namespace kernwise::detail
#endif
