// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A Gaussian process over (problem, output) for the logarithm of target time over source time:
//   k = C(p, q) + L(p, q) x'y + S(p, q) matern(x, y),
// where each of C (factors), L (slopes) and S (smooth part) is
//   common + family * [same family] + own * [p = q]       (linear model of coregionalisation,
// Alvarez, Rosasco & Lawrence 2012, section 4.2). Solved by conjugate gradients: the kernel acts on
// a matrix rows x outputs in O(rows^2 outputs), and holes stay holes.
#pragma once

#include <vector>

#include "kernel_expansion.h"

namespace kernwise::detail {

struct Shares {
  double common = 0, family = 0, own = 0;
};
struct ResidualPrior {
  Shares factor = {1, 0.05, 0.03};
  Shares slope = {0.03, 0.01, 0.001};
  Shares smooth = {0.15, 0.03, 0.05};
  double noise = 0.002;
  double reach = 2;  // multiplies the features' own
};

// z: rows x inputs; residual: rows x outputs, NaN where missing; family: per output.
struct ResidualData {
  int64_t rows = 0, inputs = 0, outputs = 0;
  std::vector<float> z;
  std::vector<double> residual;
  std::vector<int> family;
  std::vector<double> reach;
  std::vector<int> group;  // per row; kept together in cross-validation
};

// The posterior mean, as an expansion over the rows.
KernelExpansion fit_residual(const ResidualData& data, const ResidualPrior& prior);

}  // namespace kernwise::detail
