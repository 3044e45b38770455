// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "surrogate.h"

#include <algorithm>
#include <cmath>

#include "kernwise/base/check.h"

namespace kernwise::halide {

Result<Surrogate> Surrogate::fit(const TrainingSet& data, Rng& rng) {
  const std::size_t rows = data.times_s.size();
  if (rows < 2) return invalid_input("a model needs at least two measured schedules");
  const std::size_t inputs = data.features.front().size();
  const auto value = [&](std::size_t row, std::size_t column) {
    return column < inputs ? data.features[row][column] : std::log(data.times_s[row]);
  };
  Surrogate model;
  for (std::size_t column = 0; column <= inputs; ++column) {
    double sum = 0, squares = 0;
    for (std::size_t row = 0; row < rows; ++row) sum += value(row, column);
    const double mean = sum / static_cast<double>(rows);
    for (std::size_t row = 0; row < rows; ++row) squares += std::pow(value(row, column) - mean, 2);
    const double deviation = std::sqrt(squares / static_cast<double>(rows));
    model.mean_.push_back(mean);
    model.deviation_.push_back(deviation > 1e-9 ? deviation : 1);
  }
  FitData fit;
  fit.rows = static_cast<int64_t>(rows);
  fit.inputs = static_cast<int64_t>(inputs);
  fit.outputs = 1;
  // The learn room takes at most seven sizes and then as many terms of the work as are given; which
  // are which makes no other difference to it.
  constexpr std::size_t kSizes = 7;
  for (std::size_t column = 0; column < inputs; ++column) {
    fit.reach.push_back(column < kSizes ? 1 : 0);
    fit.complexity.push_back(column < kSizes ? 0 : 1);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column <= inputs; ++column) {
      const double z = (value(row, column) - model.mean_[column]) / model.deviation_[column];
      (column < inputs ? fit.z : fit.t).push_back(static_cast<float>(z));
    }
    fit.group.push_back(static_cast<int>(row));
  }
  FitOptions options;
  options.restarts = 9;
  KERNWISE_ASSIGN(model.net_, fit_regressor(RegressorKind::kMlpTiny, fit, options, rng));
  return model;
}

double Surrogate::predict_s(const std::vector<double>& features) const {
  const std::size_t inputs = deviation_.size() - 1;
  KERNWISE_CHECK(features.size() == inputs);
  std::vector<float> z, scratch(static_cast<std::size_t>(net_->scratch_floats()));
  for (std::size_t i = 0; i < inputs; ++i) {
    z.push_back(static_cast<float>((features[i] - mean_[i]) / deviation_[i]));
  }
  float t = 0;
  net_->predict(z.data(), &t, scratch.data());
  return std::exp(mean_[inputs] + deviation_[inputs] * double{t});
}

}  // namespace kernwise::halide
