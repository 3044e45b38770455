// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Predictions of a step: latency learned from made-up layers, device files, verdicts.
#include "kernwise/footprint/predict_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernwise/graph/zoo.h"

namespace kernwise {
namespace {

constexpr Bytes kMost{int64_t{1} << 40};

// A machine whose layers take a time for their work and one for their traffic.
double made_up_s(const Layer& layer) {
  return 1e-6 + 2e-11 * static_cast<double>(macs(layer.problem).value) +
         1e-10 * static_cast<double>(least_traffic(layer.problem).value);
}

StepRecord made_up_record(const char* name, int64_t batch) {
  const Network network = *build_zoo_network(name);
  const LayerGraph graph = *unfolded_graph(network, batch, kMost);
  StepRecord record;
  record.timed.network = name;
  record.timed.step = {.batch = batch};
  double total = 0;
  for (const Layer& layer : graph.layers) {
    const double seconds = made_up_s(layer);
    record.timed.layers.push_back({class_of(layer), latency_features(layer), seconds, 2 * seconds});
    record.timed.parameter_bytes += learned_bytes(layer);
    total += 3 * seconds;
  }
  record.timed.update_s = 1e-9 * static_cast<double>(record.timed.parameter_bytes);
  record.timed.step_s = total + record.timed.update_s;
  record.predicted_bytes = step_memory(graph, record.timed.step, {}).peak_bytes();
  record.allocated_bytes = record.predicted_bytes;
  record.reserved_bytes = record.predicted_bytes + (int64_t{50} << 20);
  record.used_bytes = record.predicted_bytes + (int64_t{250} << 20);
  return record;
}

const StepDevice& made_up_device() {
  static const StepDevice device = [] {
    std::vector<StepRecord> records;
    for (const char* name : {"squeezenet1_1", "resnet18", "mnasnet1_0"}) {
      for (const int64_t batch : {2, 8}) records.push_back(made_up_record(name, batch));
    }
    Rng rng(1);
    Result<StepDevice> learned = learn_step_device(plain_step_device(16, 1), records, rng);
    if (learned.ok()) return *learned;
    ADD_FAILURE() << to_string(learned.error());
    return plain_step_device(16, 1);
  }();
  return device;
}

TEST(PredictStep, ANetworkNeverSeenTakesTheSumOfItsLayers) {
  const StepRecord truth = made_up_record("mobilenet_v2", 4);
  const LayerGraph graph = *unfolded_graph(*build_zoo_network("mobilenet_v2"), 4, kMost);
  const StepPrediction p = predict_step(graph, truth.timed.step, made_up_device());
  ASSERT_TRUE(p.latency);
  EXPECT_NEAR(p.latency->median_s / truth.timed.step_s, 1, 0.1);
  EXPECT_LE(p.latency->low_s, p.latency->median_s);
  EXPECT_GE(p.latency->high_s, p.latency->median_s);
  EXPECT_EQ(p.latency->unmodelled, 0);
  ASSERT_TRUE(p.used_bytes);
  EXPECT_NEAR(p.used_bytes->median / static_cast<double>(truth.used_bytes), 1, 0.01);
}

TEST(PredictStep, ADeviceFileSaysTheSame) {
  const Result<StepDevice> read = parse_step_device(to_json_text(made_up_device()));
  ASSERT_TRUE(read.ok()) << to_string(read.error());
  const LayerGraph graph = *unfolded_graph(*build_zoo_network("resnet18"), 3, kMost);
  const StepOptions step{.batch = 3};
  EXPECT_EQ(predict_step(graph, step, *read).latency->median_s,
            predict_step(graph, step, made_up_device()).latency->median_s);
  EXPECT_EQ(read->used, made_up_device().used);
  EXPECT_EQ(read->ran, made_up_device().ran);
  EXPECT_EQ(read->latency->state().timed, made_up_device().latency->state().timed);
  EXPECT_EQ(read->latency->state().calibrated, made_up_device().latency->state().calibrated);
  EXPECT_EQ(to_json_text(*read), to_json_text(made_up_device()));
}

TEST(PredictStep, WhatWasNeverTimedHasNoCostOfNothing) {
  const StepDevice& device = made_up_device();
  // Convolutions of one group alone were timed in inference; training needs more than that.
  std::vector<StepRecord> records;
  for (const int64_t batch : {2, 8}) {
    StepRecord record = made_up_record("squeezenet1_1", batch);
    record.timed.step.inference = true;
    record.timed.update_s = 0;
    for (TimedLayer& layer : record.timed.layers) layer.backward_s = 0;
    records.push_back(record);
  }
  Rng rng(1);
  const StepDevice inference = *learn_step_device(plain_step_device(16, 1), records, rng);
  const LayerGraph graph = *unfolded_graph(*build_zoo_network("squeezenet1_1"), 4, kMost);
  const StepLimits limits{.step = Seconds{1e6}};
  const StepPrediction forward = predict_step(graph, {.batch = 4, .inference = true}, inference);
  EXPECT_TRUE(forward.latency->missing.empty());
  EXPECT_TRUE(fits(forward, limits).ok());
  const StepPrediction training = predict_step(graph, {.batch = 4}, inference);
  EXPECT_EQ(training.latency->unmodelled, 1);
  EXPECT_FALSE(training.latency->calibrated);
  const auto& missing = training.latency->missing;
  for (const char* part : {"backward of conv", "the update", "what lies between layers"}) {
    EXPECT_NE(std::find(missing.begin(), missing.end(), part), missing.end()) << part;
  }
  const Result<bool> verdict = fits(training, limits);
  ASSERT_FALSE(verdict.ok());
  EXPECT_EQ(verdict.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(to_string(verdict.error()).find("backward of conv"), std::string::npos);
  // Depthwise convolutions are in one of the networks that were learned, deconvolutions in none.
  const LayerGraph depthwise = *unfolded_graph(*build_zoo_network("mobilenet_v2"), 4, kMost);
  EXPECT_TRUE(predict_step(depthwise, {.batch = 4}, device).latency->missing.empty());
  EXPECT_GT(predict_step(depthwise, {.batch = 4, .inference = true}, inference).latency->unmodelled,
            0);
  // Of what was never run, memory is what is assumed of any processor.
  EXPECT_EQ(predict_step(depthwise, {.batch = 4}, inference).allocated_bytes.high,
            predict_step(depthwise, {.batch = 4}, plain_step_device(16, 1)).allocated_bytes.high);
}

TEST(PredictStep, BeyondWhatWasLearnedBoundsAreWider) {
  const Network network = *build_zoo_network("resnet18");
  const auto at = [&](int64_t batch) {
    const StepOptions step{.batch = batch};
    return *predict_step(*unfolded_graph(network, batch, kMost), step, made_up_device()).latency;
  };
  const LatencyEstimate inside = at(4), outside = at(512);
  EXPECT_EQ(inside.outside, 0);
  EXPECT_TRUE(inside.calibrated);
  EXPECT_GT(outside.outside, 0.9);
  EXPECT_FALSE(outside.calibrated);
  EXPECT_GT(outside.high_s / outside.median_s, 1.5 * inside.high_s / inside.median_s);
  EXPECT_LT(outside.low_s / outside.median_s, inside.low_s / inside.median_s);
}

TEST(PredictStep, BrokenDeviceFilesAreRefused) {
  const std::string good = to_json_text(made_up_device());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return parse_step_device(text).ok();
  };
  EXPECT_TRUE(parse_step_device(good).ok());
  EXPECT_FALSE(with("step-device/1", "step-device/9"));
  EXPECT_FALSE(with("\"threads\":1", "\"threads\":0"));
  EXPECT_FALSE(with("\"threads\":1", "\"threads\":\"1\""));
  EXPECT_FALSE(with("\"vector_floats\"", "\"vector\""));
  EXPECT_FALSE(with("\"operators\":\"conv\"", "\"operators\":\"magic\""));
  EXPECT_FALSE(with("\"operators\":[\"conv\"", "\"operators\":[\"magic\""));
  EXPECT_FALSE(with("\"scale_ratio\":", "\"scale_ratio\":-"));
  EXPECT_FALSE(parse_step_device(good.substr(0, good.size() / 2)).ok());
  EXPECT_FALSE(parse_step_device("").ok());
}

TEST(PredictStep, TheLargestBatchFitsAndTheNextDoesNot) {
  const Network network = *build_zoo_network("squeezenet1_1");
  const StepOptions step{.optimizer = Optimizer::kAdam};
  const StepLimits limits{.memory = Bytes{int64_t{1} << 30}};
  const StepDevice device = plain_step_device(16, 1);
  const Result<int64_t> batch = largest_batch(network, step, device, limits, 4096, kMost);
  ASSERT_TRUE(batch.ok());
  ASSERT_GT(*batch, 1);
  const auto fits_with = [&](int64_t n) {
    StepOptions trial = step;
    trial.batch = n;
    return *fits(predict_step(*unfolded_graph(network, n, kMost), trial, device), limits);
  };
  EXPECT_TRUE(fits_with(*batch));
  EXPECT_FALSE(fits_with(*batch + 1));
  EXPECT_EQ(*largest_batch(network, step, device, {.memory = Bytes{1 << 20}}, 4096, kMost), 0);
  EXPECT_EQ(*largest_batch(network, step, device, {.memory = kMost}, 7, kMost), 7);
}

TEST(PredictStep, WhatADeviceDoesNotKnowIsNoGuess) {
  const LayerGraph graph = *unfolded_graph(*build_zoo_network("squeezenet1_1"), 1, kMost);
  const StepPrediction p = predict_step(graph, {}, plain_step_device(16, 1));
  EXPECT_FALSE(p.latency);
  EXPECT_FALSE(fits(p, {.step = Seconds{1}}).ok());
  EXPECT_FALSE(fits(p, {.memory = kMost, .target = MemoryTarget::kUsed}).ok());
  EXPECT_TRUE(*fits(p, {.memory = kMost}));
}

}  // namespace
}  // namespace kernwise
