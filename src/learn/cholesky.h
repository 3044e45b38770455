// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Symmetric positive definite systems, blocked so that nearly all work is matmul_add.
// Golub & Van Loan 2013, algorithm 4.2.2 in blocks. Row-major; deterministic.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace kernwise::detail {

class Cholesky {
 public:
  // Factors the lower triangle of `matrix` (n x n); nullopt if it is not positive definite.
  static std::optional<Cholesky> factor(std::vector<double> matrix, int64_t n);

  // right (n x columns) becomes the solution.
  void solve(std::vector<double>& right, int64_t columns) const;

 private:
  std::vector<double> lower_;     // n x n; blocks above the diagonal hold rubbish
  std::vector<double> inverses_;  // of the diagonal blocks, one after another
  int64_t n_ = 0;
};

}  // namespace kernwise::detail
