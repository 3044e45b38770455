// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What models learn from: rows of features with, for every output (a primitive), the logarithm of
// a time in seconds, or NaN where the primitive was not measured. An output that is absent carries
// no loss and no gradient; it is never a zero. Thread-safety: plain values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/learn/features.h"

namespace kernwise {

struct Samples {
  FeatureSchema schema;
  std::vector<std::string> outputs;
  std::vector<double> x;   // rows x features
  std::vector<double> y;   // rows x outputs; natural logarithm of seconds, or NaN
  std::vector<int> group;  // per row: rows of one group are never on both sides of a split

  int64_t rows() const { return static_cast<int64_t>(group.size()); }
  int64_t inputs() const { return static_cast<int64_t>(schema.features.size()); }
  int64_t width() const { return static_cast<int64_t>(outputs.size()); }
  std::span<const double> features(int64_t row) const {
    return std::span(x).subspan(static_cast<std::size_t>(row * inputs()), schema.features.size());
  }
  std::span<const double> targets(int64_t row) const {
    return std::span(y).subspan(static_cast<std::size_t>(row * width()), outputs.size());
  }
};

Samples subset(const Samples& samples, const std::vector<int64_t>& rows);
// The same rows with the named outputs, in that order; NaN where `samples` lacks one.
Samples with_outputs(const Samples& samples, const std::vector<std::string>& outputs);

struct Split {
  std::vector<int64_t> train, validation, test;
};
// Shares of the groups (rounded down, at least one group each where there are three).
Split split_by_group(const std::vector<int>& group, double validation, double test, Rng& rng);
// Shares of the rows, whatever their group.
Split split_by_row(int64_t rows, double validation, double test, Rng& rng);

// Mean and standard deviation of each column, missing values left out; those of training data
// only. A column without spread gets deviation 1, one without values mean 0.
struct Standardizer {
  std::vector<double> mean, deviation;

  static Standardizer fit(std::span<const double> values, int64_t columns);
  // A constant column becomes 0 for its own value, whatever rounding says.
  float scale(double value, std::size_t column) const {
    return static_cast<float>((value - mean[column]) / deviation[column]);
  }
};

}  // namespace kernwise
