// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/transfer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "kernwise/learn/metrics.h"
#include "synthetic.h"

namespace kernwise {
namespace {

const test::Device kSource = {};
const test::Device kTarget = {3e-9, 9e-6, 0.2};

struct Worlds {
  PerformanceModel source;
  Samples pool, test;  // of the target
};

Worlds worlds(const test::Device& target, RegressorKind kind = RegressorKind::kKernel) {
  Rng rng(8);
  const Samples known = test::synthetic_samples(400, kSource, rng);
  FitOptions options;
  options.epochs = 80;
  return {PerformanceModel::fit(kind, known, options, rng).value(),
          test::synthetic_samples(300, target, rng), test::synthetic_samples(300, target, rng)};
}

Scores after(const Worlds& w, TransferMethod method, int64_t count, FitOptions fit = {}) {
  Rng rng(3);
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < count; ++i) rows.push_back(i);
  TransferOptions options;
  options.method = method;
  options.fit = fit;
  const auto model = transfer(w.source, subset(w.pool, rows), options, rng);
  EXPECT_TRUE(model.ok()) << to_string(model.error());
  return score(model->predict_logs(w.test), w.test);
}

TEST(Transfer, MethodsAndNamesAreFrozen) {
  EXPECT_EQ(to_string(TransferMethod::kAsIs), "as-is");
  EXPECT_EQ(to_string(TransferMethod::kFactor), "factor");
  EXPECT_EQ(to_string(TransferMethod::kFactorShrunk), "factor-shrunk");
  EXPECT_EQ(to_string(TransferMethod::kFineTune), "fine-tune");
  EXPECT_EQ(to_string(TransferMethod::kScratch), "scratch");
  EXPECT_EQ(to_string(TransferMethod::kResidual), "residual");
  EXPECT_EQ(parse_transfer_method("residual"), TransferMethod::kResidual);
  EXPECT_FALSE(parse_transfer_method("magic"));
}

// A device that is the source, three times slower: one sample tells all.
TEST(Transfer, AFactorIsFoundFromOneSample) {
  Worlds w = worlds(kSource);
  for (double& y : w.pool.y) y += std::log(3);
  for (double& y : w.test.y) y += std::log(3);
  EXPECT_GT(after(w, TransferMethod::kAsIs, 1).mdrae, 0.6);
  for (const auto method :
       {TransferMethod::kFactor, TransferMethod::kFactorShrunk, TransferMethod::kResidual}) {
    EXPECT_LT(after(w, method, 1).mdrae, 0.08) << to_string(method);
  }
}

TEST(Transfer, TheResidualProcessLearnsWhatFactorsCannot) {
  const Worlds w = worlds(kTarget);
  const double factor = after(w, TransferMethod::kFactor, 40).mape;
  const double residual = after(w, TransferMethod::kResidual, 40).mape;
  EXPECT_LT(residual, 0.75 * factor);
  EXPECT_LT(after(w, TransferMethod::kResidual, 150).mape, residual);
}

TEST(Transfer, FineTuningImprovesANetwork) {
  const Worlds w = worlds(kTarget, RegressorKind::kMlpShared);
  EXPECT_LT(after(w, TransferMethod::kFineTune, 60).mdrae,
            0.6 * after(w, TransferMethod::kAsIs, 60).mdrae);
}

TEST(Transfer, FineTuningOfAKernelIsRefused) {
  const Worlds w = worlds(kTarget);
  Rng rng(1);
  TransferOptions options;
  options.method = TransferMethod::kFineTune;
  const auto model = transfer(w.source, subset(w.pool, {0, 1}), options, rng);
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
}

TEST(Transfer, TheIntervalAfterTransferHolds) {
  const Worlds w = worlds(kTarget);
  Rng rng(1);
  std::vector<int64_t> rows;
  for (int64_t i = 0; i < 60; ++i) rows.push_back(i);
  const auto model = transfer(w.source, subset(w.pool, rows), {}, rng);
  ASSERT_TRUE(model.ok());
  const double coverage = interval_coverage(*model, w.test);
  EXPECT_GT(coverage, 0.8);
  EXPECT_LT(coverage, 0.99);
}

TEST(Transfer, ATransferredModelIsWrittenAndRead) {
  const Worlds w = worlds(kTarget);
  Rng rng(1);
  const auto model = transfer(w.source, subset(w.pool, {0, 1, 2, 3, 4}), {}, rng);
  ASSERT_TRUE(model.ok());
  const auto back = PerformanceModel::from_bytes(model->to_bytes());
  ASSERT_TRUE(back.ok()) << to_string(back.error());
  EXPECT_EQ(back->predict_logs(w.test), model->predict_logs(w.test));
  EXPECT_FALSE(transfer(*back, subset(w.pool, {0}), {}, rng).ok()) << "no second transfer";
}

TEST(Transfer, NoSamplesOrAnotherSchemaAreErrors) {
  const Worlds w = worlds(kTarget);
  Rng rng(1);
  EXPECT_FALSE(transfer(w.source, subset(w.pool, {}), {}, rng).ok());
  Samples other = subset(w.pool, {0});
  other.schema.version = 9;
  EXPECT_FALSE(transfer(w.source, other, {}, rng).ok());
}

TEST(ChooseSamples, DistinctRowsThatLeaveLessUnknownThanChance) {
  const Worlds w = worlds(kTarget);
  Rng rng(2);
  const std::vector<int64_t> chosen = choose_samples(w.source, w.pool, 25, rng);
  EXPECT_EQ(std::set<int64_t>(chosen.begin(), chosen.end()).size(), 25U);
  const auto model = transfer(w.source, subset(w.pool, chosen), {}, rng);
  ASSERT_TRUE(model.ok());
  EXPECT_LT(score(model->predict_logs(w.test), w.test).mdrae,
            1.2 * after(w, TransferMethod::kResidual, 25).mdrae);
  EXPECT_EQ(choose_samples(w.source, w.pool, 10000, rng).size(), 300U);
}

}  // namespace
}  // namespace kernwise
