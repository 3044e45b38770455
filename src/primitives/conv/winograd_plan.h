// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How a Winograd convolution is cut into blocks of tiles, and who computes what:
//
//   split = false   each thread takes whole blocks, with scratch of its own
//   split = true    all threads work on one block after another, sharing scratch; the weights are
//                   then read once by all together
//
// Results do not depend on any of this: each output is computed by the same operations.
#pragma once

#include <cstdint>

#include "conv/winograd_transform.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/problem.h"

namespace kernwise::detail {

struct WinogradPlan {
  TileGrid grid;
  int64_t tiles = 0;  // over all images
  int64_t block = 0;  // tiles of a block; the last may have fewer
  int64_t blocks = 0;
  bool split = false;
  int64_t slices = 1;                            // scratch slices: one for each thread, or one
  int64_t input_stride = 0, product_stride = 0;  // floats from position to position

  int64_t positions() const { return (grid.m + 2) * (grid.m + 2); }
  int64_t slice_floats() const { return positions() * (input_stride + product_stride); }
  Bytes workspace() const { return {slices * slice_floats() * int64_t{sizeof(float)}}; }
};

WinogradPlan plan_winograd(const ConvProblem& problem, int64_t m, int threads);

// The same cut into at most `blocks` blocks of equal size.
WinogradPlan plan_winograd(const ConvProblem& problem, int64_t m, int threads, int64_t blocks,
                           bool split);

// Runs the convolution; `weights` as winograd_weights() packs them.
void run_winograd(const WinogradPlan& plan, const ImageLayout& in_layout,
                  const ImageLayout& out_layout, const float* weights, const Epilogue& epilogue,
                  int threads, const float* in, float* out, float* scratch);

}  // namespace kernwise::detail
