// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Choices under a ladder of bounds, judged with the true costs of all designs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data.h"
#include "kernwise/fleet/constrained_search.h"

namespace kernwise::experiments {

// Bounds at these quantiles of a device's costs.
std::vector<double> bounds_of(const SearchData& data, std::size_t column,
                              std::span<const double> quantiles);

struct Verdict {
  double regret = 0;      // accuracy of the best feasible design minus that of the choice, >= 0
  double over = 0;        // true cost over the bound, minus 1; negative within it
  bool violates = false;  // over > 2 %
  int measurements = 0;
};
// A design of unknown accuracy is worth 0; of unknown cost it violates its bound.
// row -1 (nothing chosen) counts as a violation, with the whole accuracy as regret.
Verdict judge(const SearchData& data, std::size_t column, double bound, int32_t row,
              int measurements);

struct Score {
  std::string method;
  int choices = 0;
  double regret_mean = 0, regret_worst = 0;  // points of accuracy
  // Of the choices within their bounds alone: one that is a little over may gain by it.
  double regret_kept_mean = 0;
  std::string worst_device = {};  // by mean regret
  double worst_device_regret = 0;
  double violation_share = 0, over_worst = 0;
  double over_ten_share = 0;  // more than 10 % over
  double measurements_mean = 0;
  int measurements_most = 0;
  double seconds_per_device = 0;  // of choosing; 0: not timed
};

// Collects verdicts of one method.
class Tally {
 public:
  explicit Tally(std::string method) : method_(std::move(method)) {}
  void add(const std::string& device, const Verdict& verdict);
  // Seconds of one choice, from the samples to the design; measuring is not in it.
  void took(double seconds) { seconds_ += seconds, ++timed_; }
  Score score() const;

 private:
  std::string method_;
  std::vector<std::pair<std::string, Verdict>> verdicts_;
  double seconds_ = 0;
  int timed_ = 0;
};

}  // namespace kernwise::experiments
