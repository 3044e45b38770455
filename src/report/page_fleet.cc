// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "kernwise/base/format.h"
#include "page_parts.h"

namespace kernwise::detail {
namespace {

struct Cost {
  std::string metric, unit;
  std::optional<double> expected, low, high, bound;
  bool measured = false;
};

// The unit stands in the keys: "expected_ms".
Cost cost_of(const Fields& fields) {
  Cost cost;
  cost.metric = fields.name("metric");
  cost.measured = fields.flag("measured");
  for (const char* unit : {"ms", "mJ", "mib"}) {
    const auto key = [unit](const char* what) { return fmt::format("{}_{}", what, unit); };
    if (!fields.has(key("expected").c_str())) continue;
    cost.unit = std::string(unit) == "mib" ? "MiB" : unit;
    cost.expected = fields.number(key("expected").c_str());
    cost.low = fields.number(key("low").c_str());
    cost.high = fields.number(key("high").c_str());
    cost.bound = fields.number(key("bound").c_str());
    return cost;
  }
  return cost;
}

std::string amount(const std::optional<double>& value, const std::string& unit) {
  return value ? format_number(*value) + " " + unit : std::string();
}

PagePoint point_of(const Cost& cost, double accuracy, const Fields& pick) {
  PagePoint point(*cost.expected, accuracy, pick.text("device"));
  if (!cost.measured && cost.low && cost.high) {
    point.x_low = *cost.low;
    point.x_high = *cost.high;
  }
  if (!pick.flag("accuracy_known")) {
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    point.y_low = pick.number("accuracy_low_percent").value_or(unknown);
    point.y_high = pick.number("accuracy_high_percent").value_or(unknown);
  }
  return point;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

void fleet_section(const Document& document, PageSection& section, std::string& mistake) {
  const Fields result(document.body(), "result", mistake);
  section.title = "Fleet: a design for each device";
  section.facts = {{"space", result.text("space")},
                   {"designs", std::to_string(result.count("designs"))},
                   {"took", seconds_cell(result.number("total_s"))}};
  PageFigure picks{"Picks",
                   "Accuracy against cost of what was picked for each device, with 90 % intervals "
                   "where a figure is predicted.",
                   {},
                   {{"device", "design", "accuracy", "cost", "90 % interval", "bound", "keeps it",
                     "method", "samples", "why"},
                    {false, false, true, true, true, true, false, false, true, false},
                    {}}};
  std::map<std::string, PageChart> charts;  // by metric and unit
  for (const Fields& pick : result.list("picks")) {
    const std::string device = pick.name("device"), design = pick.text("design");
    const std::optional<double> accuracy = pick.number("accuracy_percent");
    std::vector<Cost> costs;
    for (const Fields& fields : pick.list("costs")) costs.push_back(cost_of(fields));
    if (costs.empty()) costs.emplace_back();
    for (const Cost& cost : costs) {
      picks.table.rows.push_back(
          {device, design.empty() ? "none" : design,
           accuracy ? fmt::format("{:.2f} %", *accuracy) : "", amount(cost.expected, cost.unit),
           cost.measured ? "known"
           : cost.low && cost.high
               ? fmt::format("{} to {}", format_number(*cost.low), amount(cost.high, cost.unit))
               : "",
           amount(cost.bound, cost.unit), pick.flag("keeps_bounds") ? "yes" : "no",
           pick.text("method"), std::to_string(pick.count("samples")), pick.text("why")});
      if (!accuracy || !cost.expected) continue;
      PageChart& chart = charts[fmt::format("{}, {}", cost.metric, cost.unit)];
      const std::string method = pick.text("method");
      auto series = std::ranges::find(chart.series, method, &PageSeries::name);
      if (series == chart.series.end()) {
        chart.series.push_back({method, {}, {}});
        series = chart.series.end() - 1;
      }
      series->points.push_back(point_of(cost, *accuracy, pick));
    }
  }
  for (auto& [title, chart] : charts) {
    chart.kind = ChartKind::kPoints;
    chart.x_title = title;
    chart.y_title = "accuracy, %";
    chart.log_x = true;
    if (!picks.chart) {
      picks.chart = std::move(chart);
      continue;
    }
    section.figures.push_back({fmt::format("Picks by {}", title),
                               "The numbers stand in the table of picks.",
                               std::move(chart),
                               {}});
  }
  section.figures.insert(section.figures.begin(), std::move(picks));
  PageFigure proxies{"Proxies", "", {}, {{"proxy", "serves"}, {false, false}, {}}};
  for (const Fields& proxy : result.list("proxies")) {
    proxies.table.rows.push_back({proxy.text("proxy"), listed(proxy.texts("serves"))});
  }
  if (!proxies.table.rows.empty()) section.figures.push_back(std::move(proxies));
  PageFigure cover{"Designs that would do for all",
                   "",
                   {},
                   {{"design", "devices", "names"}, {false, true, false}, {}}};
  for (const Fields& design : result.list("cover")) {
    const std::vector<std::string> devices = design.texts("devices");
    cover.table.rows.push_back(
        {design.text("design"), std::to_string(devices.size()), listed(devices)});
  }
  if (!cover.table.rows.empty()) section.figures.push_back(std::move(cover));
  const std::vector<std::string> need = result.texts("need_samples");
  if (!need.empty()) section.facts.emplace_back("must stand on samples of their own", listed(need));
}

}  // namespace kernwise::detail
