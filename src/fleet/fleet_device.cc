// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "fleet_device.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kernwise::detail {
namespace {

constexpr std::size_t kLeastSourceValues = 50;

std::size_t known_values(const LatencyTable& table, std::size_t column) {
  const auto costs = table.device_costs(column);
  return costs.size() - static_cast<std::size_t>(std::count_if(
                            costs.begin(), costs.end(), [](double c) { return std::isnan(c); }));
}

}  // namespace

std::vector<std::size_t> source_columns(const LatencyTable& table) {
  std::vector<std::size_t> known(table.devices.size());
  std::size_t most = 0;
  for (std::size_t i = 0; i < known.size(); ++i) {
    known[i] = known_values(table, i);
    most = std::max(most, known[i]);
  }
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i] >= kLeastSourceValues && 2 * known[i] >= most) columns.push_back(i);
  }
  return columns;
}

bool is_complete(const LatencyTable& table, std::size_t column) {
  return 20 * known_values(table, column) >= 19 * table.rows();
}

std::vector<MeasuredRow> samples_of(const LatencyTable& table, std::size_t column) {
  std::vector<MeasuredRow> all;
  const auto costs = table.device_costs(column);
  for (std::size_t row = 0; row < costs.size(); ++row) {
    if (!std::isnan(costs[row])) all.push_back({static_cast<int32_t>(row), costs[row]});
  }
  for (const auto& [device, row] : table.failures) {
    if (device == column && std::isnan(costs[row])) {
      all.push_back({static_cast<int32_t>(row), std::numeric_limits<double>::quiet_NaN()});
    }
  }
  if (all.size() <= kMostSamples) return all;
  std::vector<MeasuredRow> kept;
  for (std::size_t i = 0; i < kMostSamples; ++i) kept.push_back(all[i * all.size() / kMostSamples]);
  return kept;
}

CostBelief scaled_belief(std::span<const double> proxy, std::span<const MeasuredRow> samples) {
  double sx = 0, sy = 0, n = 0;
  for (const MeasuredRow& m : samples) {
    const double x = std::log(proxy[static_cast<std::size_t>(m.row)]);
    if (std::isnan(x) || std::isnan(m.cost)) continue;
    sx += x;
    sy += std::log(m.cost);
    ++n;
  }
  CostBelief belief;
  belief.mean.assign(proxy.size(), std::numeric_limits<double>::quiet_NaN());
  belief.deviation.assign(proxy.size(), 0);
  if (n == 0) return belief;
  const double mx = sx / n, my = sy / n;
  double xx = 0, xy = 0;
  for (const MeasuredRow& m : samples) {
    const double x = std::log(proxy[static_cast<std::size_t>(m.row)]) - mx;
    if (std::isnan(x) || std::isnan(m.cost)) continue;
    xx += x * x;
    xy += x * (std::log(m.cost) - my);
  }
  constexpr double kTowardsOne = 0.05;  // as if so much variation had been seen with slope 1
  const double slope = (xy + kTowardsOne) / (xx + kTowardsOne);
  double residual = 0;
  for (const MeasuredRow& m : samples) {
    const double x = std::log(proxy[static_cast<std::size_t>(m.row)]) - mx;
    if (std::isnan(x) || std::isnan(m.cost)) continue;
    residual += std::pow(std::log(m.cost) - my - slope * x, 2);
  }
  // A prior of two samples 5 % off keeps a lucky fit from looking exact.
  const double deviation = std::sqrt((residual + 2 * 0.0025) / std::max(n - 2 + 2, 1.0));
  for (std::size_t row = 0; row < proxy.size(); ++row) {
    belief.mean[row] = my + slope * (std::log(proxy[row]) - mx);
    belief.deviation[row] = deviation;
  }
  for (const MeasuredRow& m : samples) {
    if (std::isnan(m.cost)) continue;
    belief.mean[static_cast<std::size_t>(m.row)] = std::log(m.cost);
    belief.deviation[static_cast<std::size_t>(m.row)] = 0;
  }
  return belief;
}

CostBelief baseline_belief(const Baselines& baselines, FewShotBaseline which, std::size_t rows,
                           std::span<const MeasuredRow> samples) {
  DeviceSamples all;
  for (const MeasuredRow& m : samples) {
    if (std::isnan(m.cost)) continue;
    all.rows.push_back(static_cast<std::size_t>(m.row));
    all.costs.push_back(m.cost);
  }
  std::vector<std::size_t> every(rows);
  for (std::size_t row = 0; row < rows; ++row) every[row] = row;
  CostBelief belief;
  for (const double cost : baselines.predict(which, all, every)) {
    belief.mean.push_back(std::log(cost));
  }
  double square = 0;
  int left_out = 0;
  for (std::size_t i = 0; i < all.rows.size() && all.rows.size() > 2; ++i) {
    DeviceSamples rest = all;
    rest.rows.erase(rest.rows.begin() + static_cast<std::ptrdiff_t>(i));
    rest.costs.erase(rest.costs.begin() + static_cast<std::ptrdiff_t>(i));
    const std::size_t row[] = {all.rows[i]};
    const double error = std::log(baselines.predict(which, rest, row)[0] / all.costs[i]);
    if (!std::isfinite(error)) continue;
    square += error * error;
    ++left_out;
  }
  constexpr double kUnknown = 0.3;  // with two samples or fewer nothing can be left out
  const double deviation = left_out > 0 ? std::sqrt(square / left_out) : kUnknown;
  belief.deviation.assign(rows, deviation);
  return belief;
}

CostBelief exact_belief(std::span<const double> costs) {
  CostBelief belief;
  belief.deviation.assign(costs.size(), 0);
  for (const double cost : costs) belief.mean.push_back(std::log(cost));
  return belief;
}

void know(CostBelief& belief, const LatencyTable& table, std::size_t column) {
  const auto costs = table.device_costs(column);
  for (std::size_t row = 0; row < costs.size(); ++row) {
    if (std::isnan(costs[row])) continue;
    belief.mean[row] = std::log(costs[row]);
    belief.deviation[row] = 0;
  }
  for (const auto& [device, row] : table.failures) {
    if (device == column && std::isnan(costs[row])) {
      belief.mean[row] = std::numeric_limits<double>::quiet_NaN();
    }
  }
}

}  // namespace kernwise::detail
