// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Convolutions of stride 1 by overlapping tiles: each tile makes step_h x step_w outputs from
// size_h x size_w inputs, through a transform that turns convolution into independent products.
// This is what all such algorithms share: where the tiles lie, and how a tile at the border, with
// few channels, or in nchw comes to lie as the transforms want it.
#pragma once

#include <cstdint>

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
// (y * step_h, x * step_w) on, and reads from (y * step_h - pad_top, x * step_w - pad_left) on.
struct TileGrid {
  int64_t step_h = 1, step_w = 1, size_h = 1, size_w = 1;
  int64_t rows = 0, columns = 0;
  int64_t pad_top = 0, pad_left = 0;
};

// A piece of a block: [first, last) of its tiles * chunks, chunks running fastest; tile 0 of the
// block is tile `first_tile` of the grid.
struct TileWork {
  int64_t first_tile = 0;
  int64_t first = 0, last = 0;
};

// Where a tile lies in one image tensor, and which part of its pixels is inside.
struct TilePlace {
  int64_t offset = 0;  // of its first pixel, inside or not, in floats
  int64_t size_h = 0, size_w = 0;
  int64_t y_begin = 0, y_end = 0, x_begin = 0, x_end = 0;
  bool whole = false;
};
TilePlace input_place(const TileGrid& grid, const ImageLayout& layout, int64_t tile);
TilePlace output_place(const TileGrid& grid, const ImageLayout& layout, int64_t tile);

// 16 channels of one tile in memory: pixel (y, x) at data + y * row + x * pixel.
template <typename T>
struct TileView {
  T* data = nullptr;
  int64_t row = 0, pixel = 0;
};

// Whether a tile can be read and written where it is, 16 channels at a time.
inline bool in_place(const TilePlace& place, const ImageLayout& layout, int64_t chunk,
                     bool padded) {
  return place.whole && !layout.planar() && (padded || (chunk + 1) * kChunk <= layout.channels);
}

// Copies a tile's chunk into patch [size_h][size_w][16]; with `fill`, zeros stand for what is not
// there, else that is left alone.
void copy_tile(const TilePlace& place, const ImageLayout& layout, const float* image, int64_t chunk,
               bool fill, float* patch);
// And back: what is inside of the image. In a padded layout the surplus channels become zero.
void store_tile(const TilePlace& place, const ImageLayout& layout, const float* patch,
                int64_t chunk, float* image);

// The inputs of a tile: in place if they lie so, else in `patch`.
inline TileView<const float> tile_inputs(const TilePlace& place, const ImageLayout& layout,
                                         const float* input, int64_t chunk, float* patch) {
  if (in_place(place, layout, chunk, layout.padded))
    return {input + place.offset + chunk * layout.chunk, layout.row, layout.pixel};
  copy_tile(place, layout, input, chunk, true, patch);
  return {patch, place.size_w * kChunk, kChunk};
}

// The outputs of a tile: in place if they are all there and lie so, else in `patch`, from where
// store_tile() brings them home. A residual is there already.
inline TileView<float> tile_outputs(const TilePlace& place, const ImageLayout& layout,
                                    float* output, int64_t chunk, bool residual, float* patch) {
  if (in_place(place, layout, chunk, false))
    return {output + place.offset + chunk * layout.chunk, layout.row, layout.pixel};
  if (residual) copy_tile(place, layout, output, chunk, false, patch);
  return {patch, place.size_w * kChunk, kChunk};
}

// The bias of a chunk, zeros for none, and the clamp.
struct TileEpilogue {
  const float* bias;  // 16 floats
  bool residual;
  float low, high;
  Activation curve;
};
TileEpilogue tile_epilogue(const Epilogue& epilogue, int64_t chunk);

}  // namespace kernwise::detail
