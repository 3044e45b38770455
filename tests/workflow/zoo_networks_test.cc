// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Every network of the zoo at its real size: planned to proven optimality with a small budget of
// measurements, and run with correct numbers.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "kernwise/graph/zoo.h"
#include "kernwise/workflow/plan_network.h"
#include "kernwise/workflow/run_plan.h"

namespace kernwise {
namespace {

class ZooNetwork : public testing::TestWithParam<ZooEntry> {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "kernwise-zoo-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_P(ZooNetwork, IsPlannedOptimallyAndRunsWithSmallErrors) {
  PlanRequest request;
  request.model = folder_ / "model.onnx";
  request.store = folder_ / "store.db";
  request.budget = {15};
  request.calibrate = false;
  SilentProgress silent;
  const StopFlag stop{false};
  const auto network = build_zoo_network(GetParam().name);
  ASSERT_TRUE(network.ok()) << to_string(network.error());
  ASSERT_TRUE(write_onnx(*network, request.model).ok());
  const auto planned = plan_network(request, silent, stop);
  ASSERT_TRUE(planned.ok()) << to_string(planned.error());
  EXPECT_TRUE(planned->plan.optimal);

  RunRequest run;
  run.plan = folder_ / "plan.json";
  run.verify = true;
  run.repeat = 1;
  ASSERT_TRUE(save_plan(planned->plan, run.plan).ok());
  const auto outcome = run_plan(run, silent, stop);
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_LE(outcome->verification->worst_relative_error, 1e-4)
      << outcome->verification->worst_layer;
  EXPECT_EQ(outcome->memory.peak().value, planned->plan.peak_bytes);
}

INSTANTIATE_TEST_SUITE_P(All, ZooNetwork, testing::ValuesIn(zoo_entries()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace kernwise
