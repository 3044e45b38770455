// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The worker itself, where libtorch is installed: its peaks are what is played through, the limit
// is enforced and recorded, and every step is there. One process a job, as everywhere.
#include <gtest/gtest.h>

#include <filesystem>

#include "kernwise/base/temporary_folder.h"
#include "kernwise/device/device.h"
#include "kernwise/footprint/step_device.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/graph/zoo.h"
#include "kernwise/workflow/profile_training.h"

namespace kernwise {
namespace {

constexpr Bytes kMost{int64_t{1} << 40};

class TorchWorker : public ::testing::Test {
 protected:
  TorchWorker() {
    EXPECT_TRUE(write_onnx(network_, file_).ok());
    job_.network = file_.string();
    job_.warmup = 1;
    job_.steps = 2;
    job_.step = {.batch = 2, .optimizer = Optimizer::kAdam, .threads = 1};
  }

  TrainingOutcome run() const {
    Result<TrainingOutcome> outcome = run_training_job(job_, KERNWISE_TORCH_WORKER, Seconds{120});
    EXPECT_TRUE(outcome.ok()) << to_string(outcome.error());
    return *outcome;
  }

  const Network network_ = *build_zoo_network("shufflenet_v2_x1_0");
  const TemporaryFolder folder_ = *TemporaryFolder::make();
  const std::filesystem::path file_ = folder_.path() / "network.onnx";
  TrainingJob job_;
};

TEST_F(TorchWorker, ARealStepPeaksWhereItWasPredicted) {
  job_.time_layers = true;
  const TrainingOutcome outcome = run();
  ASSERT_EQ(outcome.status, StepStatus::kOk) << outcome.reason;
  const LayerGraph graph = *unfolded_graph(network_, job_.step.batch, kMost);
  const Isa isa = isa_in_use();
  const KernelRules rules{.vector_floats = isa == Isa::kAvx512 ? 16 : isa == Isa::kSse41 ? 4 : 8};
  const StepMemory predicted = step_memory(graph, job_.step, rules);
  EXPECT_EQ(outcome.parameter_bytes, predicted.parameter_bytes);
  // Workspace of convolutions depends on the processor: what is promised of it is what is asked.
  const StepDevice assumed = plain_step_device(rules.vector_floats, 1);
  EXPECT_NEAR(static_cast<double>(outcome.allocated_peak_bytes),
              static_cast<double>(predicted.peak_bytes()),
              (assumed.allocated_high + 1e-6) * static_cast<double>(predicted.peak_bytes()));
  EXPECT_GE(outcome.reserved_peak_bytes, outcome.allocated_peak_bytes);
  EXPECT_GT(outcome.process_peak_bytes, outcome.process_idle_bytes);
  EXPECT_EQ(outcome.steps_s.size(), 2U);
  ASSERT_EQ(outcome.layers.size(), graph.layers.size());
  double layers_s = 0;
  for (const LayerTimes& layer : outcome.layers) layers_s += layer.forward_s + layer.backward_s;
  EXPECT_GT(layers_s, 0);
  EXPECT_GT(outcome.loss, 0);
}

TEST_F(TorchWorker, RunningOutIsAnOutcome) {
  const int64_t peak = run().allocated_peak_bytes;
  job_.limit_bytes = peak - 1;
  const TrainingOutcome full = run();
  EXPECT_EQ(full.status, StepStatus::kOutOfMemory) << full.reason;
  EXPECT_LE(full.allocated_peak_bytes, job_.limit_bytes);
  job_.limit_bytes = peak;
  EXPECT_EQ(run().status, StepStatus::kOk);
}

TEST_F(TorchWorker, PeaksAreTheSameInEveryRun) {
  EXPECT_EQ(run().allocated_peak_bytes, run().allocated_peak_bytes);
}

TEST_F(TorchWorker, WhatCannotBeReadIsRefused) {
  job_.network = "/nowhere/at-all.onnx";
  EXPECT_EQ(run().status, StepStatus::kRefused);
}

}  // namespace
}  // namespace kernwise
