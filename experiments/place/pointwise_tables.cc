// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "pointwise_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "../csv_table.h"

namespace kernwise::experiments {
namespace {

namespace fs = std::filesystem;

// The table's columns by name, checked.
class Columns {
 public:
  static Result<Columns> of(const Table& table, const fs::path& path,
                            std::initializer_list<const char*> wanted) {
    Columns columns;
    for (std::size_t i = 0; i < table[0].size(); ++i) columns.at_[table[0][i]] = i;
    for (const char* name : wanted) {
      if (!columns.at_.contains(name)) {
        return invalid_input(fmt::format("{} has no column '{}'", path.string(), name));
      }
    }
    return columns;
  }
  const std::string& cell(const std::vector<std::string>& row, const std::string& name) const {
    return row[at_.at(name)];
  }

 private:
  std::map<std::string, std::size_t> at_;
};

Result<fs::path> plain_or_packed(const fs::path& folder, const std::string& name) {
  for (const char* ending : {".csv", ".csv.gz"}) {
    const fs::path path = folder / (name + ending);
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path;
  }
  return invalid_input(fmt::format("there is no {}.csv (or .gz) in {}", name, folder.string()));
}

std::string product(int64_t oc, int64_t pixels, int64_t ic) {
  return fmt::format("gemm:m{}n{}k{}", oc, pixels, ic);
}

Result<std::set<std::string>> row_major_primitives(const fs::path& folder) {
  KERNWISE_ASSIGN(const fs::path path, plain_or_packed(folder, "primitive_formats"));
  KERNWISE_ASSIGN(const Table table, read_table(path));
  KERNWISE_ASSIGN(const Columns columns,
                  Columns::of(table, path, {"primitive", "in_layout", "out_layout"}));
  std::set<std::string> found;
  for (std::size_t line = 1; line < table.size(); ++line) {
    const auto& row = table[line];
    if (columns.cell(row, "in_layout") == "chw" && columns.cell(row, "out_layout") == "chw") {
      found.insert(columns.cell(row, "primitive"));
    }
  }
  return found;
}

// Problems of a find table that are products, by their number.
Result<std::map<std::string, std::string>> products_of(const fs::path& folder) {
  KERNWISE_ASSIGN(const fs::path path, plain_or_packed(folder, "problems"));
  KERNWISE_ASSIGN(const Table table, read_table(path));
  KERNWISE_ASSIGN(const Columns columns,
                  Columns::of(table, path,
                              {"problem_id", "nd", "dir", "dtype", "layout", "n", "c", "k", "g",
                               "h", "w", "ky", "kx", "ph", "pw", "sh", "sw"}));
  const std::vector<std::pair<const char*, const char*>> wanted = {
      {"nd", "2"}, {"dir", "F"}, {"dtype", "FP32"}, {"layout", "NCHW"}, {"n", "1"},  {"g", "1"},
      {"ky", "1"}, {"kx", "1"},  {"ph", "0"},       {"pw", "0"},        {"sh", "1"}, {"sw", "1"}};
  std::map<std::string, std::string> found;
  for (std::size_t line = 1; line < table.size(); ++line) {
    const auto& row = table[line];
    const bool fits = std::all_of(wanted.begin(), wanted.end(), [&](const auto& each) {
      return columns.cell(row, each.first) == each.second;
    });
    if (!fits) continue;
    std::map<std::string, int64_t> size;
    for (const char* name : {"c", "k", "h", "w"}) {
      KERNWISE_ASSIGN(const double value, number(columns.cell(row, name), path, line));
      size[name] = static_cast<int64_t>(value);
    }
    found[columns.cell(row, "problem_id")] = product(size["k"], size["h"] * size["w"], size["c"]);
  }
  return found;
}

}  // namespace

Status add_layer_table(const fs::path& file, int resource, RecordedCosts& costs) {
  KERNWISE_ASSIGN(const std::set<std::string> primitives, row_major_primitives(file.parent_path()));
  KERNWISE_ASSIGN(const Table table, read_table(file));
  KERNWISE_ASSIGN(const Columns columns, Columns::of(table, file, {"c", "k", "im", "f", "s"}));
  for (std::size_t line = 1; line < table.size(); ++line) {
    const auto& row = table[line];
    if (columns.cell(row, "f") != "1" || columns.cell(row, "s") != "1") continue;
    std::map<std::string, int64_t> size;
    for (const char* name : {"c", "k", "im"}) {
      KERNWISE_ASSIGN(const double value, number(columns.cell(row, name), file, line));
      size[name] = static_cast<int64_t>(value);
    }
    const std::string problem = product(size["k"], size["im"] * size["im"], size["c"]);
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!primitives.contains(table[0][i]) || row[i].empty()) continue;
      KERNWISE_ASSIGN(const double ns, number(row[i], file, line));
      const double time = ns * 1e-9;
      if (time > 0) costs.times.push_back({resource, 1, problem, table[0][i], time, time, time});
    }
  }
  return Ok{};
}

Status add_find_table(const fs::path& folder, const std::string& gpu, int resource,
                      RecordedCosts& costs) {
  KERNWISE_ASSIGN(const auto products, products_of(folder));
  KERNWISE_ASSIGN(const fs::path names_path, plain_or_packed(folder, "solvers"));
  KERNWISE_ASSIGN(const Table names_table, read_table(names_path));
  KERNWISE_ASSIGN(const Columns names,
                  Columns::of(names_table, names_path, {"solver_id", "solver"}));
  std::map<std::string, std::string> solvers;
  for (std::size_t line = 1; line < names_table.size(); ++line) {
    const auto& row = names_table[line];
    solvers[names.cell(row, "solver_id")] = names.cell(row, "solver");
  }
  KERNWISE_ASSIGN(const fs::path path, plain_or_packed(folder, "times_" + gpu));
  KERNWISE_ASSIGN(const Table table, read_table(path));
  KERNWISE_ASSIGN(const Columns columns,
                  Columns::of(table, path, {"problem_id", "solver_id", "time_ms"}));
  std::map<std::pair<std::string, std::string>, double> fastest;
  for (std::size_t line = 1; line < table.size(); ++line) {
    const auto& row = table[line];
    const auto problem = products.find(columns.cell(row, "problem_id"));
    const auto solver = solvers.find(columns.cell(row, "solver_id"));
    if (problem == products.end() || solver == solvers.end()) continue;
    KERNWISE_ASSIGN(const double ms, number(columns.cell(row, "time_ms"), path, line));
    if (!(ms > 0)) continue;
    const auto [at, fresh] = fastest.emplace(std::pair{problem->second, solver->second}, ms);
    if (!fresh) at->second = std::min(at->second, ms);
  }
  for (const auto& [key, ms] : fastest) {
    const double time = ms * 1e-3;
    costs.times.push_back({resource, 1, key.first, key.second, time, time, time});
  }
  return Ok{};
}

}  // namespace kernwise::experiments
