// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/tile_grid.h"

#include <algorithm>

#include "conv/plane_transpose.h"

namespace kernwise::detail {
namespace {

TilePlace place_of(const TileGrid& grid, const ImageLayout& layout, int64_t tile, int64_t size_h,
                   int64_t size_w, int64_t pad_top, int64_t pad_left) {
  const int64_t per_image = grid.rows * grid.columns;
  const int64_t y = tile % per_image / grid.columns * grid.step_h - pad_top;
  const int64_t x = tile % grid.columns * grid.step_w - pad_left;
  TilePlace place{.offset = tile / per_image * layout.image + y * layout.row + x * layout.pixel,
                  .size_h = size_h,
                  .size_w = size_w,
                  .y_begin = std::max<int64_t>(0, -y),
                  .y_end = std::min(size_h, layout.height - y),
                  .x_begin = std::max<int64_t>(0, -x),
                  .x_end = std::min(size_w, layout.width - x)};
  place.whole =
      place.y_begin == 0 && place.y_end == size_h && place.x_begin == 0 && place.x_end == size_w;
  return place;
}

int64_t chunk_channels(const ImageLayout& layout, int64_t chunk) {
  return std::min(kChunk, layout.channels - chunk * kChunk);
}

PlaneBlock plane_block(const TilePlace& place, const ImageLayout& layout, int64_t chunk) {
  return {.rows = place.y_end - place.y_begin,
          .columns = place.x_end - place.x_begin,
          .channels = chunk_channels(layout, chunk),
          .row = layout.row,
          .channel = layout.channel,
          .patch_row = place.size_w * kChunk};
}

}  // namespace

TilePlace input_place(const TileGrid& grid, const ImageLayout& layout, int64_t tile) {
  return place_of(grid, layout, tile, grid.size_h, grid.size_w, grid.pad_top, grid.pad_left);
}

TilePlace output_place(const TileGrid& grid, const ImageLayout& layout, int64_t tile) {
  return place_of(grid, layout, tile, grid.step_h, grid.step_w, 0, 0);
}

void copy_tile(const TilePlace& place, const ImageLayout& layout, const float* image, int64_t chunk,
               bool fill, float* patch) {
  const int64_t valid = layout.padded ? kChunk : chunk_channels(layout, chunk);
  const int64_t row = place.size_w * kChunk;
  if (fill && !(place.whole && valid == kChunk)) std::fill_n(patch, place.size_h * row, 0.0f);
  if (place.y_begin >= place.y_end || place.x_begin >= place.x_end) return;
  const float* from = image + (place.offset + place.y_begin * layout.row +
                               place.x_begin * layout.pixel + chunk * layout.chunk);
  float* to = patch + place.y_begin * row + place.x_begin * kChunk;
  if (layout.planar()) return planes_to_chunk(plane_block(place, layout, chunk), from, to);
  for (int64_t y = place.y_begin; y < place.y_end; ++y, from += layout.row, to += row)
    for (int64_t x = 0; x < place.x_end - place.x_begin; ++x) {
      if (valid == kChunk)
        std::copy_n(from + x * layout.pixel, kChunk, to + x * kChunk);  // constant: no call
      else
        std::copy_n(from + x * layout.pixel, valid, to + x * kChunk);
    }
}

void store_tile(const TilePlace& place, const ImageLayout& layout, const float* patch,
                int64_t chunk, float* image) {
  const int64_t valid = chunk_channels(layout, chunk), stored = layout.padded ? kChunk : valid;
  float* to = image + place.offset + chunk * layout.chunk;
  if (layout.planar()) return chunk_to_planes(plane_block(place, layout, chunk), patch, to);
  for (int64_t y = 0; y < place.y_end; ++y, to += layout.row)
    for (int64_t x = 0; x < place.x_end; ++x) {
      const float* from = patch + (y * place.size_w + x) * kChunk;
      float* at = to + x * layout.pixel;
      if (valid == kChunk) {
        std::copy_n(from, kChunk, at);
      } else {
        std::copy_n(from, valid, at);
        std::fill(at + valid, at + stored, 0.0f);
      }
    }
}

TileEpilogue tile_epilogue(const Epilogue& epilogue, int64_t chunk) {
  alignas(64) static constexpr float kZeros[kChunk] = {};
  return {epilogue.bias ? epilogue.bias + chunk * kChunk : kZeros, epilogue.residual, epilogue.low,
          epilogue.high, epilogue.curve};
}

}  // namespace kernwise::detail
