// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/device_prior.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "kernwise/fleet/baselines.h"
#include "kernwise/fleet/ceilings.h"
#include "kernwise/fleet/proxy_decision.h"
#include "kernwise/fleet/ranking.h"
#include "synthetic_fleet.h"

namespace kernwise {
namespace {

using Rows = std::vector<std::size_t>;
using testing::synthetic_fleet;
using testing::SyntheticOptions;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Rows range(std::size_t from, std::size_t to) {
  Rows rows(to - from);
  std::iota(rows.begin(), rows.end(), from);
  return rows;
}

// Devices 1 and up are known, device 0 is met; samples from the first half, figures from the rest.
struct Fixture {
  explicit Fixture(SyntheticOptions options = {}, uint64_t seed = 1)
      : table(synthetic_fleet(options, seed)), known(range(1, table.devices.size())),
        pool(range(0, table.rows() / 2)), query(range(table.rows() / 2, table.rows())) {}

  DevicePrior learn(const Rows& devices) const {
    Rng rng(3);
    DevicePriorOptions options;
    options.max_rows = 300;
    options.draws = 2;
    Result<DevicePrior> prior = DevicePrior::learn(table, devices, pool, options, rng);
    EXPECT_TRUE(prior.ok());
    return *prior;
  }
  DeviceSamples measured(const Rows& rows) const {
    DeviceSamples samples{rows, {}};
    for (const std::size_t row : rows) samples.costs.push_back(table.device_costs(0)[row]);
    return samples;
  }
  double agreement(const std::vector<double>& predicted) const {
    std::vector<double> truth;
    for (const std::size_t row : query) truth.push_back(table.device_costs(0)[row]);
    return spearman(predicted, truth);
  }

  LatencyTable table;
  Rows known, pool, query;
};

// Means over fleets: a baseline may be lucky once.
TEST(DevicePrior, TenSamplesOrderTheDesignsBetterThanAnyBaseline) {
  double ours = 0;
  std::vector<double> theirs(kFewShotBaselines, 0);
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const Fixture f({}, seed);
    const DevicePrior prior = f.learn(f.known);
    const DeviceSamples samples = f.measured(prior.choose({}, f.pool, 10));
    ours += 0.2 * f.agreement(prior.predict(samples, f.query).cost);
    const auto baselines = Baselines::learn(f.table, f.known, f.pool, 300);
    ASSERT_TRUE(baselines.ok());
    for (int b = 0; b < kFewShotBaselines; ++b) {
      const std::vector<double> predicted =
          baselines->predict(static_cast<FewShotBaseline>(b), samples, f.query);
      for (const double cost : predicted) EXPECT_TRUE(cost > 0 && std::isfinite(cost));
      theirs[static_cast<std::size_t>(b)] += 0.2 * f.agreement(predicted);
    }
  }
  EXPECT_GT(ours, 0.9);
  for (int b = 0; b < kFewShotBaselines; ++b) {
    EXPECT_GT(ours, theirs[static_cast<std::size_t>(b)])
        << to_string(static_cast<FewShotBaseline>(b));
  }
}

// One known device is enough to begin with, and samples make up for the rest.
TEST(DevicePrior, OneProxyIsImprovedBySamples) {
  const Fixture f;
  const DevicePrior prior = f.learn({1});
  const std::vector<double> proxy(f.table.device_costs(1).begin(), f.table.device_costs(1).end());
  std::vector<double> as_is;
  for (const std::size_t row : f.query) as_is.push_back(proxy[row]);
  double before = f.agreement(as_is);
  for (const std::size_t count : {10U, 40U}) {
    const DeviceSamples samples = f.measured(prior.choose({}, f.pool, count));
    const double after = f.agreement(prior.predict(samples, f.query).cost);
    EXPECT_GT(after, before - 0.01) << count;
    before = after;
  }
  EXPECT_GT(before, 0.93);
}

// Same seed, same numbers.
TEST(DevicePrior, LearningIsRepeatable) {
  const Fixture f;
  const DeviceSamples samples = f.measured({3, 50, 99, 120});
  EXPECT_EQ(f.learn(f.known).predict(samples, f.query).cost,
            f.learn(f.known).predict(samples, f.query).cost);
}

// A failed measurement counts, says nothing and does no harm; a wrong one does little.
TEST(DevicePrior, FailedAndWrongSamplesAreBorne) {
  const Fixture f({.outliers = 0});
  const DevicePrior prior = f.learn(f.known);
  DeviceSamples samples = f.measured(range(0, 20));
  const auto clean = prior.predict(samples, f.query).cost;
  DeviceSamples failed = samples;
  failed.rows.push_back(77);
  failed.costs.push_back(kNan);
  const auto with_failed = prior.predict(failed, f.query).cost;
  for (std::size_t i = 0; i < clean.size(); ++i) EXPECT_NEAR(with_failed[i] / clean[i], 1, 1e-6);
  samples.costs[4] *= 20;
  EXPECT_GT(f.agreement(prior.predict(samples, f.query).cost), f.agreement(clean) - 0.05);
}

TEST(DevicePrior, AUnitOfTheTargetChangesNothingButTheUnit) {
  const Fixture f;
  const DevicePrior prior = f.learn(f.known);
  DeviceSamples samples = f.measured(range(0, 10));
  const DeviceForecast one = prior.predict(samples, f.query);
  for (double& cost : samples.costs) cost *= 1e6;
  const DeviceForecast other = prior.predict(samples, f.query);
  for (std::size_t i = 0; i < one.cost.size(); ++i) {
    EXPECT_NEAR(other.cost[i] / one.cost[i], 1e6, 1);
    EXPECT_NEAR(other.log_sd[i], one.log_sd[i], 1e-6);
  }
}

TEST(DevicePrior, IntervalsCoverAboutWhatTheySay) {
  double inside = 0, all = 0;
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    const Fixture f({.outliers = 0}, seed);
    const DevicePrior prior = f.learn(f.known);
    const DeviceForecast forecast =
        prior.predict(f.measured(prior.choose({}, f.pool, 12)), f.query);
    for (std::size_t i = 0; i < f.query.size(); ++i) {
      const double error = std::log(f.table.device_costs(0)[f.query[i]] / forecast.cost[i]);
      inside += std::abs(error) <= 1.645 * forecast.log_sd[i];
      all += 1;
    }
  }
  EXPECT_GT(inside / all, 0.75);
}

TEST(DevicePrior, APlanPredictsAsPredictDoes) {
  const Fixture f;
  const DevicePrior prior = f.learn(f.known);
  const DeviceSamples samples = f.measured({1, 30, 60, 90, 120, 150});
  const DevicePrior::Plan plan = prior.plan(samples.rows, f.query);
  EXPECT_EQ(plan.predict(samples.costs, false).cost, prior.predict(samples, f.query).cost);
  EXPECT_TRUE(plan.predict(samples.costs, false).log_sd.empty());
}

TEST(DevicePrior, ChosenDesignsAreNewAndOffered) {
  const Fixture f;
  const DevicePrior prior = f.learn(f.known);
  const DeviceSamples first = f.measured(prior.choose({}, f.pool, 5));
  const Rows more = prior.choose(first, f.pool, 1000);
  std::set<std::size_t> seen(first.rows.begin(), first.rows.end());
  for (const std::size_t row : more) {
    EXPECT_TRUE(seen.insert(row).second);
    EXPECT_LT(row, f.pool.size());
  }
  EXPECT_EQ(seen.size(), f.pool.size());
}

TEST(DevicePrior, NothingKnownIsAnError) {
  const Fixture f;
  Rng rng;
  EXPECT_FALSE(DevicePrior::learn(f.table, {}, f.pool, {}, rng).ok());
  EXPECT_FALSE(DevicePrior::learn(f.table, f.known, Rows{1, 2}, {}, rng).ok());
}

// A device of which nothing is known, a constant one and positions with a single choice.
TEST(DevicePrior, OddTablesAreBorne) {
  Fixture f({.designs = 80, .positions = 3, .choices = 1});
  for (std::size_t row = 0; row < f.table.rows(); ++row) {
    f.table.cost[f.table.rows() + row] = kNan;
    f.table.cost[2 * f.table.rows() + row] = 5;
  }
  const DevicePrior prior = f.learn(f.known);
  const DeviceSamples samples = f.measured(prior.choose({}, f.pool, 5));
  for (const double cost : prior.predict(samples, f.query).cost) EXPECT_TRUE(std::isfinite(cost));
  const auto baselines = Baselines::learn(f.table, f.known, f.pool);
  ASSERT_TRUE(baselines.ok());
  for (int b = 0; b < kFewShotBaselines; ++b) {
    for (const double cost :
         baselines->predict(static_cast<FewShotBaseline>(b), samples, f.query)) {
      EXPECT_TRUE(std::isfinite(cost));
    }
  }
}

TEST(ProxyDecision, ATwinIsReusedAndAStrangerIsNot) {
  Fixture f;
  // Device 1 becomes a slower twin of the target, device 2 its opposite.
  for (std::size_t row = 0; row < f.table.rows(); ++row) {
    f.table.cost[f.table.rows() + row] = 2 * f.table.cost[row];
    f.table.cost[2 * f.table.rows() + row] = 1 / f.table.cost[row];
  }
  const DevicePrior prior = f.learn(f.known);
  const DeviceSamples samples = f.measured(prior.choose({}, f.pool, 10));
  Rng rng(5);
  const Rows all = range(0, f.table.rows());
  const auto judged = [&](std::size_t proxy) {
    return judge_proxy(prior, samples, f.table.device_costs(proxy), all, {}, rng);
  };
  EXPECT_EQ(judged(1).use, ProxyUse::kReuse);
  EXPECT_GE(judged(1).reuse_probability, 0.75);
  EXPECT_EQ(judged(2).use, ProxyUse::kReject);
  EXPECT_LE(judged(2).high, 0);
}

TEST(Ceilings, AFullyMeasuredDeviceIsAlmostKnown) {
  const Fixture f({.outliers = 0});
  const std::vector<double> reached = fully_measured_spearman(f.table, Rows{0, 1}, f.query);
  ASSERT_EQ(reached.size(), 2U);
  EXPECT_GT(reached[0], 0.95);
}

}  // namespace
}  // namespace kernwise
