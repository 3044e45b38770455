// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cholesky.h"

#include <algorithm>
#include <cmath>

#include "kernwise/base/check.h"
#include "matmul.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kBlock = 64;
constexpr int64_t kColumns = 256;  // of the trailing matrix that are updated together

// Factors the b x b block at `a` in place; false if a pivot is not positive.
bool factor_block(double* a, int64_t lda, int64_t b) {
  for (int64_t j = 0; j < b; ++j) {
    double pivot = a[j * lda + j];
    for (int64_t k = 0; k < j; ++k) pivot -= a[j * lda + k] * a[j * lda + k];
    if (!(pivot > 0) || !std::isfinite(pivot)) return false;
    const double root = std::sqrt(pivot);
    a[j * lda + j] = root;
    for (int64_t i = j + 1; i < b; ++i) {
      double sum = a[i * lda + j];
      for (int64_t k = 0; k < j; ++k) sum -= a[i * lda + k] * a[j * lda + k];
      a[i * lda + j] = sum / root;
    }
  }
  return true;
}

void invert_block(const double* a, int64_t lda, int64_t b, double* inverse) {
  std::fill(inverse, inverse + b * b, 0.0);
  for (int64_t j = 0; j < b; ++j) {
    for (int64_t i = j; i < b; ++i) {
      double sum = i == j ? 1.0 : 0.0;
      for (int64_t k = j; k < i; ++k) sum -= a[i * lda + k] * inverse[k * b + j];
      inverse[i * b + j] = sum / a[i * lda + i];
    }
  }
}

void transpose(const double* from, int64_t rows, int64_t columns, int64_t stride, double* to) {
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * stride + j];
  }
}

}  // namespace

std::optional<Cholesky> Cholesky::factor(std::vector<double> matrix, int64_t n) {
  KERNWISE_CHECK(static_cast<int64_t>(matrix.size()) == n * n);
  Cholesky result;
  result.n_ = n;
  result.inverses_.resize(static_cast<std::size_t>((n + kBlock - 1) / kBlock * kBlock * kBlock));
  double* a = matrix.data();
  std::vector<double> turned(static_cast<std::size_t>(kBlock * std::max<int64_t>(n, kBlock)));
  std::vector<double> panel(turned.size());
  for (int64_t j = 0; j < n; j += kBlock) {
    const int64_t b = std::min(kBlock, n - j), below = n - j - b;
    if (!factor_block(a + j * n + j, n, b)) return std::nullopt;
    double* inverse = result.inverses_.data() + j * kBlock;
    invert_block(a + j * n + j, n, b, inverse);
    if (below == 0) break;
    // The panel below the block: L21 = A21 * inverse(L11)^T.
    double* rows = a + (j + b) * n + j;
    transpose(inverse, b, b, b, turned.data());
    std::fill(panel.begin(), panel.begin() + below * b, 0.0);
    matmul_add(below, b, b, 1.0, rows, n, turned.data(), b, panel.data(), b);
    for (int64_t i = 0; i < below; ++i) {
      std::copy(panel.begin() + i * b, panel.begin() + (i + 1) * b, rows + i * n);
    }
    // The rest: A22 -= L21 * L21^T, lower part only.
    transpose(panel.data(), below, b, b, turned.data());
    for (int64_t c = 0; c < below; c += kColumns) {
      const int64_t w = std::min(kColumns, below - c);
      matmul_add(below - c, w, b, -1.0, panel.data() + c * b, b, turned.data() + c, below,
                 a + (j + b + c) * n + j + b + c, n);
    }
  }
  result.lower_ = std::move(matrix);
  return result;
}

void Cholesky::solve(std::vector<double>& right, int64_t columns) const {
  KERNWISE_CHECK(static_cast<int64_t>(right.size()) == n_ * columns);
  const double* l = lower_.data();
  double* x = right.data();
  std::vector<double> block(static_cast<std::size_t>(kBlock * columns));
  std::vector<double> turned(static_cast<std::size_t>(kBlock * std::max<int64_t>(n_, kBlock)));
  const auto apply = [&](int64_t j, int64_t b, const double* matrix) {
    std::fill(block.begin(), block.begin() + b * columns, 0.0);
    matmul_add(b, columns, b, 1.0, matrix, b, x + j * columns, columns, block.data(), columns);
    std::copy(block.begin(), block.begin() + b * columns, x + j * columns);
  };
  for (int64_t j = 0; j < n_; j += kBlock) {
    const int64_t b = std::min(kBlock, n_ - j);
    matmul_add(b, columns, j, -1.0, l + j * n_, n_, x, columns, x + j * columns, columns);
    apply(j, b, inverses_.data() + j * kBlock);
  }
  for (int64_t j = (n_ - 1) / kBlock * kBlock; j >= 0; j -= kBlock) {
    const int64_t b = std::min(kBlock, n_ - j);
    transpose(inverses_.data() + j * kBlock, b, b, b, turned.data());
    apply(j, b, turned.data());
    if (j == 0) break;
    transpose(l + j * n_, b, j, n_, turned.data());
    matmul_add(j, columns, b, -1.0, turned.data(), b, x + j * columns, columns, x, columns);
  }
}

}  // namespace kernwise::detail
