// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Picks for a made-up fleet, by every method, judged with the law behind it.
#include "kernwise/fleet/plan_fleet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fleet/made_up_fleet.h"

namespace kernwise {
namespace {

struct Asked {
  FleetInput input;
  std::vector<double> truth;  // of the last device
};

// The last device is known by `samples` designs only.
Asked asked(int samples, double bound_share) {
  MadeUpFleet fleet = made_up_fleet(7, 6);
  Asked a;
  const std::size_t rows = fleet.table.rows(), last = fleet.table.devices.size() - 1;
  const auto costs = fleet.table.device_costs(last);
  a.truth.assign(costs.begin(), costs.end());
  for (std::size_t row = 0; row < rows; ++row) {
    const bool kept = samples > 0 && row % (rows / static_cast<std::size_t>(samples)) == 3;
    if (!kept) fleet.table.cost[last * rows + row] = NAN;
  }
  a.input.space = fleet.space;
  a.input.designs = fleet.designs;
  a.input.arch_index.assign(rows, -1);
  a.input.accuracy = fleet.value;
  a.input.accuracy_deviation.assign(rows, 0);
  a.input.metrics.push_back({"latency", "ms", fleet.table});
  std::vector<double> sorted = a.truth;
  std::sort(sorted.begin(), sorted.end());
  const double bound = sorted[static_cast<std::size_t>(bound_share * (rows - 1.0))];
  const auto first = fleet.table.device_costs(0);
  std::vector<double> others(first.begin(), first.end());
  std::sort(others.begin(), others.end());
  const double own = others[static_cast<std::size_t>(bound_share * (rows - 1.0))];
  a.input.devices = {{"0", {own}}, {fleet.table.devices[last], {bound}}};
  return a;
}

FleetOutcome planned(const Asked& a, FleetMethod method) {
  Rng rng(1);
  SilentProgress silent;
  Result<FleetOutcome> outcome = plan_fleet(a.input, {.method = method}, rng, silent);
  EXPECT_TRUE(outcome.ok()) << to_string(outcome.error());
  return std::move(outcome).value();
}

double best_within(const Asked& a, double bound) {
  double best = 0;
  for (std::size_t row = 0; row < a.truth.size(); ++row) {
    if (a.truth[row] <= bound) best = std::max(best, a.input.accuracy[row]);
  }
  return best;
}

TEST(PlanFleet, KnownDevicesAreLookedThrough) {
  const Asked a = asked(10, 0.5);
  const FleetOutcome outcome = planned(a, FleetMethod::kAuto);
  const DevicePick& known = outcome.picks[0];
  EXPECT_EQ(known.method, FleetMethod::kExhaustive);
  EXPECT_TRUE(known.feasible);
  EXPECT_TRUE(known.costs[0].measured);
  EXPECT_LE(known.costs[0].expected, known.costs[0].bound);
  EXPECT_TRUE(known.next.empty());
}

TEST(PlanFleet, DevicesWithSamplesGetGoodDesignsWithinTheirBounds) {
  const Asked a = asked(10, 0.5);
  const double bound = a.input.devices[1].bounds[0];
  for (const auto method : {FleetMethod::kAuto, FleetMethod::kAdapt, FleetMethod::kOptimizer}) {
    const FleetOutcome outcome = planned(a, method);
    const DevicePick& pick = outcome.picks[1];
    ASSERT_GE(pick.row, 0) << to_string(method) << ": " << pick.why;
    EXPECT_GE(pick.samples, 10);
    EXPECT_FALSE(pick.why.empty());
    const double cost = a.truth[static_cast<std::size_t>(pick.row)];
    EXPECT_LE(cost, 1.05 * bound) << to_string(method);
    EXPECT_GE(a.input.accuracy[static_cast<std::size_t>(pick.row)], best_within(a, bound) - 6)
        << to_string(method);
    EXPECT_LE(pick.costs[0].low, pick.costs[0].expected);
    EXPECT_GE(pick.costs[0].high, pick.costs[0].expected);
  }
}

TEST(PlanFleet, WithoutSamplesItAsksAndClaimsNothing) {
  const FleetOutcome outcome = planned(asked(0, 0.5), FleetMethod::kAuto);
  const DevicePick& pick = outcome.picks[1];
  EXPECT_EQ(pick.row, -1);
  EXPECT_FALSE(pick.feasible);
  EXPECT_EQ(pick.next.size(), 5U);
  EXPECT_EQ(outcome.need_samples, std::vector<std::size_t>{1});
}

// The first known device but for noise: it may stand in, and `proxy` and `auto` agree.
TEST(PlanFleet, AProxyServesATwinAndNoStranger) {
  for (const bool twin : {true, false}) {
    Asked a = asked(10, 0.5);
    LatencyTable& table = a.input.metrics[0].table;
    const std::size_t rows = table.rows(), last = table.devices.size() - 1;
    std::vector<double> costs;
    for (std::size_t row = 0; row < rows; ++row) {
      const double known = table.cost[2 * rows + row];
      costs.push_back(twin ? 3 * known : 1 / known);
      if (!std::isnan(table.cost[last * rows + row])) table.cost[last * rows + row] = costs.back();
    }
    std::sort(costs.begin(), costs.end());
    a.input.devices[1].bounds[0] = costs[rows / 2];
    const FleetOutcome outcome = planned(a, FleetMethod::kAuto);
    const DevicePick& pick = outcome.picks[1];
    EXPECT_EQ(pick.verdict.use == ProxyUse::kReuse, twin) << pick.why;
    EXPECT_EQ(pick.method == FleetMethod::kProxy, twin) << pick.why;
    EXPECT_EQ(outcome.proxies.empty(), !twin);
    if (twin) {
      EXPECT_GT(pick.verdict.low, 0.8);
    }
    const FleetOutcome forced = planned(a, FleetMethod::kProxy);
    EXPECT_EQ(forced.picks[1].method, FleetMethod::kProxy);
    EXPECT_EQ(forced.picks[1].why.find("may not serve") == std::string::npos, twin);
  }
}

TEST(PlanFleet, FeaturesSpeakForADeviceThatWasNotMeasured) {
  Asked a = asked(0, 0.5);
  DeviceFeatures features{{"level"}, {}, {}};
  const LatencyTable& table = a.input.metrics[0].table;
  for (std::size_t d = 0; d + 1 < table.devices.size(); ++d) {
    features.devices.push_back(table.devices[d]);
    features.values.push_back(table.device_costs(d)[0]);
  }
  features.devices.push_back(table.devices.back());
  features.values.push_back(a.truth[0]);
  a.input.features = features;
  const FleetOutcome outcome = planned(a, FleetMethod::kAuto);
  const DevicePick& pick = outcome.picks[1];
  ASSERT_GE(pick.row, 0) << pick.why;
  EXPECT_EQ(pick.samples, 0);
  EXPECT_NE(pick.why.find("by its features"), std::string::npos);
  EXPECT_FALSE(pick.costs[0].measured);
  EXPECT_EQ(pick.next.size(), 5U);
  EXPECT_EQ(outcome.need_samples, std::vector<std::size_t>{1});
}

TEST(PlanFleet, BaselinesStandInForTheModel) {
  Asked a = asked(10, 0.5);
  for (const Design& design : a.input.designs) {
    double sum = 1;
    for (const uint16_t choice : design) sum += choice;
    a.input.operations.push_back(sum);
  }
  Rng rng(1);
  SilentProgress silent;
  const auto by = [&](FleetOptions options) {
    options.method = FleetMethod::kAdapt;
    return plan_fleet(a.input, options, rng, silent);
  };
  const auto operations = by({.by_operations = true});
  ASSERT_TRUE(operations.ok());
  EXPECT_GE(operations->picks[1].row, 0);
  EXPECT_NE(operations->picks[1].why.find("operations"), std::string::npos);
  const auto mixture = by({.baseline = FewShotBaseline::kRidgeMix});
  ASSERT_TRUE(mixture.ok());
  EXPECT_NE(mixture->picks[1].why.find("ridge-mix"), std::string::npos);
  a.input.operations.clear();
  EXPECT_FALSE(by({.by_operations = true}).ok());
}

TEST(PlanFleet, CoversTheDevicesWithFewDesigns) {
  const Asked a = asked(10, 0.5);
  const FleetOutcome outcome = planned(a, FleetMethod::kAuto);
  std::vector<std::size_t> covered;
  for (const CoverDesign& design : outcome.cover) {
    covered.insert(covered.end(), design.devices.begin(), design.devices.end());
  }
  std::sort(covered.begin(), covered.end());
  EXPECT_EQ(covered, (std::vector<std::size_t>{0, 1}));
  EXPECT_LE(outcome.cover.size(), 2U);
}

// Energy is known everywhere and grows with the index of a design.
Asked with_energy(int samples, double most) {
  Asked a = asked(samples, 0.6);
  FleetMetric energy{"energy", "mJ", table_of(a.input.space, a.input.designs)};
  for (const std::string& name : a.input.metrics[0].table.devices) {
    energy.table.devices.push_back(name);
    energy.table.failed.push_back(0);
    for (std::size_t row = 0; row < a.input.designs.size(); ++row) {
      energy.table.cost.push_back(1.0 + static_cast<double>(row));
    }
  }
  a.input.metrics.push_back(std::move(energy));
  for (FleetDevice& device : a.input.devices) device.bounds.push_back(most);
  return a;
}

TEST(PlanFleet, ASecondMetricIsKeptTooByEveryMethod) {
  const double rows = static_cast<double>(asked(10, 0.5).input.designs.size());
  const Asked a = with_energy(10, 0.5 * rows);
  for (const auto method : {FleetMethod::kAuto, FleetMethod::kProxy, FleetMethod::kAdapt,
                            FleetMethod::kOptimizer, FleetMethod::kExhaustive}) {
    const FleetOutcome outcome = planned(a, method);
    for (const DevicePick& pick : outcome.picks) {
      if (pick.row < 0) {
        EXPECT_FALSE(pick.feasible);
        continue;
      }
      EXPECT_EQ(pick.costs.size(), 2U);
      // Where energy stands on ten samples its truth may lie a little beyond what was believed.
      if (pick.feasible) {
        EXPECT_LE(pick.costs[1].expected, 0.5 * rows) << to_string(method);
      }
    }
  }
}

// Three complete devices, all of them asked about: each is answered by the other two.
TEST(PlanFleet, NoDeviceIsASourceOfItsOwn) {
  Asked a = asked(10, 0.5);
  LatencyTable& table = a.input.metrics[0].table;
  const std::size_t rows = table.rows();
  table.devices.resize(3);
  table.failed.resize(3);
  table.cost.resize(3 * rows);
  const double bound = a.input.devices[0].bounds[0];
  a.input.devices.clear();
  for (const std::string& name : table.devices) a.input.devices.push_back({name, {bound}});
  for (const auto method : {FleetMethod::kProxy, FleetMethod::kAdapt}) {
    for (const DevicePick& pick : planned(a, method).picks) {
      EXPECT_NE(pick.proxy, a.input.devices[pick.device].name) << to_string(method);
      EXPECT_LE(pick.samples, 10) << to_string(method);
    }
  }
  // Known to nine tenths: no longer looked through, still a source for the others.
  for (std::size_t row = 0; row < rows; row += 10) table.cost[row] = NAN;
  const DevicePick pick = planned(a, FleetMethod::kAuto).picks[0];
  EXPECT_NE(pick.method, FleetMethod::kExhaustive);
  EXPECT_NE(pick.proxy, table.devices[0]);
  ASSERT_GE(pick.row, 0) << pick.why;
}

TEST(PlanFleet, WhatFailedIsNeitherChosenNorAskedForAgain) {
  Asked a = asked(10, 0.5);
  LatencyTable& table = a.input.metrics[0].table;
  const std::size_t last = table.devices.size() - 1;
  std::vector<int32_t> refused;
  for (int round = 0; round < 4; ++round) {
    const DevicePick pick = planned(a, FleetMethod::kAuto).picks[1];
    ASSERT_GE(pick.row, 0) << pick.why;
    EXPECT_EQ(std::count(refused.begin(), refused.end(), pick.row), 0);
    for (const int32_t row : pick.next) {
      EXPECT_EQ(std::count(refused.begin(), refused.end(), row), 0);
    }
    if (!std::isnan(table.device_costs(last)[static_cast<std::size_t>(pick.row)])) break;
    refused.push_back(pick.row);
    table.failures.emplace_back(last, static_cast<std::size_t>(pick.row));
  }
  EXPECT_FALSE(refused.empty());
}

TEST(FleetConstraint, UnitsAreThoseOfTables) {
  EXPECT_DOUBLE_EQ(parse_fleet_constraint("latency=15ms")->bound, 15);
  EXPECT_DOUBLE_EQ(parse_fleet_constraint("latency=0.5s")->bound, 500);
  EXPECT_DOUBLE_EQ(parse_fleet_constraint("energy=1J")->bound, 1000);
  EXPECT_DOUBLE_EQ(parse_fleet_constraint("memory=2GiB")->bound, 2048);
  for (const char* wrong : {"latency", "speed=3", "latency=", "latency=3kg", "latency=-1ms",
                            "latency=nan", "energy=5ms"}) {
    EXPECT_FALSE(parse_fleet_constraint(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace kernwise
