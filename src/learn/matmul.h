// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The one hot loop of training and prediction, compiled for each instruction set and dispatched
// at run time: Eigen alone would be held to the x86-64 baseline, five times slower.
// Row-major, strides in elements. Same result for the same instruction set. No allocation.
#pragma once

#include <cstdint>

namespace kernwise::detail {

// c[m x n] += alpha * a[m x k] * b[k x n].
void matmul_add(int64_t m, int64_t n, int64_t k, float alpha, const float* a, int64_t lda,
                const float* b, int64_t ldb, float* c, int64_t ldc);
void matmul_add(int64_t m, int64_t n, int64_t k, double alpha, const double* a, int64_t lda,
                const double* b, int64_t ldb, double* c, int64_t ldc);

// For each i < count: out[i] = sum of k[row] * coefficients[columns[i] * stride + row] over `rows`.
void dots(const float* k, int64_t rows, const float* coefficients, int64_t stride,
          const int32_t* columns, int64_t count, float* out);

// to[row] = Matern-3/2 kernel of the distance between z and each of `rows` points, which lie
// feature by feature: points[feature * stride + row]. Rasmussen & Williams 2006, eq. 4.17, with
// length scale 1: (1 + sqrt(3) r) exp(-sqrt(3) r).
void matern_row(const float* z, int64_t features, const float* points, int64_t stride, int64_t rows,
                float* to);

}  // namespace kernwise::detail
