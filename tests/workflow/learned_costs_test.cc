// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Plans from models, measured for real on a tiny network: fit, predict, plan, verify, transfer.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "kernwise/base/rng.h"
#include "kernwise/profile/protocol.h"
#include "kernwise/workflow/device_models.h"
#include "kernwise/workflow/plan_network.h"
#include "kernwise/workflow/predicted_costs.h"
#include "kernwise/workflow/profile_problems.h"

namespace kernwise {
namespace {

ConstantTensor weights(std::vector<int64_t> dims, Rng& rng) {
  int64_t count = 1;
  for (const int64_t d : dims) count *= d;
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& x : values) x = static_cast<float>(0.2 * rng.normal());
  return ConstantTensor::floats(std::move(dims), std::move(values));
}

// input -> conv 3x3 -> conv 1x1 -> output
Network two_layers() {
  Rng rng(3);
  Network net;
  net.name = "two";
  net.inputs = {{"x", {1, 8, 12, 12}}};
  net.outputs = {"y"};
  net.constants["w1"] = weights({16, 8, 3, 3}, rng);
  net.constants["w2"] = weights({8, 16, 1, 1}, rng);
  net.nodes = {
      {"Conv",
       "first",
       {"x", "w1"},
       {"c1"},
       {{"pads", std::vector<int64_t>{1, 1, 1, 1}}, {"kernel_shape", std::vector<int64_t>{3, 3}}}},
      {"Conv", "second", {"c1", "w2"}, {"y"}, {{"kernel_shape", std::vector<int64_t>{1, 1}}}}};
  return net;
}

class LearnedCostsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "kernwise-learned-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    network_ = folder_ / "two.onnx";
    model_ = folder_ / "here.kwm";
    const Status written = write_onnx(two_layers(), network_);
    ASSERT_TRUE(written.ok()) << to_string(written.error());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // A model of this device from a few measured problems around the network's.
  void make_model(int threads = 1) {
    ProfileRequest profile;
    profile.networks = {network_};
    profile.around = 16;
    profile.store = folder_ / "training.db";
    profile.options.budget = Seconds{3};
    profile.options.execution = {threads};
    const auto profiled = profile_problems(profile, silent_, stop_);
    ASSERT_TRUE(profiled.ok()) << to_string(profiled.error());
    FitRequest fit;
    fit.store = profile.store;
    fit.threads = threads;
    const auto fitted = fit_model(fit);
    ASSERT_TRUE(fitted.ok()) << to_string(fitted.error());
    ASSERT_TRUE(fitted->model.save(model_).ok());
  }

  PlanRequest request() const {
    PlanRequest r;
    r.model = network_;
    r.store = folder_ / "plan.db";
    r.costs = CostSource::kPredicted;
    r.learned.model = model_;
    r.learned.probe = Seconds{1};
    r.learned.verify = Seconds{60};  // ends when all is verified
    r.budget = Seconds{5};
    return r;
  }

  std::filesystem::path folder_, network_, model_;
  SilentProgress silent_;
  StopFlag stop_{false};
};

TEST_F(LearnedCostsTest, AModelOfThisDevicePredictsWithoutMeasuringAnything) {
  make_model();
  PlanRequest r = request();
  r.budget = Seconds{0};
  r.calibrate = false;
  r.learned.fallback = Fallback::kRoofline;
  const auto planned = plan_network(r, silent_, stop_);
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  EXPECT_FALSE(std::filesystem::exists(r.store));
  ASSERT_TRUE(planned->learned.has_value());
  EXPECT_FALSE(planned->learned->transferred);
  EXPECT_EQ(planned->learned->verified, 0);
  EXPECT_GT(planned->learned->predicted_share, 0.5);
  EXPECT_GT(planned->plan.peak_bytes, 0);
  for (const PlannedLayer& layer : planned->plan.layers) {
    EXPECT_NE(layer.provenance, "measured");
    EXPECT_LE(layer.low_s, layer.time_s);
    EXPECT_GE(layer.high_s, layer.time_s);
  }
}

TEST_F(LearnedCostsTest, VerificationLeavesNoChoiceUnmeasured) {
  make_model();
  const auto planned = plan_network(request(), silent_, stop_);
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  ASSERT_TRUE(planned->learned.has_value());
  EXPECT_TRUE(planned->learned->verified_all);
  EXPECT_GT(planned->learned->verified, 0);
  EXPECT_EQ(planned->learned->predicted_share, 0);
  for (const PlannedLayer& layer : planned->plan.layers) EXPECT_EQ(layer.provenance, "measured");
}

TEST_F(LearnedCostsTest, AModelOfAnotherDeviceIsCarriedOverByAProbe) {
  make_model();
  auto model = DeviceModel::load(model_);
  ASSERT_TRUE(model.ok());
  model->card.device = "another";
  model->card.label = "another machine";
  ASSERT_TRUE(model->save(model_).ok());
  const auto planned = plan_network(request(), silent_, stop_);
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  EXPECT_TRUE(planned->learned->transferred);
  EXPECT_EQ(planned->learned->model_device, "another machine");
  EXPECT_GT(planned->learned->probe_measurements, 0);
}

TEST_F(LearnedCostsTest, WhatTheModelCannotPredictIsAnErrorWhereNoFallbackIsAllowed) {
  make_model();
  auto model = DeviceModel::load(model_);
  ASSERT_TRUE(model.ok());
  model->models.erase(ProblemKind::kConv);
  ASSERT_TRUE(model->save(model_).ok());
  PlanRequest r = request();
  r.learned.fallback = Fallback::kError;
  const auto refused = plan_network(r, silent_, stop_);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(refused.error().message.find("conv:"), std::string::npos);
  r.learned.fallback = Fallback::kMeasure;
  const auto measured = plan_network(r, silent_, stop_);
  ASSERT_TRUE(measured.ok()) << to_string(measured.error());
  EXPECT_FALSE(measured->learned->fallbacks.empty());
}

TEST_F(LearnedCostsTest, TransferStatesItsSamplesAndItsExpectedError) {
  make_model();
  TransferRequest transfer;
  transfer.source = model_;
  transfer.store = folder_ / "samples.db";
  transfer.networks = {network_};
  transfer.samples = 5;
  const auto out = transfer_model(transfer, silent_, stop_);
  ASSERT_TRUE(out.ok()) << to_string(out.error());
  EXPECT_LE(out->samples, 5);
  EXPECT_GT(out->measurements, 0);
  ASSERT_FALSE(out->transfer.reports.empty());
  for (const TransferReport& report : out->transfer.reports) {
    EXPECT_GE(report.expected_error, 0);
  }
}

TEST(Fallbacks, TheRooflineGivesEveryAdmissiblePrimitiveTheSameBound) {
  const Problem problem = parse_problem("conv:ic64ih28oc64kh3ph1").value();
  Ceilings ceilings;
  ceilings.peak_gflops = 100;
  ceilings.bandwidth_gbps = 10;
  const auto costs = roofline_costs(problem, ceilings, {1});
  ASSERT_GT(costs.size(), 3U);
  const double expected = 2 * static_cast<double>(macs(problem).value) / 100e9;
  for (const KnownCost& cost : costs) EXPECT_DOUBLE_EQ(cost.time_s, expected);
}

TEST(ShippedModels, AMissingFileIsAnErrorThatNamesIt) {
  const auto found = find_model("/nowhere/x.kwm", 1, std::string(kColdProtocol));
  ASSERT_FALSE(found.ok());
  EXPECT_NE(to_string(found.error()).find("/nowhere/x.kwm"), std::string::npos);
}

}  // namespace
}  // namespace kernwise
