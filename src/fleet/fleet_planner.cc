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
constexpr std::size_t kMostSources = 60;
// What was measured may be chosen too.
std::vector<int32_t> joined(std::vector<int32_t> rows, std::span<const MeasuredRow> samples) {
  for (const MeasuredRow& sample : samples) rows.push_back(sample.row);
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

}  // namespace

Planner::Metric Planner::inform(std::size_t m, const FleetDevice& asked, DevicePick& pick,
                                bool leads, std::vector<MeasuredRow>& samples) {
  const LatencyTable& table = input_.metrics[m].table;
  MetricSources& sources = sources_[m];
  const auto column = table.device(asked.name);
  const bool complete = column && is_complete(table, *column);
  const FleetMethod wanted = options_.method;
  if (wanted == FleetMethod::kExhaustive || (wanted == FleetMethod::kAuto && complete)) {
    if (!complete) return {{}, {}, "its costs are not known for all candidates"};
    if (leads) {
      pick.method = FleetMethod::kExhaustive;
      pick.why = "its costs are known for all candidates";
      pick.samples = static_cast<int>(table.rows());
    }
    return {exact_belief(table.device_costs(*column)), {}, {}};
  }
  if (column) samples = samples_of(table, *column);
  // A method that was asked for shows what it would do with a few samples of a known device.
  if (samples.size() > static_cast<std::size_t>(options_.probe) && complete) {
    samples.clear();
    for (const int32_t row : sources.references) {
      const double cost = table.device_costs(*column)[static_cast<std::size_t>(row)];
      if (!std::isnan(cost)) samples.push_back({row, cost});
    }
  }
  if (samples.empty()) return by_features(m, asked, pick, leads);
  if (options_.by_operations) {
    if (leads) {
      pick.why = "by the baseline operations";
      pick.samples = static_cast<int>(samples.size());
    }
    return {scaled_belief(input_.operations, samples), {}, {}};
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
    return {baseline_belief(*sources.baselines, *options_.baseline, table.rows(), samples), {}, {}};
  }
  CostBelief belief = sources.beliefs->believe(samples);
  if (!by_proxy) return {std::move(belief), joined(sources.promising, samples), {}};
  // What was found once on the proxy, and nothing else, is asked about on the target.
  std::vector<int32_t>& front = sources.fronts[chosen.device];
  if (front.empty()) front = pareto_set(table.device_costs(chosen.device), input_.accuracy, 2);
  return {std::move(belief), joined(front, samples), {}};
}

Planner::Metric Planner::by_features(std::size_t m, const FleetDevice& asked, DevicePick& pick,
                                     bool leads) const {
  const MetricSources& sources = sources_[m];
  std::optional<CostBelief> belief;
  if (sources.features) belief = sources.features->believe(asked.name);
  if (!belief) return {{}, {}, "nothing was measured on it yet"};
  if (leads) {
    pick.method = FleetMethod::kAdapt;
    pick.why = fmt::format(
        "nothing was measured on it yet: by its features, from {} known devices (x{:.2f} off when "
        "one is left out)",
        sources.features->devices(), std::exp(sources.features->error()));
  }
  return {*std::move(belief), sources.promising, {}};
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

void Planner::narrow(const FleetDevice& asked, const std::vector<CostBelief>& beliefs,
                     std::size_t first, std::vector<int32_t>& candidates) {
  first_narrowed_ = false;
  for (std::size_t m = first + 1; m < beliefs.size(); ++m) {
    if (beliefs[m].mean.empty()) continue;
    if (candidates.empty() && !first_narrowed_) {
      for (std::size_t row = 0; row < input_.designs.size(); ++row) {
        candidates.push_back(static_cast<int32_t>(row));
      }
    }
    first_narrowed_ = true;
    std::erase_if(candidates, [&](int32_t row) {
      return !keeps(beliefs[m], static_cast<std::size_t>(row), asked.bounds[m]);
    });
  }
}

bool Planner::keeps(const CostBelief& belief, std::size_t row, double bound) const {
  const double upper = belief.mean[row] +
                       options_.margin * belief.deviation[row];
  return upper <= std::log(bound);
}

ConstrainedChoice Planner::by_network(std::size_t m, std::span<const MeasuredRow> samples,
                                      const CostBelief& belief, double bound) {
  const MetricSources& sources = sources_[m];
  const LatencyTable& table = input_.metrics[m].table;
  const int32_t likeliest = sources.optimizer->project(
      sources.optimizer->forward(sources.model->embed(samples), bound), table, sources.promising);
  const std::span<const uint16_t> first = table.design(static_cast<std::size_t>(likeliest));
  const auto row_of = [&](std::span<const uint16_t> design) {
    const auto found = row_of_.find(canonical(input_.space, {design.begin(), design.end()}));
    return found == row_of_.end() ? -1 : found->second;
  };
  const RepairedDesign repaired = repair_design(
      table.encoding, first,
      [&](std::span<const uint16_t> design) {
        const int32_t row = row_of(design);
        if (row < 0) return HUGE_VAL;
        return belief.mean[static_cast<std::size_t>(row)] +
               options_.margin *
                   belief.deviation[static_cast<std::size_t>(row)];
      },
      [&](std::span<const uint16_t> design) {
        const int32_t row = row_of(design);
        const auto i = static_cast<std::size_t>(row);
        return row < 0 || std::isnan(belief.mean[i]) ? NAN : input_.accuracy[i];
      },
      std::log(bound));
  ConstrainedChoice choice;
  choice.row = row_of(repaired.design);
  choice.feasible = repaired.feasible;
  return choice;
}

CostPrediction Planner::prediction(std::size_t m, std::size_t row, const CostBelief& belief,
                                   double bound, const std::vector<MeasuredRow>& samples) const {
  const auto mean = belief.mean[row];
  const auto deviation = belief.deviation[row];
  CostPrediction p{m,
                   std::exp(mean),
                   std::exp(mean - kNinety * deviation),
                   std::exp(mean + kNinety * deviation),
                   bound,
                   deviation == 0};
  for (const MeasuredRow& sample : samples) {
    if (sample.row != static_cast<int32_t>(row)) continue;
    p = {m, sample.cost, sample.cost, sample.cost, bound, true};
  }
  return p;
}

}  // namespace kernwise::detail
