// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/chunk_gather.h"

#include <algorithm>

#include "conv/packed_gemm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv/chunk_gather.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Groups of whole chunks: a tap is a number of whole chunks, in the input as in the matrix.
void whole_chunks(const ConvProblem& p, const ImageLayout& layout, const float* image,
                  int64_t group, int64_t first, int64_t last, float* to, int64_t chunk_stride) {
  const hn::CappedTag<float, kChunk> d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t chunks = p.ic / p.g / kChunk, ow = p.ow();
  const float* channels = image + group * chunks * layout.chunk;
  for (int64_t pixel = first; pixel < last; ++pixel) {
    const int64_t y0 = pixel / ow * p.sh - p.pt, x0 = pixel % ow * p.sw - p.pl;
    float* at = to + (pixel - first) * kChunk;
    for (int64_t ky = 0; ky < p.kh; ++ky)
      for (int64_t kx = 0; kx < p.kw; ++kx) {
        const int64_t y = y0 + ky * p.dh, x = x0 + kx * p.dw;
        const bool inside = y >= 0 && y < p.ih && x >= 0 && x < p.iw;
        const float* from = inside ? channels + y * layout.row + x * layout.pixel : nullptr;
        for (int64_t c = 0; c < chunks; ++c, at += chunk_stride)
          for (int64_t i = 0; i < kChunk; i += lanes)
            hn::Store(inside ? hn::LoadU(d, from + c * layout.chunk + i) : hn::Zero(d), d, at + i);
      }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {
namespace {

// Any number of channels: written one after the other, a row's floats pass from chunk to chunk.
void any_channels(const ConvProblem& p, const ImageLayout& layout, const float* image,
                  int64_t group, int64_t first, int64_t last, float* to, int64_t chunk_stride) {
  const int64_t icg = p.ic / p.g, ow = p.ow();
  // In nhwc a window's row is one stretch of memory; otherwise each of its pixels is, at best.
  const bool nhwc = !layout.padded, rows = nhwc && p.g == 1 && p.dw == 1;
  for (int64_t pixel = first; pixel < last; ++pixel) {
    const int64_t y0 = pixel / ow * p.sh - p.pt, x0 = pixel % ow * p.sw - p.pl;
    float* row = to + (pixel - first) * kChunk;
    int64_t k = 0;
    const auto put = [&](const float* from, int64_t count) {  // null: zeros
      while (count > 0) {
        const int64_t some = std::min(count, kChunk - k % kChunk);
        float* at = row + k / kChunk * chunk_stride + k % kChunk;
        if (from != nullptr) {
          std::copy_n(from, some, at);
          from += some;
        } else {
          std::fill_n(at, some, 0.0f);
        }
        k += some;
        count -= some;
      }
    };
    for (int64_t ky = 0; ky < p.kh; ++ky) {
      const int64_t y = y0 + ky * p.dh;
      if (y < 0 || y >= p.ih) {
        put(nullptr, p.kw * icg);
        continue;
      }
      if (rows && x0 >= 0 && x0 + p.kw <= p.iw) {
        put(image + y * layout.row + x0 * layout.pixel, p.kw * icg);
        continue;
      }
      for (int64_t kx = 0; kx < p.kw; ++kx) {
        const int64_t x = x0 + kx * p.dw;
        const bool inside = x >= 0 && x < p.iw;
        const float* from = image + y * layout.row + x * layout.pixel;
        if (nhwc || !inside) {
          put(inside ? from + group * icg : nullptr, icg);
          continue;
        }
        for (int64_t c = group * icg, end = c + icg; c < end;) {
          const int64_t some = std::min(end - c, kChunk - c % kChunk);
          put(from + c / kChunk * layout.chunk + c % kChunk, some);
          c += some;
        }
      }
    }
  }
}

}  // namespace

HWY_EXPORT(whole_chunks);

void gather_chunks(const ConvProblem& problem, const ImageLayout& layout, const float* image,
                   int64_t group, int64_t first, int64_t last, float* to, int64_t chunk_stride) {
  if (problem.ic / problem.g % kChunk == 0) HWY_DYNAMIC_DISPATCH(whole_chunks)
  (problem, layout, image, group, first, last, to, chunk_stride);
  else any_channels(problem, layout, image, group, first, last, to, chunk_stride);
}

}  // namespace kernwise::detail
#endif
