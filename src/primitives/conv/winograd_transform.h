// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The three transforms of Winograd's minimal filtering F(m x m, 3 x 3), m = 2 and m = 4:
//
//   Y = A^T [ (G g G^T) . (B^T d B) ] A
//
// (Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, eq. 8; matrices of
// section 4.1 for m = 2 with points 0, 1, -1, inf and section 4.2 for m = 4 with 0, 1, -1, 2, -2,
// inf). A tile is m x m outputs; it reads (m+2) x (m+2) inputs. Each of the (m+2)^2 positions of
// the product becomes one GEMM over all tiles of a block (eq. 12).
#pragma once

#include <cstdint>
#include <span>

#include "conv/image_layout.h"
#include "conv/packed_gemm.h"
#include "epilogue.h"

namespace kernwise::detail {

// The transformed tiles of a block: element (position, tile, channel) lies at
// position * position_stride + channel / 16 * chunk_stride + tile * 16 + channel % 16.
struct TileBuffer {
  float* data = nullptr;
  int64_t position_stride = 0, chunk_stride = 0;
};

// Tiles are numbered over images, rows, columns. Tile (n, y, x) makes the outputs from
// (y * m, x * m) on, and reads from (y * m - pad_top, x * m - pad_left) on.
struct TileGrid {
  int64_t m = 0;  // 2 or 4
  int64_t rows = 0, columns = 0;
  int64_t pad_top = 0, pad_left = 0;
};

// A piece of a block: [first, last) of its tiles * chunks, chunks running fastest; tile 0 of the
// block is tile `first_tile` of the grid.
struct TileWork {
  int64_t first_tile = 0;
  int64_t first = 0, last = 0;
};

// B^T d B. Every chunk is written whole.
void winograd_input(const TileGrid& grid, const ImageLayout& layout, const float* input,
                    const TileWork& work, const TileBuffer& tiles);

// A^T m A and the epilogue, whose bias holds whole chunks (or is null). In a padded layout the
// surplus channels become zero.
void winograd_output(const TileGrid& grid, const ImageLayout& layout, const TileBuffer& tiles,
                     const TileWork& work, const Epilogue& epilogue, float* output);

// G g G^T of weights [oc, ic, 3, 3] in float64, rounded once, packed as one B [ic, oc] of
// packed_gemm for each position; packed holds (m+2)^2 * packed_b_floats(ic, oc).
void winograd_weights(int64_t m, int64_t ic, int64_t oc, std::span<const float> weights,
                      float* packed);

}  // namespace kernwise::detail
