// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/accuracy_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "fleet/made_up_fleet.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise {
namespace {

TEST(AccuracyModel, RanksDesignsItHasNotSeenAndKnowsHowWell) {
  const MadeUpFleet fleet = made_up_fleet(1, 1);
  std::vector<Design> drawn;
  std::vector<double> accuracy;
  for (std::size_t row = 0; row < fleet.designs.size(); row += 11) {
    drawn.push_back(fleet.designs[row]);
    accuracy.push_back(fleet.value[row]);
  }
  const auto model = fit_accuracy(fleet.space, drawn, accuracy);
  ASSERT_TRUE(model.ok()) << to_string(model.error());
  std::vector<double> predicted, truth;
  int covered = 0;
  for (std::size_t row = 1; row < fleet.designs.size(); row += 11) {
    const PredictedAccuracy p = model->predict(fleet.space, fleet.designs[row]);
    predicted.push_back(p.mean);
    truth.push_back(fleet.value[row]);
    covered += p.low <= truth.back() && truth.back() <= p.high ? 1 : 0;
    EXPECT_GT(p.deviation, 0);
  }
  EXPECT_GT(kendall(predicted, truth), 0.75);
  EXPECT_GT(covered, static_cast<int>(truth.size() / 2));
  EXPECT_NEAR(model->figures().kendall, kendall(predicted, truth), 0.15);
}

TEST(AccuracyModel, SaysWhatItCannotLearnFrom) {
  const MadeUpFleet fleet = made_up_fleet(1, 1);
  const std::vector<Design> few(fleet.designs.begin(), fleet.designs.begin() + 10);
  EXPECT_FALSE(fit_accuracy(fleet.space, few, std::vector<double>(10, 50)).ok());
  const std::vector<Design> some(fleet.designs.begin(), fleet.designs.begin() + 100);
  EXPECT_FALSE(fit_accuracy(fleet.space, some, std::vector<double>(100, 50)).ok());
  std::vector<double> broken(100, 50);
  broken[3] = NAN;
  EXPECT_FALSE(fit_accuracy(fleet.space, some, broken).ok());
}

}  // namespace
}  // namespace kernwise
