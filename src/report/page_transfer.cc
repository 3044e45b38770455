// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How good a model carried to another device is, by the number of samples it was given there.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "kernwise/base/format.h"
#include "page_parts.h"

namespace kernwise::detail {
namespace {

std::string percent(double value) { return fmt::format("{:.2f} %", value); }

PageSeries& series_of(PageChart& chart, const std::string& name) {
  const auto found = std::ranges::find(chart.series, name, &PageSeries::name);
  if (found != chart.series.end()) return *found;
  chart.series.push_back({name, {}, {}});
  return chart.series.back();
}

void sort_points(PageChart& chart) {
  for (PageSeries& series : chart.series) {
    std::ranges::stable_sort(series.points, {}, &PagePoint::x);
  }
}

PageFigure curve(std::string title, std::string note, std::string y_title, PageTable table) {
  PageFigure figure{std::move(title), std::move(note), PageChart{}, std::move(table)};
  figure.chart->kind = ChartKind::kLines;
  figure.chart->x_title = "samples of the target device";
  figure.chart->y_title = std::move(y_title);
  figure.chart->log_x = true;
  return figure;
}

}  // namespace

void transfer_section(const Document& document, PageSection& section, std::string& mistake) {
  const Fields result(document.body(), "result", mistake);
  section.title = "Model carried to this device";
  section.facts = {{"file", result.text("file")},
                   {"from", result.text("source_device")},
                   {"method", result.text("method")},
                   {"samples", std::to_string(result.count("samples"))},
                   {"measurements", std::to_string(result.count("measurements"))},
                   {"measuring took", seconds_cell(result.number("spent_s"))}};
  PageFigure kinds{
      "By kind of problem",
      "Expected error: median of |predicted − measured| / measured, cross-validated "
      "on the samples.",
      {},
      {{"kind", "samples", "measurements", "expected error"}, {false, true, true, true}, {}}};
  for (const Fields& kind : result.list("kinds")) {
    kinds.table.rows.push_back({kind.text("kind"), std::to_string(kind.count("samples")),
                                std::to_string(kind.count("measurements")),
                                percent_cell(kind.number("expected_error_percent"))});
  }
  section.figures.push_back(std::move(kinds));
}

std::vector<PageSection> transfer_curves(const std::vector<Document>& documents,
                                         std::string& mistake) {
  std::map<std::string, std::vector<const Document*>> by_source;
  for (const Document& document : documents) {
    if (document.name != "transfer") continue;
    by_source[Fields(document.body(), "result", mistake).text("source_device")].push_back(
        &document);
  }
  std::vector<PageSection> sections;
  for (const auto& [source, of_source] : by_source) {
    if (of_source.size() < 2) continue;
    PageSection section;
    section.title = "Transfer curve from " + source;
    section.schema = "kernwise.transfer/1";
    for (const Document* document : of_source) {
      section.file += (section.file.empty() ? "" : ", ") + document->file;
    }
    PageFigure figure =
        curve("Expected error by number of samples", "Cross-validated on the samples.",
              "expected error, %",
              {{"samples", "kind", "expected error", "file"}, {true, false, true, false}, {}});
    for (const Document* document : of_source) {
      const Fields result(document->body(), "result", mistake);
      const auto samples = static_cast<double>(result.count("samples"));
      for (const Fields& kind : result.list("kinds")) {
        const auto error = kind.number("expected_error_percent");
        if (!error) continue;
        series_of(*figure.chart, kind.text("kind")).points.emplace_back(samples, *error);
        figure.table.rows.push_back({fmt::format("{:.0f}", samples), kind.text("kind"),
                                     percent_cell(error), document->file});
      }
    }
    sort_points(*figure.chart);
    section.figures.push_back(std::move(figure));
    sections.push_back(std::move(section));
  }
  return sections;
}

void mulder_section(const Document& document, PageSection& section, std::string& mistake) {
  plain_section(document, section, mistake);
  section.title = "Experiment: transfer of convolution costs";
  const Fields result(document.body(), "result", mistake);
  PageFigure regret = curve(
      "Transfer curve",
      "Time lost by choosing with the model, over all layers; median and 10 % to 90 % of the "
      "draws.",
      "regret, %",
      {{"method", "samples", "share", "draws", "regret", "10 %", "90 %", "error of the model"},
       {false, true, true, true, true, true, true, true},
       {}});
  regret.chart->log_y = true;
  for (const Fields& row : result.list("transfer")) {
    const std::string method = row.name("method");
    const Fields total = row.object("regret_total_percent");
    const double samples = row.quantity("samples"), median = total.quantity("median"),
                 low = total.quantity("p10"), high = total.quantity("p90");
    const auto error = row.object("mdrae_percent").number("median");
    regret.table.rows.push_back({method, fmt::format("{:.0f}", samples),
                                 percent(100 * row.number("fraction").value_or(0)),
                                 std::to_string(row.count("draws")), percent(median), percent(low),
                                 percent(high), error ? percent(*error) : ""});
    if (median <= 0 || samples <= 0) continue;  // has no logarithm; the table has it
    PagePoint point(samples, median);
    if (low > 0) {
      point.y_low = low;
      point.y_high = high;
    }
    series_of(*regret.chart, method).points.push_back(std::move(point));
  }
  sort_points(*regret.chart);
  section.figures.insert(section.figures.begin(), std::move(regret));
}

void fewshot_section(const Document& document, PageSection& section, std::string& mistake) {
  section.title = "Experiment: costs of designs from a few samples";
  const Fields result(document.body(), "result", mistake);
  section.facts = {{"default method", result.text("method")},
                   {"designs", std::to_string(result.count("designs"))}};
  PageFigure figure = curve(
      "Transfer curve",
      "Rank correlation (Spearman) of predicted with measured costs of unseen designs; mean over "
      "devices and draws, 10 % to 90 % of the draws.",
      "Spearman",
      {{"method", "samples", "Spearman", "10 %", "90 %", "Kendall", "within 10 %"},
       {false, true, true, true, true, true, true},
       {}});
  PageFigure devices{"By device",
                     "Of every method, untrimmed.",
                     {},
                     {{"device", "method", "samples", "Spearman"}, {false, false, true, true}, {}}};
  const auto three = [](double value) { return fmt::format("{:.3f}", value); };
  for (const Fields& by : result.list("by_samples")) {
    const double samples = by.quantity("samples");
    for (const Fields& method : by.list("methods")) {
      const std::string name = method.name("method") + (method.flag("default") ? " (default)" : "");
      const Fields scores = method.object("untrimmed");
      PagePoint point(samples, scores.number("spearman_mean").value_or(0));
      point.y_low = scores.number("spearman_p10").value_or(point.y);
      point.y_high = scores.number("spearman_p90").value_or(point.y);
      figure.table.rows.push_back(
          {name, fmt::format("{:.0f}", samples), three(point.y), three(point.y_low),
           three(point.y_high), three(scores.number("kendall_mean").value_or(0)),
           percent(100 * scores.number("within_10_percent_share").value_or(0))});
      series_of(*figure.chart, name).points.push_back(std::move(point));
      for (const Fields& device : method.list("devices")) {
        devices.table.rows.push_back(
            {device.text("device"), name, fmt::format("{:.0f}", samples),
             three(device.object("untrimmed").number("spearman_mean").value_or(0))});
      }
    }
  }
  sort_points(*figure.chart);
  section.figures.push_back(std::move(figure));
  section.figures.push_back(std::move(devices));
}

}  // namespace kernwise::detail
