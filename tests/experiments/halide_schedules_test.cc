// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A schedule changes when and where a pipeline computes, never what. Random schedules of every
// pipeline are compiled and compared with plain loops; beside that, the parts of the study that
// can be judged without measuring.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <set>

#include "cache.h"
#include "compiled.h"
#include "design.h"
#include "surrogate.h"
#include "workload.h"

namespace kernwise::halide {
namespace {

constexpr int64_t kSide = 256;

class EveryPipeline : public testing::TestWithParam<int> {
 protected:
  const Workload& workload() const { return workloads()[static_cast<std::size_t>(GetParam())]; }
};

TEST_P(EveryPipeline, ComputesTheSameUnderRandomSchedules) {
  Rng rng(3);
  const Picture picture = make_picture(rng, 128);
  Frame frame = make_frame(workload(), picture, kSide);
  for (const Knobs& knobs : random_schedules(workload(), kSide, 8, rng)) {
    Result<Compiled> compiled = compile(workload(), &knobs, study_target());
    ASSERT_TRUE(compiled.ok()) << to_string(workload(), knobs) << to_string(compiled.error());
    for (const int threads : {1, 2}) {
      ASSERT_TRUE(set_threads(threads).ok());
      const Result<double> ran = run_checked(workload(), *compiled, frame);
      EXPECT_TRUE(ran.ok()) << to_string(workload(), knobs) << ": " << to_string(ran.error());
    }
  }
}

// Else the comparison above would prove nothing.
TEST_P(EveryPipeline, ASpoiledOutputIsFoundWrong) {
  Rng rng(3);
  Frame frame = make_frame(workload(), make_picture(rng, 128), kSide);
  spoil(frame);
  EXPECT_FALSE(agrees(frame, workload().tolerance));
  EXPECT_FALSE(relative_error(frame) <= workload().tolerance);
}

// A pipeline may leave a part out, not everything: the values behind it are right again.
TEST_P(EveryPipeline, OneSpoiledValueIsFoundWrong) {
  Rng rng(3);
  Frame frame = make_frame(workload(), make_picture(rng, 128), kSide);
  spoil(frame);
  const std::size_t bytes = frame.output.size_in_bytes(), one = bytes / 2;
  auto* output = static_cast<std::byte*>(frame.output.data());
  const auto* reference = static_cast<const std::byte*>(frame.reference.data());
  std::copy(reference, reference + one, output);
  const auto size = static_cast<std::size_t>(frame.output.type().bytes());
  std::copy(reference + one + size, reference + bytes, output + one + size);
  EXPECT_FALSE(agrees(frame, workload().tolerance));
  EXPECT_FALSE(relative_error(frame) <= workload().tolerance);
  std::copy(reference + one, reference + one + size, output + one);
  EXPECT_TRUE(agrees(frame, 0));
  EXPECT_EQ(relative_error(frame), 0);
}

TEST_P(EveryPipeline, DrawsDistinctValidSchedules) {
  Rng rng(4);
  const std::vector<Knobs> pool = random_schedules(workload(), kSide, 300, rng);
  EXPECT_EQ(pool.size(), 300U);
  EXPECT_EQ(std::set<Knobs>(pool.begin(), pool.end()).size(), 300U);
  for (const Knobs& knobs : pool) {
    EXPECT_TRUE(workload().valid(knobs, kSide));
    const auto features = workload().feature_values(knobs, kSide, 2);
    EXPECT_EQ(features.size(), workload().features.size());
    for (const double feature : features) EXPECT_TRUE(std::isfinite(feature));
  }
  std::vector<std::size_t> candidates;
  for (std::size_t i = 50; i < pool.size(); ++i) candidates.push_back(i);
  const auto chosen = spread_out(workload(), pool, candidates, 40, rng);
  EXPECT_EQ(std::set<std::size_t>(chosen.begin(), chosen.end()).size(), 40U);
  for (const std::size_t i : chosen) EXPECT_GE(i, 50U);
}

INSTANTIATE_TEST_SUITE_P(Halide, EveryPipeline, testing::Values(0, 1, 2),
                         [](const testing::TestParamInfo<int>& one) {
                           return std::string(
                               workloads()[static_cast<std::size_t>(one.param)].name);
                         });

std::ptrdiff_t system_threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

// A running pool ignores a smaller number; a time on one thread would be one of two.
TEST(HalideThreads, BecomeFewerToo) {
  Rng rng(3);
  const Workload& blur = workloads().front();
  Frame frame = make_frame(blur, make_picture(rng, 128), kSide);
  const Knobs parallel_strips = {2, 64, 4, 16, 2, 0, 1};
  Result<Compiled> compiled = compile(blur, &parallel_strips, study_target());
  ASSERT_TRUE(compiled.ok()) << to_string(compiled.error());
  const auto threads_with = [&](int threads) {
    EXPECT_TRUE(set_threads(threads).ok());
    EXPECT_TRUE(run_checked(blur, *compiled, frame).ok());
    return system_threads();
  };
  const std::ptrdiff_t one = threads_with(1);
  EXPECT_GT(threads_with(3), one);
  EXPECT_EQ(threads_with(1), one);
}

// n^2 over a power of a knob that depends on the structure, and a feature that says nothing.
TrainingSet powers(int schedules, Rng& rng) {
  TrainingSet data;
  data.structures = {0, 1};
  for (int i = 0; i < schedules; ++i) {
    const int structure = i % 2;
    const double knob = rng.uniform(0, 8);
    for (const double n : {10, 11, 12, 13}) {
      data.features.push_back({n, knob, 3});
      data.structure.push_back(structure);
      data.schedule.push_back(i);
      data.times_s.push_back(1e-9 * std::exp2(2 * n + (structure == 0 ? -0.3 : 0.3) * knob));
    }
  }
  return data;
}

TEST(Surrogate, LearnsProductsOfPowersWithFewParameters) {
  Rng rng(5);
  const TrainingSet data = powers(60, rng);
  const Result<Surrogate> model = Surrogate::fit(data, Design::kOneForEachStructure, rng);
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(model->parameters().size(), 2U);
  for (const int64_t count : model->parameters()) EXPECT_LE(count, 75);
  EXPECT_NEAR(model->predict_s({11, 4, 3}, 0) / (1e-9 * std::exp2(22 - 1.2)), 1, 0.05);
  EXPECT_NEAR(model->predict_s({11, 4, 3}, 1) / (1e-9 * std::exp2(22 + 1.2)), 1, 0.05);
}

// The features do not tell the structures apart, so one network cannot.
TEST(Surrogate, CrossValidationFindsTheDesignThatPredicts) {
  Rng rng(5);
  const TrainingSet data = powers(60, rng);
  const Result<Design> design = choose_design(data, rng);
  ASSERT_TRUE(design.ok());
  EXPECT_EQ(*design, Design::kOneForEachStructure);
}

TEST(Surrogate, AStructureThatWasHardlyMeasuredIsPredictedByANetworkForAll) {
  Rng rng(5);
  TrainingSet data = powers(60, rng);
  data.structures.insert(2);
  const Result<Surrogate> model = Surrogate::fit(data, Design::kOneForEachStructure, rng);
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(model->parameters().size(), 3U);
  EXPECT_GT(model->predict_s({11, 4, 3}, 2), 0);
}

class ScheduleCache : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove(path_); }
  void TearDown() override { std::filesystem::remove(path_); }
  std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) / "kernwise_halide_cache_test.jsonl";
};

TEST_F(ScheduleCache, KeepsWhatWasMeasuredAndDropsALineCutShort) {
  {
    Result<Cache> cache = Cache::open(path_, "abc", "x86");
    ASSERT_TRUE(cache.ok());
    ASSERT_TRUE(cache->add({"blur", "level=1", 2, 1024, {0.5, 0.25}, 0.125, ""}).ok());
    ASSERT_TRUE(cache->add({"blur", "level=9", 2, 1024, {}, 0, "refused"}).ok());
  }
  std::ofstream(path_, std::ios::app) << "{\"workload\": \"bl";
  {
    Result<Cache> cache = Cache::open(path_, "abc", "x86");
    ASSERT_TRUE(cache.ok());
    EXPECT_EQ(cache->size(), 2U);
    const Record* record = cache->find("blur", "level=1", 2, 1024);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->runs_s, (std::vector<double>{0.5, 0.25}));
    EXPECT_EQ(cache->find("blur", "level=1", 1, 1024), nullptr);
    ASSERT_TRUE(cache->add({"blur", "level=2", 1, 1024, {1}, 0, ""}).ok());
  }
  Result<Cache> again = Cache::open(path_, "abc", "x86");
  ASSERT_TRUE(again.ok()) << "the cut line was left in the middle: " << to_string(again.error());
  EXPECT_EQ(again->size(), 3U);
}

TEST_F(ScheduleCache, RefusesTheTimesOfAnotherDevice) {
  ASSERT_TRUE(Cache::open(path_, "abc", "x86").ok());
  EXPECT_FALSE(Cache::open(path_, "abd", "x86").ok());
  EXPECT_FALSE(Cache::open(path_, "abc", "arm").ok());
}

}  // namespace
}  // namespace kernwise::halide
