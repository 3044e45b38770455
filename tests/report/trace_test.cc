// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "kernwise/report/trace_report.h"
#include "report/sample_results.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

Json events() { return Json::parse(trace_json(sample_run())).at("traceEvents"); }

std::vector<Json> of_phase(const std::string& phase) {
  std::vector<Json> list;
  for (const Json& event : events()) {
    if (event.at("ph") == phase) list.push_back(event);
  }
  return list;
}

// What chrome://tracing and Perfetto ask of every event.
TEST(Trace, EveryEventHasWhatItsPhaseAsksFor) {
  for (const Json& event : events()) {
    const std::string phase = event.at("ph");
    EXPECT_TRUE(event.at("name").is_string());
    EXPECT_TRUE(event.at("pid").is_number_integer());
    if (phase == "M") continue;
    EXPECT_TRUE(event.at("ts").is_number()) << event.dump();
    if (phase == "X") {
      EXPECT_TRUE(event.at("tid").is_number_integer());
      EXPECT_GE(event.at("dur").get<double>(), 0) << event.dump();
    } else {
      EXPECT_EQ(phase, "C");
      for (const auto& [name, value] : event.at("args").items()) EXPECT_TRUE(value.is_number());
    }
  }
}

TEST(Trace, StepsOfARunFollowEachOtherAndLieInsideTheirRun) {
  const RunTrace trace = *sample_run().trace;
  std::vector<Json> steps, runs;
  for (const Json& event : of_phase("X"))
    (event.at("cat") == "run" ? runs : steps).push_back(event);
  ASSERT_EQ(runs.size(), trace.runs_s.size());
  ASSERT_EQ(steps.size(), trace.runs_s.size() * trace.steps.size());
  std::size_t next = 0;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    double now = runs[r].at("ts");
    if (r > 0) {
      EXPECT_GT(now, runs[r - 1].at("ts").get<double>() + runs[r - 1].at("dur").get<double>());
    }
    for (std::size_t i = 0; i < trace.steps.size(); ++i, ++next) {
      const Json& step = steps[next];
      EXPECT_EQ(step.at("name"), trace.steps[i].name);
      EXPECT_DOUBLE_EQ(step.at("ts"), now);
      EXPECT_DOUBLE_EQ(step.at("dur"), 1e6 * trace.runs_s[r][i]);
      now += step.at("dur").get<double>();
    }
    EXPECT_NEAR(runs[r].at("dur"), now - runs[r].at("ts").get<double>(), 1e-6);
  }
  EXPECT_EQ(steps[0].at("cat"), "layer");
  EXPECT_EQ(steps[0].at("args").at("primitive"), "direct-nchw-nhwc");
  EXPECT_EQ(steps[0].at("args").at("shape"), "1x16x8x8");
  EXPECT_DOUBLE_EQ(steps[0].at("args").at("planned_us"), 1000);
  EXPECT_EQ(steps[1].at("cat"), "transform");
}

TEST(Trace, TheCounterFollowsTheMemoryPlan) {
  const RunOutcome run = sample_run();
  std::map<double, Json> in_use;  // of the first run, by time
  int allocated = 0;
  for (const Json& event : of_phase("C")) {
    if (event.at("name") == "memory in use (bytes)") {
      in_use.try_emplace(event.at("ts").get<double>(), event.at("args"));
    } else {
      ++allocated;
      EXPECT_EQ(event.at("args").at("activations"), run.memory.activations.value);
      EXPECT_EQ(event.at("args").at("workspace"), run.memory.workspace.value);
      EXPECT_EQ(event.at("args").at("weights"), run.memory.weights.value);
    }
  }
  EXPECT_GE(allocated, 2);
  for (const Json& event : of_phase("X")) {
    if (event.at("cat") == "run") continue;
    const auto counter = in_use.find(event.at("ts").get<double>());
    ASSERT_NE(counter, in_use.end()) << event.dump();
    EXPECT_EQ(counter->second.at("activations"), event.at("args").at("live_bytes"));
    EXPECT_EQ(counter->second.at("workspace"), event.at("args").at("workspace_bytes"));
  }
}

}  // namespace
}  // namespace kernwise
