// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What is known of a device, and what follows for one design.
#include "fleet_planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernwise/fleet/pareto.h"

namespace kernwise::detail {
namespace {

constexpr double kNinety = 1.6449;  // half width of a 90 % interval in deviations

// What was measured may be chosen too.
std::vector<int32_t> joined(std::vector<int32_t> rows, std::span<const MeasuredRow> samples) {
  for (const MeasuredRow& sample : samples) rows.push_back(sample.row);
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace

Result<Planner::Metric> Planner::inform(std::size_t m, const FleetDevice& asked, DevicePick& pick,
                                        bool leads, std::vector<MeasuredRow>& samples) {
  const LatencyTable& table = input_.metrics[m].table;
  const auto column = table.device(asked.name);
  const bool complete = column && is_complete(table, *column);
  const FleetMethod wanted = options_.method;
  if (wanted == FleetMethod::kExhaustive || (wanted == FleetMethod::kAuto && complete)) {
    if (!complete) return Metric{{}, {}, "its costs are not known for all candidates"};
    if (leads) {
      pick.method = FleetMethod::kExhaustive;
      pick.why = "its costs are known for all candidates";
      pick.samples = static_cast<int>(table.rows());
    }
    return Metric{exact_belief(table.device_costs(*column)), {}, {}};
  }
  KERNWISE_ASSIGN(MetricSources* const own, sources_for(m, asked));
  if (own == nullptr) return Metric{{}, {}, "no other device is known well enough to learn from"};
  MetricSources& sources = *own;
  if (column) samples = samples_of(table, *column);
  // A method that was asked for shows what it would do with a few samples of a known device.
  const bool is_known =
      column && std::find(known_[m].begin(), known_[m].end(), *column) != known_[m].end();
  const bool as_if_unseen = wanted != FleetMethod::kAuto && is_known;
  if (as_if_unseen) {
    samples.clear();
    for (const int32_t row : sources.references) {
      const double cost = table.device_costs(*column)[static_cast<std::size_t>(row)];
      if (!std::isnan(cost)) samples.push_back({row, cost});
    }
  }
  const bool any = std::any_of(samples.begin(), samples.end(),
                               [](const MeasuredRow& s) { return std::isfinite(s.cost); });
  if (!any) return by_features(sources, asked, pick, leads);
  // All that a table holds of the device is known, and may be chosen.
  const auto informed = [&](CostBelief belief, std::vector<int32_t> candidates) {
    if (!as_if_unseen) know(belief, table, *column);
    if (!as_if_unseen && is_known) candidates.clear();
    return Metric{std::move(belief), std::move(candidates), {}, &sources};
  };
  if (options_.by_operations) {
    if (leads) {
      pick.why = "by the baseline operations";
      pick.samples = static_cast<int>(samples.size());
    }
    return informed(scaled_belief(input_.operations, samples), {});
  }
  const ChosenProxy chosen = sources.judges->choose(samples_from(samples), rng_);
  const ProxyVerdict& verdict = chosen.verdict;
  const bool by_proxy = wanted == FleetMethod::kProxy ||
                        (wanted == FleetMethod::kAuto && verdict.use == ProxyUse::kReuse);
  if (leads) {
    pick.samples = static_cast<int>(samples.size());
    pick.proxy = table.devices[chosen.device];
    pick.verdict = verdict;
    pick.method = by_proxy                            ? FleetMethod::kProxy
                  : wanted == FleetMethod::kOptimizer ? FleetMethod::kOptimizer
                                                      : FleetMethod::kAdapt;
    pick.why = reason(pick);
  }
  if (options_.baseline) {
    if (leads) pick.why = fmt::format("by the baseline {}", to_string(*options_.baseline));
    return informed(baseline_belief(*sources.baselines, *options_.baseline, table.rows(), samples),
                    {});
  }
  CostBelief belief = sources.beliefs->believe(samples);
  if (!by_proxy) return informed(std::move(belief), joined(sources.promising, samples));
  // What was found once on the proxy, and nothing else, is asked about on the target.
  std::vector<int32_t>& front = sources.fronts[chosen.device];
  if (front.empty()) front = pareto_set(table.device_costs(chosen.device), input_.accuracy, 2);
  return informed(std::move(belief), joined(front, samples));
}

Planner::Metric Planner::by_features(MetricSources& sources, const FleetDevice& asked,
                                     DevicePick& pick, bool leads) {
  std::optional<CostBelief> belief;
  if (sources.features) belief = sources.features->believe(asked.name);
  if (!belief) return {{}, {}, "nothing was measured on it yet", &sources};
  if (leads) {
    pick.method = FleetMethod::kAdapt;
    pick.why = fmt::format(
        "nothing was measured on it yet: by its features, from {} known devices (x{:.2f} off when "
        "one is left out)",
        sources.features->devices(), std::exp(sources.features->error()));
    if (sources.features->beyond(asked.name)) {
      pick.why += "; its features lie beyond those of the known devices";
    }
  }
  return {*std::move(belief), sources.promising, {}, &sources};
}

std::string Planner::reason(const DevicePick& pick) const {
  if (pick.method == FleetMethod::kOptimizer) return "answered by the optimiser network";
  const ProxyVerdict& verdict = pick.verdict;
  if (verdict.low <= -1 && verdict.high >= 1) {
    return fmt::format("by {} samples no proxy can be judged", pick.samples);
  }
  const std::string likeness =
      fmt::format("{} samples: {} ranks designs as it does with {:.2f} ({:.2f} to {:.2f})",
                  pick.samples, pick.proxy, verdict.spearman, verdict.low, verdict.high);
  if (pick.method == FleetMethod::kProxy) {
    return verdict.use == ProxyUse::kReuse ? likeness + ": it serves as proxy"
                                           : likeness + ": asked for, though it may not serve";
  }
  if (verdict.use == ProxyUse::kReuse) return likeness + ": it would serve as proxy";
  return likeness + (verdict.use == ProxyUse::kAdapt
                         ? ": not alike enough, the known devices are adapted to it"
                         : ": no proxy at all, the known devices are adapted to it");
}

bool Planner::narrow(const FleetDevice& asked, const std::vector<CostBelief>& beliefs,
                     std::size_t first, std::vector<int32_t>& candidates) const {
  const bool others = std::any_of(beliefs.begin() + static_cast<std::ptrdiff_t>(first) + 1,
                                  beliefs.end(), [](const auto& b) { return !b.mean.empty(); });
  if (!others) return false;
  if (candidates.empty()) {
    for (std::size_t row = 0; row < input_.designs.size(); ++row) {
      candidates.push_back(static_cast<int32_t>(row));
    }
  }
  std::erase_if(candidates, [&](int32_t row) {
    return !keeps_others(asked, beliefs, first, static_cast<std::size_t>(row));
  });
  return true;
}

bool Planner::keeps(const CostBelief& belief, std::size_t row, double bound) const {
  return belief.mean[row] + options_.margin * belief.deviation[row] <= std::log(bound);
}

bool Planner::keeps_others(const FleetDevice& asked, const std::vector<CostBelief>& beliefs,
                           std::size_t first, std::size_t row) const {
  for (std::size_t m = first + 1; m < beliefs.size(); ++m) {
    if (!beliefs[m].mean.empty() && !keeps(beliefs[m], row, asked.bounds[m])) return false;
  }
  return true;
}

ConstrainedChoice Planner::by_network(const MetricSources& sources, const FleetDevice& asked,
                                      std::size_t first, std::span<const MeasuredRow> samples,
                                      const std::vector<CostBelief>& beliefs,
                                      std::span<const int32_t> candidates) const {
  const LatencyTable& table = input_.metrics[first].table;
  const CostBelief& belief = beliefs[first];
  const double bound = asked.bounds[first];
  const int32_t likeliest = sources.optimizer->project(
      sources.optimizer->forward(sources.model->embed(samples), bound), table, candidates);
  const auto row_of = [&](std::span<const uint16_t> design) {
    const auto found = row_of_.find(canonical(input_.space, {design.begin(), design.end()}));
    return found == row_of_.end() ? -1 : found->second;
  };
  const RepairedDesign repaired = repair_design(
      table.encoding, table.design(static_cast<std::size_t>(likeliest)),
      [&](std::span<const uint16_t> design) {
        const int32_t row = row_of(design);
        if (row < 0) return HUGE_VAL;
        const auto i = static_cast<std::size_t>(row);
        return belief.mean[i] + options_.margin * belief.deviation[i];
      },
      [&](std::span<const uint16_t> design) {
        const int32_t row = row_of(design);
        const auto i = static_cast<std::size_t>(row);
        const bool open =
            row >= 0 && !std::isnan(belief.mean[i]) && keeps_others(asked, beliefs, first, i);
        return open ? input_.accuracy[i] : NAN;
      },
      std::log(bound));
  ConstrainedChoice choice;
  choice.row = row_of(repaired.design);
  choice.feasible = repaired.feasible;
  return choice;
}

CostPrediction Planner::prediction(std::size_t m, std::size_t row, const CostBelief& belief,
                                   const FleetDevice& asked,
                                   const std::vector<MeasuredRow>& samples) const {
  const double bound = asked.bounds[m];
  const double mean = belief.mean[row];
  const double deviation = belief.deviation[row];
  CostPrediction p{m,
                   std::exp(mean),
                   std::exp(mean - kNinety * deviation),
                   std::exp(mean + kNinety * deviation),
                   bound,
                   deviation == 0};
  const LatencyTable& table = input_.metrics[m].table;
  if (const auto column = table.device(asked.name); column && deviation == 0) {
    p.expected = p.low = p.high = table.device_costs(*column)[row];
  }
  for (const MeasuredRow& sample : samples) {
    if (sample.row != static_cast<int32_t>(row)) continue;
    p = {m, sample.cost, sample.cost, sample.cost, bound, true};
  }
  return p;
}

}  // namespace kernwise::detail
