// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the known devices teach, once for all that are asked about.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fleet_planner.h"
#include "kernwise/fleet/pareto.h"

namespace kernwise {

DevicePriorOptions fleet_prior_options() {
  return {.kept = 60, .draws = 3, .max_rows = 800, .pairs = 80};
}

ProxyRule fleet_proxy_rule() { return {.designs = 100}; }

namespace detail {
namespace {

constexpr std::size_t kMostSources = 60;
constexpr int kLayers = 5;  // of the known devices' Pareto sets
constexpr std::size_t kLeastCandidates = 100;
constexpr std::size_t kLookedThrough = 3000;  // designs: as many are all candidates

// Of very many known devices, as many as a prior can be learnt from in seconds; spread evenly.
std::vector<std::size_t> thinned_sources(std::vector<std::size_t> columns) {
  if (columns.size() <= kMostSources) return columns;
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < kMostSources; ++k) {
    kept.push_back(columns[k * columns.size() / kMostSources]);
  }
  return kept;
}

// Designs that are near the best on some known device; of a short list, all.
std::vector<int32_t> candidates_of(const LatencyTable& table, std::span<const std::size_t> columns,
                                   const FleetInput& input) {
  std::vector<int32_t> rows;
  if (table.rows() > kLookedThrough && input.metrics.size() == 1) {
    rows = promising_rows(table, columns, input.accuracy, kLayers);
  }
  if (rows.size() >= kLeastCandidates) return rows;
  rows.resize(table.rows());
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

}  // namespace

Result<MetricSources> Planner::learn(std::size_t m, std::vector<std::size_t> columns, Rng& rng,
                                     Progress& progress) const {
  const LatencyTable& table = input_.metrics[m].table;
  MetricSources sources;
  sources.columns = thinned_sources(std::move(columns));
  progress.update("Learning", 0, input_.metrics[m].name);
  std::vector<std::size_t> rows(table.rows());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  KERNWISE_ASSIGN(const DevicePrior prior,
                  DevicePrior::learn(table, sources.columns, rows, fleet_prior_options(), rng));
  sources.promising = candidates_of(table, sources.columns, input_);
  sources.beliefs.emplace(prior, sources.promising, table.rows());
  sources.judges.emplace(prior, table, sources.columns, fleet_proxy_rule());
  const std::vector<std::size_t> from(sources.promising.begin(), sources.promising.end());
  for (const std::size_t row : prior.choose({}, from, static_cast<std::size_t>(options_.probe))) {
    sources.references.push_back(static_cast<int32_t>(row));
  }
  if (options_.method == FleetMethod::kOptimizer) {
    progress.update("Training", 0.5, input_.metrics[m].name);
    KERNWISE_ASSIGN(sources.model, fit_device_aware(table, sources.columns));
    KERNWISE_ASSIGN(sources.optimizer,
                    train_optimizer(table, *sources.model, input_.accuracy, {}, rng));
  }
  if (input_.features) {
    KERNWISE_ASSIGN(sources.features, FeaturePredictor::fit(table, sources.columns,
                                                            *input_.features, sources.promising));
  }
  if (options_.baseline) {
    KERNWISE_ASSIGN(sources.baselines, Baselines::learn(table, sources.columns, rows));
  }
  sources.fronts.resize(table.devices.size());
  return sources;
}

Status Planner::prepare(Rng& rng, Progress& progress) {
  if (options_.by_operations && input_.operations.empty()) {
    return invalid_input("nothing is known of the designs' operations", "give --operations FILE");
  }
  for (std::size_t m = 0; m < input_.metrics.size(); ++m) {
    const LatencyTable& table = input_.metrics[m].table;
    std::vector<std::size_t> columns = source_columns(table);
    known_.push_back(columns);
    if (options_.method != FleetMethod::kAuto) {
      std::vector<std::size_t> others = columns;
      std::erase_if(others, [&](std::size_t column) { return is_asked(table.devices[column]); });
      if (!others.empty()) columns = std::move(others);
    }
    if (!needs_model(m)) {
      sources_.emplace_back().columns = std::move(columns);
      continue;
    }
    if (columns.empty()) {
      return invalid_input(
          fmt::format("no device's {} is known well enough to learn from", input_.metrics[m].name),
          "at least one column of the table needs 50 values or more");
    }
    KERNWISE_ASSIGN(MetricSources sources, learn(m, std::move(columns), rng, progress));
    sources_.push_back(std::move(sources));
  }
  return Ok{};
}

Result<MetricSources*> Planner::sources_for(std::size_t m, const FleetDevice& asked) {
  MetricSources& common = sources_[m];
  const auto own = input_.metrics[m].table.device(asked.name);
  if (!own ||
      std::find(common.columns.begin(), common.columns.end(), *own) == common.columns.end()) {
    return &common;
  }
  std::vector<std::size_t> others = known_[m];
  std::erase(others, *own);
  if (others.empty()) return nullptr;
  SilentProgress silent;
  KERNWISE_ASSIGN(MetricSources sources, learn(m, std::move(others), rng_, silent));
  MetricSources& kept = without_it_[m];
  kept = std::move(sources);
  return &kept;
}

bool Planner::is_asked(const std::string& name) const {
  return std::any_of(input_.devices.begin(), input_.devices.end(),
                     [&](const FleetDevice& device) { return device.name == name; });
}

bool Planner::needs_model(std::size_t m) const {
  if (options_.method == FleetMethod::kExhaustive) return false;
  const LatencyTable& table = input_.metrics[m].table;
  return std::any_of(input_.devices.begin(), input_.devices.end(), [&](const FleetDevice& d) {
    if (std::isnan(d.bounds[m])) return false;
    const auto column = table.device(d.name);
    return !column || !is_complete(table, *column) || options_.method != FleetMethod::kAuto;
  });
}

}  // namespace detail
}  // namespace kernwise
