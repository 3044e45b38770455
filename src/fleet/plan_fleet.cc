// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/plan_fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>

#include "cover.h"
#include "fleet_device.h"
#include "kernwise/fleet/pareto.h"

namespace kernwise {
namespace {

using detail::MetricSources;

constexpr double kNinety = 1.6449;
constexpr int kFirstReferences = 5;
constexpr int kNextAtOnce = 3;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class Planner {
 public:
  Planner(const FleetInput& input, const FleetOptions& options)
      : input_(input), options_(options), value_{input.accuracy, input.accuracy_deviation} {
    for (std::size_t row = 0; row < input.designs.size(); ++row) {
      row_of_[input.designs[row]] = static_cast<int32_t>(row);
    }
  }

  Status prepare(Rng& rng, Progress& progress) {
    for (std::size_t m = 0; m < input_.metrics.size(); ++m) {
      MetricSources sources;
      const LatencyTable& table = input_.metrics[m].table;
      sources.columns = detail::source_columns(table);
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
      sources.fronts.resize(sources.columns.size());
      sources_.push_back(std::move(sources));
    }
    return Ok{};
  }

  Result<DevicePick> pick(std::size_t device, Cover& cover) {
    DevicePick pick{.device = device};
    const FleetDevice& asked = input_.devices[device];
    std::vector<CostBelief> beliefs;
    std::vector<std::vector<MeasuredRow>> samples;
    std::vector<int32_t> candidates;
    std::size_t first = input_.metrics.size();  // the metric that the choice is made by
    for (std::size_t m = 0; m < input_.metrics.size(); ++m) {
      samples.emplace_back();
      beliefs.emplace_back();
      if (std::isnan(asked.bounds[m])) continue;
      if (first == input_.metrics.size()) first = m;
      const Metric known = inform(m, asked, pick, m == first, samples.back());
      if (!known.why_not.empty()) {
        pick.why = known.why_not;
        pick.next = first_references(m, samples.back());
        return pick;
      }
      beliefs.back() = std::move(known.belief);
      if (m == first) candidates = known.candidates;
    }
    narrow(asked, beliefs, first, candidates);
    if (candidates.empty() && first_narrowed_) {
      pick.why += "; no candidate keeps the other bounds";
      return pick;
    }
    const double bound = asked.bounds[first];
    ConstrainedChoice choice;
    if (pick.method == FleetMethod::kOptimizer) {
      choice = by_network(first, samples[first], beliefs[first], bound);
    } else {
      choice = choose_predicted(value_, candidates, beliefs[first], bound, options_.margin);
    }
    pick.row = choice.row;
    pick.feasible = choice.feasible;
    if (choice.row < 0) return pick;
    const auto row = static_cast<std::size_t>(choice.row);
    pick.accuracy = input_.accuracy[row];
    pick.accuracy_deviation = input_.accuracy_deviation[row];
    for (std::size_t m = 0; m < input_.metrics.size(); ++m) {
      if (beliefs[m].mean.empty()) continue;
      pick.costs.push_back(prediction(m, row, beliefs[m], asked.bounds[m], samples[m]));
    }
    if (!choice.feasible) pick.why += "; no design is likely enough to keep the bound";
    if (pick.method != FleetMethod::kExhaustive) {
      pick.next = next_rows(first, samples[first], beliefs[first], candidates, bound, pick);
    }
    if (pick.feasible) cover.add(device, acceptable(asked, beliefs, pick));
    return pick;
  }

  const std::vector<MetricSources>& sources() const { return sources_; }

 private:
  struct Metric {
    CostBelief belief;
    std::vector<int32_t> candidates;  // empty: all
    std::string why_not;
  };

  // Only devices that are not known completely need a model.
  bool needs_model(std::size_t m) const {
    if (options_.method == FleetMethod::kExhaustive) return false;
    const LatencyTable& table = input_.metrics[m].table;
    return std::any_of(input_.devices.begin(), input_.devices.end(), [&](const FleetDevice& d) {
      const auto column = table.device(d.name);
      return !column || !detail::is_complete(table, *column) ||
             options_.method != FleetMethod::kAuto;
    });
  }

  // What is believed of one metric on a device, by the method that suits it.
  Metric inform(std::size_t m, const FleetDevice& asked, DevicePick& pick, bool leads,
                std::vector<MeasuredRow>& samples) {
    const LatencyTable& table = input_.metrics[m].table;
    MetricSources& sources = sources_[m];
    const auto column = table.device(asked.name);
    const bool complete = column && detail::is_complete(table, *column);
    const FleetMethod wanted = options_.method;
    if (wanted == FleetMethod::kExhaustive || (wanted == FleetMethod::kAuto && complete)) {
      if (!complete) return {{}, {}, "its costs are not known for all candidates"};
      if (leads) {
        pick.method = FleetMethod::kExhaustive;
        pick.why = "its costs are known for all candidates";
        pick.samples = static_cast<int>(table.rows());
      }
      return {detail::exact_belief(table.device_costs(*column)), {}, {}};
    }
    if (column) samples = detail::samples_of(table, *column);
    // A method that was asked for shows what it would do with a few samples of a known device.
    if (samples.size() > static_cast<std::size_t>(options_.probe) && complete) {
      samples.clear();
      for (const int32_t row : sources.references) {
        samples.push_back({row, table.device_costs(*column)[static_cast<std::size_t>(row)]});
      }
    }
    if (samples.empty()) return {{}, {}, "nothing was measured on it yet"};
    const detail::ProxyVerdict verdict = detail::find_proxy(table, sources, samples);
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
    if (!by_proxy) return {sources.model->believe(samples), {}, {}};
    const auto costs = table.device_costs(sources.columns[verdict.source]);
    std::vector<int32_t>& front = sources.fronts[verdict.source];
    if (front.empty()) front = pareto_set(costs, input_.accuracy, 2);
    CostBelief belief = detail::scaled_proxy(costs, samples);
    for (const MeasuredRow& sample : samples) {
      belief.mean[static_cast<std::size_t>(sample.row)] =
          static_cast<float>(std::log(sample.cost));
    }
    return {std::move(belief), front, {}};
  }

  std::string reason(const DevicePick& pick, const detail::ProxyVerdict& verdict) const {
    const std::string likeness =
        fmt::format("{} ranks its {} samples with {:.2f} (at least {:.2f})", pick.proxy,
                    pick.samples, verdict.correlation, std::max(verdict.low, -1.0));
    if (pick.method == FleetMethod::kProxy) {
      return verdict.reuse ? likeness + ": it serves as proxy"
                           : likeness + ": asked for, though it may not serve";
    }
    if (pick.method == FleetMethod::kOptimizer) return "answered by the optimiser network";
    if (verdict.low < -0.99) return "too few samples to trust a proxy";
    return likeness + fmt::format(": below {:.1f}, so the known devices are adapted to it",
                                  detail::kReuse);
  }

  // Leaves the candidates that keep the bounds of the metrics behind the first.
  void narrow(const FleetDevice& asked, const std::vector<CostBelief>& beliefs, std::size_t first,
              std::vector<int32_t>& candidates) {
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

  bool keeps(const CostBelief& belief, std::size_t row, double bound) const {
    const double upper = static_cast<double>(belief.mean[row]) +
                         options_.margin * static_cast<double>(belief.deviation[row]);
    return upper <= std::log(bound);
  }

  ConstrainedChoice by_network(std::size_t m, std::span<const MeasuredRow> samples,
                               const CostBelief& belief, double bound) {
    const MetricSources& sources = sources_[m];
    const std::vector<uint16_t> first = sources.optimizer->project(
        sources.optimizer->forward(sources.model->embed(samples), bound));
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

  CostPrediction prediction(std::size_t m, std::size_t row, const CostBelief& belief, double bound,
                            const std::vector<MeasuredRow>& samples) const {
    const auto mean = static_cast<double>(belief.mean[row]);
    const auto deviation = static_cast<double>(belief.deviation[row]);
    CostPrediction p{m, std::exp(mean), std::exp(mean - kNinety * deviation),
                     std::exp(mean + kNinety * deviation), bound, deviation == 0};
    for (const MeasuredRow& sample : samples) {
      if (sample.row != static_cast<int32_t>(row)) continue;
      p = {m, sample.cost, sample.cost, sample.cost, bound, true};
    }
    return p;
  }

  std::vector<int32_t> first_references(std::size_t m, std::span<const MeasuredRow> samples) const {
    std::vector<int32_t> rows;
    for (const int32_t row : sources_[m].references) {
      const bool known = std::any_of(samples.begin(), samples.end(),
                                     [&](const MeasuredRow& s) { return s.row == row; });
      if (!known) rows.push_back(row);
    }
    const int left = std::min(options_.probe, kFirstReferences) - static_cast<int>(samples.size());
    rows.resize(std::min(rows.size(), static_cast<std::size_t>(std::max(left, 0))));
    return rows;
  }

  // References as long as little is known, then the choice itself and what might beat it.
  std::vector<int32_t> next_rows(std::size_t m, std::vector<MeasuredRow> samples,
                                 const CostBelief& belief, std::span<const int32_t> candidates,
                                 double bound, const DevicePick& pick) const {
    const int left = options_.probe - static_cast<int>(samples.size());
    if (left <= 0) return {};
    if (static_cast<int>(samples.size()) < kFirstReferences) return first_references(m, samples);
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

  // Designs that would do for this device too.
  std::vector<int32_t> acceptable(const FleetDevice& asked, const std::vector<CostBelief>& beliefs,
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

  const FleetInput& input_;
  const FleetOptions& options_;
  ValueBelief value_;
  std::vector<MetricSources> sources_;
  std::map<Design, int32_t> row_of_;
  bool first_narrowed_ = false;
};

}  // namespace

std::string_view to_string(FleetMethod method) {
  switch (method) {
    case FleetMethod::kAuto:
      return "auto";
    case FleetMethod::kProxy:
      return "proxy";
    case FleetMethod::kAdapt:
      return "adapt";
    case FleetMethod::kOptimizer:
      return "optimizer";
    case FleetMethod::kExhaustive:
      return "exhaustive";
  }
  return "auto";
}

Result<FleetOutcome> plan_fleet(const FleetInput& input, const FleetOptions& options, Rng& rng,
                                Progress& progress) {
  FleetOutcome outcome;
  const double start = now();
  Planner planner(input, options);
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
