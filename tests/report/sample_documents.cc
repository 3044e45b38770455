// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "report/sample_documents.h"

#include <nlohmann/json.hpp>

#include "kernwise/report/plan_report.h"
#include "kernwise/report/profile_report.h"
#include "kernwise/report/run_report.h"
#include "report/sample_results.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

PlanOutcome plan() {
  PlanOutcome outcome = sample_plan();
  outcome.plan.layers[1].layer = kHostileName;
  for (const double time : {5e-3, 4e-3, 3.6e-3}) {
    outcome.front.emplace(outcome.front.value_or(MemoryFront{}));
    MemoryPoint point;
    point.selection.total_s = time;
    point.peak_bytes = static_cast<int64_t>(1e4 / time);
    outcome.front->points.push_back(point);
  }
  StepInfo step;
  for (const PlannedLayer& layer : outcome.plan.layers) {
    step.name = layer.layer;
    step.bytes = {{4096}, {step.bytes.live.value + 4096}, {1024}, {512}};
    outcome.steps.push_back(step);
  }
  return outcome;
}

RunOutcome run() {
  RunOutcome outcome = sample_run();
  outcome.steps[0].step.name = kHostileName;
  return outcome;
}

std::string document(const std::string& name, const Json& result) {
  return Json({{"schema", "kernwise." + name + "/1"}, {"result", result}, {"warnings", {}}}).dump();
}

Json predicted() {
  const Json layer = {{"layer", kHostileName},
                      {"problem", "conv:ic3ih8oc16kh3ph1"},
                      {"primitive", "p"},
                      {"time_s", 1e-3},
                      {"low_s", 8e-4},
                      {"high_s", 1.3e-3},
                      {"provenance", "predicted"}};
  return {{"network", "net.onnx"},     {"threads", 1},
          {"predicted_total_s", 1e-3}, {"low_s", 8e-4},
          {"high_s", 1.3e-3},          {"modelled_share_ratio", 1.0},
          {"peak_bytes", 4096},        {"layers", Json::array({layer})}};
}

Json footprint() {
  const auto phase = [](int64_t saved) {
    return Json{{"peak_bytes", saved + 100},
                {"layer", kHostileName},
                {"classes", {{"weights_bytes", 100}, {"saved_inputs_bytes", saved}}}};
  };
  return {
      {"network", "net.onnx"},
      {"device", "some device"},
      {"batch", 4},
      {"optimizer", "adam"},
      {"inference", false},
      {"peak_bytes", {{"median", 1 << 20}, {"low", 1 << 19}, {"high", 1 << 21}}},
      {"reserved_bytes", nullptr},
      {"used_bytes", nullptr},
      {"step_s", {{"median", 0.2}, {"low", 0.1}, {"high", 0.3}}},
      {"fits", true},
      {"phases", {{"forward", phase(1 << 20)}, {"backward", phase(1 << 21)}, {"update", phase(0)}}},
      {"holders", {{{"layer", kHostileName}, {"bytes", 4096}}}}};
}

Json transfer(int samples, double error) {
  return {{"file", "here.kwm"},
          {"source_device", kHostileName},
          {"method", "residual"},
          {"samples", samples},
          {"measurements", 10 * samples},
          {"spent_s", 1.5},
          {"kinds",
           {{{"kind", "conv"},
             {"samples", samples},
             {"measurements", 10 * samples},
             {"expected_error_percent", error}}}}};
}

Json fleet() {
  const Json cost = {{"metric", "latency"}, {"expected_ms", 3.0}, {"low_ms", 2.5},
                     {"high_ms", 3.5},      {"bound_ms", 4.0},    {"measured", false}};
  const Json pick = {{"device", kHostileName},
                     {"design", "design"},
                     {"keeps_bounds", true},
                     {"accuracy_percent", 70.5},
                     {"accuracy_low_percent", 70.0},
                     {"accuracy_high_percent", 71.0},
                     {"accuracy_known", false},
                     {"costs", Json::array({cost})},
                     {"method", "adapt"},
                     {"why", "ten samples"},
                     {"samples", 10}};
  const Json none = {{"device", "unknown"},    {"design", nullptr}, {"keeps_bounds", false},
                     {"costs", Json::array()}, {"method", "adapt"}, {"why", "no samples"}};
  return {{"space", "nb201"},
          {"designs", 15625},
          {"total_s", 1.0},
          {"picks", {pick, none}},
          {"proxies", {{{"proxy", "phone"}, {"serves", {kHostileName}}}}},
          {"cover", {{{"design", "design"}, {"devices", {kHostileName}}}}},
          {"need_samples", {"unknown"}}};
}

Json mulder() {
  Json rows = Json::array();
  for (const double fraction : {0.001, 0.01, 0.1}) {
    const Json error = {
        {"median", 0.02 / fraction}, {"p10", 0.01 / fraction}, {"p90", 0.03 / fraction}};
    rows.push_back({{"method", kHostileName},
                    {"fraction", fraction},
                    {"samples", static_cast<int>(3000 * fraction)},
                    {"draws", 30},
                    {"regret_total_percent", error},
                    {"mdrae_percent", error}});
  }
  return {{"transfer", rows}, {"networks", {{{"name", kHostileName}, {"optimum_s", 0.1}}}}};
}

Json fewshot() {
  Json by_samples = Json::array();
  for (const int samples : {5, 10, 25}) {
    const double mean = 1 - 0.5 / samples;
    const Json scores = {{"spearman_mean", mean},
                         {"spearman_p10", mean - 0.02},
                         {"spearman_p90", mean + 0.01},
                         {"kendall_mean", mean - 0.1},
                         {"within_10_percent_share", 0.8}};
    const Json device = {{"device", kHostileName}, {"untrimmed", scores}};
    const Json method = {{"method", "prior"},
                         {"default", true},
                         {"untrimmed", scores},
                         {"devices", Json::array({device})}};
    by_samples.push_back({{"samples", samples}, {"methods", Json::array({method})}});
  }
  return {{"method", "prior"}, {"designs", 15625}, {"by_samples", by_samples}};
}

}  // namespace

std::vector<PageInput> sample_documents() {
  const Envelope e = sample_envelope();
  Json doctor = {{"grade", "A"}, {"checks", {{{"name", kHostileName}, {"state", "good"}}}}};
  return {{std::string("plan") + kHostileName, plan_json(plan(), "", e)},
          {"plan file", plan_to_json(plan().plan)},
          {"run.json", run_json(run(), 1e-4, e)},
          {"profile.json", profile_json(sample_profile(), e)},
          {"predict.json", document("predict", predicted())},
          {"footprint.json", document("footprint", footprint())},
          {"transfer10.json", document("transfer", transfer(10, 8))},
          {"transfer25.json", document("transfer", transfer(25, 5))},
          {"fleet.json", document("fleet", fleet())},
          {"mulder.json", document("experiment.mulder", mulder())},
          {"fewshot.json", document("experiment.fleet_fewshot", fewshot())},
          {"doctor.json", document("doctor", doctor)}};
}

}  // namespace kernwise
