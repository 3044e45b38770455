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

namespace kernwise::oneproxy {
namespace {

using Rows = std::vector<std::size_t>;

Rows every_row(const LatencyTable& table) {
  Rows rows(table.rows());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return rows;
}

// A shuffled copy.
Rows shuffled(Rows rows, Rng& rng) {
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    std::swap(rows[i], rows[static_cast<std::size_t>(rng.integer(
                           static_cast<int64_t>(i), static_cast<int64_t>(rows.size()) - 1))]);
  }
  return rows;
}

void add(DeviceSamples& samples, std::span<const double> costs, std::size_t row) {
  samples.rows.push_back(row);
  samples.costs.push_back(costs[row]);
}

bool usable(const DeviceSamples& samples) {
  return std::any_of(samples.costs.begin(), samples.costs.end(),
                     [](double cost) { return std::isfinite(cost); });
}

DeviceSamples random_samples(std::span<const double> costs, const Rows& offered, int64_t count) {
  DeviceSamples samples;
  for (std::size_t i = 0; i < std::min(offered.size(), static_cast<std::size_t>(count)); ++i) {
    add(samples, costs, offered[i]);
  }
  return samples;
}

DeviceSamples chosen_samples(const DevicePrior& prior, std::span<const double> costs,
                             const Rows& offered, int64_t count) {
  DeviceSamples samples;
  const std::size_t most = std::min(offered.size(), static_cast<std::size_t>(count));
  while (samples.rows.size() < most) {
    const std::size_t batch = samples.rows.size() < 20 ? 3 : 10;
    for (const std::size_t row :
         prior.choose(samples, offered, std::min(batch, most - samples.rows.size()))) {
      add(samples, costs, row);
    }
  }
  return samples;
}

// Which devices are as good as one: those that a duplicate warning joins.
class Twins {
 public:
  Twins(const LatencyTable& table, const std::vector<TableWarning>& warnings)
      : group_(table.devices.size()) {
    std::iota(group_.begin(), group_.end(), std::size_t{0});
    for (const TableWarning& warning : warnings) {
      if (warning.kind != TableWarningKind::kDuplicate) continue;
      const std::size_t a = group_[*table.device(warning.device)];
      const std::size_t b = group_[*table.device(warning.other)];
      std::replace(group_.begin(), group_.end(), b, a);
    }
  }
  bool are(std::size_t a, std::size_t b) const { return group_[a] == group_[b]; }
  // All devices but the twins of `device`, itself among them.
  std::vector<std::size_t> others(std::size_t device) const {
    std::vector<std::size_t> result;
    for (std::size_t d = 0; d < group_.size(); ++d) {
      if (!are(d, device)) result.push_back(d);
    }
    return result;
  }

 private:
  std::vector<std::size_t> group_;
};

// Priors are learned once per set of known devices.
class Priors {
 public:
  Priors(const LatencyTable& table, uint64_t seed)
      : table_(table), rows_(every_row(table)), seed_(seed) {}
  Result<DevicePrior> of(const std::vector<std::size_t>& devices) {
    const auto found = priors_.find(devices);
    if (found != priors_.end()) return found->second;
    Rng rng(seed_);
    DevicePriorOptions options;
    options.max_rows = 1000;
    KERNWISE_ASSIGN(const DevicePrior prior,
                    DevicePrior::learn(table_, devices, rows_, options, rng));
    priors_.emplace(devices, prior);
    return prior;
  }

 private:
  const LatencyTable& table_;
  Rows rows_;
  uint64_t seed_;
  std::map<std::vector<std::size_t>, DevicePrior> priors_;
};

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

Result<DecisionResult> judge_decisions(const LatencyTable& table, const Twins& twins,
                                       Priors& priors, const Options& options,
                                       const std::vector<std::vector<double>>& truth, bool others,
                                       const Say& say) {
  DecisionResult result;
  result.known = others ? "others" : "proxy";
  const Rows rows = every_row(table);
  int64_t reused_good = 0, reused_bad = 0, inside = 0, rejected = 0;
  std::vector<double> errors;
  for (std::size_t target = 0; target < table.devices.size(); ++target) {
    const auto costs = table.device_costs(target);
    for (std::size_t proxy = 0; proxy < table.devices.size(); ++proxy) {
      if (twins.are(proxy, target)) continue;
      KERNWISE_ASSIGN(const DevicePrior prior,
                      priors.of(others ? twins.others(target) : std::vector{proxy}));
      for (int draw = 0; draw < options.decision_draws; ++draw) {
        Rng rng(options.seed + 1000 * static_cast<uint64_t>(draw + 1) + target);
        Rows offered = shuffled(rows, rng);
        offered.resize(std::min(offered.size(), static_cast<std::size_t>(options.among)));
        const DeviceSamples samples =
            chosen_samples(prior, costs, offered, options.decision_samples);
        if (!usable(samples)) continue;
        const ProxyVerdict verdict =
            judge_proxy(prior, samples, table.device_costs(proxy), rows, options.rule, rng);
        const double real = truth[proxy][target];
        const bool good = real >= options.rule.enough, reuse = verdict.use == ProxyUse::kReuse;
        ++result.decisions;
        result.good_proxies += good;
        reused_good += good && reuse;
        reused_bad += !good && reuse;
        inside += real >= verdict.low && real <= verdict.high;
        rejected += verdict.use == ProxyUse::kReject;
        errors.push_back(std::abs(verdict.spearman - real));
      }
    }
    say(fmt::format("decisions with '{}' known: {} of {} targets", result.known, target + 1,
                    table.devices.size()));
  }
  const auto all = static_cast<double>(result.decisions);
  const auto good = static_cast<double>(result.good_proxies);
  result.reused_good = good > 0 ? static_cast<double>(reused_good) / good : 0;
  result.wrongly_reused = all > good ? static_cast<double>(reused_bad) / (all - good) : 0;
  result.balanced_accuracy = 0.5 * (result.reused_good + 1 - result.wrongly_reused);
  result.within_interval = static_cast<double>(inside) / all;
  result.rejected = static_cast<double>(rejected) / all;
  if (!errors.empty()) result.median_error = median(errors);
  return result;
}

// All methods on all pairs with `count` measurements each.
Status judge_pairs(const LatencyTable& table, const FleetTask& task, const Twins& twins,
                   Priors& priors, const Options& options, int64_t count, bool others,
                   StudyResult& result, const Say& say) {
  const Rows rows = every_row(table);
  const std::size_t pairs = task.pairs.size();
  std::vector<Tally> tallies(3 + kFewShotBaselines, Tally(pairs));
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
      }
    }
    say(fmt::format("{} measurements, {} known: pair {} of {}", count, known.size(), i + 1, pairs));
  }
  result.methods.push_back(tallies[0].result("device-prior", count, true, others));
  result.methods.push_back(tallies[1].result("device-prior-random", count, false, others));
  result.methods.push_back(tallies[2].result("proxy-as-is", count, false, others));
  for (int b = 0; b < kFewShotBaselines; ++b) {
    result.methods.push_back(tallies[3 + static_cast<std::size_t>(b)].result(
        std::string(to_string(static_cast<FewShotBaseline>(b))), count, false, others));
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
  for (const int64_t count : options.samples) {
    KERNWISE_TRY(judge_pairs(table, task, twins, priors, options, count, false, result, say));
  }
  KERNWISE_TRY(
      judge_pairs(table, task, twins, priors, options, options.samples.front(), true, result, say));
  if (options.decision_draws > 0) {
    for (const bool others : {false, true}) {
      KERNWISE_ASSIGN(const DecisionResult decision,
                      judge_decisions(table, twins, priors, options, result.spearman, others, say));
      result.decisions.push_back(decision);
    }
  }
  return result;
}

}  // namespace kernwise::oneproxy
