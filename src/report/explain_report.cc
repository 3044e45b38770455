// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/explain_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "json.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

bool is_known(const ExplainedCandidate& c) {
  return c.status == "chosen" || c.status == "measured" || c.status == "predicted" ||
         c.status == "roofline";
}

Json candidate_json(const ExplainedCandidate& c) {
  const bool known = is_known(c);
  return {{"primitive", c.primitive},
          {"in", to_string(c.in)},
          {"out", to_string(c.out)},
          {"status", c.status},
          {"reason", detail::text_or_null(c.reason)},
          {"time_s", known ? detail::number(c.time_s) : Json(nullptr)},
          {"low_s", known ? detail::number(c.low_s) : Json(nullptr)},
          {"high_s", known ? detail::number(c.high_s) : Json(nullptr)},
          {"spread_ratio", known ? detail::number(c.spread) : Json(nullptr)},
          {"grade", known ? Json(std::string(1, c.grade)) : Json(nullptr)},
          {"runs", c.runs},
          {"workspace_bytes", known ? Json(c.workspace_bytes) : Json(nullptr)},
          {"packed_bytes", known && c.packed_bytes > 0 ? Json(c.packed_bytes) : Json(nullptr)},
          {"plan_regret_ratio", known ? detail::number(c.plan_regret) : Json(nullptr)}};
}

std::string regret_text(const ExplainedCandidate& c) {
  if (c.status == "chosen") return "";
  if (!std::isfinite(c.plan_regret)) return "no plan";
  return detail::signed_percent(c.plan_regret);
}

// Of a measurement "±1.2 %", of anything else its bounds.
std::string interval_text(const ExplainedCandidate& c, const TextStyle& style) {
  if (!is_known(c) || c.high_s <= 0) return "";  // a view takes no time
  if (c.runs > 0) return detail::spread_text(c.spread, style);
  return fmt::format("{} to {}", format_seconds({c.low_s}), format_seconds({c.high_s}));
}

// What the layer itself holds, and what lies around it.
std::string memory_text(const StepBytes& bytes) {
  std::string text = fmt::format("holds {} of output", format_bytes(bytes.output));
  if (bytes.weights.value > 0)
    text += fmt::format(", {} of packed weights", format_bytes(bytes.weights));
  if (bytes.workspace.value > 0)
    text += fmt::format(", {} of workspace", format_bytes(bytes.workspace));
  return text +
         fmt::format("; {} of activations are alive while it runs\n", format_bytes(bytes.live));
}

// What the numbers say, in words.
std::string remark(const ExplainedCandidate& c, const ExplainedCandidate* chosen) {
  if (!c.reason.empty()) return c.reason;
  if (c.status == "unmeasured") return "admissible, but never measured here";
  if (c.status == "chosen" || chosen == nullptr || !is_known(c)) return "";
  if (c.grade == 'F') return "too noisy to be taken as truth";
  if (c.time_s < chosen->time_s) {
    return std::isfinite(c.plan_regret) ? "faster alone, but the transforms around it cost more"
                                        : "faster alone, but no transform leads to its layouts";
  }
  return "";
}

Ink ink_of(const ExplainedCandidate& c) {
  if (c.status == "chosen") return Ink::kGood;
  if (c.status == "failed") return Ink::kBad;
  return is_known(c) ? Ink::kPlain : Ink::kDim;
}

std::string layer_text(const ExplainedLayer& layer, const TextStyle& style) {
  std::string text = fmt::format("{}  {}", paint(printable(layer.layer, style), Ink::kBold, style),
                                 detail::short_problem(layer.problem));
  if (layer.macs.value > 0) text += "  " + format_macs(layer.macs);
  text += '\n';
  if (layer.covers.size() > 1) {
    text += "computes";
    for (const std::string& node : layer.covers) text += fmt::format(" {}", printable(node, style));
    text += '\n';
  }
  text += memory_text(layer.bytes);
  const auto found =
      std::ranges::find(layer.candidates, std::string("chosen"), &ExplainedCandidate::status);
  const ExplainedCandidate* chosen = found == layer.candidates.end() ? nullptr : &*found;
  Table table({{"  primitive"},
               {"layout"},
               {"status"},
               {"time", Align::kRight, 0},
               {"", Align::kRight, 0},
               {"grade"},
               {"runs", Align::kRight, 0},
               {"workspace", Align::kRight, 0},
               {"packed", Align::kRight, 0},
               {"plan", Align::kRight, 0},
               {"remark", Align::kLeft, 20}});
  for (const ExplainedCandidate& c : layer.candidates) {
    const bool known = is_known(c);
    const Ink ink = ink_of(c);
    table.add({{"  " + c.primitive, ink},
               {detail::layouts(c.in, c.out, style), ink},
               {c.status, ink},
               {known ? format_seconds({c.time_s}) : "", ink},
               {interval_text(c, style), ink},
               {known ? std::string(1, c.grade) : "", known ? detail::ink_of_grade(c.grade) : ink},
               {known ? std::to_string(c.runs) : "", ink},
               {known && c.workspace_bytes > 0 ? format_bytes({c.workspace_bytes}) : "", ink},
               {known && c.packed_bytes > 0 ? format_bytes({c.packed_bytes}) : "", ink},
               {known ? regret_text(c) : "", ink},
               {remark(c, chosen), ink}});
  }
  text += table.render(style);
  for (const PlannedTransform& t : layer.transforms) {
    if (t.primitive.empty()) continue;
    text += fmt::format("  transform beside it: {} {}{}{} by {}, {}\n", printable(t.value, style),
                        to_string(t.from), arrow(style), to_string(t.to), t.primitive,
                        format_seconds({t.time_s}));
  }
  return text;
}

}  // namespace

std::string explain_json(const std::vector<ExplainedLayer>& layers, const Envelope& envelope) {
  Json list = Json::array();
  for (const ExplainedLayer& layer : layers) {
    Json candidates = Json::array();
    for (const ExplainedCandidate& c : layer.candidates) candidates.push_back(candidate_json(c));
    Json transforms = Json::array();
    for (const PlannedTransform& t : layer.transforms) transforms.push_back(detail::to_json(t));
    list.push_back({{"layer", layer.layer},
                    {"problem", layer.problem},
                    {"layer_macs", layer.macs.value},
                    {"covers", layer.covers},
                    {"memory", detail::to_json(layer.bytes)},
                    {"candidates", std::move(candidates)},
                    {"transforms", std::move(transforms)}});
  }
  return detail::envelope_text("explain", envelope, {{"layers", std::move(list)}});
}

std::string explain_text(const std::vector<ExplainedLayer>& layers, const TextStyle& style) {
  std::string text;
  for (const ExplainedLayer& layer : layers) {
    if (!text.empty()) text += '\n';
    text += layer_text(layer, style);
  }
  text +=
      "\nplan: how much slower the best plan of the whole network is if the layer must take this "
      "candidate\n";
  return text;
}

}  // namespace kernwise
