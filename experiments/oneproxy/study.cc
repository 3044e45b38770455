// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "kernwise/base/statistics.h"
#include "kernwise/fleet/baselines.h"
#include "kernwise/fleet/ranking.h"
#include "priors.h"

namespace kernwise::oneproxy {
namespace {

struct Tally {
  std::vector<std::vector<double>> pairs;  // draws of each pair
  explicit Tally(std::size_t count) : pairs(count) {}
  MethodResult result(std::string method, int64_t samples, bool is_default, bool all) const {
    MethodResult result{std::move(method), is_default, all, samples, {}, 0, 1, 0};
    double above = 0, draws = 0;
    for (const auto& pair : pairs) {
      double sum = 0;
      for (const double value : pair) sum += value, above += value >= 0.9, draws += 1;
      result.pairs.push_back(sum / static_cast<double>(pair.size()));
      result.mean += result.pairs.back() / static_cast<double>(pairs.size());
      result.worst = std::min(result.worst, result.pairs.back());
    }
    result.above = above / draws;
    return result;
  }
};

double agreement(const std::vector<double>& predicted, std::span<const double> costs,
                 const Rows& query) {
  std::vector<double> truth;
  for (const std::size_t row : query) truth.push_back(costs[row]);
  return spearman(predicted, truth);
}

// All methods on all pairs with `count` measurements each.
Status judge_pairs(const LatencyTable& table, const FleetTask& task, const Twins& twins,
                   Priors& priors, const Options& options, int64_t count, bool others,
                   StudyResult& result, const Say& say) {
  const Rows rows = every_row(table);
  const std::size_t pairs = task.pairs.size();
  std::vector<Tally> tallies(3 + 2 * kFewShotBaselines, Tally(pairs));
  std::map<std::vector<std::size_t>, Baselines> learned;
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::size_t proxy = *table.device(task.pairs[i].proxy);
    const std::size_t target = *table.device(task.pairs[i].target);
    const auto costs = table.device_costs(target);
    const auto known = others ? twins.others(target) : std::vector{proxy};
    KERNWISE_ASSIGN(const DevicePrior prior, priors.of(known));
    if (!learned.contains(known)) {
      KERNWISE_ASSIGN(const Baselines fresh, Baselines::learn(table, known, rows));
      learned.emplace(known, fresh);
    }
    const Baselines& baselines = learned.at(known);
    for (int draw = 0; draw < options.draws; ++draw) {
      Rng rng(options.seed + 1000 * static_cast<uint64_t>(draw + 1));
      const Rows order = shuffled(rows, rng);
      const auto cut =
          std::min(order.size() / 2, static_cast<std::size_t>(std::max(options.among, 2 * count)));
      const Rows offered(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(cut));
      const Rows query(order.begin() + static_cast<std::ptrdiff_t>(cut), order.end());
      const DeviceSamples random = random_samples(costs, offered, count);
      const DeviceSamples chosen = chosen_samples(prior, costs, offered, count);
      if (!usable(random) || !usable(chosen)) continue;
      const auto score = [&](std::size_t method, const std::vector<double>& predicted) {
        tallies[method].pairs[i].push_back(agreement(predicted, costs, query));
      };
      score(0, prior.predict(chosen, query).cost);
      score(1, prior.predict(random, query).cost);
      std::vector<double> as_is;
      for (const std::size_t row : query) as_is.push_back(table.device_costs(proxy)[row]);
      score(2, as_is);
      for (int b = 0; b < kFewShotBaselines; ++b) {
        score(3 + static_cast<std::size_t>(b),
              baselines.predict(static_cast<FewShotBaseline>(b), random, query));
        score(3 + static_cast<std::size_t>(kFewShotBaselines + b),
              baselines.predict(static_cast<FewShotBaseline>(b), chosen, query));
      }
    }
    say(fmt::format("{} measurements, {} known: pair {} of {}", count, known.size(), i + 1, pairs));
  }
  result.methods.push_back(tallies[0].result("device-prior", count, true, others));
  result.methods.push_back(tallies[1].result("device-prior-random", count, false, others));
  result.methods.push_back(tallies[2].result("proxy-as-is", count, false, others));
  // Baselines on random samples, then on those that the default chooses for itself.
  for (int b = 0; b < 2 * kFewShotBaselines; ++b) {
    const auto baseline = static_cast<FewShotBaseline>(b % kFewShotBaselines);
    result.methods.push_back(tallies[3 + static_cast<std::size_t>(b)].result(
        std::string(to_string(baseline)) + (b < kFewShotBaselines ? "" : "-chosen"), count, false,
        others));
  }
  return Ok{};
}

}  // namespace

Result<StudyResult> run_study(const LatencyTable& table, const FleetTask& task,
                              const Options& options, const Say& say) {
  for (const ProxyPair& pair : task.pairs) {
    for (const std::string& name : {pair.proxy, pair.target}) {
      if (!table.device(name)) {
        return invalid_input(fmt::format("the table has no device '{}'", name));
      }
    }
  }
  if (table.rows() < 100) return invalid_input("fewer than 100 designs");
  StudyResult result;
  result.devices = table.devices;
  result.warnings = check_table(table);
  const Twins twins(table, result.warnings);
  const std::size_t devices = table.devices.size();
  result.spearman.assign(devices, std::vector<double>(devices, 1));
  for (std::size_t a = 0; a < devices; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      const double value = spearman(table.device_costs(a), table.device_costs(b));
      result.spearman[a][b] = result.spearman[b][a] = value;
      ++result.pairs;
      result.monotone_pairs += value >= options.rule.enough;
    }
  }
  Priors priors(table, options.seed);
  for (const int64_t count : options.product_only ? std::vector<int64_t>() : options.samples) {
    KERNWISE_TRY(judge_pairs(table, task, twins, priors, options, count, false, result, say));
  }
  if (!options.product_only) {
    KERNWISE_TRY(judge_pairs(table, task, twins, priors, options, options.samples.front(), true,
                             result, say));
  }
  if (options.decision_draws > 0) {
    KERNWISE_ASSIGN(result.decisions,
                    judge_decisions(table, twins, priors, options, result.spearman, say));
  }
  return result;
}

}  // namespace kernwise::oneproxy
