// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/regressor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "kernwise/learn/metrics.h"
#include "kernwise/learn/model.h"
#include "synthetic.h"

namespace kernwise {
namespace {

FitOptions quick() {
  FitOptions options;
  options.epochs = 60;
  options.restarts = 2;
  options.trees = 40;
  return options;
}

// Appear in model files: neither may change.
TEST(Regressor, KindsAndNamesAreFrozen) {
  EXPECT_EQ(to_string(RegressorKind::kLinear), "linear");
  EXPECT_EQ(to_string(RegressorKind::kMlpEach), "nn1");
  EXPECT_EQ(to_string(RegressorKind::kMlpShared), "nn2");
  EXPECT_EQ(to_string(RegressorKind::kMlpTiny), "nn-c");
  EXPECT_EQ(to_string(RegressorKind::kExtraTrees), "extra-trees");
  EXPECT_EQ(to_string(RegressorKind::kBoostedTrees), "boosted-trees");
  EXPECT_EQ(to_string(RegressorKind::kKernel), "kernel");
  for (int kind = 0; kind < kRegressorKinds; ++kind) {
    const auto k = static_cast<RegressorKind>(kind);
    EXPECT_EQ(parse_regressor_kind(to_string(k)), k);
  }
  EXPECT_FALSE(parse_regressor_kind("oracle"));
}

// Every kind on the same made-up device, judged on groups it has not seen; then written to its
// state and back, which must not change a bit of what it says.
class EveryRegressor : public ::testing::TestWithParam<int> {};

TEST_P(EveryRegressor, LearnsTheMadeUpDeviceAndSurvivesItsState) {
  const auto kind = static_cast<RegressorKind>(GetParam());
  Rng rng(21);
  const Samples samples = test::synthetic_samples(500, {}, rng);
  const Split split = split_by_group(samples.group, 0, 0.2, rng);
  const Result<PerformanceModel> model =
      PerformanceModel::fit(kind, subset(samples, split.train), quick(), rng);
  if (!model.ok() && model.error().code == ErrorCode::kUnsupported) GTEST_SKIP() << "not built";
  ASSERT_TRUE(model.ok()) << to_string(model.error());
  const Samples test = subset(samples, split.test);
  const Scores scores = score(model->predict_logs(test), test);
  const double bound = kind == RegressorKind::kKernel ? 0.05 : 0.35;
  EXPECT_LT(scores.mdrae, bound);
  EXPECT_GT(scores.pairwise_accuracy, 0.8);

  const Regressor& regressor = model->regressor();
  const RegressorState state = regressor.state();
  const Result<std::unique_ptr<Regressor>> back = restore_regressor(state);
  ASSERT_TRUE(back.ok()) << to_string(back.error());
  EXPECT_EQ((*back)->state(), state);
  std::vector<float> z(static_cast<std::size_t>(regressor.inputs()), 0.3F), t(4), u(4);
  std::vector<float> scratch(static_cast<std::size_t>(regressor.scratch_floats()));
  regressor.predict(z.data(), t.data(), scratch.data());
  (*back)->predict(z.data(), u.data(), scratch.data());
  EXPECT_EQ(t, u);
}

TEST_P(EveryRegressor, TheSameSeedGivesTheSameState) {
  const auto kind = static_cast<RegressorKind>(GetParam());
  Rng data(4);
  const Samples samples = test::synthetic_samples(60, {}, data);
  FitOptions options = quick();
  options.epochs = 3;
  options.trees = 3;
  std::vector<RegressorState> states;
  for (int repeat = 0; repeat < 2; ++repeat) {
    Rng rng(17);
    const Result<PerformanceModel> model = PerformanceModel::fit(kind, samples, options, rng);
    if (!model.ok()) GTEST_SKIP() << to_string(model.error());
    states.push_back(model->regressor().state());
  }
  EXPECT_EQ(states[0], states[1]);
}

TEST_P(EveryRegressor, BrokenStatesAreErrors) {
  const auto kind = static_cast<RegressorKind>(GetParam());
  Rng rng(4);
  const Samples samples = test::synthetic_samples(40, {}, rng);
  FitOptions options = quick();
  options.epochs = 1;
  options.trees = 2;
  const Result<PerformanceModel> model = PerformanceModel::fit(kind, samples, options, rng);
  if (!model.ok()) GTEST_SKIP() << to_string(model.error());
  const RegressorState good = model->regressor().state();
  RegressorState bad = good;
  bad.numbers.pop_back();
  EXPECT_FALSE(restore_regressor(bad).ok());
  bad = good;
  bad.tensors.pop_back();
  EXPECT_FALSE(restore_regressor(bad).ok());
  bad = good;
  bad.tensors.back().push_back(1);
  EXPECT_FALSE(restore_regressor(bad).ok());
  for (const int64_t value : {int64_t{-1}, int64_t{1} << 40}) {
    bad = good;
    bad.numbers[0] = value;
    EXPECT_FALSE(restore_regressor(bad).ok());
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryRegressor, ::testing::Range(0, kRegressorKinds));

// With one sample in a leaf every training row is its own leaf's mean, in every tree.
TEST(ExtraTrees, FullyGrownTreesReturnTheirTrainingRows) {
  Rng rng(2);
  const Samples samples = test::synthetic_samples(80, {}, rng);
  FitOptions options;
  options.trees = 5;
  const auto model = PerformanceModel::fit(RegressorKind::kExtraTrees, samples, options, rng);
  ASSERT_TRUE(model.ok());
  EXPECT_LT(score(model->predict_logs(samples), samples).mdrae, 1e-5);
}

TEST(Linear, AProductOfPowersIsFoundExactly) {
  Rng rng(3);
  Samples samples = test::synthetic_samples(100, {}, rng);
  for (int64_t row = 0; row < samples.rows(); ++row) {
    for (std::size_t p = 0; p < 4; ++p) {
      samples.y[static_cast<std::size_t>(row) * 4 + p] =
          -9 + 0.7 * samples.features(row)[0] -
          0.2 * static_cast<double>(p) * samples.features(row)[1];
    }
  }
  const auto model = PerformanceModel::fit(RegressorKind::kLinear, samples, {}, rng);
  ASSERT_TRUE(model.ok());
  EXPECT_LT(score(model->predict_logs(samples), samples).mape, 1e-3);
}

TEST(MlpTiny, NoOutputHasMoreThanSeventyFiveParameters) {
  Rng rng(3);
  const Samples samples = test::synthetic_samples(60, {}, rng);
  FitOptions options;
  options.epochs = 1;
  const auto model = PerformanceModel::fit(RegressorKind::kMlpTiny, samples, options, rng);
  ASSERT_TRUE(model.ok());
  for (const auto& tensor : model->regressor().state().tensors) EXPECT_LE(tensor.size(), 75U);
}

TEST(Regressor, OnlyNetworksAreTrainedFurther) {
  Rng rng(3);
  const Samples samples = test::synthetic_samples(30, {}, rng);
  const auto model = PerformanceModel::fit(RegressorKind::kLinear, samples, {}, rng);
  ASSERT_TRUE(model.ok());
  const auto further = model->regressor().train_further({}, {}, rng);
  ASSERT_FALSE(further.ok());
  EXPECT_EQ(further.error().code, ErrorCode::kUnsupported);
}

TEST(Regressor, NothingToLearnFromIsAnError) {
  Rng rng(1);
  Samples samples;
  samples.schema = conv_features();
  samples.outputs = {"one"};
  EXPECT_FALSE(PerformanceModel::fit(RegressorKind::kLinear, samples, {}, rng).ok());
  samples = test::synthetic_samples(10, {}, rng);
  samples.y[0] = -std::numeric_limits<double>::infinity();
  EXPECT_FALSE(PerformanceModel::fit(RegressorKind::kKernel, samples, {}, rng).ok());
}

}  // namespace
}  // namespace kernwise
