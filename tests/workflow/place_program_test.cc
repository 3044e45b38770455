// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/place_program.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include "kernwise/base/file.h"
#include "kernwise/place/recorded_costs.h"
#include "kernwise/workflow/record_costs.h"
#include "place/recorded_pair.h"

namespace kernwise {
namespace {

// A folder of its own for each test.
class PlaceProgram : public testing::Test {
 protected:
  PlaceProgram()
      : folder_(std::filesystem::temp_directory_path() /
                fmt::format("kernwise_place_{}_{}", ::getpid(),
                            testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(folder_);
  }
  ~PlaceProgram() override { std::filesystem::remove_all(folder_); }

  PlaceRequest request(const std::string& text) const {
    EXPECT_TRUE(write_file(folder_ / "program.txt", text).ok());
    PlaceRequest request;
    request.program = folder_ / "program.txt";
    request.store = folder_ / "store.db";
    request.repeat = 2;
    return request;
  }
  PlaceRequest recorded(PlaceSource source, int others) const {
    PlaceRequest r = request(test::kMixedProgram);
    r.source = source;
    r.costs = folder_ / "costs.csv";
    const Program program = parse_program(test::kMixedProgram).value();
    EXPECT_TRUE(write_file(r.costs, to_csv(test::recorded_pair(program, others, 5))).ok());
    return r;
  }
  Result<PlaceOutcome> place(const PlaceRequest& r) {
    SilentProgress progress;
    const StopFlag stop = false;
    return place_program_file(r, progress, stop);
  }

  std::filesystem::path folder_;
};

const PlacedWay& way(const PlaceOutcome& outcome, const std::string& name) {
  const auto found = std::find_if(outcome.ways.begin(), outcome.ways.end(),
                                  [&](const PlacedWay& w) { return w.name == name; });
  EXPECT_NE(found, outcome.ways.end()) << name;
  return *found;
}

TEST_F(PlaceProgram, RecordedDevicesAreReplayedWithoutRunningAnything) {
  const auto outcome = place(recorded(PlaceSource::kRecorded, 0));
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_TRUE(outcome->optimal);
  EXPECT_FALSE(outcome->run.has_value());
  EXPECT_EQ(outcome->judged_by, "recorded");
  // Each device wins in places: the large products move, the small kernels stay.
  EXPECT_EQ(outcome->kernels[0].resource, "gpu:0");
  EXPECT_EQ(outcome->kernels[2].resource, "cpu");
  EXPECT_DOUBLE_EQ(way(*outcome, "exhaustive best").judged_s, outcome->predicted_s);
  EXPECT_LT(outcome->predicted_s, way(*outcome, "always cpu").judged_s);
  EXPECT_LT(outcome->predicted_s, way(*outcome, "always gpu:0").judged_s);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "store.db"));
}

TEST_F(PlaceProgram, ModelsLearntFromOtherRowsPlaceNearlyAsWell) {
  const auto outcome = place(recorded(PlaceSource::kLearned, 80));
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  for (const PlacedKernel& kernel : outcome->kernels) EXPECT_EQ(kernel.provenance, "predicted");
  EXPECT_LT(outcome->ways[0].judged_s, 1.1 * way(*outcome, "exhaustive best").judged_s);
}

// For a single program they are the models that it would have fitted itself.
TEST_F(PlaceProgram, ProgramsCanShareTheModelsThatHoldTheirProblemsOut) {
  PlaceRequest r = recorded(PlaceSource::kLearned, 80);
  const auto own = place(r);
  ASSERT_TRUE(own.ok()) << to_string(own.error());
  const Program program = parse_program(test::kMixedProgram).value();
  auto models = learn_recorded(test::recorded_pair(program, 80, 5), {program}, r.seed);
  ASSERT_TRUE(models.ok()) << to_string(models.error());
  r.recorded_models = std::move(models).value();
  const auto shared = place(r);
  ASSERT_TRUE(shared.ok()) << to_string(shared.error());
  EXPECT_EQ(shared->predicted_s, own->predicted_s);
}

TEST_F(PlaceProgram, RecordedDevicesCannotBeRun) {
  PlaceRequest r = recorded(PlaceSource::kRecorded, 0);
  r.run = true;
  const auto outcome = place(r);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kInvalidInput);
}

constexpr const char* kSmall =
    "A = input(24, 16)\nB = input(16, 20)\nC = matmul(A, B)\nx = input(20)\ny = matvec(C, x)\n"
    "K = input(3, 3)\nE = conv2d(C, K)\nP = maxpool(E, 2)\n";

TEST_F(PlaceProgram, AMeasuredPlacementRunsAndIsVerified) {
  PlaceRequest r = request(kSmall);
  r.source = PlaceSource::kMeasured;
  r.resources = {"cpu"};
  r.budget = Seconds{5};
  r.run = true;
  const auto outcome = place(r);
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  ASSERT_TRUE(outcome->run.has_value());
  EXPECT_TRUE(outcome->run->within_tolerance) << outcome->run->max_relative_error;
  EXPECT_FALSE(outcome->run->worst_output.empty());
  EXPECT_EQ(outcome->run->runs_s.size(), 2U);
  EXPECT_EQ(outcome->judged_by, "measured");
  EXPECT_TRUE(outcome->transfers.empty());
  EXPECT_GT(way(*outcome, "exhaustive best").run_s, 0);
  EXPECT_GE(way(*outcome, "best variant per kind").judged_s, outcome->predicted_s - 1e-12);
}

TEST_F(PlaceProgram, WithoutMeasurementsThereIsNothingToPredictBy) {
  PlaceRequest r = request(kSmall);
  r.resources = {"cpu"};
  const auto outcome = place(r);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(outcome.error().message.find("no cost is known for 4 of 4 kernels"), std::string::npos);
}

TEST_F(PlaceProgram, WhatWasMeasuredCanBeRecordedAndReplayed) {
  PlaceRequest r = request(kSmall);
  r.source = PlaceSource::kMeasured;
  r.resources = {"cpu"};
  r.budget = Seconds{5};
  const auto measured = place(r);
  ASSERT_TRUE(measured.ok()) << to_string(measured.error());
  const StopFlag stop = false;
  const auto costs = record_costs(r, stop);
  ASSERT_TRUE(costs.ok()) << to_string(costs.error());
  r.costs = folder_ / "costs.csv";
  ASSERT_TRUE(write_file(r.costs, to_csv(*costs)).ok());
  r.resources.clear();  // the file is taken whole
  r.source = PlaceSource::kRecorded;
  const auto replayed = place(r);
  ASSERT_TRUE(replayed.ok()) << to_string(replayed.error());
  EXPECT_DOUBLE_EQ(replayed->predicted_s, measured->predicted_s);
}

}  // namespace
}  // namespace kernwise
