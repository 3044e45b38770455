// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// y = W x for weights that are read once, from memory: what counts is one steady stream. W is
// packed as [rows / 4][length / 16][4][16], both rounded up and padded with zeros.
#pragma once

#include <cstdint>

namespace kernwise::detail {

inline constexpr int64_t kGemvRows = 4, kGemvChunk = 16;

inline int64_t gemv_row_floats(int64_t length) {  // of one row, padding included
  return (length + kGemvChunk - 1) / kGemvChunk * kGemvChunk;
}
inline int64_t gemv_packed_floats(int64_t rows, int64_t length) {
  return (rows + kGemvRows - 1) / kGemvRows * kGemvRows * gemv_row_floats(length);
}
inline int64_t gemv_packed_offset(int64_t length, int64_t row, int64_t column) {
  return row / kGemvRows * kGemvRows * gemv_row_floats(length) +
         (column / kGemvChunk * kGemvRows + row % kGemvRows) * kGemvChunk + column % kGemvChunk;
}

// The four rows that `weights` points at.
void gemv_four_rows(const float* weights, const float* x, int64_t length, float sums[4]);

}  // namespace kernwise::detail
