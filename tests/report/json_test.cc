// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "kernwise/report/bench_report.h"
#include "kernwise/report/compare_report.h"
#include "kernwise/report/doctor_report.h"
#include "kernwise/report/explain_report.h"
#include "kernwise/report/inspect_report.h"
#include "kernwise/report/list_report.h"
#include "kernwise/report/place_report.h"
#include "kernwise/report/plan_report.h"
#include "kernwise/report/profile_report.h"
#include "kernwise/report/run_report.h"
#include "kernwise/report/version_report.h"
#include "report/sample_results.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> keys(const Json& object) {
  std::vector<std::string> list;
  for (const auto& [key, value] : object.items()) list.push_back(key);
  return list;
}

// Every verb's document, with the verb that it must name.
std::vector<std::pair<std::string, std::string>> all_documents() {
  const Envelope e = sample_envelope();
  NetworkCard card{
      .path = "net.onnx", .network = {}, .graph = sample_plan().model.graph, .obstacle = {}};
  return {{"plan", plan_json(sample_plan(), "net.plan.json", e)},
          {"place", place_json(sample_place(), 1e-4, e)},
          {"run", run_json(sample_run(), 1e-4, e)},
          {"bench", bench_json(sample_bench(), e)},
          {"explain", explain_json(sample_explanation(), e)},
          {"compare", compare_json({"a", "b", compare_runs(sample_run(), sample_run()), 0.03}, e)},
          {"profile", profile_json(sample_profile(), e)},
          {"doctor", doctor_json(sample_doctor(), e)},
          {"list", list_json(Listing::kPrimitives, e)},
          {"list", list_json(Listing::kLayouts, e)},
          {"list", list_json(Listing::kOperators, e)},
          {"list", list_json(Listing::kZoo, e)},
          {"list", devices_json(e.device, {{"0123456789abcdef", 5, 2}}, e)},
          {"inspect", network_json(card, true, e)},
          {"inspect", plan_card_json(sample_plan().plan, "net.plan.json", true, e)},
          {"inspect", store_card_json(sample_profile().problems[0].measurements, "m.db", e)},
          {"zoo", zoo_json({"resnet50", "resnet50.onnx", 1, 1, 25, 3}, e)},
          {"version", version_json(e)}};
}

TEST(Json, EveryDocumentIsAnEnvelopeWithKeysInThisOrder) {
  for (const auto& [verb, text] : all_documents()) {
    const Json document = Json::parse(text);
    EXPECT_EQ(keys(document),
              (std::vector<std::string>{"schema", "context", "options", "result", "warnings"}))
        << verb;
    EXPECT_EQ(document["schema"], "kernwise." + verb + "/1");
    EXPECT_EQ(document["context"]["device"]["fingerprint"], "0123456789abcdef");
    EXPECT_EQ(document["options"]["budget_s"], 120.0);
    EXPECT_EQ(document["options"]["primitives"], Json({"a", "b"}));
    EXPECT_TRUE(document["result"].is_object()) << verb;
    ASSERT_EQ(document["warnings"].size(), 1U);
    EXPECT_EQ(keys(document["warnings"][0]), (std::vector<std::string>{"code", "message", "hint"}));
    EXPECT_EQ(text.back(), '\n');
  }
}

// A number without a unit in its key cannot be read safely. Counts and identities are the exception
// and stand here by name.
void expect_units(const Json& node, const std::string& key, const std::string& where) {
  static const std::vector<std::string> kSuffixes = {"_s",    "_bytes", "_ratio",  "_error",
                                                     "_macs", "_gmacs", "_gflops", "_gbps"};
  if (node.is_object()) {
    for (const auto& [name, value] : node.items()) expect_units(value, name, where + "." + name);
  } else if (node.is_array()) {
    for (const Json& value : node) expect_units(value, key, where);
  } else if (node.is_number_float()) {
    bool has_unit =
        key == "load_average" || key == "tolerance" || where.find(".ratios.") != std::string::npos;
    for (const std::string& suffix : kSuffixes) has_unit = has_unit || key.ends_with(suffix);
    EXPECT_TRUE(has_unit) << where;
  }
}

TEST(Json, EveryMeasuredNumberNamesItsUnitInItsKey) {
  for (const auto& [verb, text] : all_documents()) {
    const Json document = Json::parse(text);
    expect_units(document["result"], "", verb);
    expect_units(document["context"], "", verb);
  }
}

TEST(Json, PlanHasTheKeysThatOthersRead) {
  const Json result = Json::parse(plan_json(sample_plan(), "", sample_envelope()))["result"];
  EXPECT_DOUBLE_EQ(result["predicted_total_s"], 3.6e-3);
  EXPECT_EQ(result["peak_bytes"], 8192 + 4096 + (1 << 20));
  EXPECT_EQ(result["optimal"], true);
  EXPECT_EQ(result["gap_ratio"], 0.0);
  EXPECT_TRUE(result["file"].is_null());
  ASSERT_EQ(result["layers"].size(), 3U);
  EXPECT_EQ(result["layers"][0]["why"], "tie");
  EXPECT_EQ(result["layers"][1]["why"], "cheaper-with-layouts");
  EXPECT_EQ(result["layers"][2]["why"], "only-candidate");
  EXPECT_TRUE(result["layers"][2]["runner_up"].is_null());
}

TEST(Json, RunHasTheKeysThatOthersRead) {
  const Json result = Json::parse(run_json(sample_run(), 1e-4, sample_envelope()))["result"];
  EXPECT_DOUBLE_EQ(result["median_s"], 3.8e-3);
  EXPECT_EQ(result["peak_bytes"], 8192 + 4096 + (1 << 20));
  EXPECT_EQ(result["process_peak_bytes"], 40 << 20);
  EXPECT_DOUBLE_EQ(result["verification"]["worst_relative_error"], 3e-6);
  EXPECT_EQ(result["verification"]["passed"], true);
}

TEST(Json, BenchHasTheKeysThatOthersRead) {
  const Json result = Json::parse(bench_json(sample_bench(), sample_envelope()))["result"];
  EXPECT_DOUBLE_EQ(result["kernwise"]["median_s"], 3.8e-3);
  EXPECT_EQ(keys(result["ratios"]), (std::vector<std::string>{"onednn", "onnxruntime"}));
  EXPECT_DOUBLE_EQ(result["ratios"]["onednn"]["median"], 1.316);
  EXPECT_DOUBLE_EQ(result["ratios"]["onednn"]["low"], 1.30);
  EXPECT_DOUBLE_EQ(result["ratios"]["onednn"]["high"], 1.34);
  EXPECT_TRUE(result["onnxruntime"]["peak_bytes"].is_null());
  EXPECT_EQ(result["onnxruntime"]["process_peak_bytes"], 50 << 20);
  EXPECT_TRUE(result["kernwise"]["process_peak_bytes"].is_null());
}

TEST(Json, PrimitivesAreListedWithIdFamilySourceAndLayouts) {
  const Json result = Json::parse(list_json(Listing::kPrimitives, sample_envelope()))["result"];
  ASSERT_GT(result["primitives"].size(), 5U);
  bool any_fixed = false;
  for (const Json& primitive : result["primitives"]) {
    EXPECT_FALSE(primitive["id"].get<std::string>().empty());
    EXPECT_FALSE(primitive["family"].get<std::string>().empty());
    EXPECT_FALSE(primitive["source"].get<std::string>().empty());
    if (primitive["layouts"].is_null()) {
      EXPECT_EQ(primitive["kind"], "transform");
    } else {
      any_fixed = true;
      EXPECT_TRUE(parse_layout(primitive["layouts"]["in"].get<std::string>()));
      EXPECT_TRUE(parse_layout(primitive["layouts"]["out"].get<std::string>()));
    }
  }
  EXPECT_TRUE(any_fixed);
}

TEST(Json, WhatHasNoFiniteValueIsNull) {
  RunOutcome run = sample_run();
  run.runs_s.clear();
  run.median_s = 0;
  run.verification->worst_relative_error = std::numeric_limits<double>::quiet_NaN();
  const Json result = Json::parse(run_json(run, 1e-4, sample_envelope()))["result"];
  EXPECT_TRUE(result["median_s"].is_null());
  EXPECT_TRUE(result["verification"]["worst_relative_error"].is_null());
  EXPECT_EQ(result["verification"]["passed"], false);
  EXPECT_FALSE(verified(run, 1e-4));

  const Json layers =
      Json::parse(explain_json(sample_explanation(), sample_envelope()))["result"]["layers"];
  EXPECT_TRUE(layers[0]["candidates"][3]["plan_regret_ratio"].is_null());  // no plan: infinite
  EXPECT_TRUE(layers[0]["candidates"][5]["time_s"].is_null());             // refused
}

TEST(Json, BrokenUtf8InAFilesNamesDoesNotBreakTheDocument) {
  PlanOutcome outcome = sample_plan();
  outcome.plan.layers[0].layer = "conv\xff\xfe";
  const Json document = Json::parse(plan_json(outcome, "", sample_envelope()));
  EXPECT_EQ(document["result"]["layers"][0]["layer"], "conv\xef\xbf\xbd\xef\xbf\xbd");
}

// Between two views there is no share of a time, and none is faster.
TEST(PlanReport, TwoViewsAreATie) {
  PlanOutcome outcome = sample_plan();
  PlannedLayer& layer = outcome.plan.layers[0];
  layer.time_s = layer.runner_up_s = 0;
  layer.runner_up = "concat-view-nchw";
  EXPECT_EQ(reason_of(layer), ChoiceReason::kTie);
  EXPECT_EQ(plan_text(outcome, "", TextStyle{}).find("nan"), std::string::npos);
}

TEST(Json, AnErrorNamesCodePlaceAndHint) {
  const Json error = Json::parse(
      error_json(unsupported("no such operator", "use another").within("node 3").within("a.onnx")));
  EXPECT_EQ(error["schema"], "kernwise.error/1");
  EXPECT_EQ(error["error"]["code"], "unsupported");
  EXPECT_EQ(error["error"]["exit_code"], 3);
  EXPECT_EQ(error["error"]["context"], Json({"a.onnx", "node 3"}));
  EXPECT_EQ(error["error"]["hint"], "use another");
}

}  // namespace
}  // namespace kernwise
