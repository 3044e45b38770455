// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kernwise/base/format.h"
#include "page_parts.h"

namespace kernwise::detail {
namespace {

constexpr std::array kPhases = {"forward", "backward", "update"};

std::string bytes_interval(const Fields& fields) {
  const int64_t low = fields.count("low"), high = fields.count("high");
  const std::string median = bytes_cell(fields.count("median"));
  return low == high ? median
                     : fmt::format("{} ({} to {})", median, bytes_cell(low), bytes_cell(high));
}

// "saved_inputs_bytes" -> "saved inputs"
std::string words_of_class(std::string key) {
  if (key.ends_with("_bytes")) key.resize(key.size() - 6);
  std::ranges::replace(key, '_', ' ');
  return key;
}

}  // namespace

void footprint_section(const Document& document, PageSection& section, std::string& mistake) {
  const Fields result(document.body(), "result", mistake);
  section.title = "Footprint of " + result.text("network");
  const bool inference = result.flag("inference");
  section.facts = {{"network", result.text("network")},
                   {"device", result.text("device")},
                   {"batch", std::to_string(result.count("batch"))},
                   {"step", inference ? "inference" : "training, " + result.text("optimizer")},
                   {"tensors at the peak", bytes_interval(result.object("peak_bytes"))}};
  if (result.has("reserved_bytes")) {
    section.facts.emplace_back("held by the allocator",
                               bytes_interval(result.object("reserved_bytes")));
  }
  if (result.has("used_bytes")) {
    section.facts.emplace_back("taken by the process", bytes_interval(result.object("used_bytes")));
  }
  if (result.has("step_s")) {
    const Fields step = result.object("step_s");
    section.facts.emplace_back("time of a step",
                               fmt::format("{} ({})", seconds_cell(step.number("median")),
                                           interval_cell(step.number("low"), step.number("high"))));
  }
  if (result.has("fits")) {
    section.facts.emplace_back("fits", result.flag("fits") ? "yes" : "no");
  }
  if (result.has("largest_batch")) {
    section.facts.emplace_back("largest batch that fits",
                               std::to_string(result.count("largest_batch")));
  }

  PageFigure figure{"Memory at the peak of each phase", "", PageChart{}, {}};
  PageChart& chart = *figure.chart;
  chart.kind = ChartKind::kBars;
  chart.y_title = "MiB";
  const Fields phases = result.object("phases");
  std::vector<Fields> there;
  figure.table = {{"tensors"}, {false}, {}};
  for (const char* phase : kPhases) {
    if (!phases.has(phase)) continue;
    there.push_back(phases.object(phase));
    chart.categories.emplace_back(phase);
    figure.table.columns.emplace_back(phase);
    figure.table.numeric.push_back(true);
  }
  if (!there.empty()) {
    const Json classes = there.front().has("classes") ? there.front().raw("classes") : Json();
    if (!classes.is_object()) there.front().fail("classes", "is no object");
    for (const auto& [key, unused] : classes.items()) {
      PageSeries series{words_of_class(key), {}, {}};
      std::vector<std::string> row = {series.name};
      int64_t most = 0;
      for (const Fields& phase : there) {
        const int64_t bytes = phase.object("classes").count(key.c_str());
        most = std::max(most, bytes);
        series.values.emplace_back(mebibytes(static_cast<double>(bytes)));
        row.push_back(bytes_cell(bytes));
      }
      if (most > 0) chart.series.push_back(std::move(series));
      figure.table.rows.push_back(std::move(row));
    }
    std::vector<std::string> peaks = {"together"}, layers = {"at the peak runs"};
    for (const Fields& phase : there) {
      peaks.push_back(bytes_cell(phase.count("peak_bytes")));
      layers.push_back(phase.text("layer"));
    }
    figure.table.rows.push_back(std::move(peaks));
    figure.table.rows.push_back(std::move(layers));
  }
  section.figures.push_back(std::move(figure));

  PageFigure holders{"Held at the peak", "", {}, {{"layer", "bytes"}, {false, true}, {}}};
  for (const Fields& holder : result.list("holders")) {
    holders.table.rows.push_back({holder.text("layer"), bytes_cell(holder.count("bytes"))});
  }
  if (!holders.table.rows.empty()) section.figures.push_back(std::move(holders));
}

}  // namespace kernwise::detail
