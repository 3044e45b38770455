// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "json.h"
#include "kernwise/base/format.h"
#include "kernwise/report/inspect_report.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

struct StoreGroup {
  int64_t measured = 0, refused = 0, failed = 0, runs = 0;
  std::set<std::string> problems;
  std::set<std::string> primitives;
};
// By device, threads, protocol and libraries: what a cost table would be made from.
using GroupKey = std::tuple<std::string, int, std::string, std::string>;

std::map<GroupKey, StoreGroup> groups_of(const std::vector<Measurement>& measurements) {
  std::map<GroupKey, StoreGroup> groups;
  for (const Measurement& m : measurements) {
    StoreGroup& group = groups[{m.key.device, m.key.threads, m.key.protocol, m.key.libraries}];
    switch (m.status) {
      case MeasurementStatus::kOk: ++group.measured; break;
      case MeasurementStatus::kRefused: ++group.refused; break;
      case MeasurementStatus::kFailed: ++group.failed; break;
    }
    group.runs += static_cast<int64_t>(m.runs_s.size());
    group.problems.insert(m.key.problem);
    group.primitives.insert(m.key.primitive);
  }
  return groups;
}

}  // namespace

std::string plan_card_json(const Plan& plan, const std::string& path, bool layers,
                           const Envelope& envelope) {
  Json result = {{"kind", "plan"},
                 {"path", path},
                 {"network", plan.network},
                 {"network_hash", plan.network_hash},
                 {"device", plan.device},
                 {"device_label", plan.device_label},
                 {"libraries", plan.libraries},
                 {"build", plan.build},
                 {"created", plan.created},
                 {"policy", plan.policy},
                 {"protocol", plan.protocol},
                 {"threads", plan.threads},
                 {"layer_count", plan.layers.size()},
                 {"transform_count", plan.transforms.size()},
                 {"predicted_total_s", detail::number(plan.predicted_total_s)},
                 {"measured_total_s", detail::positive(plan.measured_total_s)},
                 {"peak_bytes", plan.peak_bytes},
                 {"optimal", plan.optimal},
                 {"gap_ratio", detail::number(plan.gap_ratio)}};
  if (layers) {
    Json list = Json::array();
    for (const PlannedLayer& layer : plan.layers) {
      list.push_back({{"layer", layer.layer},
                      {"problem", layer.problem},
                      {"primitive", layer.primitive},
                      {"in", to_string(layer.in)},
                      {"out", to_string(layer.out)},
                      {"time_s", detail::number(layer.time_s)}});
    }
    result["layers"] = std::move(list);
  }
  return detail::envelope_text("inspect", envelope, std::move(result));
}

std::string plan_card_text(const Plan& plan, const std::string& path, bool layers,
                           const TextStyle& style) {
  const auto name = [&](const std::string& text) { return printable(text, style); };
  std::string text =
      fmt::format("{}  plan of {}\n", paint(name(path), Ink::kBold, style), name(plan.network));
  text += fmt::format("made {} by {} for {} [{}] with {}\n", name(plan.created), name(plan.build),
                      name(plan.device_label), name(plan.device), name(plan.libraries));
  text += fmt::format("policy {}, protocol {}, {}\n", name(plan.policy), name(plan.protocol),
                      detail::plural(plan.threads, "thread"));
  text += fmt::format("{}, {}; predicted {}",
                      detail::plural(static_cast<int64_t>(plan.layers.size()), "layer"),
                      detail::plural(static_cast<int64_t>(plan.transforms.size()), "transform"),
                      format_seconds({plan.predicted_total_s}));
  if (plan.measured_total_s > 0) {
    text += fmt::format(", measured {}", format_seconds({plan.measured_total_s}));
  }
  text +=
      fmt::format(", peak memory {}, {}\n", format_bytes({plan.peak_bytes}),
                  plan.optimal ? std::string("optimal") : "gap " + format_percent(plan.gap_ratio));
  if (layers) {
    Table table({{"layer", Align::kLeft, 12},
                 {"problem", Align::kLeft, 24},
                 {"primitive", Align::kLeft, 0},
                 {"layout", Align::kLeft, 0},
                 {"time", Align::kRight, 0}});
    for (const PlannedLayer& layer : plan.layers) {
      table.add({{layer.layer},
                 {detail::short_problem(layer.problem), Ink::kDim},
                 {layer.primitive},
                 {detail::layouts(layer.in, layer.out, style)},
                 {format_seconds({layer.time_s})}});
    }
    text += fmt::format("\n{}", table.render(style));
  }
  return text;
}

std::string store_card_json(const std::vector<Measurement>& measurements, const std::string& path,
                            const Envelope& envelope) {
  Json list = Json::array();
  for (const auto& [key, group] : groups_of(measurements)) {
    const auto& [device, threads, protocol, libraries] = key;
    list.push_back({{"device", device},
                    {"threads", threads},
                    {"protocol", protocol},
                    {"libraries", libraries},
                    {"problems", group.problems.size()},
                    {"primitives", group.primitives.size()},
                    {"measured", group.measured},
                    {"refused", group.refused},
                    {"failed", group.failed},
                    {"runs", group.runs}});
  }
  return detail::envelope_text("inspect", envelope,
                               {{"kind", "store"},
                                {"path", path},
                                {"measurements", measurements.size()},
                                {"groups", std::move(list)}});
}

std::string store_card_text(const std::vector<Measurement>& measurements, const std::string& path,
                            const TextStyle& style) {
  std::string text =
      fmt::format("{}  measurement store, {}\n", paint(printable(path, style), Ink::kBold, style),
                  detail::plural(static_cast<int64_t>(measurements.size()), "measurement"));
  Table table({{"device", Align::kLeft, 0},
               {"threads", Align::kRight, 0},
               {"protocol", Align::kLeft, 0},
               {"libraries", Align::kLeft, 12},
               {"problems", Align::kRight, 0},
               {"primitives", Align::kRight, 0},
               {"measured", Align::kRight, 0},
               {"refused", Align::kRight, 0},
               {"failed", Align::kRight, 0},
               {"runs", Align::kRight, 0}});
  for (const auto& [key, group] : groups_of(measurements)) {
    const auto& [device, threads, protocol, libraries] = key;
    table.add({{device},
               {std::to_string(threads)},
               {protocol},
               {libraries, Ink::kDim},
               {std::to_string(group.problems.size())},
               {std::to_string(group.primitives.size())},
               {std::to_string(group.measured)},
               {std::to_string(group.refused)},
               {std::to_string(group.failed)},
               {std::to_string(group.runs)}});
  }
  return table.empty() ? text : text + table.render(style);
}

}  // namespace kernwise
