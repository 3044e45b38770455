// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The problems that primitives are checked on: a table of the shapes that break things, and random
// ones. All are small enough for the reference.
#pragma once

#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/graph/problem.h"

namespace kernwise::test {

// Non-square, groups, depthwise, dilation, strides, asymmetric padding, odd sizes and channel
// counts, first layers, batches; each with one of the eight kinds of post-operators in turn.
std::vector<Problem> convolution_table();
// One 3x3 convolution under every combination of bias, residual and activation.
std::vector<Problem> post_operator_table();
// Every other kind of problem but the matrix kernels.
std::vector<Problem> operator_table();

// gemm, gemv, matconv and max pooling without padding: sizes around the blocks of kernels, single
// rows and columns, windows as large as the image.
std::vector<Problem> matrix_kernel_table();

// Valid, at most about `max_macs`. A third are 3x3 with stride 1, a sixth each depthwise, grouped.
Problem random_convolution(Rng& rng, int64_t max_macs);
// A matrix kernel, or max pooling without padding, at most about `max_operations`.
Problem random_matrix_kernel(Rng& rng, double max_operations);
// Any kind but convolution, transform and matrix kernels, at most about `max_elements` in its
// input.
Problem random_operator(Rng& rng, int64_t max_elements);

}  // namespace kernwise::test
