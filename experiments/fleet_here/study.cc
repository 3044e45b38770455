// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "kernwise/base/statistics.h"
#include "kernwise/fleet/constrained_search.h"
#include "kernwise/fleet/device_aware.h"
#include "kernwise/fleet/device_prior.h"
#include "kernwise/fleet/ranking.h"
#include "virtual_device.h"

namespace kernwise::experiments {
namespace {

namespace fs = std::filesystem;
constexpr int kRepeated = 40;  // designs measured a second time

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

Predict by_embedding(const DeviceAwareModel& model, const Measured& all) {
  return [&](const std::vector<std::size_t>& sampled) {
    std::vector<MeasuredRow> samples;
    for (const std::size_t i : sampled) samples.push_back({all.rows[i], all.costs[i]});
    const CostBelief belief = model.believe(samples);
    std::vector<double> costs;
    for (const int32_t row : all.rows) {
      costs.push_back(std::exp(static_cast<double>(belief.mean[static_cast<std::size_t>(row)])));
    }
    return costs;
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

void judge_ranking(const HereOptions& options, const DeviceAwareModel& model,
                   const DevicePrior& prior, const Measured& all, HereTarget& target) {
  target.spearman_least = 1;
  const Predict first = by_prior(prior, all), second = by_embedding(model, all);
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
    const double correlation = rank_others(first, all, order, &within);
    target.spearman_mean += correlation / options.draws;
    target.within_ten_percent += within / options.draws;
    target.spearman_least = std::min(target.spearman_least, correlation);
    target.spearman_embedding += rank_others(second, all, order, nullptr) / options.draws;
  }
  const std::vector<std::size_t> rows(all.rows.begin(), all.rows.end());
  std::vector<std::size_t> chosen;
  for (const std::size_t row : prior.choose({}, rows, static_cast<std::size_t>(options.samples))) {
    chosen.push_back(
        static_cast<std::size_t>(std::find(rows.begin(), rows.end(), row) - rows.begin()));
  }
  target.spearman_references = rank_others(first, all, chosen, nullptr);
}

// Searches with measurements on the spot, then runs the pick again.
Result<HerePick> search(const HereOptions& options, const Public& data,
                        const DeviceAwareModel& model, const VirtualDevice& device, double quantile,
                        double bound) {
  const std::string file = device.name() + ".search.csv";
  const std::vector<int32_t> references = model.reference_rows(options.references, data.promising);
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
      [&](std::span<const MeasuredRow> measured) { return model.believe(measured); }, measure,
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

Result<HereTarget> meet(const HereOptions& options, const Public& data,
                        const DeviceAwareModel& model, const DevicePrior& prior,
                        std::span<const int32_t> rows, const std::string& name, const Say& say) {
  const VirtualDevice device(options, data, name);
  HereTarget target{.name = device.name()};
  say(fmt::format("{}: {} designs", device.name(), rows.size()));
  KERNWISE_ASSIGN(const std::vector<double> costs, device.costs(rows, device.name() + ".csv"));
  Measured all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::isnan(costs[i])) continue;
    all.rows.push_back(rows[i]);
    all.costs.push_back(costs[i]);
  }
  target.designs = static_cast<int64_t>(all.rows.size());
  if (target.designs < 4 * options.samples) {
    say(fmt::format("{}: too few designs are measured", device.name()));
    return target;
  }
  const auto twice = static_cast<std::size_t>(std::min<int64_t>(kRepeated, target.designs));
  KERNWISE_ASSIGN(const std::vector<double> second,
                  device.costs(std::span(all.rows).first(twice), device.name() + ".again.csv"));
  target.repeat_spearman = spearman(std::span(all.costs).first(twice), second);
  target.repeated = static_cast<int>(twice);
  judge_ranking(options, model, prior, all, target);
  say(fmt::format("{}: mean Spearman {:.3f}", device.name(), target.spearman_mean));
  if (!options.measure) return target;
  for (const double share : {0.25, 0.5, 0.75}) {
    KERNWISE_ASSIGN(HerePick pick,
                    search(options, data, model, device, share, quantile(all.costs, share)));
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
  KERNWISE_ASSIGN(const DeviceAwareModel model, fit_device_aware(data.table, data.sources));
  Rng rng(options.seed);
  say("learning from the public devices");
  std::vector<std::size_t> every(data.designs.size());
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = i;
  Rng prior_rng(options.seed);
  KERNWISE_ASSIGN(const DevicePrior prior,
                  DevicePrior::learn(data.table, data.sources, every, {}, prior_rng));
  std::vector<int32_t> rows(data.designs.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int32_t>(i);
  const auto wanted = std::min(rows.size(), static_cast<std::size_t>(options.designs));
  for (std::size_t i = 0; i < wanted; ++i) {
    const auto at = rng.integer(static_cast<int64_t>(i), static_cast<int64_t>(rows.size()) - 1);
    std::swap(rows[i], rows[static_cast<std::size_t>(at)]);
  }
  rows.resize(wanted);
  for (const std::string& name : options.targets) {
    KERNWISE_ASSIGN(HereTarget target, meet(options, data, model, prior, rows, name, say));
    result.spearman_mean += target.spearman_mean / static_cast<double>(options.targets.size());
    result.targets.push_back(std::move(target));
  }
  return result;
}

}  // namespace kernwise::experiments
