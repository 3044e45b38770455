// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Rows divided among threads, for libraries that bring none and kernels that take a block of rows.
#pragma once

#include "kernels/division.h"

namespace kernwise::detail {

// work(Range) for each thread's part of `rows` rows that is not empty, all at once. `work` must not
// throw, and parts must not write what others read.
template <typename Work>
void for_row_parts(int64_t rows, int threads, const Work& work) {
#pragma omp parallel for schedule(static) num_threads(threads) if (threads > 1)
  for (int part = 0; part < threads; ++part) {
    const Range mine = part_of(rows, part, threads);
    if (mine.count() > 0) work(mine);
  }
}

}  // namespace kernwise::detail
