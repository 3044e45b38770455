// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/winograd_plan.h"

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

WinogradPlan plan_winograd(const ConvProblem& problem, int64_t m, int threads, int64_t blocks,
                           bool split) {
  WinogradPlan plan;
  plan.grid = {m, (problem.oh() + m - 1) / m, (problem.ow() + m - 1) / m, problem.pt, problem.pl};
  plan.tiles = problem.n * plan.grid.rows * plan.grid.columns;
  plan.block = (plan.tiles + blocks - 1) / blocks;
  plan.blocks = (plan.tiles + plan.block - 1) / plan.block;
  plan.split = split;
  plan.slices = split ? 1 : std::min<int64_t>(threads, plan.blocks);
  plan.input_stride = position_stride(plan.block, problem.ic);
  plan.product_stride = position_stride(plan.block, problem.oc);
  return plan;
}

// Measured on 64 to 512 channels, 7x7 to 224x224, weights warm and cold: blocks of about 28 tiles
// (two full heights of the GEMM's kernel) are best or within 3 % of it, as long as one block's
// transformed tiles fill 0.5 MB; a second reading of the weights costs more than a larger block.
WinogradPlan plan_winograd(const ConvProblem& problem, int64_t m, int threads) {
  constexpr int64_t kBlock = 28, kLargestBlock = 112, kBytes = 512 << 10;
  constexpr int64_t kSharedWeights = 2 << 20;  // from here on, threads share one reading
  const int64_t positions = (m + 2) * (m + 2);
  const int64_t tile_bytes =
      positions * (chunks_of(problem.ic) + chunks_of(problem.oc)) * kChunk * int64_t{sizeof(float)};
  const int64_t weight_bytes =
      positions * packed_b_floats(problem.ic, problem.oc) * int64_t{sizeof(float)};
  const int64_t block = std::clamp(kBytes / tile_bytes / kBlock * kBlock, kBlock, kLargestBlock);
  const WinogradPlan whole = plan_winograd(problem, m, threads, 1, threads > 1);
  if (whole.tiles <= 2 * block && (threads == 1 || weight_bytes >= kSharedWeights)) return whole;
  int64_t blocks = (whole.tiles + block - 1) / block;
  blocks = (blocks + threads - 1) / threads * threads;
  return plan_winograd(problem, m, threads, std::min(blocks, whole.tiles), false);
}

void run_winograd(const WinogradPlan& plan, const ImageLayout& in_layout,
                  const ImageLayout& out_layout, const float* weights, const Epilogue& epilogue,
                  int threads, const float* in, float* out, float* scratch) {
  const int64_t positions = plan.positions(), panels = panels_of(out_layout.channels);
  const int64_t position_weights = packed_b_floats(in_layout.channels, out_layout.channels);

  const auto buffers = [&](int64_t slice, int64_t rows) {
    float* base = scratch + slice * plan.slice_floats();
    return std::pair{
        TileBuffer{base, plan.input_stride, rows * kChunk},
        TileBuffer{base + positions * plan.input_stride, plan.product_stride, rows * kChunk}};
  };
  const auto multiply = [&](const TileBuffer& v, const TileBuffer& products, int64_t rows,
                            Range units) {
    PackedGemm gemm{.rows = rows,
                    .k = in_layout.channels,
                    .n = out_layout.channels,
                    .a_chunk_stride = v.chunk_stride,
                    .c_chunk_stride = products.chunk_stride,
                    .epilogue = {}};
    for (int64_t unit = units.first; unit < units.last;) {
      const int64_t position = unit / panels;
      gemm.first_panel = unit % panels;
      gemm.last_panel = std::min(panels, gemm.first_panel + units.last - unit);
      unit += gemm.last_panel - gemm.first_panel;
      packed_gemm(gemm, v.data + position * v.position_stride,
                  weights + position * position_weights,
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
      const Range inputs = share_of(rows * chunks_of(in_layout.channels), member, team);
      winograd_input(plan.grid, in_layout, in, {tile, inputs.first, inputs.last}, v);
      if (plan.split) {
#pragma omp barrier
      }
      multiply(v, products, rows, share_of(positions * panels, member, team));
      if (plan.split) {
#pragma omp barrier
      }
      const Range outputs = share_of(rows * chunks_of(out_layout.channels), member, team);
      winograd_output(plan.grid, out_layout, products, {tile, outputs.first, outputs.last},
                      epilogue, out);
      // The next block's input may be written at once: its readers passed the barrier above. Its
      // products may not, but another barrier lies before them.
    }
  }
}

}  // namespace kernwise::detail
