// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "linear.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "cholesky.h"

namespace kernwise::detail {
namespace {

// Small against a standardised input of any number of rows; it settles what sums of logarithms
// leave open, since several features are sums of others.
constexpr double kRidge = 1e-3;

class LinearRegressor final : public Regressor {
 public:
  LinearRegressor(int64_t inputs, int64_t outputs, std::vector<float> weights)
      : inputs_(inputs), outputs_(outputs), weights_(std::move(weights)) {}

  RegressorKind kind() const override { return RegressorKind::kLinear; }
  int64_t inputs() const override { return inputs_; }
  int64_t outputs() const override { return outputs_; }
  int64_t scratch_floats() const override { return 0; }
  int64_t parameters() const override { return static_cast<int64_t>(weights_.size()); }
  RegressorState state() const override {
    return {RegressorKind::kLinear, {inputs_, outputs_}, {weights_}};
  }
  void predict(const float* z, float* t, float*, const uint8_t*) const override {
    const float* row = weights_.data();
    std::copy(row, row + outputs_, t);
    for (int64_t i = 0; i < inputs_; ++i) {
      row += outputs_;
      for (int64_t p = 0; p < outputs_; ++p) t[p] += z[i] * row[p];
    }
  }

 private:
  int64_t inputs_, outputs_;
  std::vector<float> weights_;  // (1 + inputs) x outputs, the constant first
};

}  // namespace

Result<std::unique_ptr<Regressor>> fit_linear(const FitData& data) {
  const int64_t size = data.inputs + 1;
  std::vector<float> weights(static_cast<std::size_t>(size * data.outputs), 0.0F);
  std::vector<double> row(static_cast<std::size_t>(size));
  for (int64_t p = 0; p < data.outputs; ++p) {
    std::vector<double> normal(static_cast<std::size_t>(size * size), 0.0);
    std::vector<double> right(static_cast<std::size_t>(size), 0.0);
    for (int64_t i = 0; i < data.rows; ++i) {
      const double t = double{data.t[static_cast<std::size_t>(i * data.outputs + p)]};
      if (std::isnan(t)) continue;
      row[0] = 1;
      std::copy_n(data.z.begin() + i * data.inputs, data.inputs, row.begin() + 1);
      for (int64_t a = 0; a < size; ++a) {
        const double value = row[static_cast<std::size_t>(a)];
        right[static_cast<std::size_t>(a)] += value * t;
        for (int64_t b = 0; b <= a; ++b) {
          normal[static_cast<std::size_t>(a * size + b)] +=
              value * row[static_cast<std::size_t>(b)];
        }
      }
    }
    for (int64_t a = 0; a < size; ++a) normal[static_cast<std::size_t>(a * size + a)] += kRidge;
    const auto factored = Cholesky::factor(std::move(normal), size);
    if (!factored) return internal_error("the normal equations are not positive definite");
    factored->solve(right, 1);
    for (int64_t a = 0; a < size; ++a) {
      weights[static_cast<std::size_t>(a * data.outputs + p)] =
          static_cast<float>(right[static_cast<std::size_t>(a)]);
    }
  }
  return std::unique_ptr<Regressor>(
      std::make_unique<LinearRegressor>(data.inputs, data.outputs, std::move(weights)));
}

Result<std::unique_ptr<Regressor>> restore_linear(const RegressorState& state) {
  const bool good =
      state.numbers.size() == 2 && state.tensors.size() == 1 && state.numbers[0] >= 1 &&
      state.numbers[0] <= 4096 && state.numbers[1] >= 1 && state.numbers[1] <= 1 << 16 &&
      static_cast<int64_t>(state.tensors[0].size()) == (1 + state.numbers[0]) * state.numbers[1];
  if (!good) return invalid_input("the linear model's numbers contradict each other");
  return std::unique_ptr<Regressor>(
      std::make_unique<LinearRegressor>(state.numbers[0], state.numbers[1], state.tensors[0]));
}

}  // namespace kernwise::detail
