// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The matrix kernels as Boost uBLAS computes them, on one thread each. Two files answer for this
// header: ublas_kernels.cc, and ublas_missing.cc in a build without Boost, where everything is
// refused. uBLAS is loops that the compiler vectorises for the processors that every file is
// compiled for; it is no library that chooses.
#pragma once

#include <cstdint>
#include <string>

namespace kernwise::detail {

std::string ublas_refusal();  // "" or why it cannot be used
std::string ublas_version();  // "ublas-1.74"; "" in a build without it

// c[rows, columns] = a[rows, k] * b[k, columns], row-major without gaps.
void ublas_gemm(int64_t rows, int64_t columns, int64_t k, const float* a, const float* b, float* c);
void ublas_gemv(int64_t rows, int64_t columns, const float* a, const float* x, float* y);
// `rows` output rows of the correlation of an image of this width with a kernel of side r.
void ublas_matconv(int64_t rows, int64_t width, int64_t r, const float* image, const float* kernel,
                   float* out);

}  // namespace kernwise::detail
