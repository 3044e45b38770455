// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The main job from file to comparison on a network so small that it takes seconds: plan, run and
// verify, bench, explain. commands_test.cc looks closer, on a real network.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/process.h"
#include "graph/small_network.h"
#include "kernwise/graph/onnx.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::string>;

// A residual block between a stem and a classifier.
Network tiny_network() {
  test::SmallNetwork network;
  network.input("x", {1, 3, 12, 12});
  network.conv("x", "stem", 3, 16, 3).batch_norm("stem", "normal", 16);
  network.node("Relu", {"normal"}, {"a"});
  network.conv("a", "c", 16, 16, 3).conv("c", "d", 16, 16, 3).node("Add", {"d", "a"}, {"sum"});
  network.node("Relu", {"sum"}, {"b"});
  network.node("GlobalAveragePool", {"b"}, {"pooled"}).node("Flatten", {"pooled"}, {"flat"});
  network.constant("fc_w", test::some_floats({16, 10}));
  network.node("Gemm", {"flat", "fc_w"}, {"y"}).output("y");
  return network.net;
}

class TinyNetwork : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    shared_ = new Playground;
    ASSERT_TRUE(write_onnx(tiny_network(), shared_->file("tiny.onnx")).ok());
    planned_ = new Json(result_of("plan", {"tiny.onnx", "-o", "plan.json", "--budget", "1s"}));
  }
  static void TearDownTestSuite() {
    delete planned_;
    delete shared_;
  }
  static const Json& planned() { return *planned_; }
  static const Playground& playground() { return *shared_; }

  // What the verb says in JSON; it has to end well. Weights stay warm: it is not the time that
  // counts here. So no model that comes with the program applies.
  static Json result_of(const std::string& verb, Words words) {
    words.insert(words.begin(), verb);
    const bool plans = verb == "plan" || verb == "bench" || verb == "explain";
    if (plans) words.insert(words.end(), {"--warm-weights"});
    words.push_back("--json");
    const Finished finished = shared_->run(words);
    EXPECT_EQ(finished.code, 0) << finished.err;
    const Json document = Json::parse(finished.out, nullptr, /*allow_exceptions=*/false);
    EXPECT_FALSE(document.is_discarded()) << finished.out;
    if (!document.is_object()) return Json::object();
    EXPECT_EQ(document.value("schema", ""), "kernwise." + verb + "/1");
    return document.value("result", Json::object());
  }

 private:
  static Playground* shared_;
  static Json* planned_;
};
Playground* TinyNetwork::shared_ = nullptr;
Json* TinyNetwork::planned_ = nullptr;

TEST_F(TinyNetwork, IsPlannedWithAPrimitiveForEveryLayer) {
  EXPECT_GT(planned().value("predicted_total_s", 0.0), 0);
  EXPECT_GT(planned().value("measured_total_s", 0.0), 0);
  EXPECT_GT(planned().value("peak_bytes", 0), 0);
  EXPECT_TRUE(planned().value("optimal", false));
  EXPECT_EQ(planned().value("gap_ratio", 1.0), 0);
  // BatchNormalization, Relu and Add are folded.
  EXPECT_EQ(planned().at("layers").size(), 5U) << planned().at("layers").dump(1);
  for (const Json& layer : planned().at("layers")) EXPECT_NE(layer.value("primitive", ""), "");
}

TEST_F(TinyNetwork, RunsAndAgreesWithFloat64) {
  const Json ran = result_of("run", {"plan.json", "--repeat", "3", "--verify"});
  EXPECT_EQ(ran.at("runs_s").size(), 3U);
  EXPECT_GT(ran.value("median_s", 0.0), 0);
  EXPECT_GT(ran.value("peak_bytes", 0), 0);
  const Json verification = ran.value("verification", Json::object());
  EXPECT_LE(verification.value("worst_relative_error", 1.0), 1e-4);
  EXPECT_TRUE(verification.value("passed", false));
}

// From the whole front, a cap in its middle is asked for; the plan keeps it where it is executed.
TEST_F(TinyNetwork, KeepsACapOnMemory) {
  const Json front =
      result_of("plan", {"tiny.onnx", "--budget", "0", "--pareto"}).value("front", Json::object());
  const Json points = front.value("points", Json::array());
  ASSERT_GE(points.size(), 2U) << front.dump(1);
  for (std::size_t i = 1; i < points.size(); ++i) {
    EXPECT_GT(points[i].value("peak_bytes", 0), points[i - 1].value("peak_bytes", 0));
    EXPECT_LT(points[i].value("time_s", 0.0), points[i - 1].value("time_s", 0.0));
  }
  EXPECT_LE(front.value("least_peak_bound_bytes", 0), points[0].value("peak_bytes", 0));
  const int64_t cap = points[points.size() / 2].value("peak_bytes", 0) + 64;
  const Json capped = result_of(
      "plan", {"tiny.onnx", "--budget", "0", "--memory", std::to_string(cap), "-o", "capped.json"});
  EXPECT_LE(capped.value("peak_bytes", cap + 1), cap);
  EXPECT_LE(capped.value("predicted_total_s", 1.0),
            points[points.size() / 2].value("time_s", 0.0) * (1 + 1e-9));
  const Json ran = result_of("run", {"capped.json", "--repeat", "1", "--verify"});
  EXPECT_EQ(ran.value("peak_bytes", 0), capped.value("peak_bytes", -1));

  const Finished refused = playground().run(
      {"plan", "tiny.onnx", "--budget", "0", "--memory", "1KiB", "--warm-weights"});
  EXPECT_EQ(refused.code, 1) << refused.err;
  EXPECT_NE(refused.err.find("the smallest takes"), std::string::npos) << refused.err;
}

TEST_F(TinyNetwork, IsComparedWithOneDnn) {
  const Json bench = result_of("bench", {"tiny.onnx", "--plan", "plan.json", "--against", "onednn",
                                         "--rounds", "5", "--budget", "0"});
  EXPECT_GT(bench.at("kernwise").value("median_s", 0.0), 0);
  const Json ratio = bench.at("ratios").at("onednn");
  EXPECT_GT(ratio.value("low", 0.0), 0);
  EXPECT_LE(ratio.value("low", 1.0), ratio.value("median", 0.0));
  EXPECT_LE(ratio.value("median", 1.0), ratio.value("high", 0.0));
  EXPECT_LT(bench.at("onednn").value("output_difference_ratio", 1.0), 1e-3);
}

TEST_F(TinyNetwork, IsExplainedLayerByLayer) {
  const Json explained = result_of("explain", {"tiny.onnx", "--budget", "0"});
  ASSERT_EQ(explained.at("layers").size(), planned().at("layers").size());
  for (const Json& layer : explained.at("layers")) {
    int chosen = 0;
    for (const Json& candidate : layer.at("candidates")) {
      chosen += candidate.value("status", "") == "chosen";
    }
    EXPECT_EQ(chosen, 1) << layer.value("layer", "");
  }
}

// Read back as any viewer would: events in order, and the counter that says the memory plan.
TEST_F(TinyNetwork, IsTracedWithItsMemory) {
  const Json ran = result_of("run", {"plan.json", "--repeat", "1", "--trace", "trace.json",
                                     "--trace-runs", "2", "--profile"});
  std::ifstream file(playground().file("trace.json"));
  const Json trace = Json::parse(file, nullptr, /*allow_exceptions=*/false);
  ASSERT_TRUE(trace.is_object());
  std::size_t steps = 0;
  int64_t most = 0;
  for (const Json& event : trace.at("traceEvents")) {
    if (event.at("ph") == "X" && event.at("cat") != "run") ++steps;
    if (event.at("ph") == "C" && event.at("name") == "memory in use (bytes)") {
      most = std::max(most, event.at("args").at("activations").get<int64_t>());
    }
  }
  EXPECT_EQ(steps, 2 * ran.at("steps").size());
  EXPECT_EQ(most, ran.at("memory").value("activations_lower_bound_bytes", -1));
}

TEST_F(TinyNetwork, IsComparedWithAnotherPlanAndAnotherRun) {
  result_of("plan", {"tiny.onnx", "--budget", "0", "--policy", "onednn-auto", "-o", "auto.json"});
  const Json plans = result_of("compare", {"plan.json", "auto.json"});
  EXPECT_EQ(plans.value("kind", ""), "plans");
  EXPECT_TRUE(plans.value("passed", false));
  EXPECT_GE(plans.at("slowdown").value("b_over_a_ratio", 0.0), 1) << "the plan was proven optimal";

  const auto say = [&](const char* plan, const char* to) {
    const Finished ran = playground().run({"run", plan, "--repeat", "3", "--profile", "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    playground().write(to, ran.out);
  };
  say("plan.json", "run_a.json");
  say("auto.json", "run_b.json");
  const Json runs = result_of("compare", {"run_a.json", "run_b.json"});
  EXPECT_EQ(runs.value("kind", ""), "runs");
  EXPECT_GE(runs.at("rows").size(), planned().at("layers").size());
  const Json stores =
      result_of("compare", {"kernwise/measurements.db", "kernwise/measurements.db"});
  EXPECT_EQ(stores.value("kind", ""), "stores");
  EXPECT_DOUBLE_EQ(stores.at("slowdown").value("b_over_a_ratio", 0.0), 1);

  const Finished mixed = playground().run({"compare", "plan.json", "run_a.json"});
  EXPECT_EQ(mixed.code, 2);
  EXPECT_NE(mixed.err.find("'plan.json' is a plan, 'run_a.json' is a run"), std::string::npos)
      << mixed.err;
}

// Times are made up, so that nothing hangs on a clock.
TEST_F(TinyNetwork, ComparisonIsAGateForWhatGotSlower) {
  Json run = {
      {"schema", "kernwise.run/1"},
      {"result",
       {{"network", "n"},
        {"threads", 1},
        {"median_s", 1.0},
        {"spread_ratio", 0.0},
        {"memory", {{"activations_bytes", 1}, {"workspace_bytes", 1}, {"weights_bytes", 1}}}}}};
  playground().write("base.json", run.dump());
  run["result"]["median_s"] = 1.04;
  playground().write("now.json", run.dump());
  const auto code = [&](Words words) {
    words.insert(words.begin(), "compare");
    return playground().run(words).code;
  };
  EXPECT_EQ(code({"base.json", "now.json"}), 0);
  EXPECT_EQ(code({"base.json", "now.json", "--fail-if-slower", "5"}), 0);
  EXPECT_EQ(code({"base.json", "now.json", "--fail-if-slower", "3%"}), 1);
  EXPECT_EQ(code({"now.json", "base.json", "--fail-if-slower", "0"}), 0);
  EXPECT_EQ(code({"base.json", "now.json", "--fail-if-slower", "3%%"}), 2);
  EXPECT_EQ(code({"base.json", "now.json", "--fail-if-slower", "-1"}), 2);
  run["result"]["median_s"] = nullptr;
  playground().write("untimed.json", run.dump());
  EXPECT_EQ(code({"base.json", "untimed.json"}), 0);
  EXPECT_EQ(code({"base.json", "untimed.json", "--fail-if-slower", "3"}), 2);
  EXPECT_EQ(code({"base.json"}), 2);
  EXPECT_EQ(code({"base.json", "tiny.onnx"}), 2);
  EXPECT_EQ(code({"base.json", "none.json"}), 2);
}

TEST_F(TinyNetwork, IsReportedOnAPage) {
  const Finished plan = playground().run(
      {"plan", "tiny.onnx", "--budget", "0", "--pareto", "--warm-weights", "--json"});
  ASSERT_EQ(plan.code, 0) << plan.err;
  playground().write("planned.json", plan.out);
  const Json page = result_of("report", {"planned.json", "plan.json", "-o", "page.html"});
  EXPECT_EQ(page.at("sections").size(), 2U);
  EXPECT_EQ(page.value("page_bytes", uintmax_t{0}),
            std::filesystem::file_size(playground().file("page.html")));

  playground().write("other.json", R"({"schema": "kernwise.other/1", "result": {}})");
  const Finished other =
      playground().run({"report", "planned.json", "other.json", "-o", "none.html"});
  EXPECT_EQ(other.code, 2);
  EXPECT_NE(other.err.find("other.json"), std::string::npos) << other.err;
  EXPECT_FALSE(std::filesystem::exists(playground().file("none.html")));
  const Finished bare =
      playground().run({"report", "planned.json", "-o", "bare.html", "--chart-library", "none.js"});
  EXPECT_EQ(bare.code, 2) << "a library that was named must be there";
}

}  // namespace
}  // namespace kernwise
