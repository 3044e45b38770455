// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <cmath>

#include "html_text.h"
#include "kernwise/base/hash.h"
#include "kernwise/report/page_report.h"
#include "page.h"

namespace kernwise {
namespace {

using detail::escaped;
using detail::Json;
using detail::PageChart;
using detail::PageFigure;
using detail::PageSection;
using detail::PageTable;

constexpr std::size_t kShortTable = 12;  // rows; longer ones are folded where scripts run
constexpr std::size_t kLongCell = 60;    // characters; longer ones may wrap

std::string_view word_of(detail::ChartKind kind) {
  switch (kind) {
    case detail::ChartKind::kBars: return "bars";
    case detail::ChartKind::kRows: return "rows";
    case detail::ChartKind::kPoints: return "points";
    case detail::ChartKind::kLines: return "lines";
    case detail::ChartKind::kStepped: return "stepped";
  }
  return "";
}

Json point_json(const detail::PagePoint& point) {
  Json json = {{"x", detail::number(point.x)}, {"y", detail::number(point.y)}};
  const auto add = [&](const char* low_key, const char* high_key, double low, double high) {
    if (!std::isfinite(low) || !std::isfinite(high)) return;
    json[low_key] = low;
    json[high_key] = high;
  };
  add("xl", "xh", point.x_low, point.x_high);
  add("yl", "yh", point.y_low, point.y_high);
  if (!point.label.empty()) json["label"] = point.label;
  return json;
}

Json chart_json(const PageChart& chart, const std::string& id, const std::string& title) {
  Json series = Json::array();
  for (const detail::PageSeries& one : chart.series) {
    Json values = Json::array(), points = Json::array();
    for (const std::optional<double>& value : one.values) {
      values.push_back(value ? detail::number(*value) : Json(nullptr));
    }
    for (const detail::PagePoint& point : one.points) points.push_back(point_json(point));
    series.push_back(
        {{"name", one.name}, {"values", std::move(values)}, {"points", std::move(points)}});
  }
  return {{"id", id},
          {"title", title},
          {"kind", word_of(chart.kind)},
          {"x_title", chart.x_title},
          {"y_title", chart.y_title},
          {"log_x", chart.log_x},
          {"log_y", chart.log_y},
          {"diagonal", chart.diagonal},
          {"categories", chart.categories},
          {"series", std::move(series)}};
}

bool has_data(const PageChart& chart) {
  for (const detail::PageSeries& series : chart.series) {
    if (!series.points.empty()) return true;
    for (const std::optional<double>& value : series.values) {
      if (value) return true;
    }
  }
  return false;
}

std::string table_html(const PageTable& table) {
  std::string html = "<div class=\"wide\" tabindex=\"0\"><table><thead><tr>";
  const auto is_number = [&](std::size_t c) {
    return c < table.numeric.size() && table.numeric[c];
  };
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    html +=
        fmt::format("<th{}>{}</th>", is_number(c) ? " class=\"n\"" : "", escaped(table.columns[c]));
  }
  html += "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : table.rows) {
    html += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) {
      const char* kind = is_number(c)                ? " class=\"n\""
                         : row[c].size() > kLongCell ? " class=\"long\""
                                                     : "";
      html += fmt::format("<td{}>{}</td>", kind, escaped(row[c]));
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string figure_html(const PageFigure& figure, const std::string& id, bool charts) {
  std::string html = fmt::format("<div class=\"figure\">\n<h3>{}</h3>\n", escaped(figure.title));
  if (!figure.note.empty()) html += fmt::format("<p class=\"dim\">{}</p>\n", escaped(figure.note));
  const bool drawn = charts && figure.chart && has_data(*figure.chart);
  if (drawn) html += fmt::format("<div class=\"plot\" id=\"{}\"></div>\n", id);
  if (!figure.table.rows.empty()) {
    const bool fold = drawn || figure.table.rows.size() > kShortTable;
    html += fmt::format("<details open{}><summary>Table, {} row{}</summary>\n{}</details>\n",
                        fold && figure.table.rows.size() > kShortTable ? " data-fold" : "",
                        figure.table.rows.size(), figure.table.rows.size() == 1 ? "" : "s",
                        table_html(figure.table));
  }
  return html + "</div>\n";
}

std::string section_html(const PageSection& section, std::size_t index, bool charts, Json& list) {
  std::string html =
      fmt::format("<section id=\"s{}\">\n<h2>{}</h2>\n<p class=\"dim\">{}, {}</p>\n", index,
                  escaped(section.title), escaped(section.file), escaped(section.schema));
  for (const std::string& warning : section.warnings) {
    html += fmt::format("<p class=\"warning\">Warning: {}</p>\n", escaped(warning));
  }
  html += "<dl>\n";
  for (const auto& [name, value] : section.facts) {
    if (value.empty()) continue;
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(name), escaped(value));
  }
  html += "</dl>\n";
  for (std::size_t i = 0; i < section.figures.size(); ++i) {
    const PageFigure& figure = section.figures[i];
    const std::string id = fmt::format("c{}-{}", index, i + 1);
    html += figure_html(figure, id, charts);
    if (figure.chart && has_data(*figure.chart)) {
      list.push_back(chart_json(*figure.chart, id, figure.title));
    }
  }
  return html + "</section>\n";
}

std::string contents_html(const std::vector<PageSection>& sections) {
  std::string html = "<nav aria-label=\"Contents\"><ol>\n";
  for (std::size_t i = 0; i < sections.size(); ++i) {
    html += fmt::format("<li><a href=\"#s{}\">{}</a> <span class=\"dim\">{}</span></li>\n", i + 1,
                        escaped(sections[i].title), escaped(sections[i].file));
  }
  return html + "</ol></nav>\n";
}

}  // namespace

Result<Page> make_page(const PageRequest& request) {
  if (request.inputs.empty()) {
    return invalid_input("a report needs results to show", "give it files that --json wrote");
  }
  std::vector<detail::Document> documents;
  for (const PageInput& input : request.inputs) {
    KERNWISE_ASSIGN(detail::Document document, detail::parse_document(input.text, input.file));
    documents.push_back(std::move(document));
  }
  std::vector<PageSection> sections;
  for (const detail::Document& document : documents) {
    KERNWISE_ASSIGN(PageSection section, detail::section_of(document));
    sections.push_back(std::move(section));
  }
  std::string mistake;
  for (PageSection& section : detail::transfer_curves(documents, mistake)) {
    sections.push_back(std::move(section));
  }
  KERNWISE_CHECK(mistake.empty());  // the documents have had their sections

  const bool charts = !request.chart_library.empty();
  Json list = Json::array();
  std::string body = "<h1>kernwise report</h1>\n";
  if (sections.size() > 1) body += contents_html(sections);
  if (!charts) {
    body += fmt::format("<p class=\"warning\">This page has its tables but no charts: {}</p>\n",
                        escaped(request.no_charts_because));
  }
  for (std::size_t i = 0; i < sections.size(); ++i) {
    body += section_html(sections[i], i + 1, charts, list);
  }
  if (!charts) list = Json::array();

  // Whoever writes a name into a document cannot know the hash of the whole.
  const std::string data =
      detail::json_for_script(list.dump(-1, ' ', false, Json::error_handler_t::replace));
  const std::string nonce = content_hash(body + data);
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'nonce-{}'; img-src data:; base-uri 'none'; "
      "form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<link rel=\"icon\" "
      "href=\"data:,\">\n<style>{}</style>\n</head>\n<body>\n",
      nonce, escaped(sections.size() == 1 ? sections[0].title : std::string("kernwise report")),
      detail::page_style());
  html += body;
  html += fmt::format("<script type=\"application/json\" id=\"charts\">{}</script>\n", data);
  if (charts) {
    html += fmt::format("<script nonce=\"{}\">{}</script>\n", nonce,
                        detail::code_for_script(request.chart_library));
  }
  html += fmt::format("<script nonce=\"{}\">{}</script>\n</body>\n</html>\n", nonce,
                      detail::page_script());
  Page page{std::move(html), {}, charts};
  for (const PageSection& section : sections) {
    page.sections.push_back({section.title, section.file, section.schema});
  }
  return page;
}

std::string page_json(const Page& page, const std::string& file, const Envelope& envelope) {
  Json sections = Json::array();
  for (const PageContent& section : page.sections) {
    sections.push_back(
        {{"title", section.title}, {"file", section.file}, {"schema", section.schema}});
  }
  return detail::envelope_text("report", envelope,
                               {{"file", file},
                                {"page_bytes", page.html.size()},
                                {"charts", page.charts},
                                {"sections", std::move(sections)}});
}

}  // namespace kernwise
