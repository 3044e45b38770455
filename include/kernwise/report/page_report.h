// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise report`: the JSON results of commands as one HTML page. The page needs nothing beside
// itself: no network (a policy in its head forbids it), and no JavaScript to be read, since every
// chart stands over a table of the same numbers. Charts are drawn by Chart.js, whose text is put
// into the page; without it the page has its tables and says why there are no charts.
//
// Names in documents are shown, never run: everything is escaped, and scripts need the page's
// nonce. Thread-safety: pure functions. Equal input gives an equal page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/report/envelope.h"

namespace kernwise {

struct PageInput {
  std::string file;  // for people
  std::string text;  // a document that --json printed, or a plan file
};

struct PageRequest {
  std::vector<PageInput> inputs;  // at least one; sections come in their order
  std::string chart_library;      // text of Chart.js 3 or 4; empty: no charts
  std::string no_charts_because;  // what to say where there is none
};

struct PageContent {
  std::string title, file, schema;
};
struct Page {
  std::string html;
  std::vector<PageContent> sections;
  bool charts = false;
};

// A page that one wants to mail.
inline constexpr Bytes kComfortablePage{3 << 20};

// Where Debian's package libjs-chart.js puts Chart.js.
inline constexpr std::string_view kChartLibrary = "/usr/share/javascript/chart.js/chart.min.js";

// kInvalidInput for a document that is broken, or of a schema that has no page; the first such is
// named, and no page is made without it.
Result<Page> make_page(const PageRequest& request);

// What `report --json` says of a page that was written to `file`.
std::string page_json(const Page& page, const std::string& file, const Envelope& envelope);

}  // namespace kernwise
