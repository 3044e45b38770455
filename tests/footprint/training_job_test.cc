// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/training_job.h"

#include <gtest/gtest.h>

namespace kernwise {
namespace {

TEST(TrainingJob, ALineReadsBackAsItWas) {
  TrainingJob job;
  job.network = "a \"net\".onnx";
  job.step = {.batch = 7, .optimizer = Optimizer::kAdamW, .weight_decay = 0.25, .threads = 3};
  job.limit_bytes = int64_t{1} << 33;
  const Result<TrainingJob> read = parse_training_job(to_json_line(job));
  ASSERT_TRUE(read.ok()) << to_string(read.error());
  EXPECT_EQ(read->network, job.network);
  EXPECT_EQ(read->step, job.step);
  EXPECT_EQ(read->limit_bytes, job.limit_bytes);
}

TEST(TrainingJob, AnOutcomeReadsBackAsItWas) {
  TrainingOutcome outcome;
  outcome.status = StepStatus::kOutOfMemory;
  outcome.reason = "full";
  outcome.steps_s = {0.5, 0.25};
  outcome.phases.backward_bytes = 17;
  outcome.layers.push_back({"conv1", 0.5, 0.25});
  const Result<TrainingOutcome> read = parse_training_outcome(to_json_line(outcome));
  ASSERT_TRUE(read.ok()) << to_string(read.error());
  EXPECT_EQ(read->status, outcome.status);
  EXPECT_EQ(read->steps_s, outcome.steps_s);
  EXPECT_EQ(read->phases.backward_bytes, 17);
  ASSERT_EQ(read->layers.size(), 1U);
  EXPECT_EQ(read->layers[0].layer, "conv1");
  EXPECT_EQ(read->layers[0].backward_s, 0.25);
}

TEST(TrainingJob, WhatIsWrongIsRefused) {
  const std::string good = to_json_line(TrainingJob{});
  EXPECT_TRUE(parse_training_job(good).ok());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string line = good;
    line.replace(line.find(from), from.size(), to);
    return parse_training_job(line).ok();
  };
  EXPECT_FALSE(with("torch-job/1", "torch-job/2"));
  EXPECT_FALSE(with("\"batch\":1", "\"batch\":0"));
  EXPECT_FALSE(with("\"batch\":1", "\"batch\":\"1\""));
  EXPECT_FALSE(with("\"batch\":1", "\"batches\":1"));
  EXPECT_FALSE(with("\"steps\":5", "\"steps\":1e300"));
  EXPECT_FALSE(with("\"seed\":1", "\"seed\":18446744073709551615"));
  EXPECT_FALSE(with("\"sgd\"", "\"lion\""));
  EXPECT_FALSE(parse_training_job("").ok());
  EXPECT_FALSE(parse_training_job("[1]").ok());
}

TEST(TrainingJob, NamesAreFrozen) {
  EXPECT_EQ(to_string(Optimizer::kSgd), "sgd");
  EXPECT_EQ(to_string(Optimizer::kMomentum), "momentum");
  EXPECT_EQ(to_string(Optimizer::kAdam), "adam");
  EXPECT_EQ(to_string(Optimizer::kAdamW), "adamw");
  EXPECT_EQ(to_string(StepStatus::kOk), "ok");
  EXPECT_EQ(to_string(StepStatus::kOutOfMemory), "out-of-memory");
  EXPECT_EQ(to_string(StepStatus::kRefused), "refused");
  EXPECT_EQ(to_string(StepStatus::kFailed), "failed");
}

}  // namespace
}  // namespace kernwise
