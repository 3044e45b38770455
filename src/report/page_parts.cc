// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "page_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "kernwise/base/format.h"
#include "words.h"

namespace kernwise::detail {
namespace {

// So many colours can be told apart; the rest of the primitives share a grey one.
constexpr std::size_t kColours = 8;
constexpr const char* kOthers = "others";

struct Share {
  std::string primitive;
  double time_s = 0;
  int64_t steps = 0;
};

std::vector<Share> shares_of(const std::vector<StepBar>& steps) {
  std::map<std::string, Share> by_name;
  for (const StepBar& step : steps) {
    Share& share = by_name[step.primitive];
    share.primitive = step.primitive;
    share.time_s += step.time_s;
    ++share.steps;
  }
  std::vector<Share> list;
  for (auto& [name, share] : by_name) list.push_back(std::move(share));
  std::ranges::stable_sort(list, std::ranges::greater{}, &Share::time_s);
  return list;
}

}  // namespace

PagePoint::PagePoint(double at_x, double at_y, std::string name)
    : x(at_x), y(at_y), label(std::move(name)) {
  x_low = x_high = y_low = y_high = std::numeric_limits<double>::quiet_NaN();
}

double milliseconds(double seconds) { return 1e3 * seconds; }
double mebibytes(double bytes) { return bytes / (1 << 20); }

std::string seconds_cell(const std::optional<double>& seconds) {
  return seconds ? format_seconds({*seconds}) : std::string();
}

std::string bytes_cell(int64_t bytes) { return bytes == 0 ? "" : format_bytes({bytes}); }

std::string percent_cell(const std::optional<double>& percent) {
  return percent ? format_percent(*percent / 100) : std::string();
}

std::string interval_cell(const std::optional<double>& low_s, const std::optional<double>& high_s) {
  if (!low_s || !high_s) return "";
  return fmt::format("{} to {}", format_seconds({*low_s}), format_seconds({*high_s}));
}

PageFigure by_primitive(const std::vector<StepBar>& steps) {
  PageFigure figure{"Time by primitive", "", PageChart{}, {}};
  PageChart& chart = *figure.chart;
  chart.kind = ChartKind::kRows;
  chart.x_title = "ms";
  chart.series.push_back({"time", {}, {}});
  figure.table = {{"primitive", "steps", "time", "share"}, {false, true, true, true}, {}};
  double total = 0;
  for (const StepBar& step : steps) total += step.time_s;
  for (const Share& share : shares_of(steps)) {
    if (share.time_s > 0) {  // views take no time: the table has them
      chart.categories.push_back(share.primitive);
      chart.series[0].values.emplace_back(milliseconds(share.time_s));
    }
    figure.table.rows.push_back({share.primitive, std::to_string(share.steps),
                                 format_seconds({share.time_s}),
                                 total > 0 ? format_percent(share.time_s / total) : ""});
  }
  return figure;
}

PageFigure by_step(std::string title, std::string note, const std::vector<StepBar>& steps,
                   PageTable table) {
  PageFigure figure{std::move(title), std::move(note), PageChart{}, std::move(table)};
  PageChart& chart = *figure.chart;
  chart.kind = ChartKind::kBars;
  chart.y_title = "ms";
  std::map<std::string, std::size_t> series;
  std::vector<Share> shares = shares_of(steps);
  std::erase_if(shares, [](const Share& share) { return share.time_s <= 0; });
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const bool own = i < kColours || shares.size() == kColours + 1;
    const std::string name = own ? shares[i].primitive : kOthers;
    if (chart.series.size() <= std::min(i, kColours)) {
      chart.series.push_back({name, std::vector<std::optional<double>>(steps.size()), {}});
    }
    series[shares[i].primitive] = std::min(i, kColours);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    chart.categories.push_back(steps[i].name);
    const auto found = series.find(steps[i].primitive);
    if (found == series.end() || steps[i].time_s <= 0) continue;
    chart.series[found->second].values[i] = milliseconds(steps[i].time_s);
  }
  return figure;
}

PageFigure memory_over_time(const std::vector<StepBar>& steps, const std::string& when) {
  PageFigure figure{"Memory over time",
                    "Activations alive and workspace in use while each step runs, by the memory "
                    "plan; packed weights stay throughout and are not shown. Time: " +
                        when + ".",
                    PageChart{},
                    {}};
  PageChart& chart = *figure.chart;
  chart.kind = ChartKind::kStepped;
  chart.x_title = "ms";
  chart.y_title = "MiB";
  chart.series = {{"activations", {}, {}}, {"workspace", {}, {}}};
  figure.table = {{"step", "begins", "activations alive", "workspace", "together"},
                  {false, true, true, true, true},
                  {}};
  double now = 0;
  for (const StepBar& step : steps) {
    chart.series[0].points.emplace_back(milliseconds(now),
                                        mebibytes(static_cast<double>(step.live_bytes)), step.name);
    chart.series[1].points.emplace_back(
        milliseconds(now), mebibytes(static_cast<double>(step.workspace_bytes)), step.name);
    figure.table.rows.push_back({step.name, format_seconds({now}), bytes_cell(step.live_bytes),
                                 bytes_cell(step.workspace_bytes),
                                 bytes_cell(step.live_bytes + step.workspace_bytes)});
    now += step.time_s;
  }
  // The last step lasts too.
  for (PageSeries& series : chart.series) {
    if (series.points.empty()) continue;
    const PagePoint last = series.points.back();
    series.points.emplace_back(milliseconds(now), last.y, last.label);
  }
  return figure;
}

void add_memory(const Fields& result, PageSection& section) {
  if (!result.has("memory")) return;
  const Fields memory = result.object("memory");
  section.facts.emplace_back("activations", bytes_cell(memory.count("activations_bytes")));
  section.facts.emplace_back("workspace", bytes_cell(memory.count("workspace_bytes")));
  section.facts.emplace_back("packed weights", bytes_cell(memory.count("weights_bytes")));
}

}  // namespace kernwise::detail
