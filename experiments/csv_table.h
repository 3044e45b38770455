// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Published tables (base/csv_table.h) as rows of text, the header first.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise::experiments {

using Table = std::vector<std::vector<std::string>>;  // the first row is the header

// kInvalidInput, with file and line, if rows differ in length, the file is cut off or over 1 GiB.
Result<Table> read_table(const std::filesystem::path& path);

// A number >= 0; `line` counts from 0.
Result<double> number(const std::string& cell, const std::filesystem::path& path, std::size_t line);

}  // namespace kernwise::experiments
