// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/profile/profiler.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"
#include "kernwise/profile/protocol.h"

namespace kernwise {
namespace {

class ProfileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "kernwise-profile-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    auto store = open_sqlite_store(folder_ / "store.db", StoreMode::kReadWrite);
    ASSERT_TRUE(store.ok()) << to_string(store.error());
    store_ = std::move(store).value();
    for (const char* text : {"conv:ic16ih14oc16kh3ph1+bias+relu", "conv:ic16ih14oc32kh1"}) {
      auto problem = parse_problem(text);
      ASSERT_TRUE(problem.ok()) << to_string(problem.error());
      problems_.push_back(*problem);
    }
    options_.budget = {60};
    options_.warm_weights = true;  // no sweeps: quick
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Result<ProfileSummary> measure() {
    SilentProgress silent;
    return profile(problems_, device_, context_, options_, *store_, silent, stop_);
  }
  // Noise may dethrone a winner that was measured often for one that was not; profiling then goes
  // on, but it comes to an end.
  void measure_to_the_end() {
    for (int i = 0; i < 10; ++i) {
      const auto summary = measure();
      ASSERT_TRUE(summary.ok()) << to_string(summary.error());
      EXPECT_TRUE(summary->complete);
      if (summary->runs == 0) return;
    }
    FAIL() << "still measuring after ten profiles";
  }
  std::vector<Measurement> rows() {
    auto all = store_->query({});
    EXPECT_TRUE(all.ok());
    return *all;
  }

  std::filesystem::path folder_;
  std::unique_ptr<Store> store_;
  std::vector<Problem> problems_;
  ProfileOptions options_;
  Device device_ = describe_this_device();
  MachineContext context_;
  StopFlag stop_{false};
};

TEST_F(ProfileTest, EveryPrimitiveOfEveryProblemGetsARecord) {
  const auto summary = measure();
  ASSERT_TRUE(summary.ok()) << to_string(summary.error());
  EXPECT_TRUE(summary->complete);
  EXPECT_EQ(summary->unmeasured, 0);
  EXPECT_EQ(summary->failed, 0);
  EXPECT_GT(summary->candidates, 4);
  const auto measured = combine_repetitions(rows());
  EXPECT_FALSE(profile_complete({}, problems_, key_template(device_, options_)));
  for (const Measurement& m : measured) {
    if (m.status == MeasurementStatus::kRefused) {
      EXPECT_FALSE(m.reason.empty()) << m.key.primitive;
      continue;
    }
    EXPECT_GT(m.median_s, 0) << m.key.primitive;
    EXPECT_GE(m.runs_s.size(), 1U);
  }
}

// Successive halving: whoever is close to the best has been run often, the hopeless have not.
TEST_F(ProfileTest, CloseCandidatesAreRunMoreOftenThanHopelessOnes) {
  ASSERT_TRUE(measure().ok());
  std::map<std::string, std::size_t> best_runs;
  std::map<std::string, double> best;
  std::size_t fewest = 1000;
  for (const Measurement& m : combine_repetitions(rows())) {
    if (m.status != MeasurementStatus::kOk) continue;
    if (!best.contains(m.key.problem) || m.median_s < best[m.key.problem]) {
      best[m.key.problem] = m.median_s;
      best_runs[m.key.problem] = m.runs_s.size();
    }
    fewest = std::min(fewest, m.runs_s.size());
  }
  for (const auto& [problem, runs] : best_runs) EXPECT_GE(runs, 8U) << problem;
  EXPECT_LE(fewest, 4U);
}

TEST_F(ProfileTest, RepeatedProfilesEndWithNothingLeftToMeasure) {
  measure_to_the_end();
  const std::size_t before = rows().size();
  EXPECT_EQ(measure()->runs, 0);
  EXPECT_EQ(rows().size(), before);
}

TEST_F(ProfileTest, TheShortestBudgetLeavesEveryProblemWithOneAndALaterProfileGoesOn) {
  options_.budget = {1e-9};
  const auto hasty = measure();
  ASSERT_TRUE(hasty.ok());
  EXPECT_EQ(hasty->candidates - hasty->unmeasured, hasty->problems);
  EXPECT_FALSE(hasty->complete);
  options_.budget = {60};
  const auto rest = measure();
  ASSERT_TRUE(rest.ok());
  EXPECT_TRUE(rest->complete);
}

TEST_F(ProfileTest, AnInterruptIsReportedAsSuchAndKeepsWhatWasStored) {
  stop_ = true;
  const auto result = measure();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kInterrupted);
  EXPECT_FALSE(rows().empty());  // refusals at least
  stop_ = false;
  const auto rest = measure();
  ASSERT_TRUE(rest.ok());
  EXPECT_TRUE(rest->complete);
}

TEST_F(ProfileTest, OnlyTheAskedPrimitivesAreMeasured) {
  options_.primitives = {"im2row-nhwc"};
  ASSERT_TRUE(measure().ok());
  for (const Measurement& m : rows()) EXPECT_EQ(m.key.primitive, "im2row-nhwc");
}

// What models are trained on: the slow candidates as well as the fast ones, and no more than asked.
TEST_F(ProfileTest, EveryCandidateIsRunAlikeIfAsked) {
  for (const bool warm : {true, false}) {
    options_.warm_weights = warm;
    options_.every_candidate = true;
    problems_ = {*parse_problem("gemm:m20n30k40"), *parse_problem("matconv:h40r5")};
    const auto summary = measure();
    ASSERT_TRUE(summary.ok()) << to_string(summary.error());
    EXPECT_TRUE(summary->complete);
    EXPECT_EQ(summary->failed, 0);
    int measured = 0;
    for (const Measurement& m : combine_repetitions(rows())) {
      if (m.status != MeasurementStatus::kOk) continue;
      if (m.key.protocol != (warm ? kWarmProtocol : kColdProtocol)) continue;
      ++measured;
      EXPECT_EQ(m.runs_s.size(), 5U) << m.key.primitive;
    }
    EXPECT_EQ(measured, summary->candidates);
    EXPECT_EQ(measure()->runs, 0) << "nothing is left to measure";
  }
}

// So that the runs of a candidate can be spread over hours: each call adds one to each.
TEST_F(ProfileTest, RunsOfEachAreAddedOneAtATimeIfAsked) {
  options_.every_candidate = true;
  options_.warm_weights = true;
  problems_ = {*parse_problem("gemm:m20n30k40")};
  for (std::size_t runs = 1; runs <= 3; ++runs) {
    options_.runs = static_cast<int>(runs);
    const auto summary = measure();
    ASSERT_TRUE(summary.ok()) << to_string(summary.error());
    EXPECT_EQ(summary->runs, summary->candidates);
    for (const Measurement& m : combine_repetitions(rows())) {
      if (m.status != MeasurementStatus::kOk) continue;
      EXPECT_EQ(m.runs_s.size(), runs) << m.key.primitive;
    }
  }
}

// The protocol that plans are made by: weights go out of the caches before each run that counts.
TEST_F(ProfileTest, ColdWeightsAreMeasuredToTheEndToo) {
  options_.warm_weights = false;
  options_.primitives = {"onednn-gemm-nhwc", "im2row-nhwc", "packed-gemm-nhwc"};
  const auto summary = measure();
  ASSERT_TRUE(summary.ok()) << to_string(summary.error());
  EXPECT_TRUE(summary->complete);
  int fastest = 0;
  for (const Measurement& m : combine_repetitions(rows())) {
    EXPECT_EQ(m.key.protocol, kColdProtocol);
    if (m.status == MeasurementStatus::kOk && m.runs_s.size() >= 16) ++fastest;
  }
  EXPECT_GE(fastest, 2);  // of each problem at least one
}

TEST_F(ProfileTest, ViewsAreNeverMeasuredAndNeverMissed) {
  const auto concat = parse_problem("concat:h4c16c16");
  ASSERT_TRUE(concat.ok()) << to_string(concat.error());
  problems_ = {*concat};
  measure_to_the_end();
  const auto measured = combine_repetitions(rows());
  EXPECT_FALSE(measured.empty());
  for (const Measurement& m : measured) EXPECT_EQ(m.key.primitive.find("view"), std::string::npos);
  EXPECT_TRUE(profile_complete(measured, problems_, key_template(device_, options_)));
}

// Too little memory one day is no verdict on the primitive.
TEST_F(ProfileTest, WhatFailedIsTriedAgainAndItsFailureIsStoredOnce) {
  options_.primitives = {"im2row-nhwc"};
  options_.max_memory = Bytes{0};
  const auto first = measure();
  ASSERT_TRUE(first.ok()) << to_string(first.error());
  ASSERT_GT(first->failed, 0);
  const std::size_t stored = rows().size();
  EXPECT_EQ(measure()->failed, first->failed);
  EXPECT_EQ(rows().size(), stored);
  options_.max_memory = ProfileOptions{}.max_memory;
  const auto later = measure();
  ASSERT_TRUE(later.ok()) << to_string(later.error());
  EXPECT_EQ(later->failed, 0);
  for (const Measurement& m : combine_repetitions(rows())) {
    EXPECT_NE(m.status, MeasurementStatus::kFailed) << m.key.problem;
  }
}

TEST_F(ProfileTest, ColdAndWarmMeasurementsHaveDifferentKeys) {
  ProfileOptions cold;
  EXPECT_NE(key_template(device_, options_).protocol, key_template(device_, cold).protocol);
}

TEST_F(ProfileTest, AResourceThatIsNotThereIsAnError) {
  options_.execution.resource = "opencl:999";
  const auto summary = measure();
  ASSERT_FALSE(summary.ok());
  EXPECT_EQ(summary.error().code, ErrorCode::kInvalidInput);
}

// On the devices that are there, if any. Their measurements have keys of their own, and only
// primitives of their class.
TEST_F(ProfileTest, DevicesAreProfiledLikeTheProcessor) {
  for (const auto& resource : all_resources()) {
    if (resource->name() == "cpu" || !resource->refusal().empty()) continue;
    problems_ = {*parse_problem("gemm:m70n40k90"), *parse_problem("pool:max:c2ih40kh2sh2")};
    options_.execution.resource = resource->name();
    options_.rounds = 1;
    const auto summary = measure();
    ASSERT_TRUE(summary.ok()) << to_string(summary.error());
    EXPECT_EQ(summary->failed, 0);
    EXPECT_GE(summary->runs, 4);
    const MeasurementKey key = key_template(device_, options_);
    EXPECT_EQ(key.libraries, library_versions(resource->name()));
    EXPECT_EQ(key.protocol, kDeviceProtocol);
    for (const Measurement& m : rows()) {
      if (m.key.libraries != key.libraries) continue;
      EXPECT_EQ(find_primitive(m.key.primitive)->info().resource, resource_class(resource->name()));
    }
  }
}

}  // namespace
}  // namespace kernwise
