// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/select/plan.h"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

#include "kernwise/base/file.h"
#include "plan_json.h"

namespace kernwise {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const PlannedLayer& layer) {
  return {{"layer", layer.layer},
          {"problem", layer.problem},
          {"primitive", layer.primitive},
          {"revision", layer.revision},
          {"in", to_string(layer.in)},
          {"out", to_string(layer.out)},
          {"time_s", layer.time_s},
          {"low_s", layer.low_s},
          {"high_s", layer.high_s},
          {"workspace_bytes", layer.workspace_bytes},
          {"grade", std::string(1, layer.grade)},
          {"provenance", layer.provenance},
          {"runner_up", layer.runner_up},
          {"runner_up_s", layer.runner_up_s}};
}

// Plans without int8 are written as they always were.
Json with_precision(const PlannedLayer& layer) {
  Json json = to_json(layer);
  json["precision"] = to_string(layer.precision);
  if (layer.precision != Precision::kFp32) json["relative_error"] = layer.relative_error;
  return json;
}

Json to_json(const PlannedRange& range) {
  return {{"value", range.value}, {"low", range.range.low}, {"high", range.range.high}};
}

Json to_json(const PlannedTransform& transform) {
  return {{"value", transform.value},
          {"from", to_string(transform.from)},
          {"to", to_string(transform.to)},
          {"primitive", transform.primitive},
          {"time_s", transform.time_s}};
}

Json to_json(const PlanMachine& machine) {
  return {{"kernel", machine.kernel},
          {"compiler", machine.compiler},
          {"governor", machine.governor},
          {"turbo", machine.turbo},
          {"hypervisor", machine.hypervisor},
          {"huge_pages", machine.huge_pages},
          {"cores", machine.cores},
          {"l1d_bytes", machine.l1d_bytes},
          {"l2_bytes", machine.l2_bytes},
          {"l3_bytes", machine.l3_bytes},
          {"memory_bytes", machine.memory_bytes}};
}

template <typename T>
Json list(const std::vector<T>& entries) {
  Json result = Json::array();
  for (const T& entry : entries) result.push_back(to_json(entry));
  return result;
}

}  // namespace

std::string plan_to_json(const Plan& plan) {
  Json json = {{"schema", detail::kPlanSchema},
               {"network", plan.network},
               {"network_hash", plan.network_hash},
               {"device", plan.device},
               {"device_label", plan.device_label},
               {"libraries", plan.libraries},
               {"build", plan.build},
               {"created", plan.created},
               {"machine", to_json(plan.machine)},
               {"policy", plan.policy},
               {"protocol", plan.protocol},
               {"threads", plan.threads},
               {"predicted_total_s", plan.predicted_total_s},
               {"predicted_transforms_s", plan.predicted_transforms_s},
               {"peak_bytes", plan.peak_bytes},
               {"optimal", plan.optimal},
               {"gap_ratio", plan.gap_ratio},
               {"calibration_ratio", plan.calibration_ratio},
               {"measured_total_s", plan.measured_total_s},
               {"layers", list(plan.layers)},
               {"transforms", list(plan.transforms)}};
  if (plan.int8) {
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
      json["layers"][i] = with_precision(plan.layers[i]);
    }
    json["int8"] = {{"max_relative_error", plan.int8->max_relative_error},
                    {"end_to_end_relative_error", plan.int8->end_to_end_relative_error},
                    {"calibration", plan.int8->calibration},
                    {"ranges", list(plan.int8->ranges)}};
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Status save_plan(const Plan& plan, const std::filesystem::path& path) {
  const std::string text = plan_to_json(plan);
  // Found here, the mistake is ours; found when the plan is wanted, the plan would be lost.
  if (Result<Plan> back = plan_from_json(text); !back.ok()) {
    return internal_error("the plan would not read back: " + to_string(back.error()))
        .within(path.string());
  }
  return write_file(path, text);
}

Result<Plan> load_plan(const std::filesystem::path& path) {
  const auto told = [&](Error error) {
    if (path.extension() == ".onnx") error.hint = "a network is planned first: 'kernwise plan'";
    return error;
  };
  Result<std::string> text = read_file(path, detail::kMaxPlanFile);
  if (!text.ok()) return told(std::move(text).error());
  Result<Plan> plan = plan_from_json(*text);
  if (!plan.ok()) return told(std::move(plan).error()).within(path.string());
  return plan;
}

}  // namespace kernwise
