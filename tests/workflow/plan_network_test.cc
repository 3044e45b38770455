// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The main job on a tiny network, measured for real: plan, replay, run, verify, explain.
#include "kernwise/workflow/plan_network.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "kernwise/base/rng.h"
#include "kernwise/workflow/explain_layer.h"
#include "kernwise/workflow/run_plan.h"

namespace kernwise {
namespace {

ConstantTensor random_tensor(std::vector<int64_t> dims, Rng& rng) {
  int64_t count = 1;
  for (const int64_t d : dims) count *= d;
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& x : values) x = static_cast<float>(0.2 * rng.normal());
  return ConstantTensor::floats(std::move(dims), std::move(values));
}

// input -> conv 3x3 -> relu -> conv 1x1 -> (+ first relu) -> relu -> output
Network tiny_network() {
  Rng rng(3);
  Network net;
  net.name = "tiny";
  net.inputs = {{"x", {1, 8, 10, 10}}};
  net.outputs = {"y"};
  net.constants["w1"] = random_tensor({16, 8, 3, 3}, rng);
  net.constants["b1"] = random_tensor({16}, rng);
  net.constants["w2"] = random_tensor({16, 16, 1, 1}, rng);
  net.nodes = {
      {"Conv",
       "first",
       {"x", "w1", "b1"},
       {"c1"},
       {{"pads", std::vector<int64_t>{1, 1, 1, 1}}, {"kernel_shape", std::vector<int64_t>{3, 3}}}},
      {"Relu", "act", {"c1"}, {"r1"}, {}},
      {"Conv", "second", {"r1", "w2"}, {"c2"}, {{"kernel_shape", std::vector<int64_t>{1, 1}}}},
      {"Add", "sum", {"c2", "r1"}, {"s"}, {}},
      {"Relu", "last", {"s"}, {"y"}, {}},
  };
  return net;
}

class PlanNetworkTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "kernwise-plan-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    request_.model = folder_ / "tiny.onnx";
    request_.store = folder_ / "store.db";
    const Status written = write_onnx(tiny_network(), request_.model);
    ASSERT_TRUE(written.ok()) << to_string(written.error());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<PlanOutcome> plan() { return plan_network(request_, silent_, stop_); }

  std::filesystem::path folder_;
  PlanRequest request_;
  SilentProgress silent_;
  StopFlag stop_{false};
};

TEST_F(PlanNetworkTest, MeasuresOnceAndThenPlansFromTheStore) {
  const auto first = plan();
  ASSERT_TRUE(first.ok()) << to_string(first.error());
  EXPECT_TRUE(first->profile.has_value());
  EXPECT_TRUE(first->plan.optimal);
  EXPECT_EQ(first->plan.layers.size(), first->model.graph.layers.size());
  EXPECT_GT(first->plan.measured_total_s, 0);
  EXPECT_GT(first->plan.peak_bytes, 0);
  EXPECT_EQ(first->plan.machine.kernel, describe_context().kernel);
  EXPECT_GT(first->plan.machine.cores, 0);
  request_.budget = {0};  // may not measure, and need not
  const auto second = plan();
  ASSERT_TRUE(second.ok()) << to_string(second.error());
  EXPECT_FALSE(second->profile.has_value());
  EXPECT_EQ(second->plan.measured_total_s, first->plan.measured_total_s);
  for (std::size_t i = 0; i < first->plan.layers.size(); ++i) {
    EXPECT_EQ(first->plan.layers[i].primitive, second->plan.layers[i].primitive);
  }
}

TEST_F(PlanNetworkTest, AnInterruptedCalibrationIsNotStoredAndIsNoSuccess) {
  class StopInCalibration final : public Progress {
   public:
    explicit StopInCalibration(StopFlag& stop) : stop_(stop) {}
    void update(std::string_view stage, double share, std::string_view) override {
      if (stage == "Running the plan" && share > 0) stop_ = true;
    }
    void finish(std::string_view, std::string_view) override {}
    void warn(std::string_view) override {}

   private:
    StopFlag& stop_;
  };
  StopInCalibration progress(stop_);
  const auto stopped = plan_network(request_, progress, stop_);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::kInterrupted);
  stop_ = false;
  request_.budget = {0};  // shows what the store has
  const auto again = plan();
  ASSERT_TRUE(again.ok()) << to_string(again.error());
  EXPECT_EQ(again->plan.measured_total_s, 0);
}

TEST_F(PlanNetworkTest, AnEmptyStoreAndNoBudgetIsAnErrorThatSaysWhatToDo) {
  request_.budget = {0};
  const auto result = plan();
  ASSERT_FALSE(result.ok());
  EXPECT_FALSE(result.error().hint.empty());
}

TEST_F(PlanNetworkTest, ThePlanRunsVerifiesAndRepeatsItsBits) {
  const auto planned = plan();
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  const auto file = folder_ / "plan.json";
  ASSERT_TRUE(save_plan(planned->plan, file).ok());
  RunRequest run;
  run.plan = file;
  run.verify = true;
  run.profile = true;
  run.output = folder_ / "out.npy";
  const auto first = run_plan(run, silent_, stop_);
  ASSERT_TRUE(first.ok()) << to_string(first.error());
  EXPECT_LE(first->verification->worst_relative_error, 1e-4);
  EXPECT_EQ(first->runs_s.size(), 10U);
  EXPECT_EQ(first->memory.peak().value, planned->plan.peak_bytes);
  EXPECT_GT(first->process_peak, first->memory.peak());
  EXPECT_TRUE(std::filesystem::exists(run.output));
  const auto second = run_plan(run, silent_, stop_);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first->output_hash, second->output_hash);
}

TEST_F(PlanNetworkTest, AVerificationThatWouldTakeMoreThanTheLimitIsRefusedFirst) {
  const auto planned = plan();
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  RunRequest run;
  run.plan = folder_ / "plan.json";
  ASSERT_TRUE(save_plan(planned->plan, run.plan).ok());
  run.onnx.max_model_memory = {40 << 10};  // the network itself needs some 20 KiB
  ASSERT_TRUE(run_plan(run, silent_, stop_).ok());
  run.verify = true;
  const auto refused = run_plan(run, silent_, stop_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(refused.error().hint.find("--max-model-memory"), std::string::npos);
}

// Before opset 13 Softmax flattens; the flattened values and both outputs need names of their own.
TEST_F(PlanNetworkTest, AnOldSoftmaxAndTwoOutputsArePlannedRunAndWritten) {
  Network net = tiny_network();
  net.opset = 9;
  net.nodes.push_back({"Softmax", "first softmax", {"y"}, {"p"}, {}});
  net.nodes.push_back({"Softmax", "second softmax", {"r1"}, {"q"}, {}});
  net.outputs = {"p", "q"};
  ASSERT_TRUE(write_onnx(net, request_.model).ok());
  const auto planned = plan();
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  RunRequest run;
  run.plan = folder_ / "plan.json";
  ASSERT_TRUE(save_plan(planned->plan, run.plan).ok());
  run.verify = true;
  run.repeat = 1;
  run.output = folder_ / "out.npy";
  const auto outcome = run_plan(run, silent_, stop_);
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_LE(outcome->verification->worst_relative_error, 1e-4);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.npy"));
  EXPECT_GT(std::filesystem::file_size(folder_ / "out.1.npy"), 16U * 100U * sizeof(float));
  EXPECT_GT(std::filesystem::file_size(folder_ / "out.2.npy"), 16U * 100U * sizeof(float));
}

TEST_F(PlanNetworkTest, APlanOfAnotherMachineIsRefusedUnlessAsked) {
  auto planned = plan();
  ASSERT_TRUE(planned.ok());
  planned->plan.device = "0123456789abcdef";
  const auto file = folder_ / "plan.json";
  ASSERT_TRUE(save_plan(planned->plan, file).ok());
  RunRequest run;
  run.plan = file;
  const auto refused = run_plan(run, silent_, stop_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  run.any_device = true;
  const auto told = run_plan(run, silent_, stop_);
  ASSERT_TRUE(told.ok()) << to_string(told.error());
  EXPECT_FALSE(told->warnings.empty());
}

TEST_F(PlanNetworkTest, APlanForMoreThreadsThanThereAreProcessorsIsRefused) {
  auto planned = plan();
  ASSERT_TRUE(planned.ok());
  planned->plan.threads = 60000;
  RunRequest run;
  run.plan = folder_ / "plan.json";
  ASSERT_TRUE(save_plan(planned->plan, run.plan).ok());
  run.any_device = true;
  const auto refused = run_plan(run, silent_, stop_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
}

TEST_F(PlanNetworkTest, OnlyTheAskedPrimitivesAreChosen) {
  request_.primitives = {"onednn-brgconv-avx512-nhwc", "no-such-primitive"};
  EXPECT_FALSE(plan().ok());
}

TEST_F(PlanNetworkTest, ExplainShowsTheChosenOneFirstAndItsRivalsAtNoNegativeRegret) {
  ExplainRequest request;
  request.plan = request_;
  request.layers = {"second"};
  const auto layers = explain_layers(request, silent_, stop_);
  ASSERT_TRUE(layers.ok()) << to_string(layers.error());
  ASSERT_EQ(layers->size(), 1U);
  const auto& candidates = layers->front().candidates;
  EXPECT_EQ(candidates.front().status, "chosen");
  int refused = 0;
  for (const ExplainedCandidate& c : candidates) {
    EXPECT_GE(c.plan_regret, -1e-12) << c.primitive;
    if (c.status == "refused") {
      ++refused;
      EXPECT_FALSE(c.reason.empty());
    }
  }
  EXPECT_GT(refused, 0);
  request.layers = {"no such layer"};
  EXPECT_FALSE(explain_layers(request, silent_, stop_).ok());
}

}  // namespace
}  // namespace kernwise
