// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What is learned of a device from steps on it, and how it is carried to another: made-up machines
// whose truth is known.
#include <gtest/gtest.h>

#include <cmath>

#include "kernwise/footprint/predict_step.h"
#include "kernwise/graph/prune.h"
#include "kernwise/graph/zoo.h"

namespace kernwise {
namespace {

constexpr Bytes kMost{int64_t{1} << 40};

// `slower`: of everything; `convolutions`: of them besides.
struct Machine {
  double slower = 1, convolutions = 1;
};

StepRecord run_on(const Machine& machine, const char* name, int64_t batch, Optimizer optimizer) {
  const Network network = without_weights(*build_zoo_network(name));
  const LayerGraph graph = *unfolded_graph(network, batch, kMost);
  StepRecord record;
  record.timed = untimed_step(graph, {.batch = batch, .optimizer = optimizer});
  record.timed.network = name;
  double total = 0;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Problem& problem = graph.layers[i].problem;
    TimedLayer& layer = record.timed.layers[i];
    layer.forward_s = 1e-6 + 2e-11 * static_cast<double>(macs(problem).value) +
                      1e-10 * static_cast<double>(least_traffic(problem).value);
    layer.forward_s *= machine.slower * (macs(problem).value > 0 ? machine.convolutions : 1);
    layer.backward_s = 2 * layer.forward_s;
    total += 3 * layer.forward_s;
  }
  record.timed.update_s = machine.slower * (optimizer == Optimizer::kAdam ? 2 : 1) *
                          (1e-9 * static_cast<double>(record.timed.parameter_bytes) +
                           1e-5 * static_cast<double>(record.timed.parameter_tensors));
  record.timed.step_s = total + record.timed.update_s +
                        machine.slower * 2e-6 * static_cast<double>(graph.layers.size());
  record.predicted_bytes = step_memory(graph, record.timed.step, {}).peak_bytes();
  record.allocated_bytes = record.predicted_bytes;
  record.reserved_bytes = record.predicted_bytes + (int64_t{50} << 20);
  record.used_bytes = record.predicted_bytes + (int64_t{250} << 20);
  return record;
}

std::vector<StepRecord> runs_on(const Machine& machine, std::initializer_list<const char*> names) {
  std::vector<StepRecord> records;
  for (const char* name : names) {
    for (const Optimizer optimizer : {Optimizer::kMomentum, Optimizer::kAdam}) {
      records.push_back(run_on(machine, name, 2, optimizer));
      records.push_back(run_on(machine, name, 8, optimizer));
    }
  }
  return records;
}

// Without their layers, where memory is what counts: nothing to fit.
std::vector<StepRecord> plain_runs(std::initializer_list<const char*> names) {
  std::vector<StepRecord> records = runs_on({}, names);
  for (StepRecord& record : records) record.timed.layers.clear();
  return records;
}

const StepDevice& source() {
  static const StepDevice device = [] {
    Rng rng(1);
    const auto records = runs_on({}, {"squeezenet1_1", "resnet18", "mnasnet1_0"});
    Result<StepDevice> learned = learn_step_device(plain_step_device(16, 1), records, rng);
    if (!learned.ok()) ADD_FAILURE() << to_string(learned.error());
    return learned.ok() ? *learned : plain_step_device(16, 1);
  }();
  return device;
}

double error_on(const StepDevice& device, const StepRecord& truth) {
  return std::abs(device.latency->predict(truth.timed).median_s / truth.timed.step_s - 1);
}

TEST(LearnDevice, UpdatesAndWhatLiesBetweenLayersAreTermsOfTheirOwn) {
  const StepRecord truth = run_on({}, "mobilenet_v2", 4, Optimizer::kAdam);
  ASSERT_TRUE(source().latency);
  EXPECT_LT(error_on(source(), truth), 0.1);
  const LatencyEstimate e = source().latency->predict(truth.timed);
  EXPECT_NEAR(e.update_s / truth.timed.update_s, 1, 0.1);
  EXPECT_NEAR(e.forward_s + e.backward_s + e.update_s + e.rest_s, e.median_s, 1e-9);
  EXPECT_GT(e.rest_s, 0);
}

TEST(LearnDevice, AFewStepsCarryADeviceToASlowerOne) {
  const Machine there{.slower = 3, .convolutions = 2};
  const std::vector<StepRecord> few = runs_on(there, {"squeezenet1_1", "mnasnet1_0"});
  Rng rng(1);
  const Result<StepDevice> moved =
      transfer_step_device(source(), plain_step_device(16, 2), few, rng);
  ASSERT_TRUE(moved.ok()) << to_string(moved.error());
  const StepRecord truth = run_on(there, "mobilenet_v2", 4, Optimizer::kMomentum);
  EXPECT_GT(error_on(source(), truth), 0.5);
  EXPECT_LT(error_on(*moved, truth), 0.15);
  EXPECT_EQ(moved->threads, 2);
  EXPECT_EQ(moved->steps, 8);
  ASSERT_TRUE(moved->used);
  EXPECT_NEAR(moved->used->base_bytes, 250.0 * (1 << 20), 1e6);
  EXPECT_FALSE(transfer_step_device(source(), plain_step_device(16, 1), {}, rng).ok());
}

TEST(LearnDevice, RunningOutWhereItShouldHaveFittedRaisesTheInterval) {
  std::vector<StepRecord> records = plain_runs({"squeezenet1_1"});
  Rng rng(1);
  const Result<StepDevice> before = learn_step_device(plain_step_device(16, 1), records, rng);
  ASSERT_TRUE(before.ok());
  // Refused beyond what was predicted and a tenth: it takes at least that.
  StepRecord full = records.front();
  full.ran_out = true;
  full.allocated_bytes = full.predicted_bytes + full.predicted_bytes / 10;
  records.push_back(full);
  // Refused below what was predicted: no news.
  full.allocated_bytes = full.predicted_bytes / 2;
  records.push_back(full);
  const Result<StepDevice> after = learn_step_device(plain_step_device(16, 1), records, rng);
  ASSERT_TRUE(after.ok());
  EXPECT_LT(before->allocated_high, 0.05);
  EXPECT_NEAR(after->allocated_high, std::log(1.1), 1e-3);
  EXPECT_EQ(after->allocated_low, before->allocated_low);
  EXPECT_EQ(after->latency->state().scale, before->latency->state().scale);
}

TEST(LearnDevice, WhatWasSeenOftenReplacesWhatIsAssumed) {
  std::vector<StepRecord> few = plain_runs({"squeezenet1_1", "resnet18", "mnasnet1_0"}), many;
  for (int i = 0; i < 3; ++i) many.insert(many.end(), few.begin(), few.end());
  many.front().allocated_bytes += many.front().allocated_bytes / 500;
  Rng rng(1);
  const StepDevice plain = plain_step_device(16, 1);
  EXPECT_EQ(learn_step_device(plain, few, rng)->allocated_high, plain.allocated_high);
  const Result<StepDevice> device = learn_step_device(plain, many, rng);
  ASSERT_TRUE(device.ok());
  EXPECT_NEAR(device->allocated_high, 0.003, 1e-4);  // and half as much again
  EXPECT_TRUE(device->allocated_calibrated);
  EXPECT_LT(device->allocated_high, plain.allocated_high);
  EXPECT_GT(device->allocated_low, plain.allocated_low);
}

TEST(LearnDevice, OneNetworkLeavesTheBoundsAssumed) {
  const std::vector<StepRecord> records = runs_on({}, {"squeezenet1_1"});
  Rng rng(1);
  const Result<StepDevice> one = learn_step_device(plain_step_device(16, 1), records, rng);
  ASSERT_TRUE(one.ok()) << to_string(one.error());
  EXPECT_FALSE(one->latency->state().calibrated);
  EXPECT_GE(one->latency->state().error_high, std::log(1.5));
  EXPECT_FALSE(one->used->calibrated);
  EXPECT_GE(one->used->error_high, std::log(1.1));
  EXPECT_TRUE(source().latency->state().calibrated);
  EXPECT_TRUE(source().used->calibrated);
  const Result<StepDevice> moved =
      transfer_step_device(source(), plain_step_device(16, 1), records, rng);
  ASSERT_TRUE(moved.ok());
  EXPECT_FALSE(moved->latency->state().calibrated);
  EXPECT_FALSE(moved->used->calibrated);
}

TEST(LearnDevice, TimesThatAreTooNoisyTeachMemoryAlone) {
  std::vector<StepRecord> records = runs_on({}, {"squeezenet1_1"});
  for (StepRecord& record : records) record.unsteady = true;
  Rng rng(1);
  const Result<StepDevice> device = learn_step_device(plain_step_device(16, 1), records, rng);
  ASSERT_TRUE(device.ok());
  EXPECT_FALSE(device->latency);
  EXPECT_TRUE(device->used);
}

TEST(LearnDevice, StepsThatAllRanOutTeachNoTime) {
  StepRecord full = plain_runs({"squeezenet1_1"}).front();
  full.ran_out = true;
  Rng rng(1);
  const Result<StepDevice> device = learn_step_device(plain_step_device(16, 1), {full}, rng);
  ASSERT_TRUE(device.ok());
  EXPECT_FALSE(device->latency);
  EXPECT_FALSE(device->used);
  EXPECT_FALSE(learn_step_device(plain_step_device(16, 1), {}, rng).ok());
}

}  // namespace
}  // namespace kernwise
