// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/latency_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace kernwise {
namespace {

constexpr std::string_view kIndexColumn = "arch_idx";
constexpr std::size_t kMaxChoices = 4096;

std::optional<double> as_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Too large or too small for a double: infinite or zero, so a failed value.
  if (error == std::errc::result_out_of_range && end == text.data() + text.size()) return 0;
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_missing(std::string_view text, std::optional<double> value) {
  return text.empty() || text == "NA" || (value && (std::isnan(*value) || *value == -1));
}

Result<std::size_t> find_column(const CsvTable& csv, const std::string& name) {
  const auto found = csv.column(name);
  if (found) return *found;
  std::vector<std::string> shown(
      csv.header().begin(),
      csv.header().begin() + static_cast<std::ptrdiff_t>(std::min(csv.columns(), std::size_t{60})));
  return invalid_input(fmt::format("the table has no column {}", shown_cell(name)),
                       fmt::format("its columns are {}{}", fmt::join(shown, ", "),
                                   shown.size() < csv.columns() ? ", ..." : ""));
}

// Distinct texts of a column, in order: of numbers if all are numbers.
Result<std::vector<std::string>> choices_of(const CsvTable& csv, std::size_t column) {
  std::unordered_map<std::string_view, std::size_t> seen;
  std::vector<std::string> names;
  for (std::size_t row = 0; row < csv.rows(); ++row) {
    const std::string_view text = csv.cell(row, column);
    if (text.empty()) {
      return invalid_input(
          fmt::format("line {}: '{}' of the design is empty", csv.line(row), csv.header()[column]));
    }
    if (!seen.emplace(text, row).second) continue;
    names.emplace_back(text);
    if (names.size() > kMaxChoices) {
      return invalid_input(fmt::format("column '{}' has over {} distinct values: that is no choice",
                                       csv.header()[column], kMaxChoices),
                           "name the columns of the design in `encoding`");
    }
  }
  const bool numbers = std::all_of(names.begin(), names.end(), [](const std::string& name) {
    const auto value = as_number(name);
    return value && std::isfinite(*value);
  });
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    const double x = numbers ? *as_number(a) : 0, y = numbers ? *as_number(b) : 0;
    return x != y ? x < y : a < b;
  });
  return names;
}

Status read_design(const CsvTable& csv, std::span<const std::size_t> columns, LatencyTable& table) {
  table.choice.resize(csv.rows() * columns.size());
  std::size_t total = 0;
  for (std::size_t p = 0; p < columns.size(); ++p) {
    KERNWISE_ASSIGN(std::vector<std::string> names, choices_of(csv, columns[p]));
    total += names.size();
    if (total > kMaxChoices) {
      return invalid_input(fmt::format("the encoding has over {} choices in all", kMaxChoices));
    }
    std::unordered_map<std::string_view, uint16_t> number;
    for (const std::string& name : names) {
      number.emplace(name, static_cast<uint16_t>(number.size()));
    }
    for (std::size_t row = 0; row < csv.rows(); ++row) {
      table.choice[row * columns.size() + p] = number.at(csv.cell(row, columns[p]));
    }
    table.encoding.positions.push_back(csv.header()[columns[p]]);
    table.encoding.choices.push_back(std::move(names));
  }
  return Ok{};
}

Status read_costs(const CsvTable& csv, std::size_t column, LatencyTable& table) {
  int64_t failed = 0;
  for (std::size_t row = 0; row < csv.rows(); ++row) {
    const std::string_view text = csv.cell(row, column);
    const std::optional<double> value = as_number(text);
    double cost = std::numeric_limits<double>::quiet_NaN();
    if (!is_missing(text, value)) {
      if (!value) {
        return invalid_input(fmt::format("line {}: {} of {} is no number", csv.line(row),
                                         shown_cell(text), shown_cell(csv.header()[column])));
      }
      // So small or large that its logarithm could not be worked with counts as failed too.
      if (*value > 1e-100 && *value < 1e100) {
        cost = *value;
      } else {
        ++failed;
        table.failures.emplace_back(table.devices.size(), row);
      }
    }
    table.cost.push_back(cost);
  }
  table.devices.push_back(csv.header()[column]);
  table.failed.push_back(failed);
  return Ok{};
}

Status read_index(const CsvTable& csv, LatencyTable& table) {
  const auto column = csv.column(kIndexColumn);
  for (std::size_t row = 0; row < csv.rows(); ++row) {
    int64_t index = -1;
    if (column) {
      const std::string_view text = csv.cell(row, *column);
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
      if (error != std::errc() || end != text.data() + text.size()) {
        return invalid_input(fmt::format("line {}: {} of '{}' is no whole number", csv.line(row),
                                         shown_cell(text), kIndexColumn));
      }
    }
    table.index.push_back(index);
  }
  return Ok{};
}

}  // namespace

bool DesignEncoding::same_choices() const {
  return std::all_of(choices.begin(), choices.end(),
                     [&](const auto& names) { return names == choices.front(); });
}

std::size_t DesignEncoding::one_hot_width() const {
  std::size_t width = 0;
  for (const auto& names : choices) width += names.size();
  return width;
}

std::optional<std::size_t> LatencyTable::device(std::string_view name) const {
  const auto found = std::find(devices.begin(), devices.end(), name);
  if (found == devices.end()) return std::nullopt;
  return static_cast<std::size_t>(found - devices.begin());
}

Result<LatencyTable> to_latency_table(const CsvTable& csv, std::span<const std::string> encoding,
                                      std::span<const std::string> devices) {
  if (csv.rows() == 0) return invalid_input("the table has a header but no row");
  if (encoding.empty()) return invalid_input("no column of the design is named");
  std::vector<bool> used(csv.columns(), false);
  const auto claim = [&](const std::string& name) -> Result<std::size_t> {
    KERNWISE_ASSIGN(const std::size_t column, find_column(csv, name));
    if (used[column]) {
      return invalid_input(
          fmt::format("column {} is named twice, as design or device", shown_cell(name)));
    }
    used[column] = true;
    return column;
  };
  std::vector<std::size_t> design_columns, device_columns;
  for (const std::string& name : encoding) {
    KERNWISE_ASSIGN(const std::size_t column, claim(name));
    design_columns.push_back(column);
  }
  for (const std::string& name : devices) {
    KERNWISE_ASSIGN(const std::size_t column, claim(name));
    device_columns.push_back(column);
  }
  if (devices.empty()) {
    for (std::size_t c = 0; c < csv.columns(); ++c) {
      if (!used[c] && csv.header()[c] != kIndexColumn) device_columns.push_back(c);
    }
  }
  if (device_columns.empty()) return invalid_input("the table has no column of a device");
  LatencyTable table;
  KERNWISE_TRY(read_index(csv, table));
  KERNWISE_TRY(read_design(csv, design_columns, table));
  table.cost.reserve(csv.rows() * device_columns.size());
  for (const std::size_t column : device_columns) KERNWISE_TRY(read_costs(csv, column, table));
  return table;
}

Result<LatencyTable> read_latency_table(const std::filesystem::path& path,
                                        std::span<const std::string> encoding,
                                        std::span<const std::string> devices) {
  KERNWISE_ASSIGN(const CsvTable csv, read_csv(path));
  Result<LatencyTable> table = to_latency_table(csv, encoding, devices);
  if (!table.ok()) {
    Error error = table.error();
    return std::move(error).within(path.string());
  }
  return table;
}

void one_hot(const DesignEncoding& encoding, std::span<const uint16_t> design,
             std::span<float> out) {
  std::fill(out.begin(), out.end(), 0.0F);
  std::size_t offset = 0;
  for (std::size_t p = 0; p < design.size(); ++p) {
    out[offset + design[p]] = 1;
    offset += encoding.choices[p].size();
  }
}

}  // namespace kernwise
