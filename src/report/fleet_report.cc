// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/report/fleet_report.h"

#include <fmt/format.h>

#include <cmath>

#include "json.h"
#include "kernwise/base/csv.h"
#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise {
namespace {

using detail::Json;

constexpr std::size_t kShownDevices = 40;

std::string design_of(const FleetInput& input, int32_t row) {
  return design_string(input.space, input.designs[static_cast<std::size_t>(row)]);
}

Json index_of(const FleetInput& input, int32_t row) {
  const int64_t index = input.arch_index[static_cast<std::size_t>(row)];
  return index < 0 ? Json(nullptr) : Json(index);
}

std::string number_text(double value) {
  return std::isnan(value) ? std::string() : fmt::format("{:.6g}", value);
}

Json pick_json(const FleetInput& input, const DevicePick& pick) {
  Json json = {{"device", input.devices[pick.device].name}};
  const bool chosen = pick.row >= 0;
  json["design"] = chosen ? Json(design_of(input, pick.row)) : Json(nullptr);
  json["arch_index"] = chosen ? index_of(input, pick.row) : Json(nullptr);
  json["candidate"] = chosen ? Json(pick.row) : Json(nullptr);
  json["keeps_bounds"] = pick.feasible;
  if (chosen) {
    const bool known = pick.accuracy_deviation == 0;
    json["accuracy_percent"] = pick.accuracy;
    json["accuracy_low_percent"] = pick.accuracy_low;
    json["accuracy_high_percent"] = pick.accuracy_high;
    json["accuracy_known"] = known;
  }
  json["costs"] = Json::array();
  for (const CostPrediction& cost : pick.costs) {
    const FleetMetric& metric = input.metrics[cost.metric];
    const auto key = [&](const char* what) {
      return fmt::format("{}_{}", what, metric.unit == "MiB" ? "mib" : metric.unit);
    };
    json["costs"].push_back({{"metric", metric.name},
                             {key("expected"), detail::number(cost.expected)},
                             {key("low"), detail::number(cost.low)},
                             {key("high"), detail::number(cost.high)},
                             {key("bound"), detail::number(cost.bound)},
                             {"measured", cost.measured}});
  }
  json["method"] = to_string(pick.method);
  json["why"] = pick.why;
  json["samples"] = pick.samples;
  json["proxy"] = detail::text_or_null(pick.proxy);
  if (!pick.proxy.empty()) {
    json["proxy_decision"] = to_string(pick.verdict.use);
    json["proxy_correlation"] = detail::number(pick.verdict.spearman);
    json["proxy_correlation_low"] = detail::number(pick.verdict.low);
    json["proxy_correlation_high"] = detail::number(pick.verdict.high);
    json["proxy_reuse_probability_ratio"] = detail::number(pick.verdict.reuse_probability);
  }
  json["measure_next"] = Json::array();
  for (const int32_t row : pick.next) json["measure_next"].push_back(design_of(input, row));
  return json;
}

std::vector<std::string> names_of(const FleetInput& input,
                                  const std::vector<std::size_t>& devices) {
  std::vector<std::string> names;
  for (const std::size_t device : devices) names.push_back(input.devices[device].name);
  return names;
}

void append_design(const FleetInput& input, int32_t row, std::string& text) {
  for (std::size_t p = 0; p < input.space.positions.size(); ++p) {
    const SpacePosition& position = input.space.positions[p];
    if (row >= 0) {
      const uint16_t choice = input.designs[static_cast<std::size_t>(row)][p];
      text += position.kind == PositionKind::kOperation ? std::to_string(choice)
                                                        : position.choices[choice];
    }
    text += ",";
  }
}

std::string quoted(const std::string& text) {
  std::string cell;
  append_csv_field(cell, text);
  return cell;
}

}  // namespace

std::string fleet_json(const FleetInput& input, const FleetOutcome& outcome,
                       const Envelope& envelope) {
  Json picks = Json::array(), proxies = Json::array(), cover = Json::array();
  for (const DevicePick& pick : outcome.picks) picks.push_back(pick_json(input, pick));
  for (const auto& [name, devices] : outcome.proxies) {
    proxies.push_back({{"proxy", name}, {"serves", names_of(input, devices)}});
  }
  for (const CoverDesign& design : outcome.cover) {
    cover.push_back({{"design", design_of(input, design.row)},
                     {"arch_index", index_of(input, design.row)},
                     {"devices", names_of(input, design.devices)}});
  }
  Json accuracy = {{"column", input.accuracy_column},
                   {"known_designs", input.accuracies_known},
                   {"predicted", input.accuracy_predicted}};
  if (input.accuracy_figures) {
    accuracy["predictor"] = {
        {"designs", input.accuracy_figures->designs},
        {"kendall", input.accuracy_figures->kendall},
        {"spearman", input.accuracy_figures->spearman},
        {"mean_absolute_error_percent", input.accuracy_figures->mean_absolute_error},
        {"coverage_ratio", input.accuracy_figures->coverage}};
  }
  return detail::envelope_text("fleet", envelope,
                               {{"space", input.space.name},
                                {"designs", input.designs.size()},
                                {"sources", outcome.sources},
                                {"accuracy", std::move(accuracy)},
                                {"picks", std::move(picks)},
                                {"proxies", std::move(proxies)},
                                {"need_samples", names_of(input, outcome.need_samples)},
                                {"cover", std::move(cover)},
                                {"learning_s", detail::number(outcome.train_seconds)},
                                {"total_s", detail::number(outcome.seconds)}});
}

std::string fleet_text(const FleetInput& input, const FleetOutcome& outcome,
                       const TextStyle& style) {
  Table table({{"device", Align::kLeft, 10},
               {"design", Align::kLeft, 16},
               {"accuracy", Align::kRight, 0},
               {"cost", Align::kRight, 0},
               {"90 % interval", Align::kLeft, 0},
               {"bound", Align::kRight, 0},
               {"method", Align::kLeft, 0},
               {"why", Align::kLeft, 20}});
  for (std::size_t i = 0; i < std::min(kShownDevices, outcome.picks.size()); ++i) {
    const DevicePick& pick = outcome.picks[i];
    const std::string& name = input.devices[pick.device].name;
    if (pick.row < 0) {
      table.add({{name}, {"none", Ink::kBad}, {}, {}, {}, {}, {}, {pick.why, Ink::kDim}});
      continue;
    }
    const int64_t index = input.arch_index[static_cast<std::size_t>(pick.row)];
    bool first = true;
    for (const CostPrediction& cost : pick.costs) {
      const std::string& unit = input.metrics[cost.metric].unit;
      table.add({{first ? name : ""},
                 {!first       ? ""
                  : index >= 0 ? fmt::format("#{} {}", index, design_of(input, pick.row))
                               : design_of(input, pick.row),
                  pick.feasible ? Ink::kGood : Ink::kBad},
                 {!first ? ""
                  : pick.accuracy_deviation == 0
                      ? fmt::format("{:.2f} %", pick.accuracy)
                      : fmt::format("{:.1f} % ({:.1f} to {:.1f})", pick.accuracy, pick.accuracy_low,
                                    pick.accuracy_high)},
                 {format_number(cost.expected) + " " + unit},
                 {cost.measured
                      ? "known"
                      : fmt::format("{} to {}", format_number(cost.low), format_number(cost.high)),
                  Ink::kDim},
                 {format_number(cost.bound) + " " + unit},
                 {first ? std::string(to_string(pick.method)) : ""},
                 {first ? pick.why : "", Ink::kDim}});
      first = false;
    }
  }
  std::string text = table.render(style);
  if (outcome.picks.size() > kShownDevices) {
    text += fmt::format("... and {} more; -o picks.csv or --json has them all\n",
                        outcome.picks.size() - kShownDevices);
  }
  text += "\n";
  for (const auto& [name, devices] : outcome.proxies) {
    text += fmt::format("{} serves as proxy for {}\n", printable(name, style),
                        detail::plural(static_cast<int64_t>(devices.size()), "device"));
  }
  if (!outcome.need_samples.empty()) {
    text +=
        fmt::format("{} must stand on samples of their own\n",
                    detail::plural(static_cast<int64_t>(outcome.need_samples.size()), "device"));
  }
  std::size_t covered = 0;
  for (const CoverDesign& design : outcome.cover) covered += design.devices.size();
  if (!outcome.cover.empty()) {
    text += fmt::format("{} would do for {}\n",
                        detail::plural(static_cast<int64_t>(outcome.cover.size()), "design"),
                        detail::plural(static_cast<int64_t>(covered), "device"));
  }
  if (input.accuracy_figures) {
    text += fmt::format(
        "accuracies beyond {} known ones are predicted: Kendall {:.2f}, mean error {:.2f} points, "
        "leaving one out\n",
        input.accuracies_known, input.accuracy_figures->kendall,
        input.accuracy_figures->mean_absolute_error);
  }
  text += fmt::format("{} is maximised\n", printable(input.accuracy_column, style));
  return text + fmt::format("{} designs for {} in {}\n", input.designs.size(),
                            detail::plural(static_cast<int64_t>(input.devices.size()), "device"),
                            format_seconds({outcome.seconds}));
}

std::string picks_csv(const FleetInput& input, const FleetOutcome& outcome) {
  std::string text = "device,design,arch_idx,candidate,";
  for (const SpacePosition& position : input.space.positions) text += position.name + ",";
  text += "keeps_bounds,accuracy,accuracy_low,accuracy_high,";
  for (const FleetMetric& metric : input.metrics) {
    for (const char* what : {"expected", "low", "high", "bound"}) {
      text += fmt::format("{}_{}_{},", metric.name, what, metric.unit);
    }
  }
  text += "method,samples,proxy,why\n";
  for (const DevicePick& pick : outcome.picks) {
    const bool chosen = pick.row >= 0;
    text += quoted(input.devices[pick.device].name) + ",";
    text += chosen ? quoted(design_of(input, pick.row)) + "," : ",";
    const int64_t index = chosen ? input.arch_index[static_cast<std::size_t>(pick.row)] : -1;
    text += index < 0 ? "," : fmt::format("{},", index);
    text += chosen ? fmt::format("{},", pick.row) : ",";
    append_design(input, pick.row, text);
    text += pick.feasible ? "1," : "0,";
    if (chosen) {
      text += fmt::format("{:.4f},{:.4f},{:.4f},", pick.accuracy, pick.accuracy_low,
                          pick.accuracy_high);
    } else {
      text += ",,,";
    }
    for (std::size_t m = 0; m < input.metrics.size(); ++m) {
      const CostPrediction* cost = nullptr;
      for (const CostPrediction& one : pick.costs) {
        if (one.metric == m) cost = &one;
      }
      if (cost == nullptr) {
        text += ",,,,";
        continue;
      }
      text += fmt::format("{},{},{},{},", number_text(cost->expected), number_text(cost->low),
                          number_text(cost->high), number_text(cost->bound));
    }
    text += fmt::format("{},{},{},{}\n", to_string(pick.method), pick.samples, quoted(pick.proxy),
                        quoted(pick.why));
  }
  return text;
}

std::string ask_csv(const FleetInput& input, const FleetOutcome& outcome) {
  std::string text = "device,";
  for (const SpacePosition& position : input.space.positions) text += position.name + ",";
  text += "design\n";
  for (const DevicePick& pick : outcome.picks) {
    for (const int32_t row : pick.next) {
      text += quoted(input.devices[pick.device].name) + ",";
      append_design(input, row, text);
      text += quoted(design_of(input, row)) + "\n";
    }
  }
  return text;
}

}  // namespace kernwise
