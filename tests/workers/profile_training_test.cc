// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Profiling of real steps into a store, where libtorch is installed: what is known is not run
// again, running out under a limit is no property of the step, and shapes reach the worker.
#include <gtest/gtest.h>

#include <cmath>

#include "graph/small_network.h"
#include "kernwise/base/temporary_folder.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/store/store.h"
#include "kernwise/workflow/profile_training.h"

namespace kernwise {
namespace {

class ProfileTraining : public ::testing::Test {
 protected:
  ProfileTraining() {
    test::SmallNetwork network;
    network.input("x", {1, 3, 16, 16});
    network.conv("x", "a", 3, 16, 3).batch_norm("a", "b", 16).node("Relu", {"b"}, {"c"});
    network.conv("c", "d", 16, 16, 3).node("Relu", {"d"}, {"e"});
    network.node("GlobalAveragePool", {"e"}, {"pooled"}).node("Flatten", {"pooled"}, {"flat"});
    network.constant("fc_w", test::some_floats({16, 10}));
    network.node("Gemm", {"flat", "fc_w"}, {"y"}).output("y");
    request_.networks = {folder_.path() / "small.onnx"};
    EXPECT_TRUE(write_onnx(network.net, request_.networks.front()).ok());
    request_.ratios = {0, 0.5};
    request_.batches = {2};
    request_.optimizers = {Optimizer::kAdam};
    request_.store = folder_.path() / "steps.db";
    request_.worker = KERNWISE_TORCH_WORKER;
    request_.device = "this one";
    request_.steps = 2;
  }

  TrainingProfileOutcome run() {
    SilentProgress silent;
    const StopFlag stop{false};
    Result<TrainingProfileOutcome> outcome = profile_training(request_, silent, stop);
    EXPECT_TRUE(outcome.ok()) << to_string(outcome.error());
    return outcome.ok() ? std::move(outcome).value() : TrainingProfileOutcome{};
  }

  const TemporaryFolder folder_ = *TemporaryFolder::make();
  TrainingProfileRequest request_;
};

TEST_F(ProfileTraining, WhatIsKnownIsNotRunAgain) {
  const TrainingProfileOutcome first = run();
  ASSERT_EQ(first.rows.size(), 2U);
  ASSERT_EQ(first.records.size(), 2U);
  for (const TrainingProfileRow& row : first.rows) {
    EXPECT_EQ(row.status, StepStatus::kOk) << row.reason;
    EXPECT_TRUE(row.measured_now);
  }
  EXPECT_LT(first.rows[1].allocated_bytes, first.rows[0].allocated_bytes);
  const TrainingProfileOutcome second = run();
  ASSERT_EQ(second.records.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_FALSE(second.rows[i].measured_now);
    EXPECT_EQ(second.rows[i].median_s, first.rows[i].median_s);
    EXPECT_EQ(second.rows[i].allocated_bytes, first.rows[i].allocated_bytes);
  }
}

// Both versions have the Relu layers' neighbours in common; times still are those of their own run.
TEST_F(ProfileTraining, LayersAreThoseOfTheStepItself) {
  request_.ratios = {0};
  request_.optimizers = {Optimizer::kSgd, Optimizer::kAdam};
  const TrainingProfileOutcome outcome = run();
  ASSERT_EQ(outcome.records.size(), 2U);
  const TimedStep &sgd = outcome.records[0].timed, &adam = outcome.records[1].timed;
  ASSERT_EQ(sgd.layers.size(), adam.layers.size());
  double differ = 0;
  for (std::size_t i = 0; i < sgd.layers.size(); ++i) {
    differ += std::abs(sgd.layers[i].forward_s - adam.layers[i].forward_s);
  }
  EXPECT_GT(differ, 0);
  EXPECT_GT(sgd.parameter_tensors, 0);
  const Result<std::unique_ptr<Store>> store =
      open_store(request_.store.string(), StoreMode::kReadOnly);
  ASSERT_TRUE(store.ok());
  EXPECT_EQ((*store)->sessions()->size(), 2U);
}

TEST_F(ProfileTraining, RunningOutUnderALimitIsNoPropertyOfTheStep) {
  request_.ratios = {0};
  request_.limit = Bytes{100000};
  const TrainingProfileOutcome limited = run();
  ASSERT_EQ(limited.rows.size(), 1U);
  EXPECT_EQ(limited.rows[0].status, StepStatus::kOutOfMemory);
  ASSERT_EQ(limited.records.size(), 1U);
  EXPECT_TRUE(limited.records[0].ran_out);
  EXPECT_EQ(limited.records[0].allocated_bytes, 100000);
  request_.limit = Bytes{0};
  EXPECT_EQ(run().rows[0].status, StepStatus::kOk);
}

TEST_F(ProfileTraining, ShapesThatWereGivenAreThoseThatRun) {
  request_.ratios = {0};
  const int64_t small = run().rows[0].allocated_bytes;
  request_.onnx.shapes["x"] = {1, 3, 64, 64};
  const TrainingProfileOutcome larger = run();
  EXPECT_GT(larger.rows[0].allocated_bytes, 4 * small);
  EXPECT_NEAR(static_cast<double>(larger.rows[0].predicted_bytes) /
                  static_cast<double>(larger.rows[0].allocated_bytes),
              1, 0.05);
}

TEST_F(ProfileTraining, ABudgetLeavesTheRestForLater) {
  request_.budget = Seconds{0};
  const TrainingProfileOutcome none = run();
  EXPECT_EQ(none.unmeasured, 2);
  EXPECT_TRUE(none.records.empty());
  EXPECT_FALSE(none.warnings.empty());
}

}  // namespace
}  // namespace kernwise
