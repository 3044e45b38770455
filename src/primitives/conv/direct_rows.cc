// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/direct_rows.h"

#include <algorithm>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv/direct_rows.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

#include "activation_inl.h"

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, 16>;
using V = hn::Vec<D>;

// 24 sums, 6 inputs of 32 registers with AVX-512; 12 and 3 of 16 elsewhere.
#if HWY_TARGET <= HWY_AVX3
constexpr int kMaxVectors = 6;
#else
constexpr int kMaxVectors = 3;
#endif

// The sums of one tile on their way out: `columns` of its columns exist.
HWY_INLINE void store(V sum, const DirectRow& row, int64_t channel, int64_t columns, float* at) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  HWY_ALIGN float before[16] = {};
  if (row.epilogue.bias) sum = hn::Add(sum, hn::Set(d, row.epilogue.bias[channel]));
  if (row.epilogue.residual && columns >= lanes) {
    sum = hn::Add(sum, hn::LoadU(d, at));
  } else if (row.epilogue.residual) {
    std::copy_n(at, columns, before);
    sum = hn::Add(sum, hn::Load(d, before));
  }
  const V low = hn::Set(d, row.epilogue.low), high = hn::Set(d, row.epilogue.high);
  sum = bent(d, hn::Min(hn::Max(sum, low), high), row.epilogue.curve);
  if (columns >= lanes) {
    hn::StoreU(sum, d, at);
  } else {
    hn::Store(sum, d, before);
    std::copy_n(before, columns, at);
  }
}

template <int kChannels, int kVectors>
HWY_NOINLINE void tile(const DirectRow& row, int64_t channel, int64_t column, const float* band,
                       const float* HWY_RESTRICT weights, float* out) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  V sums[kChannels][kVectors];
  HWY_UNROLL(8)
  for (int o = 0; o < kChannels; ++o) {
    HWY_UNROLL(8)
    for (int v = 0; v < kVectors; ++v) sums[o][v] = hn::Zero(d);
  }
  band += column;
  for (int64_t i = 0; i < row.inputs; ++i, band += row.band_channel)
    for (int64_t t = 0; t < row.tap_count; ++t, weights += kDirectChannels) {
      const float* HWY_RESTRICT from = band + row.taps[t];
      V values[kVectors];
      HWY_UNROLL(8)
      for (int v = 0; v < kVectors; ++v) values[v] = hn::LoadU(d, from + v * lanes);
      HWY_UNROLL(8)
      for (int o = 0; o < kChannels; ++o) {
        const V weight = hn::Set(d, weights[o]);
        HWY_UNROLL(8)
        for (int v = 0; v < kVectors; ++v) sums[o][v] = hn::MulAdd(weight, values[v], sums[o][v]);
      }
    }
  for (int o = 0; o < kChannels; ++o)
    for (int v = 0; v < kVectors; ++v) {
      const int64_t at = column + v * lanes;
      store(sums[o][v], row, channel + o, row.width - at,
            out + (channel + o) * row.out_channel + at);
    }
}

using Tile = void (*)(const DirectRow&, int64_t, int64_t, const float*, const float*, float*);
template <int kChannels, int... kVectors>
Tile select_tile(int64_t vectors, std::integer_sequence<int, kVectors...>) {
  static constexpr Tile kTiles[] = {tile<kChannels, kVectors + 1>...};
  return kTiles[vectors - 1];
}
Tile select_tile(int64_t channels, int64_t vectors) {
  constexpr auto kWidths = std::make_integer_sequence<int, kMaxVectors>();
  switch (channels) {
    case 1: return select_tile<1>(vectors, kWidths);
    case 2: return select_tile<2>(vectors, kWidths);
    case 3: return select_tile<3>(vectors, kWidths);
    default: return select_tile<4>(vectors, kWidths);
  }
}

void run(const DirectRow& row, const float* band, const float* weights, float* out) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(D()));
  const int64_t vectors = (row.width + lanes - 1) / lanes;
  const int64_t tiles = (vectors + kMaxVectors - 1) / kMaxVectors;
  const int64_t block = row.inputs * row.tap_count * kDirectChannels;
  for (int64_t channel = 0; channel < row.channels; channel += kDirectChannels, weights += block)
    for (int64_t i = 0; i < tiles; ++i) {
      const int64_t first = vectors * i / tiles, last = vectors * (i + 1) / tiles;
      const int64_t channels = std::min(kDirectChannels, row.channels - channel);
      select_tile(channels, last - first)(row, channel, first * lanes, band, weights, out);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(run);

void direct_row(const DirectRow& row, const float* band, const float* weights, float* out) {
  HWY_DYNAMIC_DISPATCH(run)(row, band, weights, out);
}

DirectBand direct_band(const ConvProblem& p, int64_t output_rows) {
  constexpr int64_t kLanes = 16;  // of the widest vector: the last one of a row is read whole
  DirectBand band;
  band.rows = (output_rows - 1) * p.sh + (p.kh - 1) * p.dh + 1;
  band.phase = (p.ow() + kLanes - 1) / kLanes * kLanes + (p.kw - 1) * p.dw / p.sw;
  band.row = band.phase * std::min(p.sw, (p.kw - 1) * p.dw + 1);  // phases that a tap begins in
  band.channel = band.rows * band.row;
  return band;
}

void fill_band(const ConvProblem& p, const DirectBand& band, const float* image, int64_t first,
               float* to) {
  for (int64_t c = 0; c < p.ic / p.g; ++c)
    for (int64_t r = 0; r < band.rows; ++r) {
      const int64_t y = first * p.sh - p.pt + r;
      for (int64_t f = 0; f * band.phase < band.row; ++f, to += band.phase) {
        // Column j of the phase is x = j * sw + f - pl.
        const int64_t begin = f < p.pl ? (p.pl - f + p.sw - 1) / p.sw : 0;
        const int64_t end = p.iw + p.pl > f ? (p.iw + p.pl - f + p.sw - 1) / p.sw : 0;
        const bool inside = y >= 0 && y < p.ih;
        const float* row = inside ? image + (c * p.ih + y) * p.iw : nullptr;
        const int64_t from = inside ? std::min(begin, band.phase) : band.phase;
        const int64_t until = std::clamp(end, from, band.phase);
        std::fill_n(to, from, 0.0f);
        if (p.sw == 1 && until > from) {
          std::copy_n(row + (from - p.pl), until - from, to + from);
        } else {
          for (int64_t j = from; j < until; ++j) to[j] = row[j * p.sw + f - p.pl];
        }
        std::fill_n(to + until, band.phase - until, 0.0f);
      }
    }
}

}  // namespace kernwise::detail
#endif
