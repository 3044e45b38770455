// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Running maxima in blocks (van Herk 1992, Gil and Werman 1993). A line is cut into blocks as long
// as the window; forward[i] is the maximum from the beginning of i's block to i, backward[i] that
// from i to the end of its block. A window that begins at i and ends at e then has the maximum
// max(backward[i], forward[e]): two comparisons an element and one a window, however long it is.
#pragma once

#include <cstdint>

namespace kernwise::detail {

// Across rows: every column of in [rows, width] is a line. Both results have the shape of `in`.
struct RunningRows {
  int64_t rows = 0, width = 0, window = 1;
};
void running_rows(const RunningRows& lines, const float* in, float* forward, float* backward);

// Along a row: out[x] is the maximum of the window that begins at x * step. `row` [width] is
// overwritten, `spare` [width] is used.
struct RunningRow {
  int64_t width = 0, window = 1, step = 1, windows = 0;
};
void running_row(const RunningRow& line, float* row, float* spare, float* out);

// out may be a or b.
void pairwise_maxima(int64_t count, const float* a, const float* b, float* out);

}  // namespace kernwise::detail
