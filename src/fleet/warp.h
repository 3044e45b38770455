// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Monotone transforms that make accuracies look normal, as tables of knots with straight lines
// between and beyond them.
#pragma once

#include <span>
#include <vector>

namespace kernwise::detail {

class Warp {
 public:
  // Rank i of n becomes the normal quantile of (i - 0.5) / n (van der Waerden scores).
  static Warp normal_scores(std::span<const double> values);
  // -log(best + 2 % of the interquartile range - value).
  static Warp log_distance(std::span<const double> values);

  double forward(double value) const;
  double backward(double score) const;

 private:
  std::vector<double> values_, scores_;  // both rising strictly
};

}  // namespace kernwise::detail
