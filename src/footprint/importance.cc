// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "kernwise/base/csv_table.h"
#include "kernwise/footprint/adapt.h"

namespace kernwise {
namespace {

Result<std::map<std::string, double>> importance_of(const CsvTable& table) {
  const auto layers = table.column("layer"), numbers = table.column("importance");
  if (!layers || !numbers) {
    return invalid_input("has no columns 'layer' and 'importance'",
                         "begin it with the line 'layer,importance'");
  }
  std::map<std::string, double> importance;
  double sum = 0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view text = table.cell(row, *numbers);
    const auto place = fmt::format("line {}", table.line(row));
    double number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good =
        code == std::errc() && end == text.data() + text.size() && number >= 0 && number <= 1e12;
    if (!good) {
      return invalid_input(fmt::format("{} is no importance; a number from 0 to 1e12 is wanted",
                                       shown_cell(text)))
          .within(place);
    }
    if (!importance.emplace(table.cell(row, *layers), number).second) {
      return invalid_input(fmt::format("the layer {} stands there twice",
                                       shown_cell(table.cell(row, *layers))))
          .within(place);
    }
    sum += number;
  }
  if (sum <= 0) return invalid_input("says that nothing is of any importance");
  return importance;
}

}  // namespace

Result<std::map<std::string, double>> read_importance(const std::filesystem::path& path) {
  KERNWISE_ASSIGN(const CsvTable table, read_csv(path, Bytes{int64_t{64} << 20}));
  Result<std::map<std::string, double>> importance = importance_of(table);
  if (!importance.ok()) return std::move(importance).error().within(path.string());
  return importance;
}

}  // namespace kernwise
