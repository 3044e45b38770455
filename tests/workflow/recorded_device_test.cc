// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A recorded device answers from its records, as itself, and measures nothing: the store's bytes
// stay, the plan says whose times it stands on, and what is missing is named.
#include "kernwise/workflow/recorded_device.h"

#include <gtest/gtest.h>

#include "graph/small_network.h"
#include "kernwise/base/file.h"
#include "kernwise/base/temporary_folder.h"
#include "kernwise/fleet/design_network.h"
#include "kernwise/fleet/pareto.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/workflow/explain_layer.h"
#include "kernwise/workflow/place_program.h"
#include "kernwise/workflow/plan_network.h"
#include "kernwise/workflow/probe_designs.h"
#include "kernwise/workflow/profile_problems.h"
#include "workflow/made_up_records.h"

namespace kernwise {
namespace {

using test::says;

constexpr const char* kOther = "0ddba11000000001";

class RecordedDevices : public testing::Test {
 protected:
  void SetUp() override {
    test::SmallNetwork network;
    network.input("x", {1, 3, 12, 12}).conv("x", "a", 3, 16, 3).node("Relu", {"a"}, {"b"});
    network.conv("b", "y", 16, 16, 3).output("y");
    ASSERT_TRUE(write_onnx(network.net, file("net.onnx")).ok());
    auto loaded = load_model(file("net.onnx"), {});
    ASSERT_TRUE(loaded.ok()) << to_string(loaded.error());
    problems_ = problems_of(loaded->graph);
    request_.model = file("net.onnx");
    request_.threads = 8;
    options_.execution.threads = 8;
  }

  std::filesystem::path file(const std::string& name) const { return folder_->path() / name; }
  std::string spec() const { return "replay:" + file("rec.db").string(); }
  void stand_on(const std::string& text) {
    auto found = find_recorded_device(text);
    ASSERT_TRUE(found.ok()) << to_string(found.error());
    request_.recorded = *found;
  }
  Result<PlanOutcome> plan() { return plan_network(request_, silence_, never_); }

  Result<TemporaryFolder> folder_ = TemporaryFolder::make();
  std::vector<Problem> problems_;
  PlanRequest request_;
  ProfileOptions options_;
  SilentProgress silence_;
  StopFlag never_{false};
};

TEST_F(RecordedDevices, ThePlanIsTheRecordedDevicesAndSaysSo) {
  test::record_made_up(file("rec.db"), test::made_up_device(), problems_, options_);
  const auto before = read_file(file("rec.db"), {int64_t{1} << 30});
  stand_on(spec());
  const auto outcome = plan();
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_EQ(outcome->plan.device, "00c0ffee00c0ffee");
  EXPECT_TRUE(says(outcome->plan.device_label, "Made-up 9000 (avx2), recorded"));
  EXPECT_EQ(outcome->plan.threads, 8);
  EXPECT_EQ(outcome->plan.machine.cores, 64);
  EXPECT_EQ(outcome->plan.machine.kernel, "");
  EXPECT_FALSE(outcome->profile);
  for (const PlannedLayer& layer : outcome->plan.layers) {
    EXPECT_EQ(layer.provenance, "recorded") << layer.layer;
  }
  ASSERT_FALSE(outcome->warnings.empty());
  EXPECT_TRUE(says(outcome->warnings.front(), "nothing was measured here"));
  const auto after = read_file(file("rec.db"), {int64_t{1} << 30});
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_EQ(*before, *after);

  const auto again = plan();
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->plan.layers, outcome->plan.layers);
}

TEST_F(RecordedDevices, AMissingRecordIsNamed) {
  const Problem gone = problems_.front();
  std::vector<Problem> rest(problems_.begin() + 1, problems_.end());
  test::record_made_up(file("rec.db"), test::made_up_device(), rest, options_);
  stand_on(spec());
  const auto outcome = plan();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnsupported);
  EXPECT_TRUE(says(outcome.error().message, "no record of " + to_string(gone)));
  request_.threads = 4;
  EXPECT_TRUE(says(plan().error().message, "4 threads"));
}

TEST_F(RecordedDevices, ARecordOfAnotherRevisionIsNone) {
  test::record_made_up(file("rec.db"), test::made_up_device(), {problems_.front()}, options_);
  RecordedDevice device{
      .store = "s", .device = test::made_up_device(), .libraries = "", .other_libraries = {}};
  Measurement m;
  m.key.problem = to_string(problems_.front());
  m.key.primitive = candidates(problems_.front(), {}).front().primitive->info().id;
  m.key.revision = 1'000'000;
  EXPECT_FALSE(check_recorded(device, {}, {m}, {problems_.front()}).ok());
}

TEST_F(RecordedDevices, OfSeveralOneHasToBeNamed) {
  test::record_made_up(file("rec.db"), test::made_up_device(), problems_, options_);
  test::record_made_up(file("rec.db"), test::made_up_device(kOther), problems_, options_);
  const auto several = find_recorded_device(spec());
  ASSERT_FALSE(several.ok());
  EXPECT_TRUE(says(several.error().message, "2 devices"));
  EXPECT_TRUE(says(several.error().message, kOther));
  stand_on(spec() + "#" + kOther);
  const auto outcome = plan();
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_EQ(outcome->plan.device, kOther);
  EXPECT_FALSE(find_recorded_device(spec() + "#0000000000000000").ok());
}

TEST_F(RecordedDevices, OtherLibraryVersionsStayApart) {
  test::record_made_up(file("rec.db"), test::made_up_device(), problems_, options_, "onednn-9");
  test::record_made_up(file("rec.db"), test::made_up_device(), problems_, options_, "onednn-10");
  stand_on(spec());
  EXPECT_EQ(request_.recorded->libraries, "onednn-10");
  EXPECT_EQ(request_.recorded->other_libraries, std::vector<std::string>{"onednn-9"});
  EXPECT_TRUE(says(notice_of(*request_.recorded), "2 sets"));
  const auto outcome = plan();
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_EQ(outcome->plan.libraries, "onednn-10");
}

TEST_F(RecordedDevices, WhatRecordsCannotAnswerIsRefused) {
  test::record_made_up(file("rec.db"), test::made_up_device(), problems_, options_);
  stand_on(spec());
  request_.costs = CostSource::kPredicted;
  EXPECT_EQ(plan().error().code, ErrorCode::kInvalidInput);
  request_.costs = CostSource::kAuto;
  request_.policy = Policy::kOnednnAuto;
  EXPECT_EQ(plan().error().code, ErrorCode::kUnsupported);
  EXPECT_FALSE(find_recorded_device("replay:").ok());
  EXPECT_FALSE(find_recorded_device("rec.db").ok());
  EXPECT_FALSE(find_recorded_device("replay:" + file("none.db").string()).ok());
  EXPECT_FALSE(std::filesystem::exists(file("none.db")));
}

TEST_F(RecordedDevices, ExplainShowsTheRecords) {
  test::record_made_up(file("rec.db"), test::made_up_device(), problems_, options_);
  stand_on(spec());
  const auto layers = explain_layers({request_, {}}, silence_, never_);
  ASSERT_TRUE(layers.ok()) << to_string(layers.error());
  ASSERT_EQ(layers->size(), 2U);
  for (const ExplainedLayer& layer : *layers) {
    EXPECT_EQ(layer.candidates.front().status, "chosen");
    EXPECT_EQ(layer.candidates.front().runs, 8);
  }
}

TEST_F(RecordedDevices, ProfileAnswersAndWritesNothing) {
  test::record_made_up(file("rec.db"), test::made_up_device(), problems_, options_);
  stand_on(spec());
  ProfileRequest request;
  request.networks = {file("net.onnx")};
  request.store = file("unused.db");
  request.options = options_;
  request.recorded = request_.recorded;
  const auto outcome = profile_problems(request, silence_, never_);
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_EQ(outcome->problems.size(), problems_.size());
  EXPECT_EQ(outcome->summary.runs, 0);
  EXPECT_TRUE(outcome->summary.complete);
  EXPECT_FALSE(std::filesystem::exists(file("unused.db")));
  request.problems = {*parse_problem("conv:ic5ih9oc5kh3ph1")};
  const auto missing = profile_problems(request, silence_, never_);
  ASSERT_FALSE(missing.ok());
  EXPECT_TRUE(says(missing.error().message, "no record of conv:n1ic5"));
}

TEST_F(RecordedDevices, PlaceTakesRecordedKernels) {
  PlaceRequest request;
  request.program = file("p.txt");
  ASSERT_TRUE(
      write_file(file("p.txt"), "A = input(8, 8)\nB = input(8, 8)\nC = matmul(A, B)\n").ok());
  options_.execution.threads = 1;
  options_.warm_weights = true;
  test::record_made_up(file("rec.db"), test::made_up_device(),
                       {*parse_problem("gemm:m8n8k8"), *parse_problem("gemm:m8n8k9")}, options_);
  stand_on(spec());
  request.recorded = request_.recorded;
  request.source = PlaceSource::kMeasured;
  request.threads = 1;
  const auto outcome = place_program_file(request, silence_, never_);
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_EQ(outcome->kernels.front().provenance, "recorded");
  request.run = true;
  EXPECT_FALSE(place_program_file(request, silence_, never_).ok());
  request.run = false;
  request.threads = 2;
  const auto missing = place_program_file(request, silence_, never_);
  ASSERT_FALSE(missing.ok());
  EXPECT_TRUE(says(missing.error().message, "no record of gemm"));
}

TEST_F(RecordedDevices, DesignsAreProbedByTheirRecords) {
  auto space = load_space("nb201");
  ASSERT_TRUE(space.ok());
  Rng rng(3);
  const Design design = random_design(*space, rng);
  auto network = design_network(*space, design, {.seed = 1});
  ASSERT_TRUE(network.ok());
  ASSERT_TRUE(write_onnx(*network, file("design.onnx")).ok());
  auto loaded = load_model(file("design.onnx"), {});
  ASSERT_TRUE(loaded.ok());
  test::record_made_up(file("rec.db"), test::made_up_device(), problems_of(loaded->graph),
                       options_);
  stand_on(spec());
  ProbeDesignsRequest request;
  request.space = *space;
  request.designs = {design};
  request.device = "made-up";
  request.plan = request_;
  const auto outcome = probe_designs(request, silence_, never_);
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_EQ(outcome->measured, 1);
  EXPECT_GT(outcome->measurements.front().latency_s, 0);
  EXPECT_EQ(outcome->measurements.front().latency_s, outcome->measurements.front().predicted_s);
  EXPECT_TRUE(says(outcome->warnings.front(), "sums of layers"));
}

}  // namespace
}  // namespace kernwise
