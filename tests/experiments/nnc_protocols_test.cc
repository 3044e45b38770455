// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The arithmetic of both protocols on tables that a person can follow.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nnc/choice.h"
#include "nnc/errors.h"
#include "nnc/protocols.h"
#include "rank_correlation.h"

namespace kernwise::nnc {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Ten points of 1 ... 10 seconds; the small ones are predicted badly.
const std::vector<double> kMeasured = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
const std::vector<double> kPredicted = {2, 4, 6, 4.4, 5.5, 6.6, 7, 8, 9, 10};

TEST(Errors, EveryPointCounts) {
  const Errors errors = errors_of(kPredicted, kMeasured);
  EXPECT_EQ(errors.rows, 10);
  EXPECT_NEAR(errors.mape, (3 * 1.0 + 3 * 0.1) / 10, 1e-12);
  EXPECT_NEAR(errors.mdrae, 0.1, 1e-12);  // 0 0 0 0 .1 .1 .1 1 1 1
  ASSERT_EQ(errors.decades.size(), 2U);
  EXPECT_EQ(errors.decades[0].exponent, 0);
  EXPECT_EQ(errors.decades[0].rows, 9);
  EXPECT_NEAR(errors.decades[0].mdrae, 0.1, 1e-12);
  EXPECT_EQ(errors.decades[1].rows, 1);
  EXPECT_EQ(errors.decades[1].mdrae, 0);
}

TEST(Errors, ThePublishedMeanLeavesTheSmallestOut) {
  EXPECT_NEAR(mape_without_smallest(kPredicted, kMeasured, 0.3), 3 * 0.1 / 7, 1e-12);
  EXPECT_NEAR(mape_without_smallest(kPredicted, kMeasured, 0), 0.33, 1e-12);
  EXPECT_EQ(mape_without_smallest({}, {}, 0.3), 0);
}

TEST(Errors, RescalingGivesTheMeanAndDeviationAskedFor) {
  std::vector<double> values = {1, 10, 3, 30, 5, 50};  // columns 1 3 5 and 10 30 50
  rescale_to(values, std::vector<double>{7, 0}, std::vector<double>{2, 1});
  EXPECT_NEAR(values[0] + values[2] + values[4], 21, 1e-12);
  EXPECT_NEAR(values[1], values[0] / 2 - 3.5, 1e-12);
  EXPECT_NEAR(values[4] - values[0], 2 * (values[5] - values[1]), 1e-12);
}

TEST(Errors, FourOfFiveSeedsDecide) {
  const std::vector<double> low = {1, 1, 1, 1, 1};
  EXPECT_EQ(paired_verdict(low, std::vector<double>{2, 2, 2, 2, 0}), 1);
  EXPECT_EQ(paired_verdict(low, std::vector<double>{2, 2, 2, 0, 0}), 0);
  EXPECT_EQ(paired_verdict(low, std::vector<double>{0, 0, 0, 0, 2}), -1);
  EXPECT_EQ(paired_verdict(low, low), 0);
}

TEST(Line, LeastSquaresInClosedForm) {
  const Line line = fit_line({1, 2, 3, 4}, {5, 7, 9, 11}, {1, 1, 1, 1});
  EXPECT_NEAR(line.slope, 2, 1e-12);
  EXPECT_NEAR(line.constant, 3, 1e-12);
  EXPECT_EQ(fit_line({2, 2}, {1, 3}, {1, 1}).slope, 0);
  // The weightless point does not pull.
  EXPECT_NEAR(fit_line({1, 2, 3}, {1, 2, 90}, {1, 1, 0}).slope, 1, 1e-12);
}

// t = 2e-9 C exactly, on rows of which the test ones are ten times larger.
Combination proportional() {
  Combination c;
  c.kind = "made-up", c.variant = "one", c.resource = "cpu";
  c.schema = {"made-up", 1, {{"size", 0.3}, {"work", 0}}};
  Rng rng(3);
  for (int row = 0; row < 60; ++row) {
    const double size = (row < 40 ? 1 : 10) * (100 + static_cast<double>(rng.integer(0, 900)));
    c.work.push_back(size * size);
    c.x.insert(c.x.end(), {std::log(size), std::log(size * size)});
    c.time_s.push_back(2e-9 * size * size);
    c.again_s.push_back(kNan);
    c.shape.push_back(row);
  }
  return c;
}

SplitRows first_forty() {
  SplitRows split;
  for (int64_t row = 0; row < 60; ++row) (row < 40 ? split.train : split.test).push_back(row);
  return split;
}

TEST(Protocols, HonestScalingLooksAtTrainingRowsAlone) {
  const Combination c = proportional();
  Rng rng(1);
  for (const Model m : {Model::kNnC, Model::kCons, Model::kLrC}) {
    const auto result = honest(m, c, first_forty(), {Target::kLogSeconds, 2}, rng);
    ASSERT_TRUE(result.ok());
    EXPECT_LT(result->errors.mape, 0.02) << to_string(m);  // ten times beyond what it has seen
    EXPECT_EQ(result->errors.rows, 20);
    EXPECT_EQ(result->predicted.size(), 20U);
  }
}

// What one test row is predicted to take may not depend on the others: scaling by the test set's
// statistics would make it.
TEST(Protocols, AnHonestPredictionIgnoresTheOtherTestRows) {
  const Combination c = proportional();
  Combination other = c;
  for (std::size_t row = 41; row < 60; ++row) {
    other.time_s[row] *= 50;
    other.work[row] *= 9;
    other.x[2 * row] += 1;
    other.x[2 * row + 1] += 2;
  }
  for (const Model m : {Model::kNnC, Model::kCons, Model::kLrC}) {
    Rng one(1), two(1);
    const auto before = honest(m, c, first_forty(), {Target::kLogSeconds, 2}, one);
    const auto after = honest(m, other, first_forty(), {Target::kLogSeconds, 2}, two);
    ASSERT_TRUE(before.ok() && after.ok());
    EXPECT_EQ(before->predicted[0], after->predicted[0]) << to_string(m);
    EXPECT_NE(before->predicted[1], after->predicted[1]) << to_string(m);
  }
}

// With inputs and target scaled by the test set's own statistics a line on logarithms is right
// again, whatever the shift: the leak that the protocol has.
TEST(Protocols, PublishedScalingKnowsTheTestSet) {
  Combination c = proportional();
  for (std::size_t row = 40; row < 60; ++row) c.time_s[row] *= 7;  // another machine, say
  Rng rng(1);
  const auto leaked = published_mape(Model::kLrC, c, first_forty(), {Target::kLogSeconds, 1}, rng);
  const auto straight = honest(Model::kLrC, c, first_forty(), {Target::kLogSeconds, 1}, rng);
  ASSERT_TRUE(leaked.ok() && straight.ok());
  EXPECT_LT(*leaked, 0.02);
  EXPECT_GT(straight->errors.mape, 0.8);
}

TEST(Protocols, ThePublishedNetworkLearns) {
  Combination c = proportional();
  SplitRows split;
  for (int64_t row = 0; row < 40; ++row) (row % 2 == 0 ? split.train : split.test).push_back(row);
  Rng rng(1);
  EXPECT_LT(published_paper_net_mape(c, split, {1e-2, 4000, 200}, rng), 0.25);
  EXPECT_LE((paper_net_hidden(7) * (7 + 2)) + 1, kPaperNetParameters);
}

TEST(Choice, RegretIsMeasuredTimeOfWhatWasChosen) {
  // Three shapes, three candidates; the third does not take the second shape.
  const std::vector<double> measured = {1, 2, 3, 4, 2, kNan, 10, 20, 5};
  const std::vector<double> predicted = {2, 1, 3, 5, 1, 0.1, 1, 2, 3};
  const ChoiceScore score = judge_choice(predicted, measured, 3);
  EXPECT_EQ(score.shapes, 3);
  EXPECT_EQ(score.chosen_s, 2 + 2 + 10);
  EXPECT_EQ(score.best_s, 1 + 2 + 5);
  EXPECT_NEAR(score.regret_total(), 14.0 / 8 - 1, 1e-12);
  EXPECT_NEAR(score.regret_geomean(), std::cbrt(4.0) - 1, 1e-12);
  EXPECT_NEAR(score.regret_max(), 1, 1e-12);
  EXPECT_NEAR(score.top1, 1.0 / 3, 1e-12);
  EXPECT_EQ(score.fixed, 0);  // 15 s against 24 s; the third is not everywhere
  EXPECT_NEAR(score.gain_over_fixed(), 15.0 / 14 - 1, 1e-12);
  const ChoiceScore two = joined({score, score});
  EXPECT_EQ(two.shapes, 6);
  EXPECT_NEAR(two.regret_total(), score.regret_total(), 1e-12);
}

TEST(RankCorrelation, IsOneForTheSameOrderAndSharesTies) {
  const std::vector<double> a = {1, 2, 3, 4};
  EXPECT_NEAR(experiments::rank_correlation(a, std::vector<double>{10, 20, 30, 40}), 1, 1e-12);
  EXPECT_NEAR(experiments::rank_correlation(a, std::vector<double>{4, 3, 2, 1}), -1, 1e-12);
  EXPECT_EQ(experiments::rank_correlation(a, std::vector<double>{5, 5, 5, 5}), 0);
  // Ranks 0 1.5 1.5 3: covariance 4.5, variances 5 and 4.5.
  EXPECT_NEAR(experiments::rank_correlation(a, std::vector<double>{1, 2, 2, 3}),
              4.5 / std::sqrt(5 * 4.5), 1e-12);
}

}  // namespace
}  // namespace kernwise::nnc
