// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How a convolution by transformed tiles is cut into blocks of tiles, and who computes what:
//
//   split = false   each thread takes whole blocks, with scratch of its own
//   split = true    all threads work on one block after another, sharing scratch; the weights are
//                   then read once by all together
//
// The number of tiles in a block is the number of rows of each GEMM. It is chosen here, from the
// shape, the number of threads and what a usual L2 cache holds; results do not depend on it, nor on
// anything else in a plan: each output is computed by the same operations.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "conv/tile_grid.h"
#include "kernwise/base/units.h"
#include "kernwise/primitives/primitive.h"

namespace kernwise::detail {

// Transforms to and from the domain in which a convolution is `positions` matrix products
// [tiles, k] * [k, n], k and n being `parts` floats for each channel.
class TileTransform {
 public:
  virtual ~TileTransform() = default;

  virtual int64_t positions() const = 0;
  // 1: k = ic, n = oc. 2 (complex numbers): k = 2 * 16 * chunks_of(ic), all real parts first, the
  // padding being zero; n likewise.
  virtual int64_t parts() const = 0;
  virtual TileGrid grid(const ConvProblem& problem) const = 0;
  virtual void input(const TileGrid& grid, const ImageLayout& layout, const float* input,
                     const TileWork& work, const TileBuffer& tiles) const = 0;
  virtual void output(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
                      const TileWork& work, const Epilogue& epilogue, float* output) const = 0;
  // Weights [oc, ic, kh, kw] as one packed B for each position.
  virtual void weights(const ConvProblem& group, std::span<const float> weights,
                       float* packed) const = 0;
};

struct TiledPlan {
  TileGrid grid;
  int64_t positions = 0, k = 0, n = 0;  // of the products of one group
  int64_t tiles = 0;                    // over all images
  int64_t block = 0;                    // tiles of a block; the last may have fewer
  int64_t blocks = 0;
  bool split = false;
  int64_t slices = 1;                            // scratch slices: one for each thread, or one
  int64_t input_stride = 0, product_stride = 0;  // floats from position to position

  int64_t weight_floats() const { return positions * packed_b_floats(k, n); }
  int64_t slice_floats() const { return positions * (input_stride + product_stride); }
  Bytes workspace() const { return {slices * slice_floats() * int64_t{sizeof(float)}}; }
};

TiledPlan plan_tiled(const TileTransform& transform, const ConvProblem& problem, int threads);

// The same cut into at most `blocks` blocks of equal size.
TiledPlan plan_tiled(const TileTransform& transform, const ConvProblem& problem, int threads,
                     int64_t blocks, bool split);

// One group of a convolution: its images, its weights, its bias in whole chunks.
struct TiledRun {
  ImageLayout in_layout, out_layout;
  const float* in;
  const float* weights;
  Epilogue epilogue;
  float* out;
};
void run_tiled(const TileTransform& transform, const TiledPlan& plan, const TiledRun& run,
               int threads, float* scratch);

// Why no convolution by tiles can compute this problem in this layout; empty if one can.
std::string refuse_tiled(const ConvProblem& problem, Layout layout);

// A kernel that owns weights and bias of all groups. The transform outlives it.
std::unique_ptr<Kernel> make_tiled_kernel(std::shared_ptr<const TileTransform> transform,
                                          const Problem& problem, const WeightView& weights,
                                          const Execution& execution, Layout layout);

}  // namespace kernwise::detail
