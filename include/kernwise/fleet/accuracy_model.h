// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How accurate a design will be when it is trained, learnt from a few hundred designs whose
// accuracy is known. A Gaussian process over design_features() (space.h): cells that compute the
// same have the same features but for their positions, so they help each other.
//
// Accuracies are crowded near the best, and a few designs do not train at all. The process
// therefore sees a monotone transform of them, either normal scores of the ranks or the logarithm
// of the distance to the best; leave-one-out rank correlation on the given designs decides.
// Thread-safety: immutable after fitting.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/fleet/space.h"

namespace kernwise {

struct PredictedAccuracy {
  double mean = 0;           // in the unit of the given accuracies
  double deviation = 0;      // standard deviation of the belief, in the same unit
  double low = 0, high = 0;  // 90 % interval
};

// Leave-one-out on the designs given, of which those that compute the same were merged first.
struct AccuracyFigures {
  int designs = 0;  // distinct ones
  double kendall = 0, spearman = 0;
  double mean_absolute_error = 0;
  double coverage = 0;  // share of truths in their 90 % interval
};

class AccuracyModel {
 public:
  PredictedAccuracy predict(const DesignSpace& space, const Design& design) const;
  const AccuracyFigures& figures() const;

  struct State;
  explicit AccuracyModel(std::shared_ptr<const State> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<const State> state_;
};

// kInvalidInput: fewer than 20 distinct designs, an accuracy that is not finite, all the same.
Result<AccuracyModel> fit_accuracy(const DesignSpace& space, std::span<const Design> designs,
                                   std::span<const double> accuracy);

}  // namespace kernwise
