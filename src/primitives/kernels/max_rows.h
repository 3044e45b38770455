// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One row of maxima over windows: out[x] = max of in[i * stride + x * step + j] over i < kh, j <
// kw.
#pragma once

#include <cstdint>

namespace kernwise::detail {

struct MaxRow {
  int64_t columns = 0;               // of the output
  int64_t kh = 1, kw = 1, step = 1;  // of the windows
  int64_t stride = 0;                // floats between the rows of the input
};
// Reads nothing beyond the last window. in and out do not overlap.
void max_row(const MaxRow& row, const float* in, float* out);

}  // namespace kernwise::detail
