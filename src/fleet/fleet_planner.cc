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

}  // namespace

Status Planner::prepare(Rng& rng, Progress& progress) {
  for (std::size_t m = 0; m < input_.metrics.size(); ++m) {
    MetricSources sources;
    const LatencyTable& table = input_.metrics[m].table;
    sources.columns = source_columns(table);
    if (options_.method != FleetMethod::kAuto) {
      std::vector<std::size_t> others = sources.columns;
      std::erase_if(others, [&](std::size_t column) {
        return std::any_of(
            input_.devices.begin(), input_.devices.end(),
            [&](const FleetDevice& device) { return device.name == table.devices[column]; });
      });
      if (!others.empty()) sources.columns = std::move(others);
    }
    if (!needs_model(m)) {
      sources_.push_back(std::move(sources));
      continue;
    }
    if (sources.columns.empty()) {
      return invalid_input(
          fmt::format("no device's {} is known well enough to learn from", input_.metrics[m].name),
          "at least one column of the table needs 50 values or more");
    }
    progress.update("Learning", 0, input_.metrics[m].name);
    KERNWISE_ASSIGN(sources.model, fit_device_aware(table, sources.columns));
    sources.promising = promising_rows(table, sources.columns, input_.accuracy);
    sources.references = sources.model->reference_rows(options_.probe, sources.promising);
    if (options_.method == FleetMethod::kOptimizer) {
      progress.update("Training", 0.5, input_.metrics[m].name);
      KERNWISE_ASSIGN(sources.optimizer,
                      train_optimizer(table, *sources.model, input_.accuracy, {}, rng));
    }
    if (options_.baseline) {
      std::vector<std::size_t> rows(table.rows());
      for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = row;
      KERNWISE_ASSIGN(sources.baselines, Baselines::learn(table, sources.columns, rows));
    }
    sources.fronts.resize(sources.columns.size());
    sources_.push_back(std::move(sources));
  }
  return Ok{};
}

bool Planner::needs_model(std::size_t m) const {
  if (options_.method == FleetMethod::kExhaustive) return false;
  const LatencyTable& table = input_.metrics[m].table;
  return std::any_of(input_.devices.begin(), input_.devices.end(), [&](const FleetDevice& d) {
    const auto column = table.device(d.name);
    return !column || !is_complete(table, *column) || options_.method != FleetMethod::kAuto;
  });
}

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
      samples.push_back({row, table.device_costs(*column)[static_cast<std::size_t>(row)]});
    }
  }
  if (samples.empty()) return {{}, {}, "nothing was measured on it yet"};
  const ProxyLikeness verdict = find_proxy(table, sources, samples, rng_);
  const std::string& name = table.devices[sources.columns[verdict.source]];
  const bool by_proxy =
      wanted == FleetMethod::kProxy || (wanted == FleetMethod::kAuto && verdict.reuse);
  if (leads) {
    pick.samples = static_cast<int>(samples.size());
    pick.proxy = name;
    pick.proxy_correlation = verdict.correlation;
    pick.proxy_low = verdict.low;
    pick.method = by_proxy                            ? FleetMethod::kProxy
                  : wanted == FleetMethod::kOptimizer ? FleetMethod::kOptimizer
                                                      : FleetMethod::kAdapt;
    pick.why = reason(pick, verdict);
  }
  if (options_.baseline) {
    if (leads) pick.why = fmt::format("by the baseline {}", to_string(*options_.baseline));
    return {baseline_belief(*sources.baselines, *options_.baseline, table.rows(), samples), {}, {}};
  }
  if (!by_proxy) return {sources.model->believe(samples), {}, {}};
  const auto costs = table.device_costs(sources.columns[verdict.source]);
  std::vector<int32_t>& front = sources.fronts[verdict.source];
  if (front.empty()) front = pareto_set(costs, input_.accuracy, 2);
  CostBelief belief = scaled_proxy(costs, samples);
  for (const MeasuredRow& sample : samples) {
    belief.mean[static_cast<std::size_t>(sample.row)] = static_cast<float>(std::log(sample.cost));
  }
  return {std::move(belief), front, {}};
}

std::string Planner::reason(const DevicePick& pick, const ProxyLikeness& verdict) const {
  const std::string likeness =
      fmt::format("by {} samples {} ranks designs as it does with {:.2f} ({:.2f} or more)",
                  pick.samples, pick.proxy, verdict.correlation, verdict.low);
  if (pick.method == FleetMethod::kProxy) {
    return verdict.reuse ? likeness + ": it serves as proxy"
                         : likeness + ": asked for, though it may not serve";
  }
  if (pick.method == FleetMethod::kOptimizer) return "answered by the optimiser network";
  if (verdict.low < -0.99) return "too few samples to trust a proxy";
  return likeness + fmt::format(": below {:.1f}, so the known devices are adapted to it", kReuse);
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
  const double upper = static_cast<double>(belief.mean[row]) +
                       options_.margin * static_cast<double>(belief.deviation[row]);
  return upper <= std::log(bound);
}

ConstrainedChoice Planner::by_network(std::size_t m, std::span<const MeasuredRow> samples,
                                      const CostBelief& belief, double bound) {
  const MetricSources& sources = sources_[m];
  const std::vector<uint16_t> first =
      sources.optimizer->project(sources.optimizer->forward(sources.model->embed(samples), bound));
  const auto row_of = [&](std::span<const uint16_t> design) {
    const auto found = row_of_.find(canonical(input_.space, {design.begin(), design.end()}));
    return found == row_of_.end() ? -1 : found->second;
  };
  const RepairedDesign repaired = repair_design(
      input_.metrics[m].table.encoding, first,
      [&](std::span<const uint16_t> design) {
        const int32_t row = row_of(design);
        if (row < 0) return HUGE_VAL;
        return static_cast<double>(belief.mean[static_cast<std::size_t>(row)]) +
               options_.margin *
                   static_cast<double>(belief.deviation[static_cast<std::size_t>(row)]);
      },
      [&](std::span<const uint16_t> design) {
        const int32_t row = row_of(design);
        return row < 0 ? NAN : input_.accuracy[static_cast<std::size_t>(row)];
      },
      std::log(bound));
  ConstrainedChoice choice;
  choice.row = row_of(repaired.design);
  choice.feasible = repaired.feasible;
  return choice;
}

CostPrediction Planner::prediction(std::size_t m, std::size_t row, const CostBelief& belief,
                                   double bound, const std::vector<MeasuredRow>& samples) const {
  const auto mean = static_cast<double>(belief.mean[row]);
  const auto deviation = static_cast<double>(belief.deviation[row]);
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
