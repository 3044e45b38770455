// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/winograd_transform.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv/winograd_transform.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kChunk>;
using V = hn::Vec<D>;

// One column of B^T d: r = B^T d, with the products shared between the symmetric rows.
template <int kM>
HWY_INLINE void input_1d(const V (&d)[kM + 2], V (&r)[kM + 2]) {
  if constexpr (kM == 2) {
    r[0] = hn::Sub(d[0], d[2]);
    r[1] = hn::Add(d[1], d[2]);
    r[2] = hn::Sub(d[2], d[1]);
    r[3] = hn::Sub(d[1], d[3]);
  } else {
    const D tag;
    const V two = hn::Set(tag, 2), four = hn::Set(tag, 4), five = hn::Set(tag, 5);
    const V even4 = hn::NegMulAdd(four, d[2], d[4]), odd4 = hn::NegMulAdd(four, d[1], d[3]);
    const V even1 = hn::Sub(d[4], d[2]), odd1 = hn::Sub(d[3], d[1]);
    r[0] = hn::MulAdd(four, d[0], hn::NegMulAdd(five, d[2], d[4]));
    r[1] = hn::Add(even4, odd4);
    r[2] = hn::Sub(even4, odd4);
    r[3] = hn::MulAdd(two, odd1, even1);
    r[4] = hn::NegMulAdd(two, odd1, even1);
    r[5] = hn::MulAdd(four, d[1], hn::NegMulAdd(five, d[3], d[5]));
  }
}

// One column of A^T m.
template <int kM>
HWY_INLINE void output_1d(const V (&m)[kM + 2], V (&r)[kM]) {
  const V sum1 = hn::Add(m[1], m[2]), difference1 = hn::Sub(m[1], m[2]);
  if constexpr (kM == 2) {
    r[0] = hn::Add(m[0], sum1);
    r[1] = hn::Sub(difference1, m[3]);
  } else {
    const D tag;
    const V two = hn::Set(tag, 2), four = hn::Set(tag, 4), eight = hn::Set(tag, 8);
    const V sum2 = hn::Add(m[3], m[4]), difference2 = hn::Sub(m[3], m[4]);
    r[0] = hn::Add(hn::Add(m[0], sum1), sum2);
    r[1] = hn::MulAdd(two, difference2, difference1);
    r[2] = hn::MulAdd(four, sum2, sum1);
    r[3] = hn::Add(hn::MulAdd(eight, difference2, difference1), m[5]);
  }
}

// One vector of channels of one tile: pixels at from + y * row + x * pixel.
template <int kM>
HWY_INLINE void input_tile(const float* from, int64_t row, int64_t pixel, float* to,
                           int64_t position_stride) {
  const D d;
  V half[kM + 2][kM + 2];
  HWY_UNROLL(6)
  for (int y = 0; y < kM + 2; ++y) {
    V in[kM + 2];
    HWY_UNROLL(6)
    for (int x = 0; x < kM + 2; ++x) in[x] = hn::LoadU(d, from + y * row + x * pixel);
    input_1d<kM>(in, half[y]);
  }
  HWY_UNROLL(6)
  for (int x = 0; x < kM + 2; ++x) {
    V in[kM + 2], out[kM + 2];
    HWY_UNROLL(6)
    for (int y = 0; y < kM + 2; ++y) in[y] = half[y][x];
    input_1d<kM>(in, out);
    HWY_UNROLL(6)
    for (int y = 0; y < kM + 2; ++y)
      hn::Store(out[y], d, to + (y * (kM + 2) + x) * position_stride);
  }
}

struct Finish {
  const float* bias;  // of this chunk, never null
  bool residual;
  float low, high;
};

// One vector of channels of one tile: m * m outputs at to + y * row + x * pixel.
template <int kM>
HWY_INLINE void output_tile(const float* from, int64_t position_stride, const Finish& finish,
                            float* to, int64_t row, int64_t pixel) {
  const D d;
  V half[kM][kM + 2];
  HWY_UNROLL(6)
  for (int x = 0; x < kM + 2; ++x) {
    V in[kM + 2], out[kM];
    HWY_UNROLL(6)
    for (int y = 0; y < kM + 2; ++y)
      in[y] = hn::Load(d, from + (y * (kM + 2) + x) * position_stride);
    output_1d<kM>(in, out);
    HWY_UNROLL(6)
    for (int y = 0; y < kM; ++y) half[y][x] = out[y];
  }
  const V bias = hn::Load(d, finish.bias);
  const V low = hn::Set(d, finish.low), high = hn::Set(d, finish.high);
  HWY_UNROLL(6)
  for (int y = 0; y < kM; ++y) {
    V out[kM];
    output_1d<kM>(half[y], out);
    HWY_UNROLL(6)
    for (int x = 0; x < kM; ++x) {
      float* at = to + y * row + x * pixel;
      V value = hn::Add(out[x], bias);
      if (finish.residual) value = hn::Add(value, hn::LoadU(d, at));
      hn::StoreU(hn::Min(hn::Max(value, low), high), d, at);
    }
  }
}

struct TilePlace {
  int64_t n, y, x;
};
HWY_INLINE TilePlace place_of(const TileGrid& grid, int64_t tile) {
  const int64_t per_image = grid.rows * grid.columns;
  return {tile / per_image, tile % per_image / grid.columns, tile % grid.columns};
}

template <int kM>
void input_range(const TileGrid& grid, const ImageLayout& layout, const float* input,
                 const TileWork& work, const TileBuffer& tiles) {
  constexpr int64_t kSize = kM + 2;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(D()));
  const int64_t chunks = chunks_of(layout.channels);
  HWY_ALIGN float patch[kSize * kSize * kChunk];
  TilePlace place{};
  for (int64_t item = work.first, tile = -1; item < work.last; ++item) {
    const int64_t chunk = item % chunks;
    if (item / chunks != tile) {
      tile = item / chunks;
      place = place_of(grid, work.first_tile + tile);
    }
    const int64_t y0 = place.y * kM - grid.pad_top, x0 = place.x * kM - grid.pad_left;
    const int64_t rest = layout.channels - chunk * kChunk;
    const int64_t valid = layout.padded ? kChunk : std::min(kChunk, rest);
    const float* from =
        input + place.n * layout.image + chunk * layout.chunk + y0 * layout.row + x0 * layout.pixel;
    int64_t row = layout.row, pixel = layout.pixel;
    if (y0 < 0 || x0 < 0 || y0 + kSize > layout.height || x0 + kSize > layout.width ||
        valid < kChunk) {
      // At the border, and where channels run out, the tile is first copied among zeros.
      const int64_t y_begin = std::max<int64_t>(0, -y0), x_begin = std::max<int64_t>(0, -x0);
      const int64_t y_end = std::min(kSize, layout.height - y0);
      const int64_t x_end = std::min(kSize, layout.width - x0);
      std::fill_n(patch, kSize * kSize * kChunk, 0.0f);
      for (int64_t y = y_begin; y < y_end; ++y)
        for (int64_t x = x_begin; x < x_end; ++x) {
          const float* source = from + y * layout.row + x * layout.pixel;
          float* target = patch + (y * kSize + x) * kChunk;
          if (valid == kChunk) {
            for (int64_t c = 0; c < kChunk; c += lanes)
              hn::Store(hn::LoadU(D(), source + c), D(), target + c);
          } else {
            std::copy_n(source, valid, target);
          }
        }
      from = patch;
      row = kSize * kChunk;
      pixel = kChunk;
    }
    float* to = tiles.data + chunk * tiles.chunk_stride + tile * kChunk;
    for (int64_t c = 0; c < kChunk; c += lanes)
      input_tile<kM>(from + c, row, pixel, to + c, tiles.position_stride);
  }
}

template <int kM>
void output_range(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
                  const TileWork& work, const Epilogue& epilogue, float* output) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(D()));
  const int64_t chunks = chunks_of(layout.channels);
  HWY_ALIGN constexpr float kZeros[kChunk] = {};
  HWY_ALIGN float patch[kM * kM * kChunk] = {};
  TilePlace place{};
  for (int64_t item = work.first, tile = -1; item < work.last; ++item) {
    const int64_t chunk = item % chunks;
    if (item / chunks != tile) {
      tile = item / chunks;
      place = place_of(grid, work.first_tile + tile);
    }
    const int64_t y0 = place.y * kM, x0 = place.x * kM;
    const int64_t valid = std::min(kChunk, layout.channels - chunk * kChunk);
    const int64_t stored = layout.padded ? kChunk : valid;
    const int64_t y_end = std::min<int64_t>(kM, layout.height - y0);
    const int64_t x_end = std::min<int64_t>(kM, layout.width - x0);
    const bool whole = y_end == kM && x_end == kM && valid == kChunk;
    const float* from = tiles.data + chunk * tiles.chunk_stride + tile * kChunk;
    const float* bias = epilogue.bias ? epilogue.bias + chunk * kChunk : kZeros;
    float* to = output + place.n * layout.image + chunk * layout.chunk + y0 * layout.row +
                x0 * layout.pixel;
    if (whole) {
      for (int64_t c = 0; c < kChunk; c += lanes)
        output_tile<kM>(from + c, tiles.position_stride,
                        {bias + c, epilogue.residual, epilogue.low, epilogue.high}, to + c,
                        layout.row, layout.pixel);
      continue;
    }
    if (epilogue.residual)
      for (int64_t y = 0; y < y_end; ++y)
        for (int64_t x = 0; x < x_end; ++x)
          std::copy_n(to + y * layout.row + x * layout.pixel, valid, patch + (y * kM + x) * kChunk);
    for (int64_t c = 0; c < kChunk; c += lanes)
      output_tile<kM>(from + c, tiles.position_stride,
                      {bias + c, epilogue.residual, epilogue.low, epilogue.high}, patch + c,
                      kM * kChunk, kChunk);
    for (int64_t y = 0; y < y_end; ++y)
      for (int64_t x = 0; x < x_end; ++x) {
        float* at = to + y * layout.row + x * layout.pixel;
        std::copy_n(patch + (y * kM + x) * kChunk, valid, at);
        std::fill(at + valid, at + stored, 0.0f);
      }
  }
}

void input(const TileGrid& grid, const ImageLayout& layout, const float* in, const TileWork& work,
           const TileBuffer& tiles) {
  if (grid.m == 2) input_range<2>(grid, layout, in, work, tiles);
  if (grid.m == 4) input_range<4>(grid, layout, in, work, tiles);
}
void output(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
            const TileWork& work, const Epilogue& epilogue, float* out) {
  if (grid.m == 2) output_range<2>(grid, layout, tiles, work, epilogue, out);
  if (grid.m == 4) output_range<4>(grid, layout, tiles, work, epilogue, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(input);
HWY_EXPORT(output);

void winograd_input(const TileGrid& grid, const ImageLayout& layout, const float* in,
                    const TileWork& work, const TileBuffer& tiles) {
  HWY_DYNAMIC_DISPATCH(input)(grid, layout, in, work, tiles);
}

void winograd_output(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
                     const TileWork& work, const Epilogue& epilogue, float* out) {
  HWY_DYNAMIC_DISPATCH(output)(grid, layout, tiles, work, epilogue, out);
}

}  // namespace kernwise::detail
#endif
