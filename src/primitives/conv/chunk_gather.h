// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The windows of output pixels as rows of a matrix, in the chunks that packed_gemm reads. A row
// holds [kh][kw][channels of the group].
#pragma once

#include <cstdint>

#include "conv/image_layout.h"
#include "kernwise/graph/problem.h"

namespace kernwise::detail {

// Pixels [first, last) of the image at `image`; pixel `first` + i becomes row i. Element (i, k) is
// written to  (k / 16) * chunk_stride + i * 16 + k % 16.
void gather_chunks(const ConvProblem& problem, const ImageLayout& layout, const float* image,
                   int64_t group, int64_t first, int64_t last, float* to, int64_t chunk_stride);

}  // namespace kernwise::detail
