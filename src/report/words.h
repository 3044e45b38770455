// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Short pieces of text that several reports use.
#pragma once

#include <string>

#include "kernwise/graph/layout.h"
#include "kernwise/report/table.h"
#include "kernwise/runtime/executor.h"

namespace kernwise::detail {

std::string layouts(Layout in, Layout out, const TextStyle& style);  // "nhwc" or "nchw > nhwc"
std::string shape_text(const Shape4& shape);                         // "1x64x56x56"
std::string dims_text(const std::vector<int64_t>& dims);
std::string signed_percent(double share);                 // "+12 %", "-3.1 %"
std::string plural(int64_t count, const char* noun);      // "1 layer", "2 layers"
std::string short_problem(const std::string& canonical);  // as is if it does not parse
Ink ink_of_grade(char grade);
std::string memory_line(const MemoryUse& memory);
// "±1.2 %"
std::string spread_text(double spread, const TextStyle& style);

}  // namespace kernwise::detail
