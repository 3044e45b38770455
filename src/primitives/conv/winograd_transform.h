// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The three transforms of Winograd's minimal filtering, for kernels of r x r (F(m x m, r x r)), and
// of 1 x r or r x 1 (F(m, r)):
//
//   Y = A^T [ (G g G^T) . (B^T d B) ] A          Y = A^T [ (G g) . (B^T d) ]
//
// (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, eq. 8 and 7; the
// matrices are those of cook_toom.h.) With n = m + r - 1, each of the n^2 or n positions of the
// product becomes one GEMM over all tiles of a block (eq. 12).
#pragma once

#include <cstdint>
#include <span>

#include "conv/tile_grid.h"

namespace kernwise::detail {

enum class Axes : uint8_t { kBoth, kAlongHeight, kAlongWidth };

struct WinogradForm {
  int64_t m = 2, r = 3;
  Axes axes = Axes::kBoth;

  int64_t products() const { return m + r - 1; }  // of one dimension
  int64_t positions() const { return axes == Axes::kBoth ? products() * products() : products(); }
};

// Whether the transforms are built for this form.
bool has_winograd(const WinogradForm& form);

// B^T d B. Every chunk is written whole.
void winograd_input(const WinogradForm& form, const TileGrid& grid, const ImageLayout& layout,
                    const float* input, const TileWork& work, const TileBuffer& tiles);

// A^T m A and the epilogue, whose bias holds whole chunks (or is null). In a padded layout the
// surplus channels become zero.
void winograd_output(const WinogradForm& form, const TileGrid& grid, const ImageLayout& layout,
                     const TileBuffer& tiles, const TileWork& work, const Epilogue& epilogue,
                     float* output);

// G g G^T of weights [oc, ic, kh, kw] in float64, rounded once, packed as one B [ic, oc] of
// packed_gemm for each position; packed holds positions * packed_b_floats(ic, oc).
void winograd_weights(const WinogradForm& form, int64_t ic, int64_t oc,
                      std::span<const float> weights, float* packed);

}  // namespace kernwise::detail
