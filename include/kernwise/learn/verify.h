// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Predict, then verify. Errors of a model go together: where one primitive of a problem turns out
// slower than predicted, its relatives will too. Measuring one therefore moves the predictions of
// the others, and the next candidate to measure is chosen with that known.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "kernwise/learn/model.h"

namespace kernwise {

class ErrorCovariance {
 public:
  // From samples that the model was not trained on: covariances of the errors of pairs of outputs
  // over the rows where both were measured, drawn towards zero where those are few.
  static ErrorCovariance estimate(const PerformanceModel& model, const Samples& held_out);

  // `logs` as predicted for one problem; `measured` are outputs with their measured logarithms.
  // Measured entries become what was measured, the others their conditional mean (Gaussian
  // conditioning; the scale of the errors does not matter, only how they go together).
  void update(std::span<double> logs, std::span<const std::pair<int64_t, double>> measured) const;

  double at(int64_t p, int64_t q) const {
    return covariance_[static_cast<std::size_t>(p * outputs_ + q)];
  }

 private:
  int64_t outputs_ = 0;
  std::vector<double> covariance_;  // outputs x outputs
};

}  // namespace kernwise
