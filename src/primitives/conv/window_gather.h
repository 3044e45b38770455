// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The windows of output pixels as a matrix, for the GEMM of a library: one row for each pixel out
// of nhwc (im2row), one column for each out of nchw (im2col). What padding adds is zero.
//
// Both in two ways, with the same result. `copy` goes through the matrix in order and fetches each
// element; `scan` goes through the image in order and puts each pixel, or each row, to all the
// places in the matrix that it belongs to. Copying writes one stream and reads the image kh kw
// times; scanning reads it once and writes to kh kw places. Scanning needs stride 1 and dilation 1:
// with others, most of what it passes over belongs nowhere.
#pragma once

#include <cstdint>

#include "kernwise/graph/problem.h"

namespace kernwise::detail {

enum class Packing : uint8_t { kCopy, kScan };

// Output pixels [first, first + count) of one image, one group.
struct PixelRange {
  int64_t first = 0, count = 0;
};

// to[pixel - first][kh][kw][icg]; `image` is nhwc, [ih, iw, ic].
void gather_rows(Packing packing, const ConvProblem& problem, const float* image, int64_t group,
                 PixelRange pixels, float* to);

// to[icg][kh][kw][pixel - first]; `image` is nchw and begins with the group: [icg, ih, iw].
void gather_columns(Packing packing, const ConvProblem& problem, const float* image,
                    PixelRange pixels, float* to);

// One row of a channel as the output columns [first, last) see it through tap `kx`: `row` null or
// a column outside [0, iw) gives zeros.
void gather_row(const ConvProblem& problem, const float* row, int64_t kx, int64_t first,
                int64_t last, float* to);

}  // namespace kernwise::detail
