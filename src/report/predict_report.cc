// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/predict_report.h"

#include <fmt/format.h>

#include <cmath>

#include "json.h"
#include "kernwise/base/format.h"
#include "learned_summary.h"
#include "words.h"

namespace kernwise {
namespace detail {

Json to_json(const LearnedCostSummary& s) {
  return {{"model", s.model},
          {"model_device", s.model_device},
          {"model_threads", s.model_threads},
          {"transferred", s.transferred},
          {"probed_problems", s.probed},
          {"probe_measurements", s.probe_measurements},
          {"probe_s", number(s.probe_s)},
          {"expected_error_percent", number(100 * s.expected_error)},
          {"problems", s.problems},
          {"predicted_problems", s.predicted},
          {"fallbacks", s.fallbacks},
          {"unmodelled", s.unmodelled},
          {"fallback_share_ratio", number(s.fallback_share)},
          {"verified", s.verified},
          {"verify_s", number(s.verify_s)},
          {"verified_all", s.verified_all},
          {"predicted_share_ratio", number(s.predicted_share)},
          {"low_s", number(s.low_s)},
          {"high_s", number(s.high_s)}};
}

std::string learned_lines(const LearnedCostSummary& s, const TextStyle& style) {
  std::string text =
      fmt::format("model {} of {}, {}", printable(s.model, style), printable(s.model_device, style),
                  plural(s.model_threads, "thread"));
  if (s.transferred) {
    text += fmt::format(", carried to this device by {} of {} in {}",
                        plural(s.probe_measurements, "measurement"), plural(s.probed, "problem"),
                        format_seconds({s.probe_s}));
  }
  text +=
      fmt::format("; expected error {}\n",
                  std::isfinite(s.expected_error) ? format_percent(s.expected_error) : "unknown");
  if (!s.fallbacks.empty()) {
    text += fmt::format(
        "{} of {} not predicted: {}\n", s.fallbacks.size(), plural(s.problems, "problem"),
        s.fallback_share > 0 ? fmt::format("a roofline bound stands in, {} of the total",
                                           format_percent(s.fallback_share))
                             : std::string("measured instead"));
  }
  if (s.verified > 0) {
    text += fmt::format("{} measured to verify the plan in {}\n", plural(s.verified, "candidate"),
                        format_seconds({s.verify_s}));
  }
  text += s.verified_all
              ? std::string("nothing that the plan stands on is left unmeasured")
              : fmt::format("{} of the total is not measured", format_percent(s.predicted_share));
  return text + fmt::format("; the bounds of the parts add up to {} to {}\n",
                            format_seconds({s.low_s}), format_seconds({s.high_s}));
}

}  // namespace detail

std::string predict_json(const PlanOutcome& outcome, const Envelope& envelope) {
  using detail::Json;
  const Plan& plan = outcome.plan;
  const LearnedCostSummary& s = *outcome.learned;
  Json layers = Json::array();
  for (const PlannedLayer& layer : plan.layers) {
    layers.push_back({{"layer", layer.layer},
                      {"problem", layer.problem},
                      {"primitive", layer.primitive},
                      {"time_s", detail::number(layer.time_s)},
                      {"low_s", detail::number(layer.low_s)},
                      {"high_s", detail::number(layer.high_s)},
                      {"provenance", layer.provenance}});
  }
  return detail::envelope_text(
      "predict", envelope,
      {{"network", plan.network},
       {"threads", plan.threads},
       {"predicted_total_s", detail::number(plan.predicted_total_s)},
       {"low_s", detail::number(s.low_s)},
       {"high_s", detail::number(s.high_s)},
       {"predicted_transforms_s", detail::number(plan.predicted_transforms_s)},
       {"modelled_share_ratio", detail::number(1 - s.fallback_share)},
       {"peak_bytes", plan.peak_bytes},
       {"costs", detail::to_json(s)},
       {"layers", std::move(layers)}});
}

std::string predict_text(const PlanOutcome& outcome, const TextStyle& style) {
  const Plan& plan = outcome.plan;
  Table table({{"layer", Align::kLeft, 12},
               {"problem", Align::kLeft, 16},
               {"primitive", Align::kLeft, 0},
               {"time", Align::kRight, 0},
               {"from", Align::kRight, 0},
               {"to", Align::kRight, 0},
               {"", Align::kLeft, 0}});
  for (const PlannedLayer& layer : plan.layers) {
    table.add({{layer.layer},
               {detail::short_problem(layer.problem), Ink::kDim},
               {layer.primitive, Ink::kGood},
               {format_seconds({layer.time_s})},
               {format_seconds({layer.low_s}), Ink::kDim},
               {format_seconds({layer.high_s}), Ink::kDim},
               {layer.provenance == "predicted" ? "" : layer.provenance, Ink::kDim}});
  }
  return table.render(style) +
         fmt::format("\npredicted {} for {} with {}, layout transforms {}\n",
                     paint(format_seconds({plan.predicted_total_s}), Ink::kBold, style),
                     detail::plural(static_cast<int64_t>(plan.layers.size()), "layer"),
                     detail::plural(plan.threads, "thread"),
                     format_seconds({plan.predicted_transforms_s})) +
         detail::learned_lines(*outcome.learned, style);
}

}  // namespace kernwise
