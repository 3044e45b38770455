// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A page before it is HTML: sections of facts and figures. Texts are plain, nothing is escaped yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "document.h"

namespace kernwise::detail {

struct PageTable {
  std::vector<std::string> columns;
  std::vector<bool> numeric;  // per column: aligned to the right
  std::vector<std::vector<std::string>> rows;
};

// A point with its intervals; an end that is not known is NaN.
struct PagePoint {
  double x = 0, y = 0;
  double x_low, x_high, y_low, y_high;
  std::string label;
  PagePoint(double at_x, double at_y, std::string name = {});
};

enum class ChartKind : uint8_t {
  kBars,     // over categories; series are stacked on each other
  kRows,     // the same, lying: for few bars with long names
  kPoints,   // single points, each with its intervals
  kLines,    // points joined, with intervals
  kStepped,  // areas stacked over time: a value holds until the next point
};

struct PageSeries {
  std::string name;
  std::vector<std::optional<double>> values;  // kBars, kRows: one per category
  std::vector<PagePoint> points;              // the others
};

struct PageChart {
  ChartKind kind = ChartKind::kBars;
  std::string x_title, y_title;  // with the unit
  std::vector<std::string> categories;
  std::vector<PageSeries> series;
  bool log_x = false, log_y = false;
  bool diagonal = false;  // a line where x equals y
};

struct PageFigure {
  std::string title;
  std::string note;  // how to read it; may be empty
  std::optional<PageChart> chart;
  PageTable table;
};

struct PageSection {
  std::string title;
  std::string file, schema;                                // where it comes from
  std::vector<std::pair<std::string, std::string>> facts;  // name, value
  std::vector<std::string> warnings;                       // those of the document
  std::vector<PageFigure> figures;
};

// Sections by kind of document. Mistakes of the document go to `mistake` (document.h).
using SectionMaker = void (*)(const Document& document, PageSection& section, std::string& mistake);
void plan_section(const Document& document, PageSection& section, std::string& mistake);
void predict_section(const Document& document, PageSection& section, std::string& mistake);
void run_section(const Document& document, PageSection& section, std::string& mistake);
void profile_section(const Document& document, PageSection& section, std::string& mistake);
void footprint_section(const Document& document, PageSection& section, std::string& mistake);
void transfer_section(const Document& document, PageSection& section, std::string& mistake);
void fleet_section(const Document& document, PageSection& section, std::string& mistake);
void mulder_section(const Document& document, PageSection& section, std::string& mistake);
void fewshot_section(const Document& document, PageSection& section, std::string& mistake);
// Anything of ours: single values become facts, lists of objects tables.
void plain_section(const Document& document, PageSection& section, std::string& mistake);

// By the document's schema.
Result<PageSection> section_of(const Document& document);

// What expected errors become with more samples, if there are two `transfer` documents or more of
// one source; else empty.
std::vector<PageSection> transfer_curves(const std::vector<Document>& documents,
                                         std::string& mistake);

// The page's own texts (page_style.cc, page_script.cc).
std::string_view page_style();
std::string_view page_script();

}  // namespace kernwise::detail
