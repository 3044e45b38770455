// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/verify.h"

#include <cmath>

#include "cholesky.h"

namespace kernwise {
namespace {

constexpr double kPriorRows = 5;      // that a pair's own rows must outweigh
constexpr double kLeastError = 1e-3;  // deviation of an error that never showed
constexpr double kNoise = 0.05;       // share of an error that is its own, whatever the rows say

}  // namespace

ErrorCovariance ErrorCovariance::estimate(const PerformanceModel& model, const Samples& held_out) {
  ErrorCovariance result;
  const auto width = static_cast<std::size_t>(held_out.width());
  result.outputs_ = held_out.width();
  std::vector<double> errors = model.predict_logs(held_out);
  for (std::size_t i = 0; i < errors.size(); ++i) errors[i] = held_out.y[i] - errors[i];
  result.covariance_.assign(width * width, 0);
  for (std::size_t p = 0; p < width; ++p) {
    for (std::size_t q = 0; q <= p; ++q) {
      double sum = 0, count = 0;
      for (std::size_t row = 0; row < errors.size(); row += width) {
        const double product = errors[row + p] * errors[row + q];
        if (!std::isnan(product)) sum += product, ++count;
      }
      double& entry = result.covariance_[p * width + q];
      entry = p == q ? sum / std::max(count, 1.0) + kLeastError * kLeastError
                     : sum / (count + kPriorRows);
      result.covariance_[q * width + p] = entry;
    }
  }
  return result;
}

void ErrorCovariance::update(std::span<double> logs,
                             std::span<const std::pair<int64_t, double>> measured) const {
  const auto n = static_cast<int64_t>(measured.size());
  if (n == 0) return;
  std::vector<double> matrix(static_cast<std::size_t>(n * n)), weights;
  for (int64_t i = 0; i < n; ++i) {
    const auto& [p, log] = measured[static_cast<std::size_t>(i)];
    for (int64_t j = 0; j < n; ++j) {
      matrix[static_cast<std::size_t>(i * n + j)] =
          at(p, measured[static_cast<std::size_t>(j)].first) * (i == j ? 1 + kNoise : 1);
    }
    weights.push_back(log - logs[static_cast<std::size_t>(p)]);
  }
  // Pairs estimated over different rows need not fit together; then nothing is concluded.
  if (const auto factored = detail::Cholesky::factor(std::move(matrix), n)) {
    factored->solve(weights, 1);
    for (int64_t q = 0; q < outputs_; ++q) {
      double step = 0;
      for (int64_t i = 0; i < n; ++i) {
        step += at(q, measured[static_cast<std::size_t>(i)].first) *
                weights[static_cast<std::size_t>(i)];
      }
      logs[static_cast<std::size_t>(q)] += step;
    }
  }
  for (const auto& [p, log] : measured) logs[static_cast<std::size_t>(p)] = log;
}

}  // namespace kernwise
