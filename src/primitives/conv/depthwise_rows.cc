// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/depthwise_rows.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv/depthwise_rows.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

#include "activation_inl.h"

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Neighbouring outputs of one row, computed together so that a weight or an input that has been
// loaded serves several of them. Everything by value: each loop over channels makes a copy of its
// own, which no store can change, so that all of it stays in registers.
struct Work {
  ConvProblem p;
  DepthwiseRow row;
  const float* bias;  // never null
  bool residual;
  float low, high;
  Activation curve;
  int64_t ky_first, ky_last;  // the window's rows that meet the image
  int64_t x0;                 // column of the first tap of the first output
  const float* image;         // at the row of the first tap, which may lie above the image
  const float* weights;
  float* out;
};

// Column x of the input row `ky`; zeros where that is padding.
template <bool kEdge>
HWY_INLINE const float* pixel_at(const Work& w, int64_t ky, int64_t x) {
  if (kEdge && (x < 0 || x >= w.p.iw)) return w.row.zeros;
  return w.image + ky * w.p.dh * w.row.in_row + x * w.row.in_pixel;
}

template <int kOutputs, class D>
HWY_INLINE void finish(D d, const Work& w, const hn::Vec<D> (&sums)[kOutputs], int64_t c) {
  const auto bias = hn::LoadU(d, w.bias + c);
  const auto low = hn::Set(d, w.low), high = hn::Set(d, w.high);
  float* at = w.out + c;
  HWY_UNROLL(8)
  for (int i = 0; i < kOutputs; ++i, at += w.row.out_pixel) {
    auto sum = hn::Add(sums[i], bias);
    if (w.residual) sum = hn::Add(sum, hn::LoadU(d, at));
    hn::StoreU(bent(d, hn::Min(hn::Max(sum, low), high), w.curve), d, at);
  }
}

// One vector of channels, any window.
template <int kOutputs, bool kEdge, class D>
HWY_INLINE void any_window(D d, const Work& w, int64_t c) {
  using V = hn::Vec<D>;
  V sums[kOutputs];
  HWY_UNROLL(8)
  for (int i = 0; i < kOutputs; ++i) sums[i] = hn::Zero(d);
  for (int64_t ky = w.ky_first; ky < w.ky_last; ++ky)
    for (int64_t kx = 0; kx < w.p.kw; ++kx) {
      const V weight = hn::LoadU(d, w.weights + (ky * w.p.kw + kx) * w.row.weight_stride + c);
      HWY_UNROLL(8)
      for (int i = 0; i < kOutputs; ++i) {
        const float* from = pixel_at<kEdge>(w, ky, w.x0 + i * w.p.sw + kx * w.p.dw);
        sums[i] = hn::MulAdd(weight, hn::LoadU(d, from + c), sums[i]);
      }
    }
  finish(d, w, sums, c);
}

// What kOutputs windows of kTaps columns at stride kStride and dilation 1 read of one row.
template <int kOutputs, int kTaps, int kStride>
constexpr int kColumns = (kOutputs - 1) * kStride + kTaps;
constexpr int64_t kMostRows = 7;

// One vector of channels of such windows: each input is loaded once and serves every window it lies
// in. At an edge, `pixels` says where they are, kColumns for each row of the window.
template <int kOutputs, bool kEdge, int kTaps, int kStride, class D>
HWY_INLINE void small_window(D d, const Work& w, const float* const* pixels, int64_t c) {
  using V = hn::Vec<D>;
  constexpr int kCount = kColumns<kOutputs, kTaps, kStride>;
  V sums[kOutputs];
  HWY_UNROLL(8)
  for (int i = 0; i < kOutputs; ++i) sums[i] = hn::Zero(d);
  for (int64_t ky = w.ky_first; ky < w.ky_last; ++ky) {
    V weights[kTaps];
    HWY_UNROLL(8)
    for (int t = 0; t < kTaps; ++t)
      weights[t] = hn::LoadU(d, w.weights + (ky * kTaps + t) * w.row.weight_stride + c);
    const float* from = kEdge ? nullptr : pixel_at<false>(w, ky, w.x0) + c;
    HWY_UNROLL(32)
    for (int j = 0; j < kCount; ++j) {
      const V input = hn::LoadU(d, kEdge ? pixels[ky * kCount + j] + c : from);
      from += w.row.in_pixel;
      HWY_UNROLL(8)
      for (int t = 0; t < kTaps; ++t) {
        const int i = (j - t) / kStride;
        if (j >= t && (j - t) % kStride == 0 && i < kOutputs)
          sums[i] = hn::MulAdd(weights[t], input, sums[i]);
      }
    }
  }
  finish(d, w, sums, c);
}

// Channels from c on, fewer than a vector of the best width.
template <int kOutputs, bool kEdge>
HWY_NOINLINE void last_channels(const Work& work, int64_t c) {
  const Work w = work;
  for (const hn::CappedTag<float, 8> d; c + 8 <= w.row.channels && hn::Lanes(d) == 8; c += 8)
    any_window<kOutputs, kEdge>(d, w, c);
  for (const hn::CappedTag<float, 4> d; c + 4 <= w.row.channels && hn::Lanes(d) == 4; c += 4)
    any_window<kOutputs, kEdge>(d, w, c);
  for (; c < w.row.channels; ++c) any_window<kOutputs, kEdge>(hn::CappedTag<float, 1>(), w, c);
}

template <int kOutputs, bool kEdge, int kTaps, int kStride>
HWY_NOINLINE void small_windows(const Work& work) {
  const Work w = work;
  const hn::CappedTag<float, 16> d;
  constexpr int kCount = kColumns<kOutputs, kTaps, kStride>;
  const float* pixels[kEdge ? kCount * kMostRows : 1];
  if constexpr (kEdge)
    for (int64_t ky = w.ky_first; ky < w.ky_last; ++ky)
      for (int j = 0; j < kCount; ++j) pixels[ky * kCount + j] = pixel_at<true>(w, ky, w.x0 + j);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t c = 0;
  for (; c + lanes <= w.row.channels; c += lanes)
    small_window<kOutputs, kEdge, kTaps, kStride>(d, w, pixels, c);
  last_channels<kOutputs, kEdge>(work, c);
}

template <int kOutputs, bool kEdge>
HWY_NOINLINE void any_windows(const Work& work) {
  const Work w = work;
  const hn::CappedTag<float, 16> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t c = 0;
  for (; c + lanes <= w.row.channels; c += lanes) any_window<kOutputs, kEdge>(d, w, c);
  last_channels<kOutputs, kEdge>(work, c);
}

template <int kOutputs, bool kEdge>
HWY_INLINE void by_window(const Work& w) {
  const bool small = w.p.dw == 1 && w.p.kh <= kMostRows && w.p.sw <= 2;
  if (small && w.p.kw == 3)
    w.p.sw == 1 ? small_windows<kOutputs, kEdge, 3, 1>(w) : small_windows<kOutputs, kEdge, 3, 2>(w);
  else if (small && w.p.kw == 5)
    w.p.sw == 1 ? small_windows<kOutputs, kEdge, 5, 1>(w) : small_windows<kOutputs, kEdge, 5, 2>(w);
  else
    any_windows<kOutputs, kEdge>(w);
}

template <int kOutputs>
HWY_INLINE void by_edge(const Work& w) {
  const int64_t last = w.x0 + (kOutputs - 1) * w.p.sw + (w.p.kw - 1) * w.p.dw;
  w.x0 >= 0 && last < w.p.iw ? by_window<kOutputs, false>(w) : by_window<kOutputs, true>(w);
}

void one_row(const ConvProblem& p, const DepthwiseRow& row, int64_t oy, const float* image,
             const float* weights, const Epilogue& epilogue, float* out) {
  const int64_t ow = p.ow(), y0 = oy * p.sh - p.pt;
  // Taps ky with 0 <= y0 + ky * dh < ih.
  const int64_t ky_first = y0 >= 0 ? 0 : std::min(p.kh, (-y0 + p.dh - 1) / p.dh);
  const int64_t ky_last =
      y0 >= p.ih ? ky_first : std::clamp((p.ih - y0 + p.dh - 1) / p.dh, ky_first, p.kh);
  Work work{.p = p,
            .row = row,
            .bias = epilogue.bias ? epilogue.bias : row.zeros,
            .residual = epilogue.residual,
            .low = epilogue.low,
            .high = epilogue.high,
            .curve = epilogue.curve,
            .ky_first = ky_first,
            .ky_last = ky_last,
            .x0 = 0,
            .image = image + y0 * row.in_row,
            .weights = weights,
            .out = out};
  for (int64_t ox = 0; ox < ow;) {
    const int64_t left = ow - ox;
    work.x0 = ox * p.sw - p.pl;
    work.out = out + ox * row.out_pixel;
    // Sevens for the images of 7, 14 and 28 pixels that networks end with.
    if (left % 7 == 0 && left % 8 != 0) {
      by_edge<7>(work);
      ox += 7;
    } else if (left >= 8) {
      by_edge<8>(work);
      ox += 8;
    } else if (left >= 4) {
      by_edge<4>(work);
      ox += 4;
    } else if (left >= 2) {
      by_edge<2>(work);
      ox += 2;
    } else {
      by_edge<1>(work);
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
                   const float* image, const float* weights, const Epilogue& epilogue, float* out) {
  HWY_DYNAMIC_DISPATCH(one_row)(problem, row, oy, image, weights, epilogue, out);
}

}  // namespace kernwise::detail
#endif
