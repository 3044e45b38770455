// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/plan_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "json.h"
#include "kernwise/base/format.h"
#include "learned_summary.h"
#include "profile_summary.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

constexpr double kTie = 0.05;

Json int8_json(const Int8Summary& int8) {
  return {{"max_relative_error", detail::number(int8.max_relative_error)},
          {"end_to_end_relative_error", detail::number(int8.end_to_end_relative_error)},
          {"calibration", int8.calibration},
          {"layers_able", int8.able},
          {"layers_beyond_alone", int8.beyond_alone},
          {"layers_sent_back", int8.sent_back},
          {"layers_in_int8", int8.chosen},
          {"trials", int8.trials},
          {"fp32_total_s", detail::number(int8.fp32_total_s)},
          {"spent_s", detail::number(int8.spent_s)},
          {"bf16", "takes no part: without AMX it computes no faster than fp32"}};
}

std::string int8_lines(const Int8Summary& int8, const Plan& plan) {
  std::string text = fmt::format("int8 in {} of the {} that it can compute; ranges from {}\n",
                                 detail::plural(int8.chosen, "layer"), int8.able, int8.calibration);
  if (int8.chosen > 0) {
    text += fmt::format(
        "error end to end {:.2g}, bound {:.2g}; fp32 alone would take {}, {} times "
        "this plan\n",
        int8.end_to_end_relative_error, int8.max_relative_error,
        format_seconds({int8.fp32_total_s}),
        format_ratio(plan.predicted_total_s > 0 ? int8.fp32_total_s / plan.predicted_total_s : 1));
  }
  if (int8.beyond_alone + int8.sent_back > 0) {
    text += fmt::format("kept in fp32 for the bound: {} by their own error, {} for the end\n",
                        int8.beyond_alone, int8.sent_back);
  }
  return text + "bf16 takes no part: without AMX it computes no faster than fp32\n";
}

Json layer_json(const PlannedLayer& layer) {
  return {
      {"layer", layer.layer},
      {"problem", layer.problem},
      {"primitive", layer.primitive},
      {"revision", layer.revision},
      {"in", to_string(layer.in)},
      {"out", to_string(layer.out)},
      {"time_s", detail::number(layer.time_s)},
      {"low_s", detail::number(layer.low_s)},
      {"high_s", detail::number(layer.high_s)},
      {"grade", std::string(1, layer.grade)},
      {"provenance", layer.provenance},
      {"workspace_bytes", layer.workspace_bytes},
      {"precision", to_string(layer.precision)},
      {"relative_error",
       layer.precision == Precision::kFp32 ? Json(nullptr) : detail::number(layer.relative_error)},
      {"runner_up", detail::text_or_null(layer.runner_up)},
      {"runner_up_s", layer.runner_up.empty() ? Json(nullptr) : detail::number(layer.runner_up_s)},
      {"why", to_string(reason_of(layer))}};
}

std::string_view words_of(ChoiceReason reason) {
  switch (reason) {
    case ChoiceReason::kOnlyCandidate: return "only candidate";
    case ChoiceReason::kFaster: return "faster";
    case ChoiceReason::kTie: return "tie";
    case ChoiceReason::kCheaperWithLayouts: return "cheaper with layouts";
  }
  return "";
}

// With a column of precisions where there is more than one.
std::vector<Cell> layer_row(const PlannedLayer& layer, bool precisions, const TextStyle& style) {
  // Views take no time at all: between two of them there is no share.
  const bool compared = !layer.runner_up.empty() && layer.time_s > 0;
  std::vector<Cell> row = {
      {layer.layer},
      {detail::short_problem(layer.problem), Ink::kDim},
      {layer.primitive, Ink::kGood},
      {detail::layouts(layer.in, layer.out, style)},
      {format_seconds({layer.time_s})},
      {std::string(1, layer.grade), detail::ink_of_grade(layer.grade)},
      {layer.runner_up, Ink::kDim},
      {compared ? detail::signed_percent(layer.runner_up_s / layer.time_s - 1) : ""},
      {std::string(words_of(reason_of(layer)))}};
  if (precisions) {
    const bool exact = layer.precision == Precision::kFp32;
    row.push_back({std::string(to_string(layer.precision)), exact ? Ink::kDim : Ink::kPlain});
    row.push_back({exact ? "" : fmt::format("{:.2g}", layer.relative_error)});
  }
  return row;
}

struct Origin {
  int layer = -1;  // that makes the value; -1 for graph inputs
  Shape4 shape;
};

std::map<std::string, Origin> origins(const LayerGraph& graph) {
  std::map<std::string, Origin> made;  // by the value's name
  const auto note = [&](ValueId id, int layer) {
    const Value& value = graph.values[static_cast<std::size_t>(id)];
    made[value.name] = {layer, value.shape};
  };
  for (const ValueId input : graph.inputs) note(input, -1);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    note(graph.layers[i].output, static_cast<int>(i));
  }
  return made;
}

Table layer_table(const PlanOutcome& outcome, const TextStyle& style) {
  Table table({{"layer", Align::kLeft, 12},
               {"problem", Align::kLeft, 16},
               {"primitive", Align::kLeft, 0},
               {"layout", Align::kLeft, 0},
               {"time", Align::kRight, 0},
               {"grade", Align::kLeft, 0},
               {"runner-up", Align::kLeft, 12},
               {"", Align::kRight, 0},
               {"why", Align::kLeft, 0},
               {"precision", Align::kLeft, 0},
               {"error", Align::kRight, 0}});
  const auto made = origins(outcome.model.graph);
  const auto add_transforms_after = [&](int layer) {
    for (const PlannedTransform& t : outcome.plan.transforms) {
      const auto found = made.find(t.value);
      if (t.primitive.empty() || found == made.end() || found->second.layer != layer) continue;
      table.add({{"  " + t.value, Ink::kDim},
                 {"transform " + detail::shape_text(found->second.shape), Ink::kDim},
                 {t.primitive, Ink::kDim},
                 {detail::layouts(t.from, t.to, style), Ink::kDim},
                 {format_seconds({t.time_s}), Ink::kDim}});
    }
  };
  add_transforms_after(-1);
  for (std::size_t i = 0; i < outcome.plan.layers.size(); ++i) {
    table.add(layer_row(outcome.plan.layers[i], outcome.int8.has_value(), style));
    add_transforms_after(static_cast<int>(i));
  }
  return table;
}

std::string proof_line(const PlanOutcome& outcome) {
  const Selection& s = outcome.selection;
  const std::string how =
      fmt::format("PBQP of {} and {}, {}{}", detail::plural(s.pbqp_nodes, "node"),
                  detail::plural(s.pbqp_edges, "edge"),
                  s.branches == 0 ? std::string("by reductions alone")
                                  : detail::plural(s.branches, "branch node"),
                  s.solve_s > 0 ? ", " + format_seconds({s.solve_s}) : "");
  if (outcome.plan.optimal) {
    return fmt::format("optimal: no other choice has a smaller sum of costs ({})", how);
  }
  return fmt::format("not proven optimal: at most {} above the best possible ({})",
                     format_percent(outcome.plan.gap_ratio), how);
}

std::string effort_line(const PlanOutcome& outcome) {
  const PhaseTimes& t = outcome.times;
  std::string line =
      fmt::format("planned in {}: reading {}",
                  format_seconds({t.read_s + t.profile_s + t.select_s + t.calibrate_s}),
                  format_seconds({t.read_s}));
  if (outcome.profile) {
    line += fmt::format(", measuring {} ({} of {})", format_seconds({t.profile_s}),
                        detail::plural(outcome.profile->runs, "run"),
                        detail::plural(outcome.profile->candidates, "candidate"));
  } else if (outcome.learned) {
    line += fmt::format(", predicting and verifying {}", format_seconds({t.profile_s}));
  } else {
    line += fmt::format(", looking up measurements {}", format_seconds({t.profile_s}));
  }
  line += fmt::format(", selecting {}", format_seconds({t.select_s}));
  if (t.calibrate_s > 0.001) {
    line += fmt::format(", running the whole network {}", format_seconds({t.calibrate_s}));
  }
  return line;
}

Json steps_json(const std::vector<StepInfo>& steps) {
  Json list = Json::array();
  for (const StepInfo& step : steps) {
    list.push_back({{"name", step.name},
                    {"kind", step.is_transform ? "transform" : "layer"},
                    {"memory", detail::to_json(step.bytes)}});
  }
  return list;
}

Json front_json(const MemoryFront& front) {
  Json points = Json::array();
  for (const MemoryPoint& point : front.points) {
    points.push_back({{"peak_bytes", point.peak_bytes},
                      {"time_s", detail::number(point.selection.total_s)},
                      {"gap_ratio", detail::number(point.gap_ratio)}});
  }
  return {{"exact", front.exact},
          {"least_peak_bound_bytes", front.least_peak_bound},
          {"points", std::move(points)}};
}

std::string front_text(const MemoryFront& front, const TextStyle& style) {
  Table table({{"memory", Align::kRight, 0},
               {"time", Align::kRight, 0},
               {"of fastest", Align::kRight, 0},
               {"above the best possible by", Align::kRight, 0}});
  const double fastest = front.points.back().selection.total_s;
  for (const MemoryPoint& point : front.points) {
    table.add({{format_bytes({point.peak_bytes})},
               {format_seconds({point.selection.total_s})},
               {format_ratio(fastest > 0 ? point.selection.total_s / fastest : 1)},
               {point.gap_ratio > 0 ? "at most " + format_percent(point.gap_ratio) : "0 %"}});
  }
  return fmt::format("\ntime against memory, {}; no plan takes less than {}\n{}",
                     front.exact ? "all combinations" : "by Lagrangian relaxation",
                     format_bytes({front.least_peak_bound}), table.render(style));
}

}  // namespace

ChoiceReason reason_of(const PlannedLayer& layer) {
  if (layer.runner_up.empty()) return ChoiceReason::kOnlyCandidate;
  if (layer.runner_up_s == layer.time_s) return ChoiceReason::kTie;  // two views: both are nothing
  if (layer.runner_up_s >= layer.time_s * (1 + kTie)) return ChoiceReason::kFaster;
  if (layer.runner_up_s > layer.time_s * (1 - kTie)) return ChoiceReason::kTie;
  return ChoiceReason::kCheaperWithLayouts;
}

std::string_view to_string(ChoiceReason reason) {
  switch (reason) {
    case ChoiceReason::kOnlyCandidate: return "only-candidate";
    case ChoiceReason::kFaster: return "faster";
    case ChoiceReason::kTie: return "tie";
    case ChoiceReason::kCheaperWithLayouts: return "cheaper-with-layouts";
  }
  return "";
}

std::string plan_json(const PlanOutcome& outcome, const std::string& file,
                      const Envelope& envelope) {
  const Plan& plan = outcome.plan;
  const bool calibrated = plan.measured_total_s > 0;
  Json layers = Json::array();
  for (const PlannedLayer& layer : plan.layers) layers.push_back(layer_json(layer));
  Json transforms = Json::array();
  for (const PlannedTransform& t : plan.transforms) transforms.push_back(detail::to_json(t));
  Json result = {
      {"network", plan.network},
      {"network_hash", plan.network_hash},
      {"file", detail::text_or_null(file)},
      {"policy", plan.policy},
      {"protocol", plan.protocol},
      {"threads", plan.threads},
      {"predicted_total_s", detail::number(plan.predicted_total_s)},
      {"predicted_transforms_s", detail::number(plan.predicted_transforms_s)},
      {"measured_total_s", calibrated ? detail::number(plan.measured_total_s) : Json(nullptr)},
      {"calibration_ratio", calibrated ? detail::number(plan.calibration_ratio) : Json(nullptr)},
      {"peak_bytes", plan.peak_bytes},
      {"memory", detail::to_json(outcome.memory)},
      {"optimal", plan.optimal},
      {"gap_ratio", detail::number(plan.gap_ratio)},
      {"solver",
       {{"solve_s", detail::number(outcome.selection.solve_s)},
        {"nodes", outcome.selection.pbqp_nodes},
        {"edges", outcome.selection.pbqp_edges},
        {"branches", outcome.selection.branches}}},
      {"total_macs", total_macs(outcome.model.graph).value},
      {"layers", std::move(layers)},
      {"transforms", std::move(transforms)},
      {"steps", steps_json(outcome.steps)},
      {"front", outcome.front ? front_json(*outcome.front) : Json(nullptr)},
      {"int8", outcome.int8 ? int8_json(*outcome.int8) : Json(nullptr)},
      {"costs", outcome.learned ? detail::to_json(*outcome.learned) : Json(nullptr)},
      {"profile", outcome.profile ? detail::to_json(*outcome.profile) : Json(nullptr)},
      {"phases",
       {{"read_s", detail::number(outcome.times.read_s)},
        {"profile_s", detail::number(outcome.times.profile_s)},
        {"select_s", detail::number(outcome.times.select_s)},
        {"calibrate_s", detail::number(outcome.times.calibrate_s)}}}};
  return detail::envelope_text("plan", envelope, std::move(result));
}

std::string plan_text(const PlanOutcome& outcome, const std::string& file, const TextStyle& style) {
  const Plan& plan = outcome.plan;
  std::string text = layer_table(outcome, style).render(style);
  const auto moved = std::ranges::count_if(
      plan.transforms, [](const PlannedTransform& t) { return !t.primitive.empty(); });
  text += fmt::format(
      "\ntotal {} for {} ({}), of which {} {} ({})\n",
      paint(format_seconds({plan.predicted_total_s}), Ink::kBold, style),
      detail::plural(static_cast<int64_t>(plan.layers.size()), "layer"),
      format_macs(total_macs(outcome.model.graph)), detail::plural(moved, "layout transform"),
      format_seconds({plan.predicted_transforms_s}),
      format_percent(
          plan.predicted_total_s > 0 ? plan.predicted_transforms_s / plan.predicted_total_s : 0));
  text += proof_line(outcome) + "\n";
  if (plan.measured_total_s > 0) {
    text +=
        fmt::format("measured {} for a run of the whole network: {} of the sum of its parts\n",
                    format_seconds({plan.measured_total_s}), format_ratio(plan.calibration_ratio));
  }
  if (outcome.int8) text += int8_lines(*outcome.int8, plan);
  if (outcome.learned) text += detail::learned_lines(*outcome.learned, style);
  text += detail::memory_line(outcome.memory) + "\n";
  if (outcome.front) text += front_text(*outcome.front, style);
  text += effort_line(outcome) + "\n";
  if (!file.empty()) text += fmt::format("wrote {}\n", printable(file, style));
  return text;
}

}  // namespace kernwise
