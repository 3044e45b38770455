// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Small pieces of an nchw image to and from [row][column][16 channels], the form that the tile
// transforms work on.
#pragma once

#include <cstdint>

namespace kernwise::detail {

// Strides in floats: element (channel, row, column) lies at channel * `channel` + row * `row` +
// column in the planes and at row * `patch_row` + column * 16 + channel in the patch.
struct PlaneBlock {
  int64_t rows = 0, columns = 0, channels = 0;  // at most 16 channels
  int64_t row = 0, channel = 0, patch_row = 0;
};
void planes_to_chunk(const PlaneBlock& block, const float* planes, float* patch);
void chunk_to_planes(const PlaneBlock& block, const float* patch, float* planes);

}  // namespace kernwise::detail
