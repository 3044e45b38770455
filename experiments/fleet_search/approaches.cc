// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "approaches.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "kernwise/fleet/pareto.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise::experiments {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int32_t row_of(const SearchData& data, std::span<const uint16_t> design) {
  const auto found = data.row_of.find(Design(design.begin(), design.end()));
  return found == data.row_of.end() ? -1 : found->second;
}

}  // namespace

Measure measuring(const SearchData& data, std::size_t column) {
  return [&data, column](int32_t row) {
    return data.table.device_costs(column)[static_cast<std::size_t>(row)];
  };
}

std::vector<MeasuredRow> measure_rows(const SearchData& data, std::size_t target,
                                      std::span<const int32_t> rows) {
  std::vector<MeasuredRow> measured;
  for (const int32_t row : rows) {
    measured.push_back({row, data.table.device_costs(target)[static_cast<std::size_t>(row)]});
  }
  return measured;
}

ProxySearch::ProxySearch(const SearchData& data, const DevicePrior& prior, std::size_t proxy,
                         const Values& values, int layers)
    : front_(pareto_set(data.table.device_costs(proxy), values.mean, layers)),
      first_(front_[front_.size() / 2]), beliefs_(prior.alone(proxy), front_, data.table.rows()) {}

ConstrainedChoice ProxySearch::choose(const SearchData& data, std::size_t target,
                                      const Values& values, double bound,
                                      const SearchProtocol& protocol) {
  return constrained_search(
      values.view(), front_, measure_rows(data, target, std::span(&first_, 1)),
      [&](std::span<const MeasuredRow> measured) { return beliefs_.believe(measured); },
      measuring(data, target),
      {.bound = bound, .budget = protocol.samples, .margin = protocol.margin});
}

ConstrainedChoice adapted_choice(const SearchData& data, PriorBeliefs& beliefs,
                                 std::span<const int32_t> references, std::size_t target,
                                 const Values& values, double bound,
                                 const SearchProtocol& protocol) {
  return constrained_search(
      values.view(), {}, measure_rows(data, target, references),
      [&](std::span<const MeasuredRow> measured) { return beliefs.believe(measured); },
      measuring(data, target),
      {.bound = bound, .budget = protocol.samples, .margin = protocol.margin});
}

std::vector<ConstrainedChoice> unverified_choices(const SearchData& data, PriorBeliefs& beliefs,
                                                  std::span<const int32_t> references,
                                                  std::size_t target, const Values& values,
                                                  std::span<const double> bounds,
                                                  const SearchProtocol& protocol) {
  const auto measured = measure_rows(data, target, references);
  const CostBelief belief = beliefs.believe(measured);
  std::vector<ConstrainedChoice> choices;
  for (const double bound : bounds) {
    choices.push_back(choose_predicted(values.view(), {}, belief, bound, protocol.margin));
    choices.back().measurements = measured;
  }
  return choices;
}

OptimizerChoice optimizer_choice(const SearchData& data, const DeviceAwareModel& model,
                                 const DesignOptimizer& optimizer, PriorBeliefs& beliefs,
                                 std::span<const int32_t> relevant, std::size_t target,
                                 std::span<const MeasuredRow> references, const Values& values,
                                 double bound, const SearchProtocol& protocol, Rng& rng) {
  OptimizerChoice choice;
  const DesignEncoding& encoding = data.table.encoding;
  const auto design_at_row = [&](int32_t row) {
    const auto design = data.table.design(static_cast<std::size_t>(row));
    return std::vector<uint16_t>(design.begin(), design.end());
  };
  // Of rows that nothing is believed of, nothing may be chosen.
  const auto within = [&](const CostBelief& belief) {
    return [&](std::span<const uint16_t> design) {
      const int32_t row = row_of(data, design);
      const auto i = static_cast<std::size_t>(row);
      return row < 0 || std::isnan(belief.mean[i]) ? NAN : values.mean[i];
    };
  };
  const auto repaired = [&](const CostBelief& belief, int32_t start) {
    const DesignNumber upper = [&](std::span<const uint16_t> design) {
      const auto i = static_cast<std::size_t>(row_of(data, design));
      return belief.mean[i] + protocol.margin * belief.deviation[i];
    };
    return row_of(
        data, repair_design(encoding, design_at_row(start), upper, within(belief), std::log(bound))
                  .design);
  };
  const double start = now();
  choice.projected =
      optimizer.project(optimizer.forward(model.embed(references), bound), data.table, relevant);
  choice.projected_s = now() - start;
  choice.repaired = repaired(beliefs.believe(references), choice.projected);
  choice.repaired_s = now() - start;
  choice.forward =
      row_of(data, optimizer.project(optimizer.forward(model.embed(references), bound)));
  // Some measurements kept for what is chosen. The repair then climbs the expected improvement over
  // the best design that is known to be feasible, and every measurement moves the belief.
  const int kept = std::min<int>(protocol.verify, static_cast<int>(references.size()) - 1);
  const std::vector<MeasuredRow> first(references.begin(), references.end() - kept);
  const auto verified = [&](int32_t from) {
    int32_t held = -1;
    std::vector<MeasuredRow> measured = first;
    std::vector<uint16_t> design = design_at_row(from);
    double best = -HUGE_VAL;
    const auto consider = [&](const MeasuredRow& m) {
      const double worth = values.mean[static_cast<std::size_t>(m.row)];
      if (!(m.cost <= bound) || !(worth > best)) return;
      best = worth;
      held = m.row;
    };
    for (const MeasuredRow& m : measured) consider(m);
    double least = HUGE_VAL;
    for (const double worth : values.mean)
      least = std::min(least, std::isnan(worth) ? least : worth);
    for (int round = 0; round < kept; ++round) {
      const CostBelief belief = beliefs.believe(measured);
      const double floor = std::isfinite(best) ? best : least - 1;
      const DesignNumber improvement = [&](std::span<const uint16_t> other) {
        const int32_t row = row_of(data, other);
        const auto i = static_cast<std::size_t>(row);
        if (row < 0 || std::isnan(belief.mean[i])) return static_cast<double>(NAN);
        for (const MeasuredRow& m : measured) {
          if (m.row == row) return 0.0;
        }
        const double z = (std::log(bound) - belief.mean[i]) / std::max(belief.deviation[i], 1e-4);
        const double gain = values.mean[i] - floor;
        // Downhill in value, less so is better: the climb must find its way up.
        return gain <= 0 ? 1e-3 * gain : gain * 0.5 * std::erfc(-z / std::sqrt(2.0));
      };
      const DesignNumber free = [](std::span<const uint16_t>) { return -HUGE_VAL; };
      design = repair_design(encoding, design, free, improvement, 0).design;
      const int32_t row = row_of(data, design);
      if (!(improvement(design) > 0)) break;
      measured.push_back({row, measuring(data, target)(row)});
      consider(measured.back());
    }
    if (held < 0) {
      held = repaired(beliefs.believe(measured), row_of(data, design));
    }
    return held;
  };
  const double begun = now();
  choice.verified = verified(
      optimizer.project(optimizer.forward(model.embed(first), bound), data.table, relevant));
  choice.verified_s = now() - begun;
  choice.from_random = verified(relevant[static_cast<std::size_t>(
      rng.integer(0, static_cast<int64_t>(relevant.size()) - 1))]);
  return choice;
}

std::size_t medoid(const SearchData& data, std::span<const std::size_t> devices) {
  std::size_t best = devices[0];
  double most = -2;
  for (const std::size_t candidate : devices) {
    double sum = 0;
    for (const std::size_t other : devices) {
      if (other == candidate) continue;
      sum += spearman(data.table.device_costs(candidate), data.table.device_costs(other));
    }
    if (sum <= most) continue;
    most = sum;
    best = candidate;
  }
  return best;
}

}  // namespace kernwise::experiments
