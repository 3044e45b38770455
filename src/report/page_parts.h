// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Figures that several sections have.
#pragma once

#include <string>
#include <vector>

#include "page.h"

namespace kernwise::detail {

// One bar of a chart of steps.
struct StepBar {
  std::string name, primitive;
  double time_s = 0;
  // While it runs.
  int64_t live_bytes = 0, workspace_bytes = 0;
};

// How the time is shared among primitives; the largest first.
PageFigure by_primitive(const std::vector<StepBar>& steps);

// Bars over steps, coloured by primitive. `table` says more of each.
PageFigure by_step(std::string title, std::string note, const std::vector<StepBar>& steps,
                   PageTable table);

// What is alive over time. `when`: what the times are, in words.
PageFigure memory_over_time(const std::vector<StepBar>& steps, const std::string& when);

// The activations, workspace and weights of a "memory" object, as facts.
void add_memory(const Fields& result, PageSection& section);

// Cells. Unknown values are empty.
std::string seconds_cell(const std::optional<double>& seconds);
std::string bytes_cell(int64_t bytes);
std::string percent_cell(const std::optional<double>& percent);  // 3.4 -> "3.4 %"
std::string interval_cell(const std::optional<double>& low_s, const std::optional<double>& high_s);

// Charts have one unit on an axis: milliseconds, MiB.
double milliseconds(double seconds);
double mebibytes(double bytes);

}  // namespace kernwise::detail
