// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What --json printed is read back; what is broken is refused with the place of the mistake.
#include "kernwise/report/read_results.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "kernwise/report/plan_report.h"
#include "kernwise/report/run_report.h"
#include "report/sample_results.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

std::string run_text_json() { return run_json(sample_run(), 1e-4, sample_envelope()); }

void expect_refused(const std::string& text, const std::string& part) {
  const auto read = read_plan_or_run(text, "some.json");
  ASSERT_FALSE(read.ok()) << text.substr(0, 200);
  EXPECT_EQ(read.error().code, ErrorCode::kInvalidInput);
  const std::string message = to_string(read.error());
  EXPECT_NE(message.find(part), std::string::npos) << message;
  EXPECT_NE(message.find("some.json"), std::string::npos) << message;
  EXPECT_FALSE(read.error().hint.empty()) << message;
}

TEST(ReadResults, ARunComesBack) {
  const auto read = read_plan_or_run(run_text_json(), "run.json");
  ASSERT_TRUE(read.ok()) << to_string(read.error());
  const auto& run = std::get<RunOutcome>(*read);
  const RunOutcome expected = sample_run();
  EXPECT_EQ(run.plan.network_hash, expected.plan.network_hash);
  EXPECT_DOUBLE_EQ(run.median_s, expected.median_s);
  EXPECT_EQ(run.runs_s, expected.runs_s);
  EXPECT_EQ(run.memory.peak(), expected.memory.peak());
  ASSERT_EQ(run.steps.size(), expected.steps.size());
  EXPECT_EQ(run.steps[0].step.primitive, expected.steps[0].step.primitive);
  EXPECT_EQ(run.steps[0].step.bytes, expected.steps[0].step.bytes);
  EXPECT_DOUBLE_EQ(run.steps[0].planned_high_s, expected.steps[0].planned_high_s);
  EXPECT_TRUE(run.steps[1].step.is_transform);
  EXPECT_DOUBLE_EQ(run.verification->worst_relative_error, 3e-6);
}

TEST(ReadResults, APlanComesBackFromItsFileAndFromItsResult) {
  const Plan expected = sample_plan().plan;
  for (const std::string& text :
       {plan_to_json(expected), plan_json(sample_plan(), "", sample_envelope())}) {
    const auto read = read_plan_or_run(text, "plan.json");
    ASSERT_TRUE(read.ok()) << to_string(read.error());
    const auto& plan = std::get<Plan>(*read);
    EXPECT_EQ(plan.transforms, expected.transforms);
    ASSERT_EQ(plan.layers.size(), expected.layers.size());
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
      EXPECT_EQ(plan.layers[i].primitive, expected.layers[i].primitive);
      EXPECT_EQ(plan.layers[i].out, expected.layers[i].out);
      EXPECT_EQ(plan.layers[i].high_s, expected.layers[i].high_s);
    }
    EXPECT_EQ(plan.predicted_total_s, expected.predicted_total_s);
  }
}

TEST(ReadResults, WhatIsBrokenOrUnknownIsRefusedWithItsPlace) {
  expect_refused("", "mistake at byte");
  expect_refused("{\"schema\": \"kernwise.run/1\"", "mistake at byte");
  expect_refused("[]", "is no JSON object");
  expect_refused("{}", "no \"schema\"");
  expect_refused(R"({"schema": "other/1", "result": {}})", "unknown schema 'other/1'");
  expect_refused(R"({"schema": "kernwise.run/2", "result": {}})", "reads version 1");
  expect_refused(R"({"schema": "kernwise.run/1"})", "no \"result\"");
  expect_refused(R"({"schema": "kernwise.doctor/1", "result": {}})", "kernwise.doctor/1");
  expect_refused(R"({"schema": "kernwise.error/1", "error": {"message": "it was so"}})",
                 "it was so");
  expect_refused(R"({"schema": "kernwise.run/1", "result": {"memory": 3}})", "memory is no object");

  Json run = Json::parse(run_text_json());
  run["result"]["steps"][1]["median_s"] = "soon";
  expect_refused(run.dump(), "result.steps[1].median_s is no number");
  run["result"]["steps"][1]["median_s"] = -1;
  expect_refused(run.dump(), "result.steps[1].median_s is negative");
  run["result"]["steps"][1] = nullptr;
  expect_refused(run.dump(), "result.steps[1] is no object");
  expect_refused(std::string(1000, '['), "nested deeper");
}

}  // namespace
}  // namespace kernwise
