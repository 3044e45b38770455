// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "kernwise/base/statistics.h"
#include "kernwise/fleet/constrained_search.h"
#include "kernwise/fleet/prior_beliefs.h"
#include "kernwise/fleet/ranking.h"
#include "virtual_device.h"

namespace kernwise::experiments {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kRepeated = 40;  // designs measured a second time

struct Measured {
  std::vector<int32_t> rows;
  std::vector<double> costs;
};

// Costs of all measured designs, from samples among them.
using Predict = std::function<std::vector<double>(const std::vector<std::size_t>& sampled)>;

Predict by_prior(const DevicePrior& prior, const Measured& all) {
  return [&](const std::vector<std::size_t>& sampled) {
    DeviceSamples samples;
    for (const std::size_t i : sampled) {
      samples.rows.push_back(static_cast<std::size_t>(all.rows[i]));
      samples.costs.push_back(all.costs[i]);
    }
    const std::vector<std::size_t> rows(all.rows.begin(), all.rows.end());
    return prior.predict(samples, rows).cost;
  };
}

// Spearman on the designs that are not samples.
double rank_others(const Predict& predict, const Measured& all,
                   const std::vector<std::size_t>& sampled, double* within) {
  const std::vector<double> costs = predict(sampled);
  std::vector<double> predicted, truth;
  for (std::size_t i = 0; i < all.rows.size(); ++i) {
    if (std::find(sampled.begin(), sampled.end(), i) != sampled.end()) continue;
    predicted.push_back(costs[i]);
    truth.push_back(all.costs[i]);
  }
  if (within != nullptr) *within = share_within(predicted, truth, 0.1);
  return spearman(predicted, truth);
}

void judge_ranking(const HereOptions& options, const DevicePrior& prior, const Measured& all,
                   HereTarget& target) {
  target.spearman_least = 1;
  const Predict predict = by_prior(prior, all);
  for (int draw = 0; draw < options.draws; ++draw) {
    Rng rng(options.seed + 1000 + static_cast<uint64_t>(draw));
    std::vector<std::size_t> order(all.rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (int i = 0; i < options.samples; ++i) {
      const auto at = rng.integer(i, static_cast<int64_t>(order.size()) - 1);
      std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(at)]);
    }
    order.resize(static_cast<std::size_t>(options.samples));
    double within = 0;
    const double correlation = rank_others(predict, all, order, &within);
    target.spearman_mean += correlation / options.draws;
    target.within_ten_percent += within / options.draws;
    target.spearman_least = std::min(target.spearman_least, correlation);
  }
  const std::vector<std::size_t> rows(all.rows.begin(), all.rows.end());
  std::vector<std::size_t> chosen;
  for (const std::size_t row : prior.choose({}, rows, static_cast<std::size_t>(options.samples))) {
    chosen.push_back(
        static_cast<std::size_t>(std::find(rows.begin(), rows.end(), row) - rows.begin()));
  }
  target.spearman_chosen = rank_others(predict, all, chosen, nullptr);
}

// Searches with measurements on the spot, then runs the pick again.
Result<HerePick> search(const HereOptions& options, const Public& data, PriorBeliefs& beliefs,
                        const VirtualDevice& device, double quantile, double bound) {
  const std::string file = device.name() + ".search.csv";
  const std::vector<std::size_t> among(data.promising.begin(), data.promising.end());
  std::vector<int32_t> references;
  for (const std::size_t row :
       beliefs.prior().choose({}, among, static_cast<std::size_t>(options.references))) {
    references.push_back(static_cast<int32_t>(row));
  }
  KERNWISE_ASSIGN(const std::vector<double> costs, device.costs(references, file));
  std::vector<MeasuredRow> start;
  for (std::size_t i = 0; i < references.size(); ++i) start.push_back({references[i], costs[i]});
  std::optional<Error> failed;
  const Measure measure = [&](int32_t row) {
    Result<std::vector<double>> cost = device.costs(std::span(&row, 1), file);
    if (!cost.ok()) {
      failed = std::move(cost).error();
      return static_cast<double>(NAN);
    }
    return cost->front();
  };
  const ConstrainedChoice choice = constrained_search(
      {data.accuracy, {}}, {}, std::move(start),
      [&](std::span<const MeasuredRow> measured) { return beliefs.believe(measured); }, measure,
      {.bound = bound, .budget = options.samples, .margin = 1.645});
  if (failed) return *std::move(failed);
  HerePick pick{.quantile = quantile, .bound_ms = bound};
  if (choice.row < 0) return pick;
  pick.design = design_string(data.space, data.designs[static_cast<std::size_t>(choice.row)]);
  pick.accuracy = data.accuracy[static_cast<std::size_t>(choice.row)];
  pick.found_ms = choice.cost;
  pick.measurements = static_cast<int>(choice.measurements.size());
  KERNWISE_ASSIGN(const std::vector<double> again, device.costs(std::span(&choice.row, 1), ""));
  pick.run_ms = again[0];
  return pick;
}

// What is true of a device: its designs, and some of them once more.
struct Truth {
  Measured all;
  std::vector<double> again;
};

Result<Truth> measure_truth(const HereOptions& options, const VirtualDevice& device,
                            std::span<const int32_t> rows, const Say& say) {
  say(fmt::format("{}: {} designs", device.name(), rows.size()));
  KERNWISE_ASSIGN(const std::vector<double> costs, device.costs(rows, device.name() + ".csv"));
  Truth truth;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::isnan(costs[i])) continue;
    truth.all.rows.push_back(rows[i]);
    truth.all.costs.push_back(costs[i]);
  }
  if (truth.all.rows.size() < 4 * static_cast<std::size_t>(options.samples)) {
    say(fmt::format("{}: too few designs are measured", device.name()));
    return truth;
  }
  const std::size_t twice = std::min(kRepeated, truth.all.rows.size());
  KERNWISE_ASSIGN(truth.again, device.costs(std::span(truth.all.rows).first(twice),
                                            device.name() + ".again.csv"));
  return truth;
}

Result<HereTarget> meet(const HereOptions& options, const Public& data, PriorBeliefs& beliefs,
                        const VirtualDevice& device, const Truth& truth, const Say& say) {
  HereTarget target{.name = device.name()};
  const Measured& all = truth.all;
  target.designs = static_cast<int64_t>(all.rows.size());
  if (truth.again.empty()) return target;
  target.repeat_spearman = spearman(std::span(all.costs).first(truth.again.size()), truth.again);
  target.repeated = static_cast<int>(truth.again.size());
  judge_ranking(options, beliefs.prior(), all, target);
  say(fmt::format("{}: mean Spearman {:.3f}", device.name(), target.spearman_mean));
  if (!options.measure) return target;
  for (const double share : {0.25, 0.5, 0.75}) {
    KERNWISE_ASSIGN(HerePick pick,
                    search(options, data, beliefs, device, share, quantile(all.costs, share)));
    target.picks.push_back(std::move(pick));
  }
  return target;
}

}  // namespace

Result<HereResult> run_here(const HereOptions& options, const Say& say) {
  HereResult result;
  std::error_code failed;
  fs::create_directories(options.work, failed);
  if (failed) {
    return invalid_input("cannot make the folder: " + failed.message(), "name another with --work")
        .within(options.work.string());
  }
  KERNWISE_ASSIGN(const Public data, read_public(options));
  result.sources = data.table.devices;
  Rng rng(options.seed);
  std::vector<int32_t> rows(data.designs.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int32_t>(i);
  const auto wanted = std::min(rows.size(), static_cast<std::size_t>(options.designs));
  for (std::size_t i = 0; i < wanted; ++i) {
    const auto at = rng.integer(static_cast<int64_t>(i), static_cast<int64_t>(rows.size()) - 1);
    std::swap(rows[i], rows[static_cast<std::size_t>(at)]);
  }
  rows.resize(wanted);
  // All measuring first: that is what takes long and may be interrupted.
  std::vector<VirtualDevice> devices;
  std::vector<Truth> truths;
  for (const std::string& name : options.targets) {
    devices.emplace_back(options, data, name);
    KERNWISE_ASSIGN(Truth truth, measure_truth(options, devices.back(), rows, say));
    truths.push_back(std::move(truth));
  }
  say("learning from the public devices");
  std::vector<std::size_t> every(data.designs.size());
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = i;
  Rng prior_rng(options.seed);
  KERNWISE_ASSIGN(const DevicePrior prior,
                  DevicePrior::learn(data.table, data.sources, every, {}, prior_rng));
  PriorBeliefs beliefs(prior, data.promising, data.designs.size());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    KERNWISE_ASSIGN(HereTarget target, meet(options, data, beliefs, devices[i], truths[i], say));
    result.spearman_mean += target.spearman_mean / static_cast<double>(devices.size());
    result.targets.push_back(std::move(target));
  }
  return result;
}

}  // namespace kernwise::experiments
