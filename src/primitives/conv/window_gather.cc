// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/window_gather.h"

#include <algorithm>

namespace kernwise::detail {
namespace {

void copy_rows(const ConvProblem& p, const float* image, int64_t group, PixelRange pixels,
               float* to) {
  const int64_t icg = p.ic / p.g, ow = p.ow();
  // Where a window's row is one stretch of memory, it is copied at once.
  const bool contiguous = p.g == 1 && p.dw == 1;
  for (int64_t pixel = pixels.first; pixel < pixels.first + pixels.count; ++pixel) {
    const int64_t y0 = pixel / ow * p.sh - p.pt, x0 = pixel % ow * p.sw - p.pl;
    for (int64_t ky = 0; ky < p.kh; ++ky, to += p.kw * icg) {
      const int64_t y = y0 + ky * p.dh;
      if (y < 0 || y >= p.ih) {
        std::fill_n(to, p.kw * icg, 0.0f);
        continue;
      }
      const float* row = image + y * p.iw * p.ic + group * icg;
      if (contiguous && x0 >= 0 && x0 + p.kw <= p.iw) {
        std::copy_n(row + x0 * icg, p.kw * icg, to);
        continue;
      }
      for (int64_t kx = 0; kx < p.kw; ++kx) {
        const int64_t x = x0 + kx * p.dw;
        if (x < 0 || x >= p.iw)
          std::fill_n(to + kx * icg, icg, 0.0f);
        else
          std::copy_n(row + x * p.ic, icg, to + kx * icg);
      }
    }
  }
}

// The output position that sees input position `at` through a tap, or -1. Every pair of an output
// position and a tap has exactly one input position, so a scan over all of those, the padding
// included, writes each element of the matrix once.
int64_t seen_by(int64_t at, int64_t padding, int64_t tap, int64_t outputs) {
  const int64_t output = at + padding - tap;
  return output >= 0 && output < outputs ? output : -1;
}

void scan_rows(const ConvProblem& p, const float* image, int64_t group, PixelRange pixels,
               float* to) {
  const int64_t icg = p.ic / p.g, ow = p.ow(), last = pixels.first + pixels.count;
  const int64_t y_begin = pixels.first / ow - p.pt, y_end = (last - 1) / ow - p.pt + p.kh;
  const int64_t x_end = ow - p.pl + p.kw - 1;
  for (int64_t y = y_begin; y < y_end; ++y)
    for (int64_t x = -p.pl; x < x_end; ++x) {
      const bool inside = y >= 0 && y < p.ih && x >= 0 && x < p.iw;
      const float* from = inside ? image + (y * p.iw + x) * p.ic + group * icg : nullptr;
      for (int64_t ky = 0; ky < p.kh; ++ky) {
        const int64_t oy = seen_by(y, p.pt, ky, p.oh());
        if (oy < 0) continue;
        for (int64_t kx = 0; kx < p.kw; ++kx) {
          const int64_t ox = seen_by(x, p.pl, kx, ow);
          const int64_t pixel = oy * ow + ox;
          if (ox < 0 || pixel < pixels.first || pixel >= last) continue;
          float* at = to + (((pixel - pixels.first) * p.kh + ky) * p.kw + kx) * icg;
          if (inside)
            std::copy_n(from, icg, at);
          else
            std::fill_n(at, icg, 0.0f);
        }
      }
    }
}

void copy_columns(const ConvProblem& p, const float* image, PixelRange pixels, float* to) {
  const int64_t ow = p.ow(), last = pixels.first + pixels.count;
  for (int64_t c = 0; c < p.ic / p.g; ++c)
    for (int64_t ky = 0; ky < p.kh; ++ky)
      for (int64_t kx = 0; kx < p.kw; ++kx)
        for (int64_t pixel = pixels.first; pixel < last;) {
          const int64_t oy = pixel / ow, ox = pixel % ow;
          const int64_t ox_end = std::min(ow, ox + last - pixel);
          const int64_t y = oy * p.sh - p.pt + ky * p.dh;
          const bool inside = y >= 0 && y < p.ih;
          gather_row(p, inside ? image + (c * p.ih + y) * p.iw : nullptr, kx, ox, ox_end, to);
          to += ox_end - ox;
          pixel += ox_end - ox;
        }
}

void scan_columns(const ConvProblem& p, const float* image, PixelRange pixels, float* to) {
  const int64_t ow = p.ow(), last = pixels.first + pixels.count;
  const int64_t y_begin = pixels.first / ow - p.pt, y_end = (last - 1) / ow - p.pt + p.kh;
  for (int64_t c = 0; c < p.ic / p.g; ++c)
    for (int64_t y = y_begin; y < y_end; ++y) {
      const bool inside = y >= 0 && y < p.ih;
      const float* row = inside ? image + (c * p.ih + y) * p.iw : nullptr;
      for (int64_t ky = 0; ky < p.kh; ++ky) {
        const int64_t oy = seen_by(y, p.pt, ky, p.oh());
        const int64_t begin = std::max(pixels.first, oy * ow), end = std::min(last, (oy + 1) * ow);
        if (oy < 0 || begin >= end) continue;
        float* at = to + (c * p.kh + ky) * p.kw * pixels.count + begin - pixels.first;
        for (int64_t kx = 0; kx < p.kw; ++kx, at += pixels.count)
          gather_row(p, row, kx, begin - oy * ow, end - oy * ow, at);
      }
    }
}

}  // namespace

void gather_row(const ConvProblem& p, const float* row, int64_t kx, int64_t first, int64_t last,
                float* to) {
  const int64_t shift = kx * p.dw - p.pl;  // x = ox * sw + shift
  if (row == nullptr) {
    std::fill_n(to, last - first, 0.0f);
  } else if (p.sw == 1) {
    const int64_t begin = std::clamp(-shift, first, last);
    const int64_t end = std::clamp(p.iw - shift, begin, last);
    std::fill_n(to, begin - first, 0.0f);
    std::copy_n(row + (begin + shift), end - begin, to + (begin - first));
    std::fill_n(to + (end - first), last - end, 0.0f);
  } else {
    for (int64_t ox = first; ox < last; ++ox) {
      const int64_t x = ox * p.sw + shift;
      *to++ = x < 0 || x >= p.iw ? 0.0f : row[x];
    }
  }
}

void gather_rows(Packing packing, const ConvProblem& problem, const float* image, int64_t group,
                 PixelRange pixels, float* to) {
  if (packing == Packing::kCopy)
    copy_rows(problem, image, group, pixels, to);
  else
    scan_rows(problem, image, group, pixels, to);
}

void gather_columns(Packing packing, const ConvProblem& problem, const float* image,
                    PixelRange pixels, float* to) {
  if (packing == Packing::kCopy)
    copy_columns(problem, image, pixels, to);
  else
    scan_columns(problem, image, pixels, to);
}

}  // namespace kernwise::detail
