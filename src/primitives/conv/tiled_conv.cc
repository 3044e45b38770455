// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/tiled_conv.h"

#include <omp.h>

#include <algorithm>

namespace kernwise::detail {
namespace {

// An odd number of cache lines, so that the positions of one tile, which are written together,
// never fall into the same sets of the cache.
int64_t position_stride(int64_t tiles, int64_t channels) {
  return (tiles * chunks_of(channels) | 1) * kChunk;
}

struct Range {
  int64_t first, last;
};
Range share_of(int64_t items, int part, int parts) {
  return {items * part / parts, items * (part + 1) / parts};
}

}  // namespace

TiledPlan plan_tiled(const TileTransform& transform, const ConvProblem& problem, int threads,
                     int64_t blocks, bool split) {
  const auto width = [&](int64_t channels) {
    channels /= problem.g;
    return transform.parts() == 1 ? channels : transform.parts() * chunks_of(channels) * kChunk;
  };
  TiledPlan plan;
  plan.grid = transform.grid(problem);
  plan.positions = transform.positions();
  plan.k = width(problem.ic);
  plan.n = width(problem.oc);
  plan.tiles = problem.n * plan.grid.rows * plan.grid.columns;
  plan.block = (plan.tiles + blocks - 1) / blocks;
  plan.blocks = (plan.tiles + plan.block - 1) / plan.block;
  plan.split = split;
  plan.slices = split ? 1 : std::min<int64_t>(threads, plan.blocks);
  plan.input_stride = position_stride(plan.block, plan.k);
  plan.product_stride = position_stride(plan.block, plan.n);
  return plan;
}

// Measured with Winograd on 64 to 512 channels, 7x7 to 224x224, weights cold: blocks of about 28
// tiles (two full heights of the GEMM's kernel) are best or within 3 % of it, as long as one
// block's transformed tiles fill 0.5 MB. Where the weights are too large to stay in L2, reading
// them a second time costs more than a larger block; where they stay, smaller blocks leave them
// more room (20 % at 128 channels of 28x28).
TiledPlan plan_tiled(const TileTransform& transform, const ConvProblem& problem, int threads) {
  constexpr int64_t kLargestBlock = 112, kBytes = 512 << 10, kLargeWeights = 4 << 20;
  constexpr int64_t kSharedWeights = 2 << 20;  // from here on, threads share one reading
  const TiledPlan whole = plan_tiled(transform, problem, threads, 1, threads > 1);
  const int64_t tile_bytes =
      whole.positions * (chunks_of(whole.k) + chunks_of(whole.n)) * kChunk * int64_t{sizeof(float)};
  const int64_t weight_bytes = whole.weight_floats() * int64_t{sizeof(float)};
  const int64_t step = weight_bytes < kLargeWeights ? 21 : 28;
  const int64_t block = std::clamp(kBytes / tile_bytes / step * step, step, kLargestBlock);
  if (whole.tiles <= 2 * block && weight_bytes >= (threads == 1 ? kLargeWeights : kSharedWeights))
    return whole;
  int64_t blocks = (whole.tiles + block - 1) / block;
  blocks = (blocks + threads - 1) / threads * threads;
  return plan_tiled(transform, problem, threads, std::min(blocks, whole.tiles), false);
}

void run_tiled(const TileTransform& transform, const TiledPlan& plan, const TiledRun& run,
               int threads, float* scratch) {
  const int64_t panels = panels_of(plan.n), position_weights = packed_b_floats(plan.k, plan.n);

  const auto buffers = [&](int64_t slice, int64_t rows) {
    float* base = scratch + slice * plan.slice_floats();
    return std::pair{
        TileBuffer{base, plan.input_stride, rows * kChunk},
        TileBuffer{base + plan.positions * plan.input_stride, plan.product_stride, rows * kChunk}};
  };
  const auto multiply = [&](const TileBuffer& v, const TileBuffer& products, int64_t rows,
                            Range units) {
    PackedGemm gemm{.rows = rows,
                    .k = plan.k,
                    .n = plan.n,
                    .a_chunk_stride = v.chunk_stride,
                    .c_chunk_stride = products.chunk_stride,
                    .epilogue = {}};
    for (int64_t unit = units.first; unit < units.last;) {
      const int64_t position = unit / panels;
      gemm.first_panel = unit % panels;
      gemm.last_panel = std::min(panels, gemm.first_panel + units.last - unit);
      unit += gemm.last_panel - gemm.first_panel;
      packed_gemm(gemm, v.data + position * v.position_stride,
                  run.weights + position * position_weights,
                  products.data + position * products.position_stride);
    }
  };

#pragma omp parallel num_threads(threads) if (threads > 1)
  {
    const int team = plan.split ? omp_get_num_threads() : 1;
    const int member = plan.split ? omp_get_thread_num() : 0;
    const int64_t first = plan.split ? 0 : omp_get_thread_num();
    const int64_t step = plan.split ? 1 : omp_get_num_threads();
    for (int64_t block = first; block < plan.blocks; block += step) {
      const int64_t tile = block * plan.block, rows = std::min(plan.block, plan.tiles - tile);
      const auto [v, products] = buffers(plan.split ? 0 : first, rows);
      const Range inputs = share_of(rows * chunks_of(run.in_layout.channels), member, team);
      transform.input(plan.grid, run.in_layout, run.in, {tile, inputs.first, inputs.last}, v);
      if (plan.split) {
#pragma omp barrier
      }
      multiply(v, products, rows, share_of(plan.positions * panels, member, team));
      if (plan.split) {
#pragma omp barrier
      }
      const Range outputs = share_of(rows * chunks_of(run.out_layout.channels), member, team);
      transform.output(plan.grid, run.out_layout, products, {tile, outputs.first, outputs.last},
                       run.epilogue, run.out);
      // The next block's input may be written at once: its readers passed the barrier above. Its
      // products may not, but another barrier lies before them.
    }
  }
}

}  // namespace kernwise::detail
