// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "../csv_table.h"

namespace kernwise::mulder {
namespace {

namespace fs = std::filesystem;

using experiments::number;
using experiments::read_table;
using experiments::Table;

constexpr std::string_view kLayers = "_primitives_ns.csv", kTransforms = "_transforms_ns.csv";

// Whole sizes of the first `count` cells.
Result<std::vector<int64_t>> sizes(const std::vector<std::string>& row, std::size_t count,
                                   const fs::path& path, std::size_t line) {
  std::vector<int64_t> values;
  for (std::size_t i = 0; i < count; ++i) {
    KERNWISE_ASSIGN(const double value, number(row[i], path, line));
    if (value < 1 || value > 1e6 || value != std::floor(value)) {
      return invalid_input(
          fmt::format("{}: line {}: '{}' is no size", path.string(), line + 1, row[i]));
    }
    values.push_back(static_cast<int64_t>(value));
  }
  return values;
}

Status add_row(Samples& samples, const Problem& problem, const std::vector<std::string>& cells,
               std::size_t first, const fs::path& path, std::size_t line) {
  KERNWISE_TRY(validate(problem));
  const std::size_t at = samples.x.size();
  samples.x.resize(at + samples.schema.features.size());
  KERNWISE_TRY(compute_features(problem, 1, std::span(samples.x).subspan(at)));
  for (std::size_t i = first; i < cells.size(); ++i) {
    double log = std::numeric_limits<double>::quiet_NaN();
    if (!cells[i].empty()) {
      KERNWISE_ASSIGN(const double ns, number(cells[i], path, line));
      if (ns > 0) log = std::log(ns * 1e-9);
    }
    samples.y.push_back(log);
  }
  return Ok{};
}

Result<fs::path> find_table(const fs::path& folder, const std::string& name,
                            std::string_view kind) {
  for (const std::string_view ending : {"", ".gz"}) {
    const fs::path path = folder / fmt::format("{}{}{}", name, kind, ending);
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path;
  }
  return invalid_input(fmt::format("there is no {}{} (or .gz) in {}", name, kind, folder.string()));
}

}  // namespace

Result<std::vector<std::string>> platforms_in(const fs::path& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    if (!name.ends_with(kLayers)) continue;
    names.push_back(name.substr(0, name.size() - kLayers.size()));
  }
  if (error) {
    return invalid_input(
        fmt::format("cannot read the folder {}: {}", folder.string(), error.message()));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<Platform> read_platform(const fs::path& folder, const std::string& name,
                               std::map<std::vector<int64_t>, int>& groups) {
  Platform platform;
  platform.name = name;
  KERNWISE_ASSIGN(const fs::path path, find_table(folder, name, kLayers));
  KERNWISE_ASSIGN(const Table table, read_table(path));
  if (table[0].size() < 6 ||
      !std::equal(table[0].begin(), table[0].begin() + 5,
                  std::vector<std::string>{"c", "k", "im", "f", "s"}.begin())) {
    return invalid_input(path.string() + ": the header must begin with c,k,im,f,s");
  }
  platform.layers.schema = conv_features();
  platform.layers.outputs.assign(table[0].begin() + 5, table[0].end());
  for (std::size_t line = 1; line < table.size(); ++line) {
    KERNWISE_ASSIGN(const std::vector<int64_t> v, sizes(table[line], 5, path, line));
    KERNWISE_TRY(add_row(platform.layers, table_conv(v[0], v[1], v[2], v[3], v[4]), table[line], 5,
                         path, line));
    const std::vector<int64_t> triplet(v.begin(), v.begin() + 3);
    platform.layers.group.push_back(
        groups.emplace(triplet, static_cast<int>(groups.size())).first->second);
    platform.keys.push_back({v[0], v[1], v[2], v[3], v[4]});
    platform.row_of.emplace(platform.keys.back(), platform.layers.rows() - 1);
  }
  platform.transforms.schema = transform_features();
  const Result<fs::path> other = find_table(folder, name, kTransforms);
  if (!other.ok()) return platform;
  KERNWISE_ASSIGN(const Table changes, read_table(*other));
  if (changes[0].size() < 3 || changes[0][0] != "c" || changes[0][1] != "im") {
    return invalid_input(other->string() + ": the header must begin with c,im");
  }
  platform.transforms.outputs.assign(changes[0].begin() + 2, changes[0].end());
  for (std::size_t line = 1; line < changes.size(); ++line) {
    KERNWISE_ASSIGN(const std::vector<int64_t> v, sizes(changes[line], 2, *other, line));
    KERNWISE_TRY(
        add_row(platform.transforms, table_transform(v[0], v[1]), changes[line], 2, *other, line));
    platform.transforms.group.push_back(static_cast<int>(line));
    platform.transform_row.emplace(std::pair(v[0], v[1]), platform.transforms.rows() - 1);
  }
  return platform;
}

Result<Formats> read_formats(const fs::path& folder) {
  const fs::path path = folder / "primitive_formats.csv";
  KERNWISE_ASSIGN(const Table table, read_table(path));
  if (table[0] != std::vector<std::string>{"primitive", "family", "in_layout", "out_layout"}) {
    return invalid_input(path.string() +
                         ": the header must be primitive,family,in_layout,out_layout");
  }
  Formats formats;
  for (std::size_t line = 1; line < table.size(); ++line) {
    formats.family[table[line][0]] = table[line][1];
    formats.in[table[line][0]] = table[line][2];
    formats.out[table[line][0]] = table[line][3];
  }
  return formats;
}

}  // namespace kernwise::mulder
