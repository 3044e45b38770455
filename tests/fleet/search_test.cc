// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Pareto sets, and choices under a bound with few measurements.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernwise/fleet/constrained_search.h"
#include "kernwise/fleet/pareto.h"

namespace kernwise {
namespace {

TEST(Pareto, KeepsWhatNothingBeats) {
  const std::vector<double> cost = {1, 2, 3, 4, NAN, 2};
  const std::vector<double> value = {1, 5, 4, 6, 9, 5};
  EXPECT_EQ(pareto_set(cost, value), (std::vector<int32_t>{0, 1, 3}));
  EXPECT_EQ(pareto_set(cost, value, 2), (std::vector<int32_t>{0, 1, 5, 3}));
}

// On a space small enough to list, evolution finds the exact set.
TEST(Pareto, EvolutionFindsTheExactSetOfASmallSpace) {
  const Result<DesignSpace> space = load_space("nb201");
  ASSERT_TRUE(space.ok());
  const auto score = [](ScoredDesign& scored) {
    scored.cost = 1;
    scored.value = 0;
    for (std::size_t i = 0; i < scored.design.size(); ++i) {
      scored.cost += scored.design[i] * (1.0 + 0.1 * static_cast<double>(i));
      scored.value += std::sqrt(static_cast<double>(scored.design[i]));
    }
  };
  std::vector<double> cost, value;
  for (int64_t i = 0; i < 15625; ++i) {
    ScoredDesign one{design_at(*space, i), 0, 0};
    score(one);
    cost.push_back(one.cost);
    value.push_back(one.value);
  }
  const std::vector<int32_t> exact = pareto_set(cost, value);
  Rng rng(1);
  const auto found = evolve_pareto(
      *space,
      [&](std::span<ScoredDesign> designs) {
        for (ScoredDesign& one : designs) score(one);
      },
      {.population = 96, .generations = 120}, rng);
  std::size_t hits = 0;
  for (const int32_t row : exact) {
    hits += std::any_of(found.begin(), found.end(), [&](const ScoredDesign& one) {
      return one.design == design_at(*space, row);
    });
  }
  EXPECT_GE(hits, exact.size() * 9 / 10);
}

// Truth: cost = 1 + row / 100, value = row. The belief knows the order but is 30 % off in scale
// until something is measured.
struct Toy {
  std::vector<double> cost, value;
  Toy() {
    for (int row = 0; row < 200; ++row) {
      cost.push_back(1 + row / 100.0);
      value.push_back(row);
    }
  }
  CostBelief believe(std::span<const MeasuredRow> measured) const {
    double shift = 0.3;
    if (!measured.empty()) shift = 0;
    CostBelief belief;
    for (const double c : cost) {
      belief.mean.push_back(std::log(c) + shift);
      belief.deviation.push_back(measured.empty() ? 0.5 : 0.02);
    }
    return belief;
  }
};

TEST(ConstrainedSearch, FindsTheBestFeasibleAndNeverBreaksTheBound) {
  const Toy toy;
  const ValueBelief value{toy.value, {}};
  for (const double bound : {1.2, 1.555, 2.9}) {
    const ConstrainedChoice choice = constrained_search(
        value, {}, {}, [&](std::span<const MeasuredRow> m) { return toy.believe(m); },
        [&](int32_t row) { return toy.cost[static_cast<std::size_t>(row)]; },
        {.bound = bound, .budget = 8});
    EXPECT_TRUE(choice.measured);
    EXPECT_LE(choice.cost, bound);
    EXPECT_LE(choice.measurements.size(), 8U);
    EXPECT_GE(toy.value[static_cast<std::size_t>(choice.row)], 100 * (bound - 1) - 4);
  }
}

TEST(ConstrainedSearch, CountsFailedMeasurementsAndPassesThemOver) {
  const Toy toy;
  const ConstrainedChoice choice = constrained_search(
      {toy.value, {}}, {}, {}, [&](std::span<const MeasuredRow> m) { return toy.believe(m); },
      [&](int32_t row) { return row % 2 == 0 ? toy.cost[static_cast<std::size_t>(row)] : NAN; },
      {.bound = 1.5, .budget = 12});
  EXPECT_EQ(choice.row % 2, 0);
  EXPECT_TRUE(choice.measured);
}

TEST(ConstrainedSearch, AnImpossibleBoundIsNotCalledFeasible) {
  const Toy toy;
  const ConstrainedChoice choice = constrained_search(
      {toy.value, {}}, {}, {}, [&](std::span<const MeasuredRow> m) { return toy.believe(m); },
      [&](int32_t row) { return toy.cost[static_cast<std::size_t>(row)]; },
      {.bound = 0.5, .budget = 5});
  EXPECT_FALSE(choice.feasible);
  EXPECT_FALSE(choice.measured);
}

TEST(ConstrainedSearch, ACostThatIsTheBoundKeepsIt) {
  const std::vector<double> value = {1, 2};
  for (int cost = 2; cost < 40; ++cost) {
    const CostBelief belief = {{std::log(0.5 * cost), std::log(static_cast<double>(cost))}, {0, 0}};
    const auto choice = choose_predicted({value, {}}, {}, belief, cost, 1.645);
    EXPECT_EQ(choice.row, 1) << cost;
    EXPECT_TRUE(choice.feasible) << cost;
  }
}

TEST(ConstrainedSearch, AMarginKeepsUncertainDesignsOut) {
  const Toy toy;
  CostBelief belief = toy.believe(std::vector<MeasuredRow>{{0, 1.0}});
  const auto bold = choose_predicted({toy.value, {}}, {}, belief, 1.5, 0);
  const auto careful = choose_predicted({toy.value, {}}, {}, belief, 1.5, 3);
  EXPECT_LT(careful.row, bold.row);
  EXPECT_LE(toy.cost[static_cast<std::size_t>(careful.row)], 1.5);
  EXPECT_LT(careful.low, careful.cost);
}

}  // namespace
}  // namespace kernwise
