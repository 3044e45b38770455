// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "priors.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace kernwise::oneproxy {
namespace {

void add(DeviceSamples& samples, std::span<const double> costs, std::size_t row) {
  samples.rows.push_back(row);
  samples.costs.push_back(costs[row]);
}

}  // namespace

Rows every_row(const LatencyTable& table) {
  Rows rows(table.rows());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

Rows shuffled(Rows rows, Rng& rng) {
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    std::swap(rows[i], rows[static_cast<std::size_t>(rng.integer(
                           static_cast<int64_t>(i), static_cast<int64_t>(rows.size()) - 1))]);
  }
  return rows;
}

bool usable(const DeviceSamples& samples) {
  return std::any_of(samples.costs.begin(), samples.costs.end(),
                     [](double cost) { return std::isfinite(cost); });
}

DeviceSamples random_samples(std::span<const double> costs, const Rows& offered, int64_t count) {
  DeviceSamples samples;
  for (std::size_t i = 0; i < std::min(offered.size(), static_cast<std::size_t>(count)); ++i) {
    add(samples, costs, offered[i]);
  }
  return samples;
}

DeviceSamples chosen_samples(const DevicePrior& prior, std::span<const double> costs,
                             const Rows& offered, int64_t count) {
  DeviceSamples samples;
  const std::size_t most = std::min(offered.size(), static_cast<std::size_t>(count));
  while (samples.rows.size() < most) {
    const std::size_t batch = samples.rows.size() < 20 ? 3 : 10;
    for (const std::size_t row :
         prior.choose(samples, offered, std::min(batch, most - samples.rows.size()))) {
      add(samples, costs, row);
    }
  }
  return samples;
}

Result<DevicePrior> Priors::of(const std::vector<std::size_t>& devices) {
  const auto found = priors_.find(devices);
  if (found != priors_.end()) return found->second;
  Rng rng(seed_);
  DevicePriorOptions options;
  options.max_rows = 1000;
  KERNWISE_ASSIGN(const DevicePrior prior,
                  DevicePrior::learn(table_, devices, rows_, options, rng));
  priors_.emplace(devices, prior);
  return prior;
}

}  // namespace kernwise::oneproxy
