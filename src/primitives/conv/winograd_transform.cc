// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/winograd_transform.h"

#include <algorithm>
#include <array>

#include "conv/cook_toom.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv/winograd_transform.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

#include "activation_inl.h"

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kChunk>;
using V = hn::Vec<D>;

// Rows of B^T for n products. They depend on n alone; at[1] of F(2, n - 1) holds the points.
template <int kN>
inline constexpr CookToom kInput = cook_toom(2, kN - 1);

// One row of B^T, and the two halves of a pair of rows for points a, -a: these are the polynomials
// q(x) (x + a) and q(x) (x - a), so x q(x) and q(x) are computed once for both.
template <int kN, int kRow>
struct SingleRow {
  static constexpr double at(int k) { return kInput<kN>.bt[kRow][k].value(); }
};
template <int kN, int kRow>
struct PairSum {  // x q(x)
  static constexpr double at(int k) {
    return ((kInput<kN>.bt[kRow][k] + kInput<kN>.bt[kRow + 1][k]) / 2).value();
  }
};
template <int kN, int kRow>
struct PairDifference {  // q(x)
  static constexpr double at(int k) {
    return ((kInput<kN>.bt[kRow][k] - kInput<kN>.bt[kRow + 1][k]) / 2 / kInput<kN>.at[1][kRow])
        .value();
  }
};

// sum + coefficients [0, kEnd) times values.
template <class Coefficients, int kEnd>
HWY_INLINE V add_terms(V sum, const V* values) {
  if constexpr (kEnd == 0) {
    return sum;
  } else {
    constexpr double kFactor = Coefficients::at(kEnd - 1);
    const V value = values[kEnd - 1];
    if constexpr (kFactor == 1) sum = hn::Add(sum, value);
    if constexpr (kFactor == -1) sum = hn::Sub(sum, value);
    if constexpr (kFactor != 0 && kFactor != 1 && kFactor != -1)
      sum = hn::MulAdd(hn::Set(D(), static_cast<float>(kFactor)), value, sum);
    return add_terms<Coefficients, kEnd - 1>(sum, values);
  }
}
// A monic polynomial: its leading coefficient, at kDegree, is 1.
template <class Coefficients, int kDegree>
HWY_INLINE V monic(const V* values) {
  static_assert(Coefficients::at(kDegree) == 1);
  return add_terms<Coefficients, kDegree>(values[kDegree], values);
}

// Rows of the pairs of points, which begin at 1. An even n has no others but the first and the
// last; an odd one has a point without a partner, the last finite one, whose row is n - 2.
template <int kN, int kRow>
HWY_INLINE void input_pairs(const V* d, V* r) {
  if constexpr (kRow < kN - 2) {
    constexpr double kPoint = kInput<kN>.at[1][kRow].value();
    const V sum = monic<PairSum<kN, kRow>, kN - 2>(d);
    const V difference = monic<PairDifference<kN, kRow>, kN - 3>(d);
    if constexpr (kPoint == 1) {
      r[kRow] = hn::Add(sum, difference);
      r[kRow + 1] = hn::Sub(sum, difference);
    } else {
      const V point = hn::Set(D(), static_cast<float>(kPoint));
      r[kRow] = hn::MulAdd(point, difference, sum);
      r[kRow + 1] = hn::NegMulAdd(point, difference, sum);
    }
    input_pairs<kN, kRow + 2>(d, r);
  }
}

// r = B^T d, n values.
template <int kN>
HWY_INLINE void input_1d(const V* d, V* r) {
  r[0] = monic<SingleRow<kN, 0>, kN - 2>(d);
  input_pairs<kN, 1>(d, r);
  if constexpr (kN % 2 == 1) r[kN - 2] = monic<SingleRow<kN, kN - 2>, kN - 2>(d);
  r[kN - 1] = monic<SingleRow<kN, kN - 1>, kN - 1>(d);
}

// Row kRow of A^T, from the second pair on: even rows take sums of pairs, odd ones differences.
template <int kM, int kN, int kRow>
struct PairPowers {
  static constexpr double at(int pair) {
    return cook_toom(kM, kN - kM + 1).at[kRow][2 * pair + 1].value();
  }
};

template <int kM, int kN, int kRow>
HWY_INLINE void output_rows(const V* m, const V* sums, const V* differences, V* r) {
  if constexpr (kRow < kM) {
    constexpr int kPairs = (kN - 2) / 2;
    const V* halves = kRow % 2 == 0 ? sums : differences;
    V value = halves[0];
    if constexpr (kRow == 0) value = hn::Add(value, m[0]);
    if constexpr (kRow == kM - 1) value = hn::Add(value, m[kN - 1]);
    struct Rest {  // without the first pair, whose powers are 1
      static constexpr double at(int pair) {
        return pair == 0 ? 0 : PairPowers<kM, kN, kRow>::at(pair);
      }
    };
    value = add_terms<Rest, kPairs>(value, halves);
    struct Single {  // the point without a partner
      static constexpr double at(int) {
        return cook_toom(kM, kN - kM + 1).at[kRow][kN - 2].value();
      }
    };
    if constexpr (kN % 2 == 1) value = add_terms<Single, 1>(value, m + kN - 2);
    r[kRow] = value;
    output_rows<kM, kN, kRow + 1>(m, sums, differences, r);
  }
}

// r = A^T m, from n values to kM.
template <int kM, int kN>
HWY_INLINE void output_1d(const V* m, V* r) {
  constexpr int kPairs = (kN - 2) / 2;
  V sums[kPairs], differences[kPairs];
  HWY_UNROLL(4)
  for (int pair = 0; pair < kPairs; ++pair) {
    sums[pair] = hn::Add(m[2 * pair + 1], m[2 * pair + 2]);
    differences[pair] = hn::Sub(m[2 * pair + 1], m[2 * pair + 2]);
  }
  output_rows<kM, kN, 0>(m, sums, differences, r);
}

// One vector of channels of one tile.
template <int kN>
HWY_INLINE void input_2d(const float* from, int64_t row, int64_t pixel, float* to,
                         int64_t position_stride) {
  const D d;
  V half[kN][kN];
  HWY_UNROLL(8)
  for (int y = 0; y < kN; ++y) {
    V in[kN];
    HWY_UNROLL(8)
    for (int x = 0; x < kN; ++x) in[x] = hn::LoadU(d, from + y * row + x * pixel);
    input_1d<kN>(in, half[y]);
  }
  HWY_UNROLL(8)
  for (int x = 0; x < kN; ++x) {
    V in[kN], out[kN];
    HWY_UNROLL(8)
    for (int y = 0; y < kN; ++y) in[y] = half[y][x];
    input_1d<kN>(in, out);
    HWY_UNROLL(8)
    for (int y = 0; y < kN; ++y) hn::Store(out[y], d, to + (y * kN + x) * position_stride);
  }
}

HWY_INLINE void finish(V value, const TileEpilogue& epilogue, V bias, float* at) {
  const D d;
  value = hn::Add(value, bias);
  if (epilogue.residual) value = hn::Add(value, hn::LoadU(d, at));
  const V low = hn::Set(d, epilogue.low), high = hn::Set(d, epilogue.high);
  hn::StoreU(bent(d, hn::Min(hn::Max(value, low), high), epilogue.curve), d, at);
}

template <int kM, int kN>
HWY_INLINE void output_2d(const float* from, int64_t position_stride, const TileEpilogue& epilogue,
                          const float* bias, float* to, int64_t row, int64_t pixel) {
  const D d;
  V half[kM][kN];
  HWY_UNROLL(8)
  for (int x = 0; x < kN; ++x) {
    V in[kN], out[kM];
    HWY_UNROLL(8)
    for (int y = 0; y < kN; ++y) in[y] = hn::Load(d, from + (y * kN + x) * position_stride);
    output_1d<kM, kN>(in, out);
    HWY_UNROLL(8)
    for (int y = 0; y < kM; ++y) half[y][x] = out[y];
  }
  const V bias_vector = hn::Load(d, bias);
  HWY_UNROLL(8)
  for (int y = 0; y < kM; ++y) {
    V out[kM];
    output_1d<kM, kN>(half[y], out);
    HWY_UNROLL(8)
    for (int x = 0; x < kM; ++x) finish(out[x], epilogue, bias_vector, to + y * row + x * pixel);
  }
}

// Algorithms by their dimensions: kTwo for both axes, else along one, whose step is `pixel`.
template <int kN, bool kTwo>
void input_range(const WinogradForm& form, const TileGrid& grid, const ImageLayout& layout,
                 const float* input, const TileWork& work, const TileBuffer& tiles) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), chunks = chunks_of(layout.channels);
  HWY_ALIGN float patch[(kTwo ? kN * kN : kN) * kChunk];
  TilePlace place;
  for (int64_t item = work.first, tile = -1; item < work.last; ++item) {
    const int64_t chunk = item % chunks;
    if (item / chunks != tile) {
      tile = item / chunks;
      place = input_place(grid, layout, work.first_tile + tile);
    }
    const TileView<const float> view = tile_inputs(place, layout, input, chunk, patch);
    float* to = tiles.data + chunk * tiles.chunk_stride + tile * kChunk;
    for (int64_t c = 0; c < kChunk; c += lanes) {
      if constexpr (kTwo) {
        input_2d<kN>(view.data + c, view.row, view.pixel, to + c, tiles.position_stride);
      } else {
        const int64_t step = form.axes == Axes::kAlongHeight ? view.row : view.pixel;
        V in[kN], out[kN];
        HWY_UNROLL(10)
        for (int x = 0; x < kN; ++x) in[x] = hn::LoadU(d, view.data + c + x * step);
        input_1d<kN>(in, out);
        HWY_UNROLL(10)
        for (int x = 0; x < kN; ++x) hn::Store(out[x], d, to + c + x * tiles.position_stride);
      }
    }
  }
}

template <int kM, int kN, bool kTwo>
void output_range(const WinogradForm& form, const TileGrid& grid, const ImageLayout& layout,
                  const TileBuffer& tiles, const TileWork& work, const Epilogue& post,
                  float* output) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d)), chunks = chunks_of(layout.channels);
  HWY_ALIGN float patch[(kTwo ? kM * kM : kM) * kChunk] = {};
  TilePlace place;
  for (int64_t item = work.first, tile = -1; item < work.last; ++item) {
    const int64_t chunk = item % chunks;
    if (item / chunks != tile) {
      tile = item / chunks;
      place = output_place(grid, layout, work.first_tile + tile);
    }
    const TileView<float> view = tile_outputs(place, layout, output, chunk, post.residual, patch);
    const TileEpilogue epilogue = tile_epilogue(post, chunk);
    const float* from = tiles.data + chunk * tiles.chunk_stride + tile * kChunk;
    for (int64_t c = 0; c < kChunk; c += lanes) {
      if constexpr (kTwo) {
        output_2d<kM, kN>(from + c, tiles.position_stride, epilogue, epilogue.bias + c,
                          view.data + c, view.row, view.pixel);
      } else {
        const int64_t step = form.axes == Axes::kAlongHeight ? view.row : view.pixel;
        V in[kN], out[kM];
        HWY_UNROLL(10)
        for (int x = 0; x < kN; ++x) in[x] = hn::Load(d, from + c + x * tiles.position_stride);
        output_1d<kM, kN>(in, out);
        const V bias = hn::Load(d, epilogue.bias + c);
        HWY_UNROLL(10)
        for (int x = 0; x < kM; ++x) finish(out[x], epilogue, bias, view.data + c + x * step);
      }
    }
    if (view.data == patch) store_tile(place, layout, patch, chunk, output);
  }
}

using Input = decltype(&input_range<4, true>);
using Output = decltype(&output_range<2, 4, true>);
struct Transforms {
  int64_t m, r;
  bool both;
  Input input;
  Output output;
};
template <int kM, int kR, bool kTwo>
constexpr Transforms transforms() {
  return {kM, kR, kTwo, input_range<kM + kR - 1, kTwo>, output_range<kM, kM + kR - 1, kTwo>};
}
constexpr std::array kTransforms = {
    transforms<2, 3, true>(),  transforms<3, 3, true>(),  transforms<4, 3, true>(),
    transforms<6, 3, true>(),  transforms<2, 5, true>(),  transforms<3, 5, true>(),
    transforms<4, 5, true>(),  transforms<2, 3, false>(), transforms<3, 3, false>(),
    transforms<4, 3, false>(), transforms<6, 3, false>(), transforms<2, 5, false>(),
    transforms<3, 5, false>(), transforms<4, 5, false>(), transforms<4, 7, false>(),
};
const Transforms* find(const WinogradForm& form) {
  for (const Transforms& t : kTransforms)
    if (t.m == form.m && t.r == form.r && t.both == (form.axes == Axes::kBoth)) return &t;
  return nullptr;
}

bool has(const WinogradForm& form) { return find(form) != nullptr; }
void input(const WinogradForm& form, const TileGrid& grid, const ImageLayout& layout,
           const float* in, const TileWork& work, const TileBuffer& tiles) {
  find(form)->input(form, grid, layout, in, work, tiles);
}
void output(const WinogradForm& form, const TileGrid& grid, const ImageLayout& layout,
            const TileBuffer& tiles, const TileWork& work, const Epilogue& epilogue, float* out) {
  find(form)->output(form, grid, layout, tiles, work, epilogue, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(has);
HWY_EXPORT(input);
HWY_EXPORT(output);

bool has_winograd(const WinogradForm& form) { return HWY_DYNAMIC_DISPATCH(has)(form); }

void winograd_input(const WinogradForm& form, const TileGrid& grid, const ImageLayout& layout,
                    const float* in, const TileWork& work, const TileBuffer& tiles) {
  HWY_DYNAMIC_DISPATCH(input)(form, grid, layout, in, work, tiles);
}

void winograd_output(const WinogradForm& form, const TileGrid& grid, const ImageLayout& layout,
                     const TileBuffer& tiles, const TileWork& work, const Epilogue& epilogue,
                     float* out) {
  HWY_DYNAMIC_DISPATCH(output)(form, grid, layout, tiles, work, epilogue, out);
}

}  // namespace kernwise::detail
#endif
