// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/metrics.h"

#include <cmath>
#include <utility>

#include "kernwise/base/check.h"
#include "kernwise/base/statistics.h"

namespace kernwise {
namespace {

double relative_error(double predicted, double truth) {
  return std::isnan(predicted) ? 1 : std::abs(std::expm1(predicted - truth));
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

}  // namespace

int64_t best_output(std::span<const double> values, std::span<const double> measured) {
  int64_t best = -1;
  for (std::size_t p = 0; p < values.size(); ++p) {
    if (std::isnan(measured[p]) || std::isnan(values[p])) continue;
    if (best < 0 || values[p] < values[static_cast<std::size_t>(best)]) {
      best = static_cast<int64_t>(p);
    }
  }
  return best;
}

Scores score(std::span<const double> predicted, const Samples& truth) {
  KERNWISE_CHECK(predicted.size() == truth.y.size());
  const std::size_t width = truth.outputs.size();
  Scores scores;
  std::vector<double> errors, ratios;
  double right = 0, pairs = 0, hits = 0, chosen_sum = 0, best_sum = 0, logs = 0, said = 0;
  for (int64_t row = 0; row < truth.rows(); ++row) {
    const auto y = truth.targets(row);
    const auto guess = predicted.subspan(static_cast<std::size_t>(row) * width, width);
    const int64_t best = best_output(y, y);
    if (best < 0) continue;
    for (std::size_t p = 0; p < width; ++p) {
      if (std::isnan(y[p])) continue;
      errors.push_back(relative_error(guess[p], y[p]));
      for (std::size_t q = p + 1; q < width; ++q) {
        if (std::isnan(y[q]) || y[p] == y[q]) continue;
        ++pairs;
        right += (guess[p] < guess[q]) == (y[p] < y[q]);
      }
    }
    const int64_t chosen = best_output(guess, y);
    // Nothing predicted at all: the worst measured one is as good a choice as any.
    const double took = chosen < 0 ? y[static_cast<std::size_t>(best)] + std::log(1e3)
                                   : y[static_cast<std::size_t>(chosen)];
    const double least = y[static_cast<std::size_t>(best)];
    hits += took == least;
    ratios.push_back(std::exp(took - least) - 1);
    logs += took - least;
    chosen_sum += std::exp(took);
    best_sum += std::exp(least);
    if (chosen >= 0) said += std::exp(guess[static_cast<std::size_t>(chosen)]);
  }
  scores.rows = static_cast<int64_t>(ratios.size());
  scores.entries = static_cast<int64_t>(errors.size());
  if (ratios.empty()) return scores;
  const auto rows = static_cast<double>(ratios.size());
  scores.mape = mean(errors);
  scores.mdrae = median(std::move(errors));
  scores.pairwise_accuracy = pairs > 0 ? right / pairs : 1;
  scores.top1 = hits / rows;
  scores.regret_total = chosen_sum / best_sum - 1;
  scores.regret_geomean = std::expm1(logs / rows);
  scores.regret_p95 = quantile(ratios, 0.95);
  scores.regret_max = quantile(ratios, 1);
  scores.bias = said / chosen_sum - 1;
  return scores;
}

std::vector<OutputError> errors_by_output(std::span<const double> predicted, const Samples& truth) {
  std::vector<OutputError> result;
  const std::size_t width = truth.outputs.size();
  for (std::size_t p = 0; p < width; ++p) {
    std::vector<double> errors;
    for (std::size_t i = p; i < truth.y.size(); i += width) {
      if (!std::isnan(truth.y[i])) errors.push_back(relative_error(predicted[i], truth.y[i]));
    }
    OutputError entry{truth.outputs[p], static_cast<int64_t>(errors.size()), 0, mean(errors)};
    if (!errors.empty()) entry.mdrae = median(std::move(errors));
    result.push_back(std::move(entry));
  }
  return result;
}

double interval_coverage(const PerformanceModel& model, const Samples& truth) {
  PerformanceModel::Workspace w;
  PerformanceModel::Prediction prediction;
  double inside = 0, count = 0;
  for (int64_t row = 0; row < truth.rows(); ++row) {
    model.predict(truth.features(row), prediction, w);
    const auto y = truth.targets(row);
    for (std::size_t p = 0; p < y.size(); ++p) {
      if (std::isnan(y[p])) continue;
      const double time = std::exp(y[p]);
      ++count;
      inside += time >= prediction.low_s[p] && time <= prediction.high_s[p];
    }
  }
  return count > 0 ? inside / count : 0;
}

}  // namespace kernwise
