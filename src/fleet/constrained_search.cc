// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/constrained_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace kernwise {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNinety = 1.6449;  // half width of a 90 % interval in deviations
constexpr double kLeastDeviation = 1e-4;

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }
double normal_density(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi); }

template <typename Visit>
void each(std::span<const int32_t> candidates, std::size_t rows, Visit visit) {
  if (candidates.empty()) {
    for (std::size_t row = 0; row < rows; ++row) visit(static_cast<int32_t>(row));
  } else {
    for (const int32_t row : candidates) visit(row);
  }
}

double feasibility(const CostBelief& belief, std::size_t row, double log_bound) {
  const double deviation = std::max(belief.deviation[row], kLeastDeviation);
  return normal_cdf((log_bound - belief.mean[row]) / deviation);
}

// Expected positive part of N(mean - best, deviation).
double improvement(double mean, double deviation, double best) {
  const double gain = mean - best;
  if (deviation <= 0) return std::max(gain, 0.0);
  const double z = gain / deviation;
  return gain * normal_cdf(z) + deviation * normal_density(z);
}

void describe(ConstrainedChoice& choice, const CostBelief& belief) {
  const auto row = static_cast<std::size_t>(choice.row);
  const auto mean = belief.mean[row];
  const auto deviation = belief.deviation[row];
  choice.cost = std::exp(mean);
  choice.low = std::exp(mean - kNinety * deviation);
  choice.high = std::exp(mean + kNinety * deviation);
}

}  // namespace

int32_t next_measurement(const ValueBelief& value, std::span<const int32_t> candidates,
                         const CostBelief& belief, std::span<const MeasuredRow> measured,
                         double bound, double best) {
  const double log_bound = std::log(bound);
  // With nothing feasible in hand any feasible design is worth its value over the poorest.
  if (best == -kInfinity) {
    double least = kInfinity;
    each(candidates, value.mean.size(), [&](int32_t row) {
      const double mean = value.mean[static_cast<std::size_t>(row)];
      if (!std::isnan(mean)) least = std::min(least, mean);
    });
    best = least - 1;
  }
  int32_t chosen = -1;
  double most = 0;
  each(candidates, value.mean.size(), [&](int32_t row) {
    const auto i = static_cast<std::size_t>(row);
    if (std::isnan(value.mean[i]) || std::isnan(belief.mean[i])) return;
    const double deviation = value.deviation.empty() ? 0 : value.deviation[i];
    const double gain = improvement(value.mean[i], deviation, best);
    if (gain <= most) return;  // feasibility is at most 1
    const double expected = gain * feasibility(belief, i, log_bound);
    if (expected <= most) return;
    const bool known = std::any_of(measured.begin(), measured.end(),
                                   [&](const MeasuredRow& m) { return m.row == row; });
    if (known) return;
    most = expected;
    chosen = row;
  });
  return chosen;
}

ConstrainedChoice choose_predicted(const ValueBelief& value, std::span<const int32_t> candidates,
                                   const CostBelief& belief, double bound, double margin) {
  const double log_bound = std::log(bound);
  ConstrainedChoice choice;
  double best = -kInfinity, likeliest = -1;
  int32_t fallback = -1;
  each(candidates, value.mean.size(), [&](int32_t row) {
    const auto i = static_cast<std::size_t>(row);
    if (std::isnan(value.mean[i]) || std::isnan(belief.mean[i])) return;
    const double upper =
        belief.mean[i] + margin * belief.deviation[i];
    if (upper <= log_bound && value.mean[i] > best) {
      best = value.mean[i];
      choice.row = row;
    }
    if (choice.row >= 0) return;
    const double likely = (log_bound - belief.mean[i]) /
                          std::max(belief.deviation[i], kLeastDeviation);
    if (fallback < 0 || likely > likeliest) {
      likeliest = likely;
      fallback = row;
    }
  });
  choice.feasible = choice.row >= 0;
  if (choice.row < 0) choice.row = fallback;
  if (choice.row >= 0) describe(choice, belief);
  return choice;
}

ConstrainedChoice constrained_search(const ValueBelief& value, std::span<const int32_t> candidates,
                                     std::vector<MeasuredRow> start, const BeliefUpdate& believe,
                                     const Measure& measure,
                                     const ConstrainedSearchOptions& options) {
  std::vector<MeasuredRow> measured = std::move(start);
  double best = -kInfinity;
  MeasuredRow held{-1, 0};
  const auto consider = [&](const MeasuredRow& m) {
    const double worth = value.mean[static_cast<std::size_t>(m.row)];
    if (std::isnan(m.cost) || m.cost > options.bound || !(worth > best)) return;
    best = worth;
    held = m;
  };
  for (const MeasuredRow& m : measured) consider(m);
  CostBelief belief = believe(measured);
  const auto forget_failed = [&] {
    for (const MeasuredRow& m : measured) {
      if (std::isnan(m.cost)) belief.mean[static_cast<std::size_t>(m.row)] = NAN;
    }
  };
  forget_failed();
  while (static_cast<int>(measured.size()) < options.budget) {
    const int32_t row = next_measurement(value, candidates, belief, measured, options.bound, best);
    if (row < 0) break;
    measured.push_back({row, measure(row)});
    consider(measured.back());
    belief = believe(measured);
    forget_failed();
  }
  ConstrainedChoice choice;
  if (held.row >= 0) {
    choice = {held.row, true, true, held.cost, held.cost, held.cost, {}};
  } else {
    // What was measured broke its bound, whatever the belief says.
    for (const MeasuredRow& m : measured) belief.mean[static_cast<std::size_t>(m.row)] = NAN;
    choice = choose_predicted(value, candidates, belief, options.bound, options.margin);
  }
  choice.measurements = std::move(measured);
  return choice;
}

}  // namespace kernwise
