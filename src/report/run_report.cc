// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/run_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

Json verification_json(const Verification& v, const Plan& plan, double tolerance, bool passed) {
  Json layers = Json::array();
  for (const LayerError& layer : v.layers) {
    layers.push_back({{"layer", layer.layer},
                      {"primitive", layer.primitive},
                      {"relative_error", detail::number(layer.own)},
                      {"chained_relative_error", detail::number(layer.chained)}});
  }
  return {{"worst_relative_error", detail::number(v.worst_relative_error)},
          {"tolerance", detail::number(tolerance)},
          {"passed", passed},
          {"planned_max_relative_error",
           plan.int8 ? detail::number(plan.int8->max_relative_error) : Json(nullptr)},
          {"planned_end_to_end_relative_error",
           plan.int8 ? detail::number(plan.int8->end_to_end_relative_error) : Json(nullptr)},
          {"end_to_end_relative_error", detail::number(v.end_to_end_error)},
          {"worst_layer", detail::text_or_null(v.worst_layer)},
          {"worst_layer_relative_error", detail::number(v.worst_layer_error)},
          {"layers", std::move(layers)}};
}

// Billions per second.
double rate(int64_t count, double seconds) {
  return seconds > 0 ? 1e-9 * static_cast<double>(count) / seconds : 0;
}

Json steps_json(const RunOutcome& outcome) {
  Json steps = Json::array();
  for (const StepTime& step : outcome.steps) {
    steps.push_back({{"name", step.step.name},
                     {"kind", step.step.is_transform ? "transform" : "layer"},
                     {"primitive", detail::text_or_null(step.step.primitive)},
                     {"layout", to_string(step.step.layout)},
                     {"shape", detail::to_json(step.step.shape)},
                     {"planned_s", detail::number(step.planned_s)},
                     {"planned_low_s", detail::positive(step.planned_low_s)},
                     {"planned_high_s", detail::positive(step.planned_high_s)},
                     {"median_s", detail::number(step.median_s)},
                     {"step_macs", step.macs.value},
                     {"least_traffic_bytes", step.traffic.value},
                     {"achieved_gflops", detail::number(rate(2 * step.macs.value, step.median_s))},
                     {"achieved_gbps", detail::number(rate(step.traffic.value, step.median_s))},
                     {"roofline_s", detail::number(roofline_s(step, outcome.ceilings))},
                     {"memory", detail::to_json(step.step.bytes)}});
  }
  return steps;
}

double total_of(const std::vector<StepTime>& steps, double StepTime::*part) {
  double total = 0;
  for (const StepTime& step : steps) total += step.*part;
  return total;
}

std::string step_table(const RunOutcome& outcome, const TextStyle& style) {
  Table table({{"step", Align::kLeft, 16},
               {"primitive", Align::kLeft, 0},
               {"layout", Align::kLeft, 0},
               {"planned", Align::kRight, 0},
               {"measured", Align::kRight, 0},
               {"difference", Align::kRight, 0},
               {"share", Align::kRight, 0},
               {"GFLOP/s", Align::kRight, 0},
               {"GB/s", Align::kRight, 0},
               {"of roofline", Align::kRight, 0}});
  const double total = total_of(outcome.steps, &StepTime::median_s);
  for (const StepTime& step : outcome.steps) {
    const Ink ink = step.step.is_transform ? Ink::kDim : Ink::kPlain;
    const double roof = roofline_s(step, outcome.ceilings);
    const bool known = step.median_s > 0;
    table.add(
        {{(step.step.is_transform ? "  " : "") + step.step.name, ink},
         {step.step.primitive, ink},
         {std::string(to_string(step.step.layout)), ink},
         {format_seconds({step.planned_s}), ink},
         {format_seconds({step.median_s}), ink},
         {step.planned_s > 0 ? detail::signed_percent(step.median_s / step.planned_s - 1) : "",
          ink},
         {total > 0 ? format_percent(step.median_s / total) : "", ink},
         {known && step.macs.value > 0 ? format_number(rate(2 * step.macs.value, step.median_s))
                                       : "",
          ink},
         {known && step.traffic.value > 0 ? format_number(rate(step.traffic.value, step.median_s))
                                          : "",
          ink},
         {known && roof > 0 ? format_percent(roof / step.median_s) : "", ink}});
  }
  return table.render(style);
}

std::string roofline_text(const RunOutcome& outcome) {
  double roofs = 0;
  for (const StepTime& step : outcome.steps) roofs += roofline_s(step, outcome.ceilings);
  return fmt::format(
      "ceilings of {}: {} GFLOP/s, {} GB/s from memory; all steps at their roofline: {} (direct "
      "convolution, no data in caches)\n",
      detail::plural(outcome.plan.threads, "thread"), format_number(outcome.ceilings.peak_gflops),
      format_number(outcome.ceilings.bandwidth_gbps), format_seconds({roofs}));
}

std::string verification_text(const Verification& v, const Plan& plan, double tolerance,
                              bool passed, const TextStyle& style) {
  std::string text = fmt::format(
      "verification {}: worst relative error {:.2g}, tolerance {:.2g}; end to end {:.2g}, worst "
      "layer {:.2g} ({})\n",
      passed ? paint("passed", Ink::kGood, style) : paint("FAILED", Ink::kBad, style),
      v.worst_relative_error, tolerance, v.end_to_end_error, v.worst_layer_error,
      v.worst_layer.empty() ? "none" : printable(v.worst_layer, style));
  if (plan.int8) {
    text += fmt::format(
        "int8: end to end {:.2g}, {} when planned, bound {:.2g}; the tolerance is "
        "for layers in fp32\n",
        v.end_to_end_error, fmt::format("{:.2g}", plan.int8->end_to_end_relative_error),
        plan.int8->max_relative_error);
  }
  return text;
}

}  // namespace

bool verified(const RunOutcome& outcome, double tolerance) {
  // Written so that a NaN does not pass.
  if (!outcome.verification) return true;
  const Verification& v = *outcome.verification;
  if (!outcome.plan.int8) return v.worst_relative_error <= tolerance;
  const double bound = outcome.plan.int8->max_relative_error;
  for (std::size_t i = 0; i < v.layers.size(); ++i) {
    const bool exact = outcome.plan.layers[i].precision == Precision::kFp32;
    if (!(v.layers[i].own <= (exact ? tolerance : bound))) return false;
  }
  return v.end_to_end_error <= bound;
}

std::string run_json(const RunOutcome& outcome, double tolerance, const Envelope& envelope) {
  const double planned = outcome.plan.predicted_total_s;
  Json result = {
      {"network", outcome.plan.network},
      {"network_hash", outcome.plan.network_hash},
      {"threads", outcome.plan.threads},
      {"median_s", detail::positive(outcome.median_s)},
      {"spread_ratio", outcome.runs_s.empty() ? Json(nullptr) : detail::number(outcome.spread)},
      {"runs_s", detail::numbers(outcome.runs_s)},
      {"predicted_total_s", detail::number(planned)},
      {"measured_over_predicted_ratio",
       planned > 0 ? detail::positive(outcome.median_s / planned) : Json(nullptr)},
      {"peak_bytes", outcome.memory.peak().value},
      {"process_peak_bytes",
       outcome.process_peak.value > 0 ? Json(outcome.process_peak.value) : Json(nullptr)},
      {"memory", detail::to_json(outcome.memory)},
      {"output_hash", detail::text_or_null(outcome.output_hash)},
      {"verification", outcome.verification
                           ? verification_json(*outcome.verification, outcome.plan, tolerance,
                                               verified(outcome, tolerance))
                           : Json(nullptr)},
      {"ceilings", outcome.steps.empty()
                       ? Json(nullptr)
                       : Json{{"peak_gflops", detail::number(outcome.ceilings.peak_gflops)},
                              {"bandwidth_gbps", detail::number(outcome.ceilings.bandwidth_gbps)}}},
      {"steps", outcome.steps.empty() ? Json(nullptr) : steps_json(outcome)}};
  return detail::envelope_text("run", envelope, std::move(result));
}

std::string run_text(const RunOutcome& outcome, double tolerance, const TextStyle& style) {
  std::string text;
  if (!outcome.steps.empty()) {
    text += step_table(outcome, style);
    text += fmt::format(
        "\nsteps together: planned {}, measured {} (timed one by one, which slows the run: not the "
        "time of the network)\n",
        format_seconds({total_of(outcome.steps, &StepTime::planned_s)}),
        format_seconds({total_of(outcome.steps, &StepTime::median_s)}));
    text += roofline_text(outcome);
  }
  if (!outcome.runs_s.empty()) {
    const double planned = outcome.plan.predicted_total_s;
    text += fmt::format(
        "measured {} {} (median of {}), planned {}{}\n",
        paint(format_seconds({outcome.median_s}), Ink::kBold, style),
        detail::spread_text(outcome.spread, style),
        detail::plural(static_cast<int64_t>(outcome.runs_s.size()), "run"),
        format_seconds({planned}),
        planned > 0 ? ", difference " + detail::signed_percent(outcome.median_s / planned - 1)
                    : "");
  }
  text += detail::memory_line(outcome.memory);
  if (outcome.process_peak.value > 0) {
    text += fmt::format("; of the process {}", format_bytes(outcome.process_peak));
  }
  text += "\n";
  if (outcome.verification) {
    text += verification_text(*outcome.verification, outcome.plan, tolerance,
                              verified(outcome, tolerance), style);
  }
  text += fmt::format("output hash {}\n", outcome.output_hash);
  return text;
}

}  // namespace kernwise
