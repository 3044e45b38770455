// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "warp.h"

#include <algorithm>
#include <cmath>

#include "kernwise/base/check.h"
#include "kernwise/base/statistics.h"

namespace kernwise::detail {
namespace {

// Acklam's rational approximation of the normal quantile would do; bisection of erfc is shorter and
// exact, and nothing here is hot.
double normal_quantile(double share) {
  double low = -9, high = 9;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < share ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

// Straight between knots, and beyond them with the slope over the outer tenth.
double along(const std::vector<double>& from, const std::vector<double>& to, double x) {
  const std::size_t n = from.size();
  std::size_t a = 0, b = 0;
  const std::size_t outer = std::max<std::size_t>(1, n / 10);
  if (x <= from.front()) {
    b = outer;
  } else if (x >= from.back()) {
    a = n - 1;
    b = n - 1 - outer;
  } else {
    b = static_cast<std::size_t>(std::upper_bound(from.begin(), from.end(), x) - from.begin());
    a = b - 1;
  }
  return to[a] + (x - from[a]) * (to[b] - to[a]) / (from[b] - from[a]);
}

}  // namespace

Warp Warp::normal_scores(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  KERNWISE_CHECK(sorted.front() < sorted.back());
  Warp warp;
  const auto n = static_cast<double>(sorted.size());
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t end = first;
    while (end < sorted.size() && sorted[end] == sorted[first]) ++end;
    warp.values_.push_back(sorted[first]);
    warp.scores_.push_back(normal_quantile(0.5 * static_cast<double>(first + end) / n));
    first = end;
  }
  return warp;
}

Warp Warp::log_distance(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  KERNWISE_CHECK(sorted.front() < sorted.back());
  double range = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  if (range <= 0) range = sorted.back() - sorted.front();
  const double top = sorted.back() + 0.02 * range;
  Warp warp;
  for (const double value : sorted) {
    if (!warp.values_.empty() && value == warp.values_.back()) continue;
    warp.values_.push_back(value);
    warp.scores_.push_back(-std::log(top - value));
  }
  return warp;
}

double Warp::forward(double value) const { return along(values_, scores_, value); }
double Warp::backward(double score) const { return along(scores_, values_, score); }

}  // namespace kernwise::detail
