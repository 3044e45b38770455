// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/plan_fleet.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "fleet_planner.h"

namespace kernwise {
namespace detail {
namespace {

constexpr int kFirstReferences = 5;
constexpr int kNextAtOnce = 3;

}  // namespace

Result<DevicePick> Planner::pick(std::size_t device, Cover& cover) {
  DevicePick pick{.device = device};
  if (options_.method != FleetMethod::kAuto) pick.method = options_.method;
  const FleetDevice& asked = input_.devices[device];
  std::vector<CostBelief> beliefs;
  std::vector<std::vector<MeasuredRow>> samples;
  std::vector<int32_t> candidates;
  MetricSources* sources = nullptr;           // of the first
  std::size_t first = input_.metrics.size();  // the metric that the choice is made by
  for (std::size_t m = 0; m < input_.metrics.size(); ++m) {
    samples.emplace_back();
    beliefs.emplace_back();
    if (std::isnan(asked.bounds[m])) continue;
    if (first == input_.metrics.size()) first = m;
    KERNWISE_ASSIGN(Metric known, inform(m, asked, pick, m == first, samples.back()));
    if (!known.why_not.empty()) {
      pick.why = known.why_not;
      if (known.sources != nullptr) pick.next = first_references(*known.sources, samples.back());
      return pick;
    }
    beliefs.back() = std::move(known.belief);
    if (m != first) continue;
    candidates = std::move(known.candidates);
    sources = known.sources;
  }
  const bool narrowed = narrow(asked, beliefs, first, candidates);
  if (candidates.empty() && narrowed) {
    pick.why += "; no candidate keeps the other bounds";
    return pick;
  }
  const double bound = asked.bounds[first];
  ConstrainedChoice choice;
  if (pick.method == FleetMethod::kOptimizer) {
    choice = by_network(*sources, asked, first, samples[first], beliefs, candidates);
  } else {
    choice = choose_predicted(value_, candidates, beliefs[first], bound, options_.margin);
  }
  pick.row = choice.row;
  pick.feasible = choice.feasible;
  if (choice.row < 0) return pick;
  const auto row = static_cast<std::size_t>(choice.row);
  pick.accuracy = input_.accuracy[row];
  pick.accuracy_deviation = input_.accuracy_deviation[row];
  pick.accuracy_low = input_.accuracy_low.empty() ? pick.accuracy : input_.accuracy_low[row];
  pick.accuracy_high = input_.accuracy_high.empty() ? pick.accuracy : input_.accuracy_high[row];
  for (std::size_t m = 0; m < input_.metrics.size(); ++m) {
    if (beliefs[m].mean.empty()) continue;
    pick.costs.push_back(prediction(m, row, beliefs[m], asked, samples[m]));
  }
  if (!choice.feasible) pick.why += "; no design is likely enough to keep the bound";
  if (sources != nullptr) {
    pick.next = next_rows(*sources, samples[first], beliefs[first], candidates, bound, pick);
  }
  if (pick.feasible) cover.add(device, acceptable(asked, beliefs, pick));
  return pick;
}

std::vector<int32_t> Planner::first_references(const MetricSources& sources,
                                               std::span<const MeasuredRow> samples) const {
  std::vector<int32_t> rows;
  for (const int32_t row : sources.references) {
    const bool known = std::any_of(samples.begin(), samples.end(),
                                   [&](const MeasuredRow& s) { return s.row == row; });
    if (!known) rows.push_back(row);
  }
  const int left = std::min(options_.probe, kFirstReferences) - static_cast<int>(samples.size());
  rows.resize(std::min(rows.size(), static_cast<std::size_t>(std::max(left, 0))));
  return rows;
}

std::vector<int32_t> Planner::next_rows(const MetricSources& sources,
                                        std::vector<MeasuredRow> samples, const CostBelief& belief,
                                        std::span<const int32_t> candidates, double bound,
                                        const DevicePick& pick) const {
  const int left = options_.probe - static_cast<int>(samples.size());
  if (left <= 0) return {};
  if (static_cast<int>(samples.size()) < kFirstReferences)
    return first_references(sources, samples);
  std::vector<int32_t> rows;
  double best = -HUGE_VAL;
  bool known = false;
  for (const MeasuredRow& s : samples) {
    known = known || s.row == pick.row;
    if (s.cost <= bound) best = std::max(best, input_.accuracy[static_cast<std::size_t>(s.row)]);
  }
  if (pick.feasible && !known) {
    rows.push_back(pick.row);
    samples.push_back({pick.row, bound});
  }
  while (static_cast<int>(rows.size()) < std::min(left, kNextAtOnce)) {
    const int32_t row = next_measurement(value_, candidates, belief, samples, bound, best);
    if (row < 0) break;
    rows.push_back(row);
    samples.push_back({row, bound});
  }
  return rows;
}

std::vector<int32_t> Planner::acceptable(const FleetDevice& asked,
                                         const std::vector<CostBelief>& beliefs,
                                         const DevicePick& pick) const {
  std::vector<int32_t> rows;
  const double least = pick.accuracy - options_.cover_tolerance;
  for (std::size_t row = 0; row < input_.accuracy.size(); ++row) {
    if (!(input_.accuracy[row] >= least)) continue;
    bool keeps_all = true;
    for (std::size_t m = 0; m < beliefs.size() && keeps_all; ++m) {
      keeps_all = beliefs[m].mean.empty() || keeps(beliefs[m], row, asked.bounds[m]);
    }
    if (keeps_all || static_cast<int32_t>(row) == pick.row) {
      rows.push_back(static_cast<int32_t>(row));
    }
  }
  return rows;
}

}  // namespace detail

namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

std::string_view to_string(FleetMethod method) {
  switch (method) {
    case FleetMethod::kAuto: return "auto";
    case FleetMethod::kProxy: return "proxy";
    case FleetMethod::kAdapt: return "adapt";
    case FleetMethod::kOptimizer: return "optimizer";
    case FleetMethod::kExhaustive: return "exhaustive";
  }
  return "auto";
}

Result<FleetOutcome> plan_fleet(const FleetInput& input, const FleetOptions& options, Rng& rng,
                                Progress& progress) {
  FleetOutcome outcome;
  const double start = now();
  detail::Planner planner(input, options, rng.bits());
  KERNWISE_TRY(planner.prepare(rng, progress));
  outcome.train_seconds = now() - start;
  Cover cover(input.designs.size());
  std::map<std::string, std::vector<std::size_t>> served;
  for (std::size_t device = 0; device < input.devices.size(); ++device) {
    KERNWISE_ASSIGN(DevicePick pick, planner.pick(device, cover));
    if (pick.row >= 0 && pick.method == FleetMethod::kProxy) served[pick.proxy].push_back(device);
    if (pick.row < 0 || pick.method == FleetMethod::kAdapt) outcome.need_samples.push_back(device);
    outcome.picks.push_back(std::move(pick));
    progress.update("Choosing", static_cast<double>(device + 1) / input.devices.size(),
                    input.devices[device].name);
  }
  for (auto& [name, devices] : served) outcome.proxies.emplace_back(name, std::move(devices));
  outcome.cover = cover.choose(input.accuracy);
  if (!planner.sources().empty()) {
    for (const std::size_t column : planner.sources()[0].columns) {
      outcome.sources.push_back(input.metrics[0].table.devices[column]);
    }
  }
  outcome.seconds = now() - start;
  return outcome;
}

}  // namespace kernwise
