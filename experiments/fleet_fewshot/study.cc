// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "study.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <numeric>
#include <thread>

#include "kernwise/base/statistics.h"
#include "kernwise/fleet/baselines.h"
#include "kernwise/fleet/ceilings.h"
#include "kernwise/fleet/device_prior.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise::fewshot {
namespace {

using Rows = std::vector<std::size_t>;

constexpr double kTrim = 0.1;

void shuffle(Rows& rows, Rng& rng) {
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    std::swap(rows[i], rows[static_cast<std::size_t>(rng.integer(
                           static_cast<int64_t>(i), static_cast<int64_t>(rows.size()) - 1))]);
  }
}

// Of one method on one device: a value per draw.
struct Draws {
  std::vector<double> spearman, kendall, within_5, within_10;
};

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Scores summary(const Draws& draws) {
  Scores scores;
  if (draws.spearman.empty()) return scores;
  scores.spearman = mean(draws.spearman);
  scores.kendall = mean(draws.kendall);
  scores.within_5 = mean(draws.within_5);
  scores.within_10 = mean(draws.within_10);
  scores.spearman_low = quantile(draws.spearman, 0.1);
  scores.spearman_high = quantile(draws.spearman, 0.9);
  scores.spearman_worst = *std::min_element(draws.spearman.begin(), draws.spearman.end());
  return scores;
}

Scores total_of(const std::vector<Scores>& devices) {
  Scores total;
  total.spearman_worst = 1;
  const double share = 1 / static_cast<double>(devices.size());
  for (const Scores& one : devices) {
    total.spearman += share * one.spearman;
    total.kendall += share * one.kendall;
    total.within_5 += share * one.within_5;
    total.within_10 += share * one.within_10;
    total.spearman_low += share * one.spearman_low;
    total.spearman_high += share * one.spearman_high;
    total.spearman_worst = std::min(total.spearman_worst, one.spearman);
  }
  return total;
}

constexpr std::string_view kDefault = "device-prior";
constexpr std::string_view kRandom = "device-prior-random";

// In the order of Device::draw.
std::vector<std::string> method_names(bool with_flops) {
  std::vector<std::string> names = {std::string(kDefault), std::string(kRandom)};
  for (int b = 0; b < kFewShotBaselines; ++b) {
    names.emplace_back(to_string(static_cast<FewShotBaseline>(b)));
  }
  // On the samples that the default chooses for itself: what is left is the method's own part.
  for (int b = 0; b < kFewShotBaselines; ++b) {
    names.push_back(std::string(to_string(static_cast<FewShotBaseline>(b))) + "-chosen");
  }
  if (with_flops) names.emplace_back("flops");
  return names;
}

class Device {
 public:
  Device(const LatencyTable& table, std::size_t device, const DevicePrior& prior,
         const Baselines& baselines, const Options& options)
      : costs_(table.device_costs(device)), prior_(prior), baselines_(baselines),
        options_(options) {}

  // One draw on one protocol: figures are appended to `draws`, one entry per method.
  void draw(const Rows& pool, const Rows& query, int64_t count, Rng& rng,
            std::vector<Draws>& draws) const {
    Rows order = pool;
    shuffle(order, rng);
    DeviceSamples random;
    for (std::size_t i = 0;
         i < std::min<std::size_t>(static_cast<std::size_t>(count), order.size()); ++i) {
      add(random, order[i]);
    }
    order.resize(
        std::min(order.size(), static_cast<std::size_t>(std::max(options_.among, 2 * count))));
    DeviceSamples chosen;
    while (chosen.rows.size() < std::min(static_cast<std::size_t>(count), order.size())) {
      // A few at a time while each tells much, then more: what they show steers the next.
      const std::size_t batch = chosen.rows.size() < 20 ? 3 : 10;
      const std::size_t left = static_cast<std::size_t>(count) - chosen.rows.size();
      for (const std::size_t row : prior_.choose(chosen, order, std::min(batch, left))) {
        add(chosen, row);
      }
    }
    score(usable(chosen) ? prior_.predict(chosen, query).cost : flat(query), query, draws[0]);
    score(usable(random) ? prior_.predict(random, query).cost : flat(query), query, draws[1]);
    std::size_t method = 2;
    for (const DeviceSamples& samples : {random, chosen}) {
      for (int b = 0; b < kFewShotBaselines; ++b) {
        score(usable(samples) ? baselines_.predict(static_cast<FewShotBaseline>(b), samples, query)
                              : flat(query),
              query, draws[method++]);
      }
    }
    if (options_.flops.empty()) return;
    std::vector<double> flops;
    for (const std::size_t row : query) flops.push_back(options_.flops[row]);
    score(flops, query, draws.back());
  }

 private:
  void add(DeviceSamples& samples, std::size_t row) const {
    samples.rows.push_back(row);
    samples.costs.push_back(costs_[row]);
  }
  static bool usable(const DeviceSamples& samples) {
    return std::any_of(samples.costs.begin(), samples.costs.end(),
                       [](double cost) { return std::isfinite(cost); });
  }
  static std::vector<double> flat(const Rows& query) {
    return std::vector<double>(query.size(), 1.0);
  }
  void score(const std::vector<double>& predicted, const Rows& query, Draws& draws) const {
    std::vector<double> truth;
    for (const std::size_t row : query) truth.push_back(costs_[row]);
    draws.spearman.push_back(spearman(predicted, truth));
    draws.kendall.push_back(kendall(predicted, truth));
    draws.within_5.push_back(share_within(predicted, truth, 0.05));
    draws.within_10.push_back(share_within(predicted, truth, 0.10));
  }

  std::span<const double> costs_;
  const DevicePrior& prior_;
  const Baselines& baselines_;
  const Options& options_;
};

// The rows of `rows` whose cost is not among the device's smallest and largest tenth of them.
Rows trimmed(std::span<const double> costs, const Rows& rows) {
  std::vector<double> values;
  for (const std::size_t row : rows) values.push_back(costs[row]);
  Rows kept;
  for (const std::size_t i : trimmed_rows(values, kTrim)) kept.push_back(rows[i]);
  return kept;
}

struct Pools {
  Rows pool, query, known;
};

Result<Pools> make_pools(const LatencyTable& table, const Options& options) {
  Pools pools;
  const std::size_t rows = table.rows();
  std::size_t pool = static_cast<std::size_t>(options.pool);
  if (pool + static_cast<std::size_t>(options.query) > rows) {
    pool = std::min(pool, rows * 45 / 100);  // a smaller table: about half of it is asked for
  }
  const std::size_t end = std::min(rows, pool + static_cast<std::size_t>(options.query));
  if (pool < 20 || end - pool < 20) {
    return invalid_input(
        fmt::format("{} designs are too few: a pool and a query of at least 20 "
                    "are needed",
                    rows));
  }
  for (std::size_t row = 0; row < rows; ++row) {
    if (row < pool) pools.pool.push_back(row);
    if (row >= pool && row < end) pools.query.push_back(row);
    if (row < pool || options.all_known) pools.known.push_back(row);
  }
  return pools;
}

void in_parallel(int count, int threads, const std::function<void(int)>& work) {
  std::atomic<int> next = 0;
  const auto loop = [&] {
    for (int i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (int t = 1; t < std::min(threads, count); ++t) others.emplace_back(loop);
  loop();
  for (std::thread& other : others) other.join();
}

}  // namespace

Result<StudyResult> run_study(const LatencyTable& table, const FleetTask& task,
                              const Options& options, const Say& say) {
  StudyResult result;
  result.warnings = check_table(table);
  KERNWISE_ASSIGN(const Pools pools, make_pools(table, options));
  result.designs = static_cast<int64_t>(table.rows());
  result.pool = static_cast<int64_t>(pools.pool.size());
  result.query = static_cast<int64_t>(pools.query.size());
  result.known = static_cast<int64_t>(pools.known.size());
  std::vector<std::size_t> sources, targets;
  for (const std::string& name : task.train_devices) sources.push_back(*table.device(name));
  for (const std::string& name : task.test_devices) targets.push_back(*table.device(name));
  const auto start = std::chrono::steady_clock::now();
  Rng rng(options.seed);
  say(fmt::format("learning from {} devices", sources.size()));
  KERNWISE_ASSIGN(const DevicePrior prior,
                  DevicePrior::learn(table, sources, pools.known, {}, rng));
  result.learn_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  result.prior = prior.describe();
  say(fmt::format("learned in {:.1f} s: {}", result.learn_s, result.prior));
  KERNWISE_ASSIGN(const Baselines baselines, Baselines::learn(table, sources, pools.pool));
  result.devices = task.test_devices;
  for (const double reached : fully_measured_spearman(table, targets, pools.query)) {
    const auto costs = table.device_costs(targets[result.ceilings.size()]);
    std::vector<double> truth;
    for (const std::size_t row : pools.query) truth.push_back(costs[row]);
    result.ceilings.push_back({tie_ceiling(truth), reached});
  }
  const std::vector<std::string> names = method_names(!options.flops.empty());
  for (const int64_t samples : options.samples) {
    SampleResult& by = result.by_samples.emplace_back();
    by.samples = samples;
    by.methods.resize(names.size());
    for (std::size_t m = 0; m < names.size(); ++m) {
      by.methods[m].method = names[m];
      by.methods[m].is_default = names[m] == kDefault;
      by.methods[m].devices.resize(targets.size());
    }
    for (std::size_t t = 0; t < targets.size(); ++t) {
      const Device device(table, targets[t], prior, baselines, options);
      const auto costs = table.device_costs(targets[t]);
      for (const bool trim : {false, true}) {
        const Rows pool = trim ? trimmed(costs, pools.pool) : pools.pool;
        const Rows query = trim ? trimmed(costs, pools.query) : pools.query;
        std::vector<std::vector<Draws>> draws(static_cast<std::size_t>(options.draws),
                                              std::vector<Draws>(names.size()));
        in_parallel(options.draws, options.threads, [&](int i) {
          Rng own(options.seed + 1000 * static_cast<uint64_t>(i + 1));
          device.draw(pool, query, samples, own, draws[static_cast<std::size_t>(i)]);
        });
        for (std::size_t m = 0; m < names.size(); ++m) {
          Draws all;
          for (const auto& draw : draws) {
            all.spearman.push_back(draw[m].spearman[0]);
            all.kendall.push_back(draw[m].kendall[0]);
            all.within_5.push_back(draw[m].within_5[0]);
            all.within_10.push_back(draw[m].within_10[0]);
          }
          (trim ? by.methods[m].devices[t].trimmed : by.methods[m].devices[t].untrimmed) =
              summary(all);
        }
      }
      say(fmt::format("{} samples, {}: {:.3f} (trimmed {:.3f})", samples, result.devices[t],
                      by.methods[0].devices[t].untrimmed.spearman,
                      by.methods[0].devices[t].trimmed.spearman));
    }
    for (MethodResult& method : by.methods) {
      std::vector<Scores> untrimmed, trim;
      for (const DeviceScores& device : method.devices) {
        untrimmed.push_back(device.untrimmed);
        trim.push_back(device.trimmed);
      }
      method.total = {total_of(untrimmed), total_of(trim)};
    }
  }
  return result;
}

}  // namespace kernwise::fewshot
