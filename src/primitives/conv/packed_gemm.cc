// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/packed_gemm.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "conv/packed_gemm.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

#include "activation_inl.h"

HWY_BEFORE_NAMESPACE();
namespace kernwise::detail {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kChunk>;
using V = hn::Vec<D>;

// As many rows as the registers hold sums for: 14 x 2 of 32 with AVX-512, 6 x 2 of 16 elsewhere.
#if HWY_TARGET <= HWY_AVX3
constexpr int kMaxRows = 14;
#else
constexpr int kMaxRows = 6;
#endif

struct Prefetch {
  const float* next;  // what the next panel holds
  int64_t step;       // floats per step of k; a divisor of the panel width
};

// Rows are a compile-time 16 floats apart: every address is one pointer and a constant, which is
// worth 15 % against a stride in a register.
template <int kRows, int kVectors>
HWY_INLINE void steps(int64_t count, const float* HWY_RESTRICT a, const float* HWY_RESTRICT& b,
                      int64_t b_stride, V (&sums)[kRows][kVectors], Prefetch& prefetch) {
  const D d;
  HWY_UNROLL(4)
  for (int64_t k = 0; k < count; ++k) {
    V columns[kVectors];
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) columns[v] = hn::Load(d, b + v * hn::MaxLanes(d));
    // To L2: spread evenly over the steps, it costs nothing and hides the latency of L3.
    __builtin_prefetch(prefetch.next, 0, 2);
    prefetch.next += prefetch.step;
    HWY_UNROLL(16)
    for (int r = 0; r < kRows; ++r) {
      const V value = hn::Set(d, a[r * kChunk + k]);
      HWY_UNROLL(16)
      for (int v = 0; v < kVectors; ++v) sums[r][v] = hn::MulAdd(value, columns[v], sums[r][v]);
    }
    b += b_stride;
  }
}

// One tile of C: where it begins, and what is done on the way there.
struct Target {
  float* c;
  int64_t row_stride, chunk_stride;
  int64_t stored, valid;  // columns to write, and those of them that exist; the others become zero
  const float* bias;      // of the first column; null for none
  const Epilogue* epilogue;
};

// A sum on its way to C: bias and residual are added and the result is clamped.
HWY_INLINE V finished(V sum, const Target& target, int64_t column, const float* residual) {
  const D d;
  if (target.bias != nullptr) sum = hn::Add(sum, hn::LoadU(d, target.bias + column));
  if (target.epilogue->residual) sum = hn::Add(sum, hn::LoadU(d, residual));
  const V low = hn::Set(d, target.epilogue->low), high = hn::Set(d, target.epilogue->high);
  return bent(d, hn::Min(hn::Max(sum, low), high), target.epilogue->curve);
}

// The columns of one vector that are not all there.
HWY_NOINLINE void store_some(V sum, const Target& target, int64_t column, float* at) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t stored = std::clamp<int64_t>(target.stored - column, 0, lanes);
  const int64_t valid = std::clamp<int64_t>(target.valid - column, 0, lanes);
  HWY_ALIGN float values[kChunk] = {};
  if (target.epilogue->residual) std::copy_n(at, valid, values);
  hn::Store(finished(sum, target, column, values), d, values);
  std::fill(values + valid, values + lanes, 0.0f);
  std::copy_n(values, stored, at);
}

template <int kRows, int kVectors>
HWY_INLINE void store(V (&sums)[kRows][kVectors], const Target& target) {
  const D d;
  constexpr int64_t kLanes = static_cast<int64_t>(hn::MaxLanes(D()));
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) {
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) {
      const int64_t column = v * kLanes;
      float* at = target.c + column / kChunk * target.chunk_stride + r * target.row_stride +
                  column % kChunk;
      if (column + kLanes <= target.valid)
        hn::StoreU(finished(sums[r][v], target, column, at), d, at);
      else
        store_some(sums[r][v], target, column, at);
    }
  }
}

template <int kRows, int kVectors>
HWY_NOINLINE void tile(int64_t k, const float* HWY_RESTRICT a, int64_t a_chunk_stride,
                       const float* HWY_RESTRICT b, int64_t b_stride, Prefetch prefetch,
                       const Target& target) {
  const D d;
  V sums[kRows][kVectors];
  HWY_UNROLL(16)
  for (int r = 0; r < kRows; ++r) {
    HWY_UNROLL(16)
    for (int v = 0; v < kVectors; ++v) sums[r][v] = hn::Zero(d);
  }
  for (; k >= kChunk; k -= kChunk, a += a_chunk_stride)
    steps<kRows, kVectors>(kChunk, a, b, b_stride, sums, prefetch);
  if (k > 0) steps<kRows, kVectors>(k, a, b, b_stride, sums, prefetch);
  store<kRows, kVectors>(sums, target);
}

using Tile = void (*)(int64_t, const float*, int64_t, const float*, int64_t, Prefetch,
                      const Target&);
template <int kVectors, int... kRows>
Tile select_tile(int64_t rows, std::integer_sequence<int, kRows...>) {
  static constexpr Tile kTiles[] = {tile<kRows + 1, kVectors>...};
  return kTiles[rows - 1];
}

struct Rows {
  int64_t first, count, block, blocks;  // rows, and the number of their block
};

// A block of rows times one panel. Prefetches its share of the panel `ahead` panels further on.
void multiply(const PackedGemm& gemm, const Rows& rows, int64_t panel, int64_t ahead,
              const float* a, const float* b, float* c) {
  const D d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const int64_t padded = chunks_of(gemm.n) * kChunk, first = panel * kPanel;
  const int64_t width = std::min(kPanel, padded - first);
  const int64_t vectors = std::min<int64_t>(2, width / lanes);
  const int64_t parts = width / (vectors * lanes);  // 1 with AVX-512
  const float* b_panel = b + first * gemm.k;
  const float* next = b_panel + ahead * width * gemm.k;
  const int64_t share = kPanel / (rows.blocks * parts);  // floats of a step of k, for each part
  constexpr auto kHeights = std::make_integer_sequence<int, kMaxRows>();
  const Tile kernel =
      vectors == 2 ? select_tile<2>(rows.count, kHeights) : select_tile<1>(rows.count, kHeights);
  for (int64_t part = 0; part < parts; ++part) {
    const int64_t column = first + part * vectors * lanes;
    const Prefetch prefetch{next + (rows.block * parts + part) * share * gemm.k, share};
    const Target target{c + column / kChunk * gemm.c_chunk_stride + rows.first * gemm.c_row_stride +
                            column % kChunk,
                        gemm.c_row_stride,
                        gemm.c_chunk_stride,
                        gemm.c_padded ? padded - column : gemm.n - column,
                        gemm.n - column,
                        gemm.epilogue.bias ? gemm.epilogue.bias + column : nullptr,
                        &gemm.epilogue};
    kernel(gemm.k, a + rows.first * kChunk, gemm.a_chunk_stride, b_panel + column - first, width,
           prefetch, target);
  }
}

void run(const PackedGemm& gemm, const float* a, const float* b, float* c) {
  // As many panels as stay in L1 pass over the rows together, so that the rows come less often.
  constexpr int64_t kBytes = 32 << 10;
  const int64_t panel_bytes = gemm.k * kPanel * static_cast<int64_t>(sizeof(float));
  const int64_t group = std::clamp<int64_t>(kBytes / panel_bytes, 1, 4);
  const int64_t blocks = (gemm.rows + kMaxRows - 1) / kMaxRows;
  for (int64_t first = gemm.first_panel; first < gemm.last_panel; first += group)
    for (int64_t block = 0; block < blocks; ++block) {
      // Blocks of nearly equal height: 49 rows are 13 + 12 + 12 + 12, not 3 * 14 + 7.
      const int64_t row = gemm.rows * block / blocks;
      const Rows rows{row, gemm.rows * (block + 1) / blocks - row, block, blocks};
      for (int64_t panel = first; panel < std::min(first + group, gemm.last_panel); ++panel)
        multiply(gemm, rows, panel, group, a, b, c);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace kernwise::detail
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace kernwise::detail {

HWY_EXPORT(run);

int64_t packed_b_offset(int64_t k, int64_t n, int64_t row, int64_t column) {
  const int64_t panel = column / kPanel;
  const int64_t width = std::min(kPanel, chunks_of(n) * kChunk - panel * kPanel);
  return panel * kPanel * k + row * width + column % kPanel;
}

void packed_gemm(const PackedGemm& gemm, const float* a, const float* b, float* c) {
  HWY_DYNAMIC_DISPATCH(run)(gemm, a, b, c);
}

}  // namespace kernwise::detail
#endif
