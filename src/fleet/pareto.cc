// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/pareto.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernwise/base/check.h"

namespace kernwise {

std::vector<int32_t> pareto_set(std::span<const double> cost, std::span<const double> value,
                                int layers) {
  KERNWISE_CHECK(cost.size() == value.size());
  std::vector<int32_t> order;
  for (std::size_t i = 0; i < cost.size(); ++i) {
    if (!std::isnan(cost[i]) && !std::isnan(value[i])) order.push_back(static_cast<int32_t>(i));
  }
  const auto at = [](std::span<const double> of, int32_t row) {
    return of[static_cast<std::size_t>(row)];
  };
  const auto by_cost = [&](int32_t a, int32_t b) {
    if (at(cost, a) != at(cost, b)) return at(cost, a) < at(cost, b);
    if (at(value, a) != at(value, b)) return at(value, a) > at(value, b);
    return a < b;
  };
  std::sort(order.begin(), order.end(), by_cost);
  std::vector<int32_t> kept;
  for (int layer = 0; layer < layers && !order.empty(); ++layer) {
    std::vector<int32_t> rest;
    double best = -std::numeric_limits<double>::infinity();
    for (const int32_t row : order) {
      if (at(value, row) > best) {
        best = at(value, row);
        kept.push_back(row);
      } else {
        rest.push_back(row);
      }
    }
    order = std::move(rest);
  }
  std::sort(kept.begin(), kept.end(), by_cost);
  return kept;
}

std::vector<int32_t> promising_rows(const LatencyTable& table, std::span<const std::size_t> devices,
                                    std::span<const double> value, int layers) {
  std::vector<int32_t> rows;
  for (const std::size_t device : devices) {
    const std::vector<int32_t> front = pareto_set(table.device_costs(device), value, layers);
    rows.insert(rows.end(), front.begin(), front.end());
  }
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

Design random_design(const DesignSpace& space, Rng& rng) {
  constexpr int kTries = 1000;
  Design design(space.positions.size());
  for (int attempt = 0; attempt < kTries; ++attempt) {
    for (std::size_t i = 0; i < design.size(); ++i) {
      const auto last = static_cast<int64_t>(space.positions[i].choices.size()) - 1;
      design[i] = static_cast<uint16_t>(rng.integer(0, last));
    }
    if (objection(space, design).empty()) return canonical(space, std::move(design));
  }
  return {};
}

}  // namespace kernwise
