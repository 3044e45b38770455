// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "kernwise/base/file.h"
#include "kernwise/learn/metrics.h"
#include "kernwise/learn/verify.h"
#include "synthetic.h"

namespace kernwise {
namespace {

struct Fitted {
  Samples train, held, test;
  PerformanceModel model;
};

Fitted fitted(RegressorKind kind = RegressorKind::kKernel, double noise = 0.1) {
  Rng rng(31);
  Samples samples = test::synthetic_samples(900, {}, rng);
  for (double& y : samples.y) y += noise * rng.normal();
  const Split split = split_by_group(samples.group, 0.3, 0.3, rng);
  Fitted f{subset(samples, split.train), subset(samples, split.validation),
           subset(samples, split.test),
           PerformanceModel::fit(kind, subset(samples, split.train), {}, rng).value()};
  f.model.calibrate(f.held);
  return f;
}

TEST(Model, IntervalsHoldAsOftenAsTheySay) {
  const Fitted f = fitted();
  EXPECT_NEAR(interval_coverage(f.model, f.test), 0.9, 0.05);
}

TEST(Model, WithoutCalibrationTheIntervalIsUnbounded) {
  Rng rng(1);
  const Samples samples = test::synthetic_samples(30, {}, rng);
  const auto model = PerformanceModel::fit(RegressorKind::kLinear, samples, {}, rng);
  PerformanceModel::Prediction p;
  PerformanceModel::Workspace w;
  model->predict(samples.features(0), p, w);
  EXPECT_EQ(p.low_s[0], 0);
  EXPECT_TRUE(std::isinf(p.high_s[0]));
}

TEST(Model, AProblemOutsideTheTrainingRangeIsFlagged) {
  const Fitted f = fitted(RegressorKind::kLinear);
  PerformanceModel::Prediction p;
  PerformanceModel::Workspace w;
  f.model.predict(f.train.features(0), p, w);
  EXPECT_TRUE(p.in_range);
  std::vector<double> features(conv_features().features.size());
  ASSERT_TRUE(compute_features(table_conv(4096, 64, 28, 3, 1), 1, features).ok());
  f.model.predict(features, p, w);
  EXPECT_FALSE(p.in_range);
  ASSERT_TRUE(compute_features(table_conv(64, 64, 28, 3, 1), 8, features).ok());
  f.model.predict(features, p, w);
  EXPECT_FALSE(p.in_range) << "eight threads were never trained on";
}

// Choosing the least of noisy predictions makes totals too low; the factor undoes most of it.
TEST(Model, TheWinnersFactorLowersTheBiasOfChosenTotals) {
  const Fitted f = fitted(RegressorKind::kLinear, 0.3);
  Samples close = f.held;
  EXPECT_GT(f.model.winner_factor(), 0.5);
  const Scores scores = score(f.model.predict_logs(f.test), f.test);
  const double before = std::log1p(scores.bias);
  const double after = before + std::log(f.model.winner_factor());
  EXPECT_LT(std::abs(after), std::abs(before) + 0.02);
}

TEST(Model, AnOutputWithoutSamplesIsNotPredicted) {
  Rng rng(1);
  Samples samples = with_outputs(test::synthetic_samples(30, {}, rng), {"gamma", "nothing"});
  const auto model = PerformanceModel::fit(RegressorKind::kKernel, samples, {}, rng);
  ASSERT_TRUE(model.ok());
  EXPECT_TRUE(model->knows(0));
  EXPECT_FALSE(model->knows(1));
  EXPECT_TRUE(std::isnan(model->predict_logs(samples)[1]));
}

TEST(ModelFile, WhatIsWrittenIsRead) {
  Fitted f = fitted();
  f.model.card() = {"device \"x\"",
                    "hash",
                    "split in words",
                    7,
                    42,
                    "",
                    {{"one", 3, 0.1, 0.2}},
                    {{"conv:ic1", "alpha", "beta", 0.5}}};
  const std::string bytes = f.model.to_bytes();
  const Result<PerformanceModel> back = PerformanceModel::from_bytes(bytes);
  ASSERT_TRUE(back.ok()) << to_string(back.error());
  EXPECT_EQ(back->card(), f.model.card());
  EXPECT_EQ(back->to_bytes(), bytes);
  EXPECT_EQ(back->predict_logs(f.test), f.model.predict_logs(f.test));
  EXPECT_EQ(back->winner_factor(), f.model.winner_factor());
  EXPECT_EQ(interval_coverage(*back, f.test), interval_coverage(f.model, f.test));
}

TEST(ModelFile, TruncatedDamagedAndForeignFilesAreErrorsWithTheirReason) {
  const Fitted f = fitted(RegressorKind::kLinear);
  const std::string bytes = f.model.to_bytes();
  for (std::size_t length = 0; length < bytes.size(); length += 37) {
    EXPECT_FALSE(PerformanceModel::from_bytes(std::string_view(bytes).substr(0, length)).ok());
  }
  for (std::size_t at = 0; at < bytes.size(); at += 61) {
    std::string bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    EXPECT_FALSE(PerformanceModel::from_bytes(bad).ok()) << at;
  }
  const auto foreign = PerformanceModel::from_bytes("{\"schema\": \"kernwise.plan/1\"}");
  ASSERT_FALSE(foreign.ok());
  EXPECT_NE(foreign.error().message.find("no kernwise model"), std::string::npos);
  const auto cut = PerformanceModel::from_bytes(bytes.substr(0, bytes.size() - 9));
  ASSERT_FALSE(cut.ok());
  EXPECT_NE(cut.error().message.find("cut off"), std::string::npos);
}

TEST(ModelFile, AnotherSchemaIsRefused) {
  const Fitted f = fitted(RegressorKind::kLinear);
  EXPECT_TRUE(f.model.check_schema(conv_features()).ok());
  FeatureSchema other = conv_features();
  ++other.version;
  const Status status = f.model.check_schema(other);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
}

TEST(ModelFile, LoadingNamesTheFile) {
  const auto path = std::filesystem::temp_directory_path() / "kernwise_model_test.kwm";
  const Fitted f = fitted(RegressorKind::kLinear);
  ASSERT_TRUE(f.model.save(path).ok());
  EXPECT_TRUE(PerformanceModel::load(path).ok());
  ASSERT_TRUE(write_file(path, "nonsense").ok());
  const auto bad = PerformanceModel::load(path);
  ASSERT_FALSE(bad.ok());
  EXPECT_NE(to_string(bad.error()).find("kernwise_model_test.kwm"), std::string::npos);
  std::filesystem::remove(path);
}

// Two outputs that err together: what one shows, the other is believed to do.
TEST(ErrorCovariance, AMeasurementMovesItsRelatives) {
  Rng rng(5);
  const Samples clean = test::synthetic_samples(400, {}, rng);
  const auto model = PerformanceModel::fit(RegressorKind::kKernel, clean, {}, rng);
  ASSERT_TRUE(model.ok());
  Samples shifted = clean;
  for (int64_t row = 0; row < shifted.rows(); ++row) {
    const double common = 0.2 * rng.normal();
    for (const std::size_t p : {0U, 1U}) shifted.y[static_cast<std::size_t>(row) * 4 + p] += common;
    shifted.y[static_cast<std::size_t>(row) * 4 + 3] += 0.2 * rng.normal();
  }
  const ErrorCovariance covariance = ErrorCovariance::estimate(*model, shifted);
  std::vector<double> logs = {0, 0, 0, 0};
  covariance.update(logs, std::vector<std::pair<int64_t, double>>{{0, 0.5}});
  EXPECT_EQ(logs[0], 0.5);
  EXPECT_GT(logs[1], 0.35);
  EXPECT_LT(std::abs(logs[3]), 0.15);
}

}  // namespace
}  // namespace kernwise
