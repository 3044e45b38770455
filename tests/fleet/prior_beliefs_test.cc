// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The device prior as the search and the proxy decision use it.
#include "kernwise/fleet/prior_beliefs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "fleet/made_up_fleet.h"
#include "fleet/thinned_rows.h"
#include "kernwise/base/statistics.h"
#include "kernwise/fleet/proxy_judges.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise {
namespace {

struct Known {
  MadeUpFleet fleet = made_up_fleet(8, 1, /*with_pruned=*/true);
  std::vector<std::size_t> devices, rows;
  DevicePrior prior;

  Known() : prior(learn()) {}
  DevicePrior learn() {
    devices.resize(fleet.table.devices.size() - 1);
    std::iota(devices.begin(), devices.end(), std::size_t{0});
    rows.resize(fleet.table.rows());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    Rng rng(1);
    return DevicePrior::learn(fleet.table, devices, rows,
                              {.kept = 60, .draws = 2, .max_rows = 300, .pairs = 40}, rng)
        .value();
  }
  std::span<const double> truth() const { return fleet.table.device_costs(devices.size()); }
  std::vector<MeasuredRow> measured(const std::vector<std::size_t>& at) const {
    std::vector<MeasuredRow> list;
    for (const std::size_t row : at) list.push_back({static_cast<int32_t>(row), truth()[row]});
    return list;
  }
};

TEST(PriorBeliefs, OrderDesignsAndKnowWhatTheyDoNotKnow) {
  const Known known;
  PriorBeliefs beliefs(known.prior, {}, known.rows.size());
  const auto samples = known.measured(known.prior.choose({}, known.rows, 8));
  const CostBelief belief = beliefs.believe(samples);
  const std::vector<double> mean(belief.mean.begin(), belief.mean.end());
  EXPECT_GT(spearman(mean, known.truth()), 0.95);
  int covered = 0;
  for (const std::size_t row : known.rows) {
    const double error = std::log(known.truth()[row]) - belief.mean[row];
    covered += std::abs(error) <= 1.645 * belief.deviation[row] + 1e-6;
  }
  EXPECT_GT(covered, static_cast<int>(known.rows.size() * 7 / 10));
  for (const MeasuredRow& m : samples) {
    EXPECT_EQ(belief.deviation[static_cast<std::size_t>(m.row)], 0);
  }
}

// The same samples twice in a row share their plan; failed ones say nothing.
TEST(PriorBeliefs, SayNothingWithoutMeasurements) {
  const Known known;
  const int32_t few[] = {1, 5, 9};
  PriorBeliefs beliefs(known.prior, few, known.rows.size());
  EXPECT_TRUE(std::isnan(beliefs.believe({}).mean[1]));
  const MeasuredRow failed[] = {{20, NAN}};
  EXPECT_TRUE(std::isnan(beliefs.believe(failed).mean[1]));
  const auto samples = known.measured({20, 300, 700, 1500});
  const CostBelief first = beliefs.believe(samples), second = beliefs.believe(samples);
  EXPECT_EQ(first.mean[5], second.mean[5]);
  EXPECT_TRUE(std::isfinite(first.mean[9]));
  EXPECT_TRUE(std::isnan(first.mean[10]));   // not among the rows
  EXPECT_FALSE(std::isnan(first.mean[20]));  // but measured
}

// Draws agree with the forecast: the same median, and spread as its deviation says.
TEST(PriorDraws, SpreadAsTheForecastSays) {
  const Known known;
  const auto sampled = known.prior.choose({}, known.rows, 6);
  const DeviceSamples samples = samples_from(known.measured(sampled));
  const std::vector<std::size_t> at = {3, 400, 1100, 2000};
  const DeviceForecast forecast = known.prior.predict(samples, at);
  Rng rng(4);
  auto drawer = known.prior.drawer(at);
  const auto draws = drawer.draw(samples, 2000, rng);
  ASSERT_EQ(draws.size(), 2000U);
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::vector<double> logs;
    for (const auto& draw : draws) logs.push_back(std::log(draw[i]));
    EXPECT_NEAR(median(logs), std::log(forecast.cost[i]), 0.5 * forecast.log_sd[i]);
    const double half = 0.5 * (quantile(logs, 0.84) - quantile(logs, 0.16));
    EXPECT_GT(half, 0.4 * forecast.log_sd[i]);
    EXPECT_LT(half, 1.8 * forecast.log_sd[i]);
  }
}

// Known devices execute whatever a cell holds, the target only what reaches its output.
TEST(PriorBeliefs, AProgramThatPrunesIsRecognised) {
  Known known;
  LatencyTable& table = known.fleet.table;
  const std::size_t rows = table.rows(), target = known.devices.size();
  Rng rng(3);
  for (std::size_t row = 0; row < rows; ++row) {
    table.cost[target * rows + row] =
        table.cost[2 * rows + table.pruned[row]] * std::exp(0.01 * rng.normal());
  }
  const auto agreement = [&](const DevicePrior& prior) {
    PriorBeliefs beliefs(prior, {}, rows);
    const CostBelief belief =
        beliefs.believe(known.measured(known.prior.choose({}, known.rows, 10)));
    return spearman(std::vector<double>(belief.mean.begin(), belief.mean.end()), known.truth());
  };
  const double with = agreement(known.prior);
  LatencyTable blind = table;
  blind.pruned.clear();
  Rng again(1);
  const DevicePrior without = DevicePrior::learn(blind, known.devices, known.rows,
                                                 {.kept = 60, .draws = 2, .max_rows = 300}, again)
                                  .value();
  EXPECT_GT(with, 0.95);
  EXPECT_GT(with, agreement(without));
}

TEST(ThinnedRows, AreSpreadAndInOrder) {
  const auto rows = detail::thinned_rows(15625, 100);
  ASSERT_EQ(rows.size(), 100U);
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
  int alike = 0;  // designs of NAS-Bench-201 with the same choice at the last two positions
  for (std::size_t k = 0; k < rows.size(); ++k) {
    EXPECT_GE(rows[k], k * 15625 / 100);
    EXPECT_LT(rows[k], (k + 1) * 15625 / 100);
    alike += rows[k] % 5 == rows[k] / 5 % 5;
  }
  EXPECT_LT(alike, 40);
  EXPECT_EQ(detail::thinned_rows(5, 100).size(), 5U);
}

TEST(ProxyJudges, FindTheTwinAmongTheKnown) {
  Known known;
  const std::size_t rows = known.fleet.table.rows();
  // The target is a slower copy of device 3, with the noise of a measurement.
  Rng rng(3);
  for (std::size_t row = 0; row < rows; ++row) {
    known.fleet.table.cost[known.devices.size() * rows + row] =
        2 * known.fleet.table.cost[3 * rows + row] * std::exp(0.01 * rng.normal());
  }
  ProxyJudges judges(known.prior, known.fleet.table, known.devices, {});
  const auto sampled = known.prior.choose({}, known.rows, 10);
  const DeviceSamples samples = samples_from(known.measured(sampled));
  const ChosenProxy chosen = judges.choose(samples, rng);
  EXPECT_GT(spearman(known.fleet.table.device_costs(chosen.device), known.truth()), 0.97);
  EXPECT_EQ(chosen.verdict.use, ProxyUse::kReuse);
  EXPECT_EQ(judges.judge(3, samples, rng).use, ProxyUse::kReuse);
  const DeviceSamples few = samples_from(known.measured({5, 9, 700}));
  const ChosenProxy unsure = judges.choose(few, rng);
  EXPECT_EQ(unsure.verdict.use, ProxyUse::kAdapt);
  EXPECT_EQ(unsure.verdict.low, -1);
}

}  // namespace
}  // namespace kernwise
