// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include "kernwise/base/format.h"
#include "page_parts.h"
#include "words.h"

namespace kernwise::detail {
namespace {

struct RunStep {
  StepBar bar;
  bool transform = false, has_memory = false;
  std::string layout;
  double planned_s = 0;
  std::optional<double> low_s, high_s, gflops, gbps, roofline_s;
};

std::vector<RunStep> steps_of(const Fields& result) {
  std::vector<RunStep> steps;
  if (!result.has("steps")) return steps;
  for (const Fields& fields : result.list("steps")) {
    RunStep step;
    step.bar.name = fields.name("name");
    step.bar.primitive = fields.text("primitive");
    step.bar.time_s = fields.quantity("median_s");
    step.transform = fields.text("kind") == "transform";
    step.layout = fields.text("layout");
    step.planned_s = fields.quantity("planned_s");
    step.low_s = fields.number("planned_low_s");
    step.high_s = fields.number("planned_high_s");
    step.gflops = fields.number("achieved_gflops");
    step.gbps = fields.number("achieved_gbps");
    step.roofline_s = fields.number("roofline_s");
    if (fields.has("memory")) {
      const Fields memory = fields.object("memory");
      step.has_memory = true;
      step.bar.live_bytes = memory.count("live_bytes");
      step.bar.workspace_bytes = memory.count("workspace_bytes");
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

PageTable step_table(const std::vector<RunStep>& steps) {
  PageTable table{{"step", "primitive", "layout", "measured", "planned", "difference", "GFLOP/s",
                   "GB/s", "of roofline"},
                  {false, false, false, true, true, true, true, true, true},
                  {}};
  for (const RunStep& step : steps) {
    const double time = step.bar.time_s;
    const auto rate = [](const std::optional<double>& value) {
      return value && *value > 0 ? format_number(*value) : std::string();
    };
    table.rows.push_back({step.bar.name, step.bar.primitive, step.layout, format_seconds({time}),
                          format_seconds({step.planned_s}),
                          step.planned_s > 0 ? signed_percent(time / step.planned_s - 1) : "",
                          rate(step.gflops), rate(step.gbps),
                          time > 0 && step.roofline_s.value_or(0) > 0
                              ? format_percent(*step.roofline_s / time)
                              : ""});
  }
  return table;
}

PageFigure against_plan(const std::vector<RunStep>& steps) {
  PageFigure figure{"Predicted against measured",
                    "Each point is a step: what the plan expected, with its 95 % interval, and "
                    "what the step took "
                    "when the network ran step by step. On the line both are the same.",
                    PageChart{},
                    {{"step", "predicted", "95 % interval", "measured", "inside"},
                     {false, true, true, true, false},
                     {}}};
  PageChart& chart = *figure.chart;
  chart.kind = ChartKind::kPoints;
  chart.x_title = "predicted, ms";
  chart.y_title = "measured, ms";
  chart.log_x = chart.log_y = chart.diagonal = true;
  chart.series = {{"layers", {}, {}}, {"transforms", {}, {}}};
  for (const RunStep& step : steps) {
    const double time = step.bar.time_s;
    if (step.planned_s <= 0 || time <= 0) continue;  // views
    PagePoint point(milliseconds(step.planned_s), milliseconds(time), step.bar.name);
    const bool bounded = step.low_s && step.high_s && *step.low_s > 0;
    if (bounded) {
      point.x_low = milliseconds(*step.low_s);
      point.x_high = milliseconds(*step.high_s);
    }
    chart.series[step.transform ? 1 : 0].points.push_back(std::move(point));
    figure.table.rows.push_back({step.bar.name, format_seconds({step.planned_s}),
                                 bounded ? interval_cell(step.low_s, step.high_s) : "not stated",
                                 format_seconds({time}),
                                 !bounded                                      ? ""
                                 : *step.low_s <= time && time <= *step.high_s ? "yes"
                                                                               : "no"});
  }
  std::erase_if(chart.series, [](const PageSeries& series) { return series.points.empty(); });
  return figure;
}

PageFigure runs_figure(const std::vector<double>& runs) {
  PageFigure figure{
      "Runs of the whole network", "", PageChart{}, {{"run", "time"}, {true, true}, {}}};
  PageChart& chart = *figure.chart;
  chart.kind = ChartKind::kPoints;
  chart.x_title = "run";
  chart.y_title = "ms";
  chart.series.push_back({"run", {}, {}});
  for (std::size_t i = 0; i < runs.size(); ++i) {
    chart.series[0].points.emplace_back(static_cast<double>(i + 1), milliseconds(runs[i]));
    figure.table.rows.push_back({std::to_string(i + 1), format_seconds({runs[i]})});
  }
  return figure;
}

void add_verification(const Fields& result, PageSection& section) {
  if (!result.has("verification")) return;
  const Fields verification = result.object("verification");
  const auto error = [](const std::optional<double>& value) {
    return value ? fmt::format("{:.2g}", *value) : std::string("not finite");
  };
  section.facts.emplace_back("verification",
                             fmt::format("{}: worst relative error {}, tolerance {}",
                                         verification.flag("passed") ? "passed" : "FAILED",
                                         error(verification.number("worst_relative_error")),
                                         error(verification.number("tolerance"))));
}

}  // namespace

void run_section(const Document& document, PageSection& section, std::string& mistake) {
  const Fields result(document.body(), "result", mistake);
  const std::string network = result.text("network");
  section.title = "Run of " + network;
  const double median = result.number("median_s").value_or(0);
  const double planned = result.number("predicted_total_s").value_or(0);
  section.facts = {
      {"network", network},
      {"threads", std::to_string(result.count("threads"))},
      {"median", median > 0 ? fmt::format("{} ±{}", format_seconds({median}),
                                          format_percent(result.number("spread_ratio").value_or(0)))
                            : "not timed"},
      {"planned", format_seconds({planned})},
      {"measured over planned", median > 0 && planned > 0 ? format_ratio(median / planned) : ""},
      {"peak memory", bytes_cell(result.count("peak_bytes"))}};
  add_memory(result, section);
  add_verification(result, section);
  section.facts.emplace_back("output hash", result.text("output_hash"));
  const std::vector<double> runs = result.numbers("runs_s");
  if (!runs.empty()) section.figures.push_back(runs_figure(runs));
  const std::vector<RunStep> steps = steps_of(result);
  if (steps.empty()) return;
  std::vector<StepBar> bars;
  bool memory = true;
  for (const RunStep& step : steps) {
    bars.push_back(step.bar);
    memory = memory && step.has_memory;
  }
  section.figures.push_back(by_primitive(bars));
  section.figures.push_back(by_step("Time of each step",
                                    "In the order of execution, coloured by primitive; timed one "
                                    "by one, in runs of their own.",
                                    bars, step_table(steps)));
  section.figures.push_back(against_plan(steps));
  if (memory) section.figures.push_back(memory_over_time(bars, "as measured step by step"));
}

}  // namespace kernwise::detail
