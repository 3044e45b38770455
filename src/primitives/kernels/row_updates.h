// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// y = a^T B for one row a of a matrix, in the order in which B lies: rows of B, four at a time, are
// scaled and added onto y. The innermost loop of a product in the order i, k, j. It blocks for no
// cache and packs nothing, which is the least overhead for small matrices and the most traffic for
// large ones.
#pragma once

#include <cstdint>

namespace kernwise::detail {

// a [k], b [k, n], y [n]; y is overwritten.
void row_times_matrix(const float* a, const float* b, int64_t k, int64_t n, float* y);

}  // namespace kernwise::detail
