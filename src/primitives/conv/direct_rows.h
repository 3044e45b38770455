// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Direct convolution in nchw, vectorised along the image's rows: sums of up to 4 output channels by
// some vectors of pixels stay in registers while all taps of all input channels pass. Nothing is
// lost where channels are few, where every blocked or nhwc kernel leaves lanes empty.
//
// It reads a band of input rows with their padding: [channels][rows][sw][phase], where `phase` f of
// a row holds its padded columns f, f + sw, f + 2 sw, ...; so any stride reads whole vectors.
#pragma once

#include <cstdint>
#include <vector>

#include "epilogue.h"
#include "kernwise/graph/problem.h"

namespace kernwise::detail {

inline constexpr int64_t kDirectChannels = 4;  // output channels of a block of weights

// Where a band's values lie. Strides in floats.
struct DirectBand {
  int64_t rows = 0, phase = 0, row = 0, channel = 0;
};
DirectBand direct_band(const ConvProblem& problem, int64_t output_rows);

// Fills the band of output rows [first, first + output_rows): of `image`, the group's channels.
void fill_band(const ConvProblem& problem, const DirectBand& band, const float* image,
               int64_t first, float* to);

// One output row of some output channels.
struct DirectRow {
  int64_t width = 0;                 // output columns
  int64_t channels = 0, inputs = 0;  // output and input channels
  const int64_t* taps = nullptr;     // offset of each tap from the window's first value in the band
  int64_t tap_count = 0;
  int64_t band_channel = 0;  // DirectBand::channel
  int64_t out_channel = 0;   // floats between output channels
  Epilogue epilogue;
};
// weights: [blocks of 4 channels][inputs][taps][4], zeros where there is no channel.
void direct_row(const DirectRow& row, const float* band, const float* weights, float* out);

}  // namespace kernwise::detail
