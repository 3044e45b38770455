// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// NN+C for the schedules of one pipeline on one number of threads, over all sides: the learn room's
// tiny network (at most 75 parameters) from the logarithms of a schedule's features, the
// complexity n^2 among them, to the logarithm of its time. Scaling comes from training data alone.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernwise/learn/regressor.h"

namespace kernwise::halide {

struct TrainingSet {
  std::vector<std::vector<double>> features;
  std::vector<double> times_s;
};

class Surrogate {
 public:
  // kInvalidInput with fewer than two samples.
  static Result<Surrogate> fit(const TrainingSet& data, Rng& rng);

  double predict_s(const std::vector<double>& features) const;
  int64_t parameters() const { return net_->parameters(); }

 private:
  std::vector<double> mean_, deviation_;  // of the features, then of the logarithm of the time
  std::unique_ptr<Regressor> net_;
};

}  // namespace kernwise::halide
