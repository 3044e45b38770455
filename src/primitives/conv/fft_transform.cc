// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/fft_transform.h"

#include <algorithm>

#include "conv/roots_of_unity.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv/fft_transform.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

#include "activation_inl.h"

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kChunk>;
using V = hn::Vec<D>;

// (re, im) times exp(-2 pi i kPower / kSize).
template <int kPower, int kSize>
HWY_INLINE void twist(V& re, V& im) {
  if constexpr (kPower % kSize != 0) {
    constexpr Root kRoot = root_of_unity(kPower, kSize);
    const D d;
    const V c = hn::Set(d, static_cast<float>(kRoot.cosine));
    const V s = hn::Set(d, static_cast<float>(kRoot.sine));
    const V real = hn::MulAdd(im, s, hn::Mul(re, c));
    im = hn::NegMulAdd(re, s, hn::Mul(im, c));
    re = real;
  }
}

template <int kSize, int kStep>
HWY_INLINE void butterflies(V* re, V* im) {
  constexpr int kQuarter = kSize / 4;
  if constexpr (kStep < kQuarter) {
    V *const r = re + kStep, *const i = im + kStep;
    V r1 = r[kQuarter], i1 = i[kQuarter], r2 = r[2 * kQuarter], i2 = i[2 * kQuarter];
    V r3 = r[3 * kQuarter], i3 = i[3 * kQuarter];
    twist<kStep, kSize>(r1, i1);
    twist<2 * kStep, kSize>(r2, i2);
    twist<3 * kStep, kSize>(r3, i3);
    const V sum_r = hn::Add(r[0], r2), sum_i = hn::Add(i[0], i2);
    const V difference_r = hn::Sub(r[0], r2), difference_i = hn::Sub(i[0], i2);
    const V odd_r = hn::Add(r1, r3), odd_i = hn::Add(i1, i3);
    const V turned_r = hn::Sub(i1, i3), turned_i = hn::Sub(r3, r1);  // -i (x1 - x3)
    r[0] = hn::Add(sum_r, odd_r);
    i[0] = hn::Add(sum_i, odd_i);
    r[kQuarter] = hn::Add(difference_r, turned_r);
    i[kQuarter] = hn::Add(difference_i, turned_i);
    r[2 * kQuarter] = hn::Sub(sum_r, odd_r);
    i[2 * kQuarter] = hn::Sub(sum_i, odd_i);
    r[3 * kQuarter] = hn::Sub(difference_r, turned_r);
    i[3 * kQuarter] = hn::Sub(difference_i, turned_i);
    butterflies<kSize, kStep + 1>(re, im);
  }
}

// The discrete Fourier transform of re[kStride * j] + i im[kStride * j], j < kSize; decimation in
// time. With re and im exchanged in both places it is the inverse, times kSize.
template <int kSize, int kStride>
HWY_INLINE void fft(const V* re, const V* im, V* out_re, V* out_im) {
  if constexpr (kSize == 1) {
    *out_re = *re;
    *out_im = *im;
  } else if constexpr (kSize == 2) {
    out_re[0] = hn::Add(re[0], re[kStride]);
    out_im[0] = hn::Add(im[0], im[kStride]);
    out_re[1] = hn::Sub(re[0], re[kStride]);
    out_im[1] = hn::Sub(im[0], im[kStride]);
  } else {
    constexpr int kPart = kSize / 4;
    fft<kPart, 4 * kStride>(re, im, out_re, out_im);
    fft<kPart, 4 * kStride>(re + kStride, im + kStride, out_re + kPart, out_im + kPart);
    fft<kPart, 4 * kStride>(re + 2 * kStride, im + 2 * kStride, out_re + 2 * kPart,
                            out_im + 2 * kPart);
    fft<kPart, 4 * kStride>(re + 3 * kStride, im + 3 * kStride, out_re + 3 * kPart,
                            out_im + 3 * kPart);
    butterflies<kSize, 0>(out_re, out_im);
  }
}

// Two real sequences a, b travel as a + i b. Their spectra, times 2, from z = F(a + i b) at k and
// size - k:  2 A = z_k + conj(z_-k),  2 B = -i (z_k - conj(z_-k)).
struct Pair {
  V a_re, a_im, b_re, b_im;
};
HWY_INLINE Pair separate(V re, V im, V mirror_re, V mirror_im) {
  return {hn::Add(re, mirror_re), hn::Sub(im, mirror_im), hn::Add(im, mirror_im),
          hn::Sub(mirror_re, re)};
}

// One tile's spectrum. `half` holds columns of row spectra: column 0 and s / 2 are real and travel
// together in the place of column 0.
template <int kSize>
struct Spectrum {
  V re[kSize / 2][kSize], im[kSize / 2][kSize];
};

template <int kSize>
HWY_NOINLINE void rows_forward(const float* from, int64_t row, int64_t pixel,
                               Spectrum<kSize>& half) {
  const D d;
  for (int y = 0; y < kSize; y += 2, from += 2 * row) {
    V a[kSize], b[kSize], re[kSize], im[kSize];
    for (int x = 0; x < kSize; ++x) {
      a[x] = hn::LoadU(d, from + x * pixel);
      b[x] = hn::LoadU(d, from + row + x * pixel);
    }
    fft<kSize, 1>(a, b, re, im);
    const V two = hn::Set(d, 2);
    half.re[0][y] = hn::Mul(two, re[0]);
    half.im[0][y] = hn::Mul(two, re[kSize / 2]);
    half.re[0][y + 1] = hn::Mul(two, im[0]);
    half.im[0][y + 1] = hn::Mul(two, im[kSize / 2]);
    for (int k = 1; k < kSize / 2; ++k) {
      const Pair pair = separate(re[k], im[k], re[kSize - k], im[kSize - k]);
      half.re[k][y] = pair.a_re;
      half.im[k][y] = pair.a_im;
      half.re[k][y + 1] = pair.b_re;
      half.im[k][y + 1] = pair.b_im;
    }
  }
}

struct SpectrumTarget {
  float *re, *im;
  int64_t stride;
};

template <int kSize>
HWY_NOINLINE void columns_forward(const Spectrum<kSize>& half, const SpectrumTarget& to) {
  const D d;
  constexpr FftFrequencies kFrequencies{kSize};
  for (int column = 0; column < kSize / 2; ++column) {
    V re[kSize], im[kSize];
    fft<kSize, 1>(half.re[column], half.im[column], re, im);
    if (column == 0) {
      const int64_t other = kFrequencies.position(kSize / 2);
      for (int k = 0; k <= kSize / 2; ++k) {
        const int mirror = (kSize - k) % kSize;
        const Pair pair = separate(re[k], im[k], re[mirror], im[mirror]);
        hn::Store(pair.a_re, d, to.re + k * to.stride);
        hn::Store(pair.a_im, d, to.im + k * to.stride);
        hn::Store(pair.b_re, d, to.re + (other + k) * to.stride);
        hn::Store(pair.b_im, d, to.im + (other + k) * to.stride);
      }
      continue;
    }
    const int64_t offset = kFrequencies.position(column) * to.stride;
    for (int k = 0; k < kSize; ++k) {
      hn::Store(re[k], d, to.re + offset + k * to.stride);
      hn::Store(im[k], d, to.im + offset + k * to.stride);
    }
  }
}

struct SpectrumSource {
  const float *re, *im;
  int64_t stride;
};

// z_k = a_k + i b_k and z_-k = conj(a_k) + i conj(b_k).
HWY_INLINE void join(V a_re, V a_im, V b_re, V b_im, V* re, V* im, int k, int mirror) {
  re[k] = hn::Sub(a_re, b_im);
  im[k] = hn::Add(a_im, b_re);
  re[mirror] = hn::Add(a_re, b_im);
  im[mirror] = hn::Sub(b_re, a_im);
}

template <int kSize>
HWY_NOINLINE void columns_backward(const SpectrumSource& from, Spectrum<kSize>& half) {
  const D d;
  constexpr FftFrequencies kFrequencies{kSize};
  for (int column = 0; column < kSize / 2; ++column) {
    V re[kSize], im[kSize];
    if (column == 0) {
      const int64_t other = kFrequencies.position(kSize / 2);
      for (int k = 0; k <= kSize / 2; ++k) {
        const int64_t a = k * from.stride, b = (other + k) * from.stride;
        const bool own_mirror = k == 0 || k == kSize / 2;  // real there, rounding aside
        const V zero = hn::Zero(d);
        join(hn::Load(d, from.re + a), own_mirror ? zero : hn::Load(d, from.im + a),
             hn::Load(d, from.re + b), own_mirror ? zero : hn::Load(d, from.im + b), re, im, k,
             (kSize - k) % kSize);
      }
    } else {
      const int64_t offset = kFrequencies.position(column) * from.stride;
      for (int k = 0; k < kSize; ++k) {
        re[k] = hn::Load(d, from.re + offset + k * from.stride);
        im[k] = hn::Load(d, from.im + offset + k * from.stride);
      }
    }
    fft<kSize, 1>(im, re, half.im[column], half.re[column]);
  }
}

struct TileStore {
  float* to;
  int64_t row, pixel, rows, columns;  // rows and columns to write
  const float* bias;
  TileEpilogue epilogue;
};

HWY_INLINE void finish(V value, const TileStore& store, int64_t y, int64_t x) {
  const D d;
  float* at = store.to + y * store.row + x * store.pixel;
  value = hn::Add(value, hn::Load(d, store.bias));
  if (store.epilogue.residual) value = hn::Add(value, hn::LoadU(d, at));
  const V low = hn::Set(d, store.epilogue.low), high = hn::Set(d, store.epilogue.high);
  hn::StoreU(bent(d, hn::Min(hn::Max(value, low), high), store.epilogue.curve), d, at);
}

template <int kSize>
HWY_NOINLINE void rows_backward(const Spectrum<kSize>& half, const TileStore& store) {
  for (int64_t y = 0; y < store.rows; y += 2) {
    V re[kSize], im[kSize], a[kSize], b[kSize];
    const V zero = hn::Zero(D());
    join(half.re[0][y], zero, half.re[0][y + 1], zero, re, im, 0, 0);
    join(half.im[0][y], zero, half.im[0][y + 1], zero, re, im, kSize / 2, kSize / 2);
    for (int k = 1; k < kSize / 2; ++k)
      join(half.re[k][y], half.im[k][y], half.re[k][y + 1], half.im[k][y + 1], re, im, k,
           kSize - k);
    fft<kSize, 1>(im, re, b, a);
    for (int64_t x = 0; x < store.columns; ++x) finish(a[x], store, y, x);
    if (y + 1 < store.rows)
      for (int64_t x = 0; x < store.columns; ++x) finish(b[x], store, y + 1, x);
  }
}

template <int kSize>
void input_range(const TileGrid& grid, const ImageLayout& layout, const float* input,
                 const TileWork& work, const TileBuffer& tiles) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(D())), chunks = chunks_of(layout.channels);
  HWY_ALIGN float patch[kSize * kSize * kChunk];
  Spectrum<kSize> half;
  for (int64_t item = work.first; item < work.last; ++item) {
    const int64_t chunk = item % chunks, tile = item / chunks;
    const TilePlace place = input_place(grid, layout, work.first_tile + tile);
    const TileView<const float> view = tile_inputs(place, layout, input, chunk, patch);
    float* to = tiles.data + chunk * tiles.chunk_stride + tile * kChunk;
    for (int64_t c = 0; c < kChunk; c += lanes) {
      rows_forward<kSize>(view.data + c, view.row, view.pixel, half);
      columns_forward<kSize>(half,
                             {to + c, to + c + chunks * tiles.chunk_stride, tiles.position_stride});
    }
  }
}

template <int kSize>
void output_range(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
                  const TileWork& work, const Epilogue& post, float* output) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(D())), chunks = chunks_of(layout.channels);
  HWY_ALIGN float patch[kSize * kSize * kChunk];
  std::fill_n(patch, grid.step_h * grid.step_w * kChunk, 0.0f);
  Spectrum<kSize> half;
  for (int64_t item = work.first; item < work.last; ++item) {
    const int64_t chunk = item % chunks, tile = item / chunks;
    const TilePlace place = output_place(grid, layout, work.first_tile + tile);
    const TileView<float> view = tile_outputs(place, layout, output, chunk, post.residual, patch);
    const TileEpilogue epilogue = tile_epilogue(post, chunk);
    const float* from = tiles.data + chunk * tiles.chunk_stride + tile * kChunk;
    for (int64_t c = 0; c < kChunk; c += lanes) {
      columns_backward<kSize>(
          {from + c, from + c + chunks * tiles.chunk_stride, tiles.position_stride}, half);
      rows_backward<kSize>(half, {view.data + c, view.row, view.pixel, place.y_end, place.x_end,
                                  epilogue.bias + c, epilogue});
    }
    if (view.data == patch) store_tile(place, layout, patch, chunk, output);
  }
}

void input(const TileGrid& grid, const ImageLayout& layout, const float* in, const TileWork& work,
           const TileBuffer& tiles) {
  if (grid.size_h == 16) input_range<16>(grid, layout, in, work, tiles);
  if (grid.size_h == 32) input_range<32>(grid, layout, in, work, tiles);
}
void output(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
            const TileWork& work, const Epilogue& epilogue, float* out) {
  if (grid.size_h == 16) output_range<16>(grid, layout, tiles, work, epilogue, out);
  if (grid.size_h == 32) output_range<32>(grid, layout, tiles, work, epilogue, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(input);
HWY_EXPORT(output);

void fft_input(const TileGrid& grid, const ImageLayout& layout, const float* in,
               const TileWork& work, const TileBuffer& tiles) {
  HWY_DYNAMIC_DISPATCH(input)(grid, layout, in, work, tiles);
}

void fft_output(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
                const TileWork& work, const Epilogue& epilogue, float* out) {
  HWY_DYNAMIC_DISPATCH(output)(grid, layout, tiles, work, epilogue, out);
}

}  // namespace kernwise::detail
#endif
