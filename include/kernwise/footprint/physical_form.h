// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A physical estimate: a sum of work, or a floor below which it cannot fall, whichever is larger.
//
//   estimate = (S^p + F^p)^(1/p),   S = sum of w_k t_k over work,   F = sum of w_k t_k over floors
//
// Weights are positive. Each has a prior (a log-normal one), so that a form fitted to a handful of
// measurements keeps what they do not tell; a common factor on all of them stands for a faster or
// slower device. The fit is the most probable one under
//
//   log(figure / estimate) = noise + share * (error of the design),
//
// because all rows of one network, pruned one way, are off by the same factor: a hundred batch
// sizes of it are little more than one observation. Constants do not take part in that error;
// `share` is what the others make up of the estimate. Solved by Gauss-Newton with the marginal
// covariance of the errors. Thread-safety: pure functions of plain values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace kernwise {

// Relative errors (standard deviations of logarithms) that the fit assumes: of a row beside its
// design's, and of a design.
inline constexpr double kAssumedRowError = 0.1, kAssumedDesignError = 0.2;

struct PhysicalTerm {
  std::string name;
  double prior = 1;     // weight
  double log_sd = 0.3;  // of the weight's logarithm
  bool floor = false;
  bool constant = false;  // does not scale with the design: a context
};

struct PhysicalForm {
  std::vector<PhysicalTerm> terms;
  double common_log_sd = 0;  // of a factor on all weights that are not constant
  double sharpness = 3;      // p
};

struct PhysicalRow {
  std::vector<double> terms;  // >= 0
  double figure = 0;          // > 0
  int design = 0;             // rows of one design share its error
  bool censored = false;      // the true figure is at least `figure`: counts only while below
};

double physical_estimate(const PhysicalForm& form, std::span<const double> weights,
                         std::span<const double> terms);

// The weights; the prior ones if there are no rows.
std::vector<double> fit_physical_form(const PhysicalForm& form, std::span<const PhysicalRow> rows);

}  // namespace kernwise
