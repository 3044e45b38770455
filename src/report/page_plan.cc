// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <map>

#include "kernwise/base/format.h"
#include "page_parts.h"
#include "words.h"

namespace kernwise::detail {
namespace {

struct Layer {
  StepBar bar;
  std::string problem, layout, grade, provenance, runner_up;
  std::optional<double> low_s, high_s, runner_up_s;
};

std::vector<Layer> layers_of(const Fields& result) {
  std::vector<Layer> layers;
  for (const Fields& fields : result.list("layers")) {
    Layer layer;
    layer.bar.name = fields.name("layer");
    layer.bar.primitive = fields.name("primitive");
    layer.bar.time_s = fields.quantity("time_s");
    layer.problem = short_problem(fields.text("problem"));
    const std::string in = fields.text("in"), out = fields.text("out");
    layer.layout = in == out ? in : in + " → " + out;
    layer.grade = fields.text("grade");
    layer.provenance = fields.text("provenance");
    layer.runner_up = fields.text("runner_up");
    layer.runner_up_s = fields.number("runner_up_s");
    layer.low_s = fields.number("low_s");
    layer.high_s = fields.number("high_s");
    layers.push_back(std::move(layer));
  }
  return layers;
}

std::string behind(const Layer& layer) {
  if (layer.runner_up.empty() || !layer.runner_up_s || layer.bar.time_s <= 0) return "";
  return signed_percent(*layer.runner_up_s / layer.bar.time_s - 1);
}

PageTable plan_table(const std::vector<Layer>& layers) {
  PageTable table{{"layer", "problem", "primitive", "layout", "time", "95 % interval", "grade",
                   "from", "runner-up", ""},
                  {false, false, false, false, true, true, false, false, false, true},
                  {}};
  for (const Layer& layer : layers) {
    table.rows.push_back({layer.bar.name, layer.problem, layer.bar.primitive, layer.layout,
                          format_seconds({layer.bar.time_s}),
                          interval_cell(layer.low_s, layer.high_s), layer.grade, layer.provenance,
                          layer.runner_up, behind(layer)});
  }
  return table;
}

std::vector<StepBar> bars_of(const std::vector<Layer>& layers) {
  std::vector<StepBar> bars;
  for (const Layer& layer : layers) bars.push_back(layer.bar);
  return bars;
}

// Transforms that do something, with their times by the name that their step has.
struct Transforms {
  std::vector<StepBar> bars;
  PageTable table{{"value", "layout", "primitive", "time"}, {false, false, false, true}, {}};
};

Transforms transforms_of(const Fields& result) {
  Transforms transforms;
  for (const Fields& fields : result.list("transforms")) {
    StepBar bar;
    bar.primitive = fields.text("primitive");
    bar.time_s = fields.quantity("time_s");
    const std::string value = fields.name("value"), from = fields.text("from"),
                      to = fields.text("to");
    bar.name = fmt::format("{}: {} > {}", value, from, to);
    transforms.table.rows.push_back({value, from + " → " + to,
                                     bar.primitive.empty() ? "none: the same bytes" : bar.primitive,
                                     format_seconds({bar.time_s})});
    if (!bar.primitive.empty()) transforms.bars.push_back(std::move(bar));
  }
  return transforms;
}

PageFigure front_figure(const Fields& front) {
  PageFigure figure{
      "Time against memory",
      fmt::format("{}; no plan takes less than {}. Memory: activations, workspace and packed "
                  "weights, as the runtime allocates them.",
                  front.flag("exact") ? "Every combination was looked at"
                                      : "Found by Lagrangian relaxation: the gap says how far "
                                        "above the best possible a point may be",
                  bytes_cell(front.count("least_peak_bound_bytes"))),
      PageChart{},
      {{"memory", "time", "of the fastest", "at most above the best"},
       {true, true, true, true},
       {}}};
  PageChart& chart = *figure.chart;
  chart.kind = ChartKind::kLines;
  chart.x_title = "peak memory, MiB";
  chart.y_title = "time, ms";
  chart.series.push_back({"plans", {}, {}});
  const std::vector<Fields> points = front.list("points");
  const double fastest = points.empty() ? 0 : points.back().quantity("time_s");
  for (const Fields& point : points) {
    const double bytes = point.quantity("peak_bytes"), time = point.quantity("time_s");
    chart.series[0].points.emplace_back(mebibytes(bytes), milliseconds(time));
    figure.table.rows.push_back({format_bytes({static_cast<int64_t>(bytes)}),
                                 format_seconds({time}),
                                 fastest > 0 ? format_ratio(time / fastest) : "",
                                 format_percent(point.number("gap_ratio").value_or(0))});
  }
  return figure;
}

// The plan's steps with the times of what they are.
void add_memory_figure(const Fields& result, const std::vector<Layer>& layers,
                       const Transforms& transforms, PageSection& section) {
  if (!result.has("steps")) return;  // plan files and documents of earlier versions
  std::map<std::string, double> times;
  for (const Layer& layer : layers) times[layer.bar.name] = layer.bar.time_s;
  for (const StepBar& bar : transforms.bars) times[bar.name] = bar.time_s;
  std::vector<StepBar> steps;
  for (const Fields& fields : result.list("steps")) {
    StepBar step;
    step.name = fields.name("name");
    const Fields memory = fields.object("memory");
    step.live_bytes = memory.count("live_bytes");
    step.workspace_bytes = memory.count("workspace_bytes");
    const auto found = times.find(step.name);
    if (found != times.end()) step.time_s = found->second;
    steps.push_back(std::move(step));
  }
  section.figures.push_back(memory_over_time(steps, "as planned"));
}

void add_costs(const Fields& result, PageSection& section) {
  if (!result.has("costs")) return;
  const Fields costs = result.object("costs");
  section.facts.emplace_back("model", costs.text("model"));
  section.facts.emplace_back("model of", costs.text("model_device"));
  section.facts.emplace_back("expected error of the model",
                             percent_cell(costs.number("expected_error_percent")));
  section.facts.emplace_back("bounds of the parts, added up",
                             interval_cell(costs.number("low_s"), costs.number("high_s")));
}

}  // namespace

void plan_section(const Document& document, PageSection& section, std::string& mistake) {
  const Fields result(document.body(), "result", mistake);
  const std::string network = result.text("network");
  section.title = "Plan of " + network;
  const double predicted = result.quantity("predicted_total_s");
  const double measured = result.number("measured_total_s").value_or(0);
  const std::vector<Layer> layers = layers_of(result);
  const Transforms transforms = transforms_of(result);
  const double moving = result.quantity("predicted_transforms_s");
  section.facts = {
      {"network", network},
      {"threads", std::to_string(result.count("threads"))},
      {"policy", result.text("policy")},
      {"sum of the parts", format_seconds({predicted})},
      {"of it layout transforms",
       fmt::format("{} ({})", format_seconds({moving}),
                   format_percent(predicted > 0 ? moving / predicted : 0))},
      {"whole network, measured",
       measured > 0 ? fmt::format("{} ({})", format_seconds({measured}),
                                  format_ratio(predicted > 0 ? measured / predicted : 0))
                    : "not measured"},
      {"proof", result.flag("optimal")
                    ? "optimal: no other choice has a smaller sum"
                    : "at most " + format_percent(result.number("gap_ratio").value_or(0)) +
                          " above the best possible"},
      {"peak memory", bytes_cell(result.count("peak_bytes"))}};
  add_memory(result, section);
  add_costs(result, section);
  std::vector<StepBar> all = bars_of(layers);
  all.insert(all.end(), transforms.bars.begin(), transforms.bars.end());
  section.figures.push_back(by_primitive(all));
  section.figures.push_back(by_step("Time of each layer",
                                    "In the order of execution, coloured by primitive.",
                                    bars_of(layers), plan_table(layers)));
  if (!transforms.table.rows.empty()) {
    section.figures.push_back({"Layout transforms", "", {}, transforms.table});
  }
  if (result.has("front")) section.figures.push_back(front_figure(result.object("front")));
  add_memory_figure(result, layers, transforms, section);
}

void predict_section(const Document& document, PageSection& section, std::string& mistake) {
  const Fields result(document.body(), "result", mistake);
  const std::string network = result.text("network");
  section.title = "Prediction for " + network;
  section.facts = {
      {"network", network},
      {"threads", std::to_string(result.count("threads"))},
      {"predicted", format_seconds({result.quantity("predicted_total_s")})},
      {"modelled share", format_percent(result.number("modelled_share_ratio").value_or(0))},
      {"peak memory", bytes_cell(result.count("peak_bytes"))}};
  add_costs(result, section);
  const std::vector<Layer> layers = layers_of(result);
  section.figures.push_back(by_primitive(bars_of(layers)));
  PageTable table{{"layer", "problem", "primitive", "time", "interval", "from"},
                  {false, false, false, true, true, false},
                  {}};
  PageFigure points{"Predicted time of each layer, with its interval",
                    "Layers in the order of execution.", PageChart{}, std::move(table)};
  points.chart->kind = ChartKind::kPoints;
  points.chart->x_title = "layer";
  points.chart->y_title = "ms";
  points.chart->log_y = true;
  points.chart->series.push_back({"predicted", {}, {}});
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = layers[i];
    points.table.rows.push_back({layer.bar.name, layer.problem, layer.bar.primitive,
                                 format_seconds({layer.bar.time_s}),
                                 interval_cell(layer.low_s, layer.high_s), layer.provenance});
    if (layer.bar.time_s <= 0) continue;
    PagePoint point(static_cast<double>(i + 1), milliseconds(layer.bar.time_s), layer.bar.name);
    if (layer.low_s && layer.high_s && *layer.low_s > 0) {
      point.y_low = milliseconds(*layer.low_s);
      point.y_high = milliseconds(*layer.high_s);
    }
    points.chart->series[0].points.push_back(std::move(point));
  }
  section.figures.push_back(std::move(points));
}

}  // namespace kernwise::detail
