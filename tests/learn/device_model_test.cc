// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/device_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace kernwise {
namespace {

Measurement measured(const Problem& problem, const std::string& primitive, double seconds) {
  Measurement m;
  m.key.problem = to_string(problem);
  m.key.primitive = primitive;
  m.key.revision = 1;
  m.median_s = seconds;
  m.runs_s = {seconds, seconds};
  return m;
}

double work_of(const Problem& problem) {
  return 1e-6 + 1e-10 * static_cast<double>(macs(problem).value);
}

// A device with two primitives for convolutions, one for 3x3 alone, and one transform.
std::vector<Measurement> made_up_device(int rows, double slowness, double slowness_of_transforms) {
  std::vector<Measurement> all;
  Rng rng(5);
  for (int i = 0; i < rows; ++i) {
    const int64_t c = rng.integer(4, 256), k = rng.integer(8, 256), im = rng.integer(7, 56);
    const int64_t f = 2 * rng.integer(0, 1) + 1;
    const Problem problem = table_conv(c, k, im, f, 1);
    const double time = slowness * work_of(problem);
    all.push_back(measured(problem, "direct-one", time));
    all.push_back(measured(problem, "gemm-two", 1.3 * time));
    if (f == 3) all.push_back(measured(problem, "winograd-three", 0.5 * time));
    if (i % 4 != 0) continue;
    const Shape4 shape{1, c, im, im};
    const double moved = slowness_of_transforms * 1e-9 * static_cast<double>(shape.elements());
    all.push_back(
        measured({TransformProblem{shape, Layout::kNchw, Layout::kNhwc}, {}}, "copy", moved));
    all.push_back(
        measured({TransformProblem{shape, Layout::kNhwc, Layout::kNchw}, {}}, "copy", 2 * moved));
  }
  return all;
}

DeviceModelCard card_of(const std::string& label) {
  DeviceModelCard card;
  card.device = "0123456789abcdef";
  card.label = label;
  card.isa = "avx2";
  card.threads = 1;
  card.protocol = "cold-2";
  card.libraries = "none";
  return card;
}

double predicted(const DeviceModel& model, const Problem& problem, const std::string& primitive) {
  const PerformanceModel& part = model.models.at(problem.kind());
  std::vector<double> features(part.schema().features.size());
  EXPECT_TRUE(compute_features(problem, model.card.trained_threads, features).ok());
  PerformanceModel::Workspace w;
  PerformanceModel::Prediction prediction;
  part.predict(features, prediction, w);
  const auto at = std::ranges::find(part.outputs(), output_name(problem, primitive, 1));
  EXPECT_NE(at, part.outputs().end());
  return prediction.time_s[static_cast<std::size_t>(at - part.outputs().begin())];
}

TEST(TrainingData, EachProblemIsARowAndEachPrimitiveAnOutput) {
  const TrainingData data = training_data(ProblemKind::kConv, made_up_device(30, 1, 1), 1);
  EXPECT_EQ(data.samples.rows(), static_cast<int64_t>(data.problems.size()));
  EXPECT_EQ(data.samples.outputs,
            (std::vector<std::string>{"direct-one@1", "gemm-two@1", "winograd-three@1"}));
  for (int64_t row = 0; row < data.samples.rows(); ++row) {
    const bool has_three =
        data.problems[static_cast<std::size_t>(row)].find("kh3") != std::string::npos;
    EXPECT_EQ(std::isnan(data.samples.targets(row)[2]), !has_three);
  }
}

TEST(TrainingData, LayoutsOfATransformAreOutputsOfOneRow) {
  const TrainingData data = training_data(ProblemKind::kTransform, made_up_device(8, 1, 1), 1);
  EXPECT_EQ(data.samples.outputs,
            (std::vector<std::string>{"copy@1:nchw-nhwc", "copy@1:nhwc-nchw"}));
  EXPECT_EQ(data.samples.rows(), 2);
}

TEST(TrainingData, FailuresAndDriftedMeasurementsTeachNothing) {
  std::vector<Measurement> rows = made_up_device(4, 1, 1);
  for (Measurement& m : rows) m.status = MeasurementStatus::kFailed;
  EXPECT_EQ(training_data(ProblemKind::kConv, rows, 1).samples.rows(), 0);
  rows = made_up_device(4, 1, 1);
  int odd = 0;  // too fast is as wrong as too slow
  for (Measurement& m : rows) m.reference_drift = (++odd % 2 ? 2 : -2) * kMaxReferenceDrift;
  EXPECT_EQ(training_data(ProblemKind::kConv, rows, 1).samples.rows(), 0);
}

TEST(DeviceModel, LearnsEveryKindThatWasMeasured) {
  const auto fit =
      fit_device_model(made_up_device(200, 1, 1), card_of("here"), RegressorKind::kKernel, 1);
  ASSERT_TRUE(fit.ok()) << to_string(fit.error());
  ASSERT_EQ(fit->reports.size(), 2U);
  EXPECT_GT(fit->reports[0].held_out, 0);
  EXPECT_GT(fit->reports[0].coverage, 0.75);  // 0.9 is meant
  EXPECT_LE(fit->reports[0].coverage, 1);
  EXPECT_LT(fit->reports[0].mdrae, 0.05);
  const Problem conv = table_conv(64, 64, 28, 3, 1);
  EXPECT_NEAR(predicted(fit->model, conv, "direct-one") / work_of(conv), 1, 0.1);
  EXPECT_NEAR(predicted(fit->model, conv, "winograd-three") / work_of(conv), 0.5, 0.05);
  const PerformanceModel& part = fit->model.models.at(ProblemKind::kConv);
  EXPECT_EQ(part.card().errors.size(), 3U);
  EXPECT_EQ(part.card().device, "0123456789abcdef");
}

TEST(DeviceModel, WithoutMeasurementsThereIsNothingToLearn) {
  const auto fit = fit_device_model({}, card_of("here"), RegressorKind::kKernel, 1);
  ASSERT_FALSE(fit.ok());
  EXPECT_EQ(fit.error().code, ErrorCode::kInvalidInput);
}

TEST(DeviceModel, AFewSamplesCarryItToASlowerDevice) {
  const auto fit =
      fit_device_model(made_up_device(200, 1, 1), card_of("here"), RegressorKind::kKernel, 1);
  ASSERT_TRUE(fit.ok());
  std::vector<Measurement> few = made_up_device(10, 3, 3);
  std::erase_if(few, [](const Measurement& m) { return m.key.problem.starts_with("transform"); });
  const auto carried =
      transfer_device_model(fit->model, few, card_of("there"), {}, kDefaultTransfer, 1);
  ASSERT_TRUE(carried.ok()) << to_string(carried.error());
  ASSERT_EQ(carried->reports.size(), 1U);
  EXPECT_EQ(carried->model.card.source, "here");
  const Problem conv = table_conv(64, 64, 28, 3, 1);
  EXPECT_NEAR(predicted(carried->model, conv, "direct-one") / (3 * work_of(conv)), 1, 0.15);
  // Transforms were not sampled: they follow the factor of what was.
  const Problem move{TransformProblem{{1, 64, 28, 28}, Layout::kNchw, Layout::kNhwc}, {}};
  EXPECT_NEAR(predicted(carried->model, move, "copy") / predicted(fit->model, move, "copy"), 3,
              0.3);
  const auto again =
      transfer_device_model(carried->model, few, card_of("elsewhere"), {}, kDefaultTransfer, 1);
  EXPECT_FALSE(again.ok()) << "a transferred model is no source";
}

TEST(DeviceModelFile, WhatIsWrittenIsReadAndDamageIsNamed) {
  const auto fit =
      fit_device_model(made_up_device(40, 1, 1), card_of("here"), RegressorKind::kLinear, 1);
  ASSERT_TRUE(fit.ok());
  const std::string bytes = fit->model.to_bytes();
  const auto back = DeviceModel::from_bytes(bytes);
  ASSERT_TRUE(back.ok()) << to_string(back.error());
  EXPECT_EQ(back->card, fit->model.card);
  EXPECT_EQ(back->to_bytes(), bytes);
  for (std::size_t length = 0; length < bytes.size(); length += 41) {
    EXPECT_FALSE(DeviceModel::from_bytes(std::string_view(bytes).substr(0, length)).ok());
  }
  EXPECT_FALSE(DeviceModel::from_bytes(bytes + "x").ok());
  EXPECT_FALSE(DeviceModel::from_bytes("SQLite format 3").ok());
}

TEST(DeviceModel, TheNearestIsOfTheSameInstructionSetThenThreads) {
  std::vector<DeviceModelCard> cards(4, card_of(""));
  cards[0].isa = "avx512", cards[0].threads = 1;
  cards[1].isa = "avx512", cards[1].threads = 4;
  cards[2].isa = "avx2", cards[2].threads = 1;
  cards[3].isa = "avx2", cards[3].threads = 2;
  EXPECT_EQ(nearest_model(cards, "avx2", 2, 8), 3);
  EXPECT_EQ(nearest_model(cards, "avx512", 3, 8), 1);
  EXPECT_EQ(nearest_model(cards, "avx2", 1, 8), 2);
  EXPECT_EQ(nearest_model({}, "avx2", 1, 8), -1);
}

}  // namespace
}  // namespace kernwise
