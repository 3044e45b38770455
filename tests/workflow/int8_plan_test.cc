// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Planning with a bound on the error, on a small network that is measured for real.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "kernwise/base/file.h"
#include "kernwise/base/rng.h"
#include "kernwise/base/temporary_folder.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/runtime/input.h"
#include "kernwise/workflow/plan_network.h"
#include "kernwise/workflow/run_plan.h"

namespace kernwise {
namespace {

bool has_vnni() {
  const Problem problem = *parse_problem("transform:nhwc-nhwcu8:c16h4");
  return std::holds_alternative<Admitted>(
      find_primitive("onednn-requantize")->supports(problem, {.threads = 1}));
}

ConstantTensor random_tensor(std::vector<int64_t> dims, double scale, Rng& rng) {
  int64_t count = 1;
  for (const int64_t d : dims) count *= d;
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& x : values) x = static_cast<float>(scale * rng.normal());
  return ConstantTensor::floats(std::move(dims), std::move(values));
}

// input -> conv -> relu -> pool -> conv -> relu -> conv (+ pool) -> relu -> conv -> output: enough
// arithmetic that int8 wins by far.
Network network() {
  Rng rng(3);
  Network net;
  net.name = "four";
  net.inputs = {{"x", {1, 64, 28, 28}}};
  net.outputs = {"y"};
  for (const char* name : {"w1", "w2", "w3", "w4"}) {
    net.constants[name] = random_tensor({64, 64, 3, 3}, 0.06, rng);
  }
  const auto conv = [&](const char* name, const char* in, const char* weights, const char* out) {
    net.nodes.push_back({"Conv",
                         name,
                         {in, weights},
                         {out},
                         {{"pads", std::vector<int64_t>{1, 1, 1, 1}},
                          {"kernel_shape", std::vector<int64_t>{3, 3}}}});
  };
  conv("first", "x", "w1", "c1");
  net.nodes.push_back({"Relu", "relu1", {"c1"}, {"r1"}, {}});
  net.nodes.push_back(
      {"MaxPool",
       "pool",
       {"r1"},
       {"p1"},
       {{"kernel_shape", std::vector<int64_t>{3, 3}}, {"pads", std::vector<int64_t>{1, 1, 1, 1}}}});
  conv("second", "p1", "w2", "c2");
  net.nodes.push_back({"Relu", "relu2", {"c2"}, {"r2"}, {}});
  conv("third", "r2", "w3", "c3");
  net.nodes.push_back({"Add", "add", {"c3", "p1"}, {"s3"}, {}});
  net.nodes.push_back({"Relu", "relu3", {"s3"}, {"r3"}, {}});
  conv("fourth", "r3", "w4", "y");
  return net;
}

class Int8PlanTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_vnni()) GTEST_SKIP() << "oneDNN may not use AVX-512 VNNI here";
    auto made = TemporaryFolder::make();
    ASSERT_TRUE(made.ok()) << to_string(made.error());
    folder_.emplace(std::move(made).value());
    request_.model = path("four.onnx");
    request_.store = path("store.db");
    request_.max_error = 0.05;
    const Status written = write_onnx(network(), request_.model);
    ASSERT_TRUE(written.ok()) << to_string(written.error());
  }

  std::filesystem::path path(const char* name) const { return folder_->path() / name; }
  Result<PlanOutcome> plan() { return plan_network(request_, silent_, stop_); }
  static int in_int8(const Plan& plan) {
    return static_cast<int>(
        std::ranges::count(plan.layers, Precision::kInt8, &PlannedLayer::precision));
  }

  std::optional<TemporaryFolder> folder_;
  PlanRequest request_;
  SilentProgress silent_;
  StopFlag stop_{false};
};

TEST_F(Int8PlanTest, ABoundLetsInt8InAndTheRunKeepsIt) {
  const auto planned = plan();
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  ASSERT_TRUE(planned->int8.has_value());
  ASSERT_TRUE(planned->plan.int8.has_value());
  EXPECT_GT(in_int8(planned->plan), 1);
  EXPECT_EQ(planned->int8->chosen, in_int8(planned->plan));
  EXPECT_LT(planned->plan.predicted_total_s, planned->int8->fp32_total_s);
  EXPECT_GT(planned->plan.int8->end_to_end_relative_error, 1e-5);
  EXPECT_LE(planned->plan.int8->end_to_end_relative_error, 0.05);
  for (const PlannedLayer& layer : planned->plan.layers) {
    EXPECT_LE(layer.relative_error, 0.05) << layer.layer;
    if (layer.precision == Precision::kFp32) {
      EXPECT_EQ(layer.relative_error, 0) << layer.layer;
    }
  }

  RunRequest run;
  run.plan = path("plan.json");
  ASSERT_TRUE(save_plan(planned->plan, run.plan).ok());
  run.verify = true;
  const auto first = run_plan(run, silent_, stop_);
  ASSERT_TRUE(first.ok()) << to_string(first.error());
  EXPECT_LE(first->verification->end_to_end_error, 0.05);
  EXPECT_GT(first->verification->end_to_end_error, 1e-5);
  EXPECT_EQ(first->memory.peak().value, planned->plan.peak_bytes);
  const auto second = run_plan(run, silent_, stop_);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first->output_hash, second->output_hash);
}

TEST_F(Int8PlanTest, WithoutABoundNothingChangesWhateverTheStoreHolds) {
  ASSERT_TRUE(plan().ok());
  request_.max_error.reset();
  request_.budget = {0};
  const auto planned = plan();
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  EXPECT_FALSE(planned->int8.has_value());
  EXPECT_FALSE(planned->plan.int8.has_value());
  EXPECT_EQ(in_int8(planned->plan), 0);
}

TEST_F(Int8PlanTest, ABoundThatNothingKeepsLeavesEverythingInFp32) {
  request_.max_error = 1e-7;
  const auto planned = plan();
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  ASSERT_TRUE(planned->int8.has_value());
  EXPECT_GT(planned->int8->able, 0);
  EXPECT_EQ(planned->int8->chosen, 0);
  EXPECT_EQ(in_int8(planned->plan), 0);
  EXPECT_FALSE(planned->plan.int8.has_value());
}

TEST_F(Int8PlanTest, ATighterBoundSendsLayersBackUntilItHolds) {
  const auto loose = plan();
  ASSERT_TRUE(loose.ok()) << to_string(loose.error());
  request_.max_error = 0.6 * loose->plan.int8->end_to_end_relative_error;
  request_.budget = {0};  // the store has it all
  const auto tight = plan();
  ASSERT_TRUE(tight.ok()) << to_string(tight.error());
  EXPECT_LE(tight->int8->end_to_end_relative_error, *request_.max_error);
  EXPECT_LT(in_int8(tight->plan), in_int8(loose->plan));
  EXPECT_GT(tight->int8->beyond_alone + tight->int8->sent_back, 0);
}

TEST_F(Int8PlanTest, GivenInputsDecideTheRanges) {
  const Shape4 shape{1, 64, 28, 28};
  std::vector<float> small = random_input(shape, 5);
  for (float& x : small) x *= 0.01F;
  ASSERT_TRUE(write_file(path("small.npy"), format_npy({1, 64, 28, 28}, small)).ok());
  request_.calibration = {path("small.npy")};
  const auto planned = plan();
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  ASSERT_TRUE(planned->plan.int8.has_value());
  EXPECT_EQ(planned->plan.int8->calibration, "small.npy");
  for (const PlannedRange& range : planned->plan.int8->ranges) {
    EXPECT_LT(range.range.high, 1) << range.value;
  }
  request_.calibration = {path("none.npy")};
  EXPECT_FALSE(plan().ok());
}

TEST_F(Int8PlanTest, WhatNoModelKnowsAndNoPolicyMeansIsRefused) {
  request_.costs = CostSource::kPredicted;
  auto refused = plan();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  request_.costs = CostSource::kMeasured;
  request_.policy = Policy::kOnednnAuto;
  EXPECT_FALSE(plan().ok());
  request_.policy = Policy::kFastest;
  request_.pareto = true;
  EXPECT_FALSE(plan().ok());
}

// Plans come from anywhere: ranges that are missing or do not fit are found before anything runs.
TEST_F(Int8PlanTest, APlanWithoutItsRangesDoesNotRun) {
  auto planned = plan();
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  RunRequest run;
  run.plan = path("plan.json");
  const auto refused = [&](const Plan& plan) {
    EXPECT_TRUE(save_plan(plan, run.plan).ok());
    const auto outcome = run_plan(run, silent_, stop_);
    return !outcome.ok() && outcome.error().code == ErrorCode::kInvalidInput;
  };
  Plan plan = planned->plan;
  plan.int8->ranges.pop_back();
  EXPECT_TRUE(refused(plan));
  plan = planned->plan;
  plan.int8.reset();
  EXPECT_TRUE(refused(plan));
}

}  // namespace
}  // namespace kernwise
