// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The epilogue for results that a library's GEMM has left in memory: one pass over them while they
// are still in the cache. The residual is not part of it: a GEMM with beta = 1 has added it.
#pragma once

#include <cstdint>

#include "epilogue.h"

namespace kernwise::detail {

// data[r * stride + c], r < rows, c < columns, with the bias of column c (bias_by_row: of row r).
struct RowEpilogue {
  int64_t rows = 0, columns = 0, stride = 0;
  bool bias_by_row = false;
};
void apply_row_epilogue(const RowEpilogue& shape, const Epilogue& epilogue, float* data);

// to[r * to_stride + c] = from[r * from_stride + c] + (accumulate ? to[..] : 0).
struct RowSum {
  int64_t rows = 0, columns = 0, from_stride = 0, to_stride = 0;
  bool accumulate = true;
};
void sum_rows(const RowSum& shape, const float* from, float* to);

}  // namespace kernwise::detail
