// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/fit_limit.h"

#include <gtest/gtest.h>

#include <vector>

namespace kernwise {
namespace {

TEST(FitLimit, LiesBetweenWhatPassedAndWhatDidNot) {
  const std::vector<FitOutcome> outcomes = {{5, true}, {9, false}, {2, true}, {7, false}};
  const Result<double> limit = learn_fit_limit(outcomes, 0);
  ASSERT_TRUE(limit.ok());
  EXPECT_DOUBLE_EQ(*limit, 6);
}

// 10 failed runs, one of them predicted low: a tenth of false fits may be had, none may not.
TEST(FitLimit, KeepsToTheAllowedFalseFits) {
  std::vector<FitOutcome> outcomes = {{1, true}, {2, true}, {3, false}, {4, true}, {5, true}};
  for (int i = 0; i < 9; ++i) outcomes.push_back({10.0 + i, false});
  const Result<double> strict = learn_fit_limit(outcomes, 0.05);
  ASSERT_TRUE(strict.ok());
  EXPECT_DOUBLE_EQ(*strict, 2.5);
  const Result<double> loose = learn_fit_limit(outcomes, 0.1);
  ASSERT_TRUE(loose.ok());
  EXPECT_DOUBLE_EQ(*loose, 7.5);
}

TEST(FitLimit, EqualDemandsAreDecidedTogether) {
  const std::vector<FitOutcome> outcomes = {
      {1, true}, {3, true}, {3, false}, {3, false}, {4, false}};
  const Result<double> limit = learn_fit_limit(outcomes, 0);
  ASSERT_TRUE(limit.ok());
  EXPECT_DOUBLE_EQ(*limit, 2);
}

TEST(FitLimit, NothingFitsWhereTheSmallestFailed) {
  const std::vector<FitOutcome> outcomes = {{1, false}, {2, false}, {3, true}};
  const Result<double> limit = learn_fit_limit(outcomes, 0);
  ASSERT_TRUE(limit.ok());
  EXPECT_LT(*limit, 1);
}

TEST(FitLimit, NeedsBothOutcomes) {
  const std::vector<FitOutcome> passed = {{1, true}, {2, true}};
  EXPECT_EQ(learn_fit_limit(passed, 0).error().code, ErrorCode::kInvalidInput);
  EXPECT_FALSE(learn_fit_limit({}, 0).ok());
}

}  // namespace
}  // namespace kernwise
