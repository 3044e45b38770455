// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Candidates of a space that cannot be listed, judged with the law behind its made-up devices.
#include "fleet/evolved_candidates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "kernwise/fleet/pareto.h"
#include "kernwise/fleet/space_table.h"

namespace kernwise {
namespace {

// Each choice has a price that depends on the kind of device, and a worth.
double log_cost(const Design& design, double kind) {
  double sum = 0;
  for (std::size_t p = 0; p < design.size(); ++p) {
    sum += 0.02 * design[p] * (1 + kind * static_cast<double>(p % 3));
  }
  return sum;
}
double worth(const Design& design) {
  double sum = 40;
  for (std::size_t p = 0; p < design.size(); ++p) {
    sum += std::sqrt(static_cast<double>(design[p])) * (1 + 0.1 * static_cast<double>(p % 5));
  }
  return sum;
}

TEST(EvolvedCandidates, AreBetterThanAnyKnownDesign) {
  const DesignSpace space = load_space("fbnet").value();
  ASSERT_FALSE(combinations(space).has_value() && *combinations(space) <= 200'000);
  Rng rng(1);
  std::set<Design> distinct;
  while (distinct.size() < 300) distinct.insert(random_design(space, rng));
  const std::vector<Design> designs(distinct.begin(), distinct.end());
  LatencyTable costs = table_of(space, designs);
  for (int device = 0; device < 4; ++device) {
    costs.devices.push_back(std::to_string(device));
    costs.failed.push_back(0);
    for (const Design& design : designs) {
      costs.cost.push_back(std::exp(log_cost(design, 0.4 * device)));
    }
  }
  std::vector<double> accuracy;
  for (const Design& design : designs) accuracy.push_back(worth(design));
  const Result<std::vector<Design>> found =
      detail::evolved_candidates(space, designs, costs, accuracy, 2, rng);
  ASSERT_TRUE(found.ok()) << to_string(found.error());
  EXPECT_GT(found->size(), 20U);
  for (const Design& design : *found) {
    EXPECT_TRUE(objection(space, design).empty());
    EXPECT_EQ(canonical(space, design), design);
  }
  // The most worth within the median cost of what is known, on the first device.
  std::vector<double> known;
  for (const Design& design : designs) known.push_back(log_cost(design, 0));
  std::nth_element(known.begin(), known.begin() + 150, known.end());
  const double bound = known[150];
  const auto best = [&](const std::vector<Design>& among) {
    double most = 0;
    for (const Design& design : among) {
      if (log_cost(design, 0) <= bound) most = std::max(most, worth(design));
    }
    return most;
  };
  EXPECT_GT(best(*found), best(designs));
}

}  // namespace
}  // namespace kernwise
