// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The arithmetic of both protocols. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace kernwise::nnc {

struct DecadeError {
  int exponent = 0;  // measured times in [10^exponent, 10^(exponent + 1)) seconds
  int64_t rows = 0;
  double mdrae = 0;
};
// Every point counts.
struct Errors {
  int64_t rows = 0;
  double mdrae = 0;  // median of |predicted - measured| / measured
  double mape = 0;   // mean of it
  std::vector<DecadeError> decades;
};
Errors errors_of(std::span<const double> predicted, std::span<const double> measured);

// As published: the floor(share * rows) points of the smallest measured times are left out of the
// mean.
double mape_without_smallest(std::span<const double> predicted, std::span<const double> measured,
                             double share);

// Shifts and stretches each column of `values` (rows x columns) from its own mean and deviation to
// those given: what scaling a test set by its own statistics amounts to.
void rescale_to(std::vector<double>& values, std::span<const double> mean,
                std::span<const double> deviation);

// Over seeds, paired: a better by at least four fifths of the seeds is +1, worse by as many -1, else
// 0. Both of the same length; smaller is better.
int paired_verdict(std::span<const double> a, std::span<const double> b);

}  // namespace kernwise::nnc
