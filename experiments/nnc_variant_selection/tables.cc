// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "../csv_table.h"

namespace kernwise::nnc {
namespace {

namespace fs = std::filesystem;

bool states_times(const std::vector<std::string>& header) {
  return header.size() >= 3 && header[0].find("time") != std::string::npos;
}

}  // namespace

Result<ConfigurationTable> read_configuration_table(const fs::path& path) {
  KERNWISE_ASSIGN(const experiments::Table rows, experiments::read_table(path));
  const std::vector<std::string>& header = rows[0];
  if (!states_times(header)) {
    return invalid_input(path.string() + ": the header must be time,size,knob,...",
                         "the first column's name must contain 'time'");
  }
  const bool has_complexity = header.back().starts_with("c_");
  const std::size_t knobs_end = header.size() - (has_complexity ? 1 : 0);
  ConfigurationTable table;
  table.name = path.filename().string();
  table.name = table.name.substr(0, table.name.find('.'));
  Combination& data = table.data;
  data.kind = table.name;
  data.variant = "configurations";
  data.resource = "table";
  data.schema.name = table.name;
  for (std::size_t i = 1; i < knobs_end; ++i) data.schema.features.push_back({header[i], 0.3});
  data.schema.features.push_back({"complexity", 0, true});
  std::map<std::vector<double>, int64_t> configurations;
  for (std::size_t line = 1; line < rows.size(); ++line) {
    std::vector<double> values;
    for (const std::string& cell : rows[line]) {
      KERNWISE_ASSIGN(const double value, experiments::number(cell, path, line));
      if (!(value > 0)) {
        return invalid_input(
            fmt::format("{}: line {}: '{}' is no number > 0", path.string(), line + 1, cell));
      }
      values.push_back(value);
    }
    data.time_s.push_back(values[0]);
    data.again_s.push_back(std::numeric_limits<double>::quiet_NaN());
    table.size.push_back(values[1]);
    data.work.push_back(has_complexity ? values.back() : values[1] * values[1]);
    const std::vector<double> knobs(values.begin() + 1,
                                    values.begin() + static_cast<std::ptrdiff_t>(knobs_end));
    for (const double knob : knobs) data.x.push_back(std::log(knob));
    data.x.push_back(std::log(data.work.back()));
    data.shape.push_back(
        configurations.emplace(knobs, static_cast<int64_t>(configurations.size())).first->second);
  }
  if (data.rows() < 40) return invalid_input(path.string() + " has fewer than 40 rows");
  return table;
}

Result<std::vector<ConfigurationTable>> read_configuration_tables(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".csv") || name.ends_with(".csv.gz")) paths.push_back(entry.path());
  }
  if (error) {
    return invalid_input(
        fmt::format("cannot read the folder {}: {}", folder.string(), error.message()));
  }
  std::sort(paths.begin(), paths.end());
  std::vector<ConfigurationTable> tables;
  for (const fs::path& path : paths) {
    KERNWISE_ASSIGN(const experiments::Table rows, experiments::read_table(path));
    if (!states_times(rows[0])) continue;
    KERNWISE_ASSIGN(ConfigurationTable table, read_configuration_table(path));
    tables.push_back(std::move(table));
  }
  if (tables.empty()) {
    return invalid_input("there is no table of configurations in " + folder.string(),
                         "a CSV file whose header is time,size,knob,...");
  }
  return tables;
}

}  // namespace kernwise::nnc
