// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "csv_table.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "kernwise/base/csv_table.h"

namespace kernwise::experiments {

Result<Table> read_table(const std::filesystem::path& path) {
  KERNWISE_ASSIGN(const CsvTable csv, read_csv(path));
  Table table{csv.header()};
  for (std::size_t row = 0; row < csv.rows(); ++row) {
    std::vector<std::string>& cells = table.emplace_back();
    for (std::size_t c = 0; c < csv.columns(); ++c) cells.emplace_back(csv.cell(row, c));
  }
  return table;
}

Result<double> number(const std::string& cell, const std::filesystem::path& path,
                      std::size_t line) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error != std::errc() || end != cell.data() + cell.size() || !(value >= 0) ||
      !std::isfinite(value)) {
    return invalid_input(
        fmt::format("{}: line {}: '{}' is no number >= 0", path.string(), line + 1, cell));
  }
  return value;
}

}  // namespace kernwise::experiments
