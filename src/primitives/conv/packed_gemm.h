// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// C = A * B for a constant B that is packed once: the GEMM under our Winograd and matrix
// convolutions, where B is the weights. In a network B comes cold from L3 or memory and A is small
// and warm, so each call reads B exactly once, front to back, and prefetches the part that comes
// next while it computes.
//
// A [rows, k] lies in chunks of 16 columns, as in nchw16c: element (row, column) is at
// (column / 16) * a_chunk_stride + row * 16 + column % 16; what lies beyond column k is not read.
//
// B lies in panels of 32 columns, [panel][k][32], the last one 16 wide if that is enough, padded
// with zeros. The format does not depend on the instruction set. B is aligned to 64 bytes.
//
// C [rows, n] lies at (column / 16) * c_chunk_stride + row * c_row_stride + column % 16: chunks as
// in nchw16c, or the rows of nhwc.
//
// Every element of C is summed in the order of k, so results do not depend on `rows` or on how
// panels are divided among threads.
#pragma once

#include <cstdint>

#include "epilogue.h"

namespace kernwise::detail {

inline constexpr int64_t kChunk = 16;
inline constexpr int64_t kPanel = 32;

inline int64_t chunks_of(int64_t columns) { return (columns + kChunk - 1) / kChunk; }
inline int64_t panels_of(int64_t columns) { return (columns + kPanel - 1) / kPanel; }
inline int64_t packed_b_floats(int64_t k, int64_t n) { return k * chunks_of(n) * kChunk; }
// Offset in a packed B of element (row, column); rows of one panel are panel-width apart.
int64_t packed_b_offset(int64_t k, int64_t n, int64_t row, int64_t column);

struct PackedGemm {
  int64_t rows = 0, k = 0, n = 0;
  int64_t a_chunk_stride = 0;  // floats, all of them
  int64_t c_row_stride = kChunk, c_chunk_stride = 0;
  bool c_padded = true;                     // C has whole chunks, whose surplus columns become zero
  int64_t first_panel = 0, last_panel = 0;  // [first, last) is computed
  Epilogue epilogue;                        // of C; its bias holds whole chunks
};
void packed_gemm(const PackedGemm& gemm, const float* a, const float* b, float* c);

}  // namespace kernwise::detail
