// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/read_results.h"

#include <limits>

#include "document.h"

namespace kernwise {
namespace {

using detail::Document;
using detail::Fields;

Layout layout_of(const Fields& fields, const char* key) {
  const std::string text = fields.name(key);
  const auto layout = parse_layout(text);
  if (!layout) fields.fail(key, "is no layout that this kernwise knows");
  return layout.value_or(Layout::kNchw);
}

// Machine and build stand around the result, the same for every command.
void read_context(const Document& document, Plan& plan, std::string& mistake) {
  if (!document.root.contains("context")) return;
  const Fields context(document.root["context"], "context", mistake);
  plan.build = context.text("build");
  plan.libraries = context.text("libraries");
  plan.created = context.text("timestamp");
  if (!context.has("device")) return;
  const Fields device = context.object("device");
  plan.device = device.text("fingerprint");
  plan.device_label = device.text("cpu") + " (" + device.text("isa") +
                      (device.flag("virtual") ? ", virtual)" : ")");
}

Plan plan_of(const Document& document, std::string& mistake) {
  const Fields result(document.body(), "result", mistake);
  Plan plan;
  read_context(document, plan, mistake);
  plan.network = result.text("network");
  plan.network_hash = result.text("network_hash");
  plan.policy = result.text("policy");
  plan.protocol = result.text("protocol");
  plan.threads = static_cast<int>(result.count("threads"));
  plan.predicted_total_s = result.quantity("predicted_total_s");
  plan.predicted_transforms_s = result.quantity("predicted_transforms_s");
  plan.measured_total_s = result.number("measured_total_s").value_or(0);
  plan.peak_bytes = result.count("peak_bytes");
  for (const Fields& fields : result.list("layers")) {
    PlannedLayer layer;
    layer.layer = fields.name("layer");
    layer.problem = fields.text("problem");
    layer.primitive = fields.name("primitive");
    layer.in = layout_of(fields, "in");
    layer.out = layout_of(fields, "out");
    layer.time_s = fields.quantity("time_s");
    layer.low_s = fields.number("low_s").value_or(layer.time_s);
    layer.high_s = fields.number("high_s").value_or(layer.time_s);
    layer.workspace_bytes = fields.count("workspace_bytes");
    layer.provenance = fields.text("provenance");
    plan.layers.push_back(std::move(layer));
  }
  for (const Fields& fields : result.list("transforms")) {
    plan.transforms.push_back({fields.name("value"), layout_of(fields, "from"),
                               layout_of(fields, "to"), fields.text("primitive"),
                               fields.quantity("time_s")});
  }
  return plan;
}

StepTime step_of(const Fields& fields) {
  StepTime step;
  step.step.name = fields.name("name");
  step.step.is_transform = fields.text("kind") == "transform";
  step.step.primitive = fields.text("primitive");
  step.step.layout = layout_of(fields, "layout");
  step.planned_s = fields.quantity("planned_s");
  step.planned_low_s = fields.number("planned_low_s").value_or(0);
  step.planned_high_s = fields.number("planned_high_s").value_or(0);
  step.median_s = fields.quantity("median_s");
  if (fields.has("memory")) {  // documents of earlier versions have none
    const Fields memory = fields.object("memory");
    step.step.bytes = {{memory.count("output_bytes")},
                       {memory.count("live_bytes")},
                       {memory.count("workspace_bytes")},
                       {memory.count("weights_bytes")}};
  }
  return step;
}

RunOutcome run_of(const Document& document, std::string& mistake) {
  const Fields result(document.body(), "result", mistake);
  RunOutcome run;
  read_context(document, run.plan, mistake);
  run.plan.network = result.text("network");
  run.plan.network_hash = result.text("network_hash");
  run.plan.threads = static_cast<int>(result.count("threads"));
  run.plan.predicted_total_s = result.number("predicted_total_s").value_or(0);
  run.median_s = result.number("median_s").value_or(0);
  run.spread = result.number("spread_ratio").value_or(0);
  run.runs_s = result.numbers("runs_s");
  run.output_hash = result.text("output_hash");
  const Fields memory = result.object("memory");
  run.memory = {{memory.count("activations_bytes")},
                {memory.count("workspace_bytes")},
                {memory.count("weights_bytes")},
                {memory.count("activations_lower_bound_bytes")}};
  if (result.has("verification")) {
    const Fields verification = result.object("verification");
    run.verification.emplace();
    run.verification->worst_relative_error =
        verification.number("worst_relative_error")
            .value_or(std::numeric_limits<double>::quiet_NaN());  // null: it was not finite
  }
  if (result.has("steps")) {
    for (const Fields& fields : result.list("steps")) run.steps.push_back(step_of(fields));
  }
  return run;
}

}  // namespace

Result<std::variant<Plan, RunOutcome>> read_plan_or_run(std::string_view text,
                                                        const std::string& file) {
  using Either = std::variant<Plan, RunOutcome>;
  const Result<Document> parsed = detail::parse_document(text, file);
  if (!parsed.ok()) return parsed.error();
  const Document& document = *parsed;
  if (document.name == "plan" && !document.root.contains("result")) {
    auto plan = plan_from_json(text);
    if (!plan.ok()) return std::move(plan).error().within(file);
    return Either(std::move(plan).value());
  }
  if (document.name != "plan" && document.name != "run") {
    return invalid_input("is a document of '" + document.schema + "'",
                         "plans, runs (run --json), models and stores can be compared")
        .within(file);
  }
  std::string mistake;
  Either either;
  if (document.name == "plan") {
    either = plan_of(document, mistake);
  } else {
    either = run_of(document, mistake);
  }
  if (!mistake.empty()) {
    return invalid_input(mistake, "make the document again with --json").within(file);
  }
  return either;
}

}  // namespace kernwise
