// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "../csv_table.h"

namespace kernwise::miopen {
namespace {

namespace fs = std::filesystem;

using experiments::number;
using experiments::read_table;
using experiments::Table;

constexpr std::string_view kTimes = "times_";

Result<fs::path> find_table(const fs::path& folder, const std::string& name) {
  for (const char* ending : {".csv", ".csv.gz"}) {
    const fs::path path = folder / (name + ending);
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path;
  }
  return invalid_input(fmt::format("there is no {}.csv (or .gz) in {}", name, folder.string()));
}

bool is_number(const std::string& cell) {
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error == std::errc() && end == cell.data() + cell.size();
}

Result<std::size_t> column(const Table& table, std::string_view name, const fs::path& path) {
  const auto at = std::ranges::find(table[0], name);
  if (at == table[0].end()) {
    return invalid_input(fmt::format("{} has no column '{}'", path.string(), name));
  }
  return static_cast<std::size_t>(at - table[0].begin());
}

}  // namespace

Result<std::vector<std::string>> gpus_in(const fs::path& folder) {
  std::error_code error;
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::string name = entry.path().filename().string();
    if (!name.starts_with(kTimes)) continue;
    name.erase(0, kTimes.size());
    names.insert(name.substr(0, name.find('.')));
  }
  if (error)
    return invalid_input(fmt::format("cannot read {}: {}", folder.string(), error.message()));
  return std::vector<std::string>(names.begin(), names.end());
}

Result<Solvers> read_solvers(const fs::path& folder) {
  KERNWISE_ASSIGN(const fs::path path, find_table(folder, "solvers"));
  KERNWISE_ASSIGN(const Table table, read_table(path));
  KERNWISE_ASSIGN(const std::size_t id, column(table, "solver_id", path));
  KERNWISE_ASSIGN(const std::size_t name, column(table, "solver", path));
  KERNWISE_ASSIGN(const std::size_t algorithm, column(table, "algorithm", path));
  Solvers solvers;
  for (std::size_t line = 1; line < table.size(); ++line) {
    KERNWISE_ASSIGN(const double number_of, number(table[line][id], path, line));
    solvers.index[static_cast<int64_t>(number_of)] = solvers.name.size();
    solvers.name.push_back(table[line][name]);
    solvers.algorithm.push_back(table[line][algorithm]);
  }
  return solvers;
}

Result<Problems> read_problems(const fs::path& folder) {
  KERNWISE_ASSIGN(const fs::path path, find_table(folder, "problems"));
  KERNWISE_ASSIGN(const Table table, read_table(path));
  KERNWISE_ASSIGN(const std::size_t id, column(table, "problem_id", path));
  std::map<std::string, std::size_t> at;
  for (std::size_t c = 0; c < table[0].size(); ++c) at[table[0][c]] = c;
  for (const char* name : {"n", "c", "k", "g", "kz", "ky", "kx", "do", "ho", "wo"}) {
    KERNWISE_TRY(column(table, name, path));
  }
  // Columns of words become one column for each word; numbers become logarithms of one more.
  std::vector<std::size_t> words, numbers;
  std::vector<std::set<std::string>> values(table[0].size());
  for (std::size_t c = 0; c < table[0].size(); ++c) {
    if (c == id) continue;
    const bool numeric = std::all_of(table.begin() + 1, table.end(),
                                     [&](const auto& row) { return is_number(row[c]); });
    (numeric ? numbers : words).push_back(c);
    if (numeric) continue;
    for (std::size_t line = 1; line < table.size(); ++line) values[c].insert(table[line][c]);
  }
  Problems problems;
  problems.schema = {"gpu-convolution", 1, {}};
  for (const std::size_t c : numbers) problems.schema.features.push_back({table[0][c], 0.25});
  for (const std::size_t c : words) {
    for (const std::string& value : values[c]) {
      problems.schema.features.push_back({table[0][c] + "=" + value, 0.5});
    }
  }
  for (const char* name : {"multiply_adds", "in_elements", "out_elements", "weights"}) {
    problems.schema.features.push_back({name, 0});
  }
  std::map<std::string, int> groups;
  for (std::size_t line = 1; line < table.size(); ++line) {
    const auto& row = table[line];
    KERNWISE_ASSIGN(const double key, number(row[id], path, line));
    std::map<std::string, double> size;
    std::string shape, kind;
    for (const std::size_t c : numbers) {
      KERNWISE_ASSIGN(const double value, number(row[c], path, line));
      problems.features.push_back(std::log(value + 1));
      size[table[0][c]] = value;
      if (table[0][c] != "n") shape += row[c] + ",";
    }
    for (const std::size_t c : words) {
      for (const std::string& value : values[c])
        problems.features.push_back(value == row[c] ? 1 : 0);
      kind += (kind.empty() ? "" : " ") + row[c];
    }
    const auto product = [&](std::initializer_list<const char*> names) {
      double all = 1;
      for (const char* name : names)
        all *= std::max(1.0, size.contains(name) ? size.at(name) : 1.0);
      return all;
    };
    const double weights = product({"k", "c", "kz", "ky", "kx"}) / std::max(1.0, size["g"]);
    const double macs = weights * product({"n", "do", "ho", "wo"});
    for (const double value : {macs, product({"n", "c", "d", "h", "w"}),
                               product({"n", "k", "do", "ho", "wo"}), weights}) {
      problems.features.push_back(std::log(value));
    }
    problems.row_of[static_cast<int64_t>(key)] = static_cast<int64_t>(problems.group.size());
    problems.group.push_back(groups.emplace(shape, static_cast<int>(groups.size())).first->second);
    problems.kind.push_back(kind);
    problems.flops.push_back(2 * macs);
  }
  return problems;
}

Result<Gpu> read_gpu(const fs::path& folder, const std::string& name, const Problems& problems,
                     const Solvers& solvers) {
  KERNWISE_ASSIGN(const fs::path path, find_table(folder, std::string(kTimes) + name));
  KERNWISE_ASSIGN(const Table table, read_table(path));
  KERNWISE_ASSIGN(const std::size_t problem, column(table, "problem_id", path));
  KERNWISE_ASSIGN(const std::size_t solver, column(table, "solver_id", path));
  KERNWISE_ASSIGN(const std::size_t time, column(table, "time_ms", path));
  Gpu gpu;
  gpu.name = name;
  gpu.samples.schema = problems.schema;
  gpu.samples.outputs = solvers.name;
  const std::size_t width = solvers.name.size(), inputs = problems.schema.features.size();
  std::unordered_map<int64_t, std::size_t> rows;
  for (std::size_t line = 1; line < table.size(); ++line) {
    KERNWISE_ASSIGN(const double problem_id, number(table[line][problem], path, line));
    KERNWISE_ASSIGN(const double solver_id, number(table[line][solver], path, line));
    KERNWISE_ASSIGN(const double ms, number(table[line][time], path, line));
    const auto of = problems.row_of.find(static_cast<int64_t>(problem_id));
    const auto by = solvers.index.find(static_cast<int64_t>(solver_id));
    if (of == problems.row_of.end() || by == solvers.index.end()) {
      return invalid_input(
          fmt::format("{}: line {} names an unknown problem or solver", path.string(), line + 1));
    }
    const double seconds = ms / 1000;
    if (seconds > kSlowest) {
      ++gpu.dropped_slow;
      continue;
    }
    if (!(seconds > 0) ||
        problems.flops[static_cast<std::size_t>(of->second)] / seconds > kFastest) {
      ++gpu.dropped_impossible;
      continue;
    }
    const auto [at, fresh] = rows.emplace(of->second, gpu.problem.size());
    if (fresh) {
      gpu.problem.push_back(of->second);
      gpu.samples.group.push_back(problems.group[static_cast<std::size_t>(of->second)]);
      const auto first = problems.features.begin() + of->second * static_cast<int64_t>(inputs);
      gpu.samples.x.insert(gpu.samples.x.end(), first, first + static_cast<int64_t>(inputs));
      gpu.samples.y.resize(gpu.samples.y.size() + width, std::numeric_limits<double>::quiet_NaN());
    }
    double& entry = gpu.samples.y[at->second * width + by->second];
    if (std::isnan(entry) || std::log(seconds) < entry) entry = std::log(seconds);
  }
  return gpu;
}

}  // namespace kernwise::miopen
