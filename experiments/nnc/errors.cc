// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "errors.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "kernwise/base/check.h"
#include "kernwise/base/statistics.h"
#include "kernwise/learn/samples.h"

namespace kernwise::nnc {
namespace {

double relative_error(double predicted, double measured) {
  return std::abs(predicted - measured) / measured;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

Errors errors_of(std::span<const double> predicted, std::span<const double> measured) {
  KERNWISE_CHECK(predicted.size() == measured.size());
  Errors result;
  std::vector<double> all;
  std::map<int, std::vector<double>> by_decade;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    all.push_back(relative_error(predicted[i], measured[i]));
    by_decade[static_cast<int>(std::floor(std::log10(measured[i])))].push_back(all.back());
  }
  result.rows = static_cast<int64_t>(all.size());
  if (all.empty()) return result;
  result.mape = mean(all);
  result.mdrae = median(std::move(all));
  for (auto& [exponent, errors] : by_decade) {
    const auto rows = static_cast<int64_t>(errors.size());
    result.decades.push_back({exponent, rows, median(std::move(errors))});
  }
  return result;
}

double mape_without_smallest(std::span<const double> predicted, std::span<const double> measured,
                             double share) {
  KERNWISE_CHECK(predicted.size() == measured.size() && share >= 0 && share < 1);
  if (measured.empty()) return 0;
  std::vector<std::size_t> order(measured.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return measured[a] < measured[b]; });
  std::vector<double> kept;
  const auto dropped = static_cast<std::size_t>(share * static_cast<double>(measured.size()));
  for (std::size_t i = dropped; i < order.size(); ++i) {
    kept.push_back(relative_error(predicted[order[i]], measured[order[i]]));
  }
  return mean(kept);
}

void rescale_to(std::vector<double>& values, std::span<const double> to_mean,
                std::span<const double> to_deviation) {
  const std::size_t columns = to_mean.size();
  const Standardizer own = Standardizer::fit(values, static_cast<int64_t>(columns));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t c = i % columns;
    values[i] = to_mean[c] + to_deviation[c] * (values[i] - own.mean[c]) / own.deviation[c];
  }
}

int paired_verdict(std::span<const double> a, std::span<const double> b) {
  KERNWISE_CHECK(a.size() == b.size());
  std::size_t better = 0, worse = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    better += a[i] < b[i];
    worse += a[i] > b[i];
  }
  if (a.empty()) return 0;
  return 5 * better >= 4 * a.size() ? 1 : 5 * worse >= 4 * a.size() ? -1 : 0;
}

}  // namespace kernwise::nnc
