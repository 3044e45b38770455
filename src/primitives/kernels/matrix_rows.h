// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// y = A x over the rows of A as they lie: dot products, with nothing packed.
#pragma once

#include <cstdint>

namespace kernwise::detail {

// A [rows, columns] without gaps. Four rows at a time, so that x is loaded once for all four, or
// one at a time with four sums, so that A is one stream.
void four_rows_times_vector(const float* a, const float* x, int64_t rows, int64_t columns,
                            float* y);
void rows_times_vector(const float* a, const float* x, int64_t rows, int64_t columns, float* y);

}  // namespace kernwise::detail
