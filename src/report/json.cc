// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "json.h"

#include <cmath>

namespace kernwise {
namespace detail {

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json positive(double value) { return value > 0 ? number(value) : Json(nullptr); }

Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(std::string(text));
}

Json numbers(std::span<const double> values) {
  Json array = Json::array();
  for (const double value : values) array.push_back(number(value));
  return array;
}

Json to_json(const Shape4& shape) { return Json::array({shape.n, shape.c, shape.h, shape.w}); }

Json to_json(const Device& device) {
  return {{"fingerprint", device.fingerprint},
          {"cpu", device.cpu},
          {"vendor", device.vendor},
          {"family", device.family},
          {"model", device.model},
          {"stepping", device.stepping},
          {"isa", to_string(device.isa)},
          {"virtual", device.is_virtual},
          {"cores", device.cores},
          {"l1d_bytes", device.l1d.value},
          {"l2_bytes", device.l2.value},
          {"l3_bytes", device.l3.value},
          {"memory_bytes", device.memory.value}};
}

Json to_json(const MachineContext& context) {
  return {{"kernel", context.kernel},
          {"compiler", context.compiler},
          {"build", context.build},
          {"libraries", context.libraries},
          {"governor", text_or_null(context.governor)},
          {"turbo", text_or_null(context.turbo)},
          {"hypervisor", text_or_null(context.hypervisor)},
          {"huge_pages", text_or_null(context.huge_pages)},
          {"load_average", number(context.load_average)},
          {"cpus", context.cpus},
          {"priority", context.priority},
          {"timestamp", context.timestamp}};
}

Json to_json(const MemoryUse& memory) {
  return {{"activations_bytes", memory.activations.value},
          {"workspace_bytes", memory.workspace.value},
          {"weights_bytes", memory.weights.value},
          {"activations_lower_bound_bytes", memory.arena_bound.value}};
}

Json to_json(const StepBytes& bytes) {
  return {{"output_bytes", bytes.output.value},
          {"live_bytes", bytes.live.value},
          {"workspace_bytes", bytes.workspace.value},
          {"weights_bytes", bytes.weights.value}};
}

Json to_json(const PlannedTransform& transform) {
  return {{"value", transform.value},
          {"from", to_string(transform.from)},
          {"to", to_string(transform.to)},
          {"primitive", text_or_null(transform.primitive)},
          {"time_s", number(transform.time_s)}};
}

std::string envelope_text(std::string_view verb, const Envelope& envelope, Json result) {
  Json context = {{"device", to_json(envelope.device)}};
  context.update(to_json(envelope.context));
  Json options = Json::object();
  for (const ReportOption& option : envelope.options) {
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, double>) {
            options[option.key] = number(value);
          } else {
            options[option.key] = value;
          }
        },
        option.value);
  }
  Json warnings = Json::array();
  for (const ReportWarning& warning : envelope.warnings) {
    warnings.push_back({{"code", warning.code},
                        {"message", warning.message},
                        {"hint", text_or_null(warning.hint)}});
  }
  return dump({{"schema", "kernwise." + std::string(verb) + "/1"},
               {"context", std::move(context)},
               {"options", std::move(options)},
               {"result", std::move(result)},
               {"warnings", std::move(warnings)}});
}

std::string dump(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace detail

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kCriterionFailed: return "criterion-failed";
    case ErrorCode::kInvalidInput: return "invalid-input";
    case ErrorCode::kUnsupported: return "unsupported";
    case ErrorCode::kInternal: return "internal";
    case ErrorCode::kInterrupted: return "interrupted";
  }
  return "internal";
}

std::string error_json(const Error& error) {
  return detail::dump({{"schema", "kernwise.error/1"},
                       {"error",
                        {{"code", to_string(error.code)},
                         {"exit_code", static_cast<int>(error.code)},
                         {"message", error.message},
                         {"context", error.context},
                         {"hint", detail::text_or_null(error.hint)}}}});
}

}  // namespace kernwise
