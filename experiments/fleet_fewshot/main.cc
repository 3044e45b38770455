// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// fleet_fewshot DATA_DIR --task FILE --samples N: costs of all designs on devices that are met with
// N measurements, for any table of designs and devices.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "../program.h"
#include "kernwise/base/csv.h"
#include "printing.h"
#include "study.h"

namespace kernwise::fewshot {
namespace {

using experiments::failed;

namespace fs = std::filesystem;

// As it is named, or below the data folder.
fs::path task_path(const fs::path& folder, const std::string& name) {
  if (fs::exists(name)) return name;
  for (const fs::path& there : {folder / name, folder / "tasks" / name}) {
    if (fs::exists(there)) return there;
  }
  return name;
}

// A column of another table, joined by arch_idx; NaN where it has no number.
Result<std::vector<double>> joined(const LatencyTable& table, const std::string& file,
                                   const std::string& column) {
  KERNWISE_ASSIGN(const CsvTable csv, read_csv(file));
  const auto at = csv.column("arch_idx"), from = csv.column(column);
  if (!at || !from) {
    return invalid_input(fmt::format("has no column 'arch_idx' or no '{}'", column)).within(file);
  }
  std::unordered_map<std::string_view, std::string_view> texts;
  for (std::size_t row = 0; row < csv.rows(); ++row) {
    texts.emplace(csv.cell(row, *at), csv.cell(row, *from));
  }
  std::vector<double> result;
  for (const int64_t index : table.index) {
    const std::string name = std::to_string(index);
    const auto found = texts.find(name);
    double number = std::numeric_limits<double>::quiet_NaN();
    if (found != texts.end()) {
      const std::string_view text = found->second;
      double parsed = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
      if (error == std::errc() && end == text.data() + text.size()) number = parsed;
    }
    result.push_back(number);
  }
  return result;
}

int run(int argc, char** argv) {
  Options options;
  std::string folder, task_name, flops_file, flops_column = "mflops";
  bool json = false, quiet = false, pool_only = false;
  CLI::App app("Costs of designs on devices that are met with a few samples");
  app.add_option("DATA_DIR", folder, "folder with the table that the task names")->required();
  app.add_option("--task", task_name, "JSON: table, encoding, train_devices, test_devices")
      ->required();
  app.add_option("--samples", options.samples,
                 "measurements of each target; with several numbers, the first leads the result")
      ->delimiter(',')
      ->check(CLI::Range(1, 300));
  app.add_option("--draws", options.draws, "random draws")->check(CLI::Range(1, 10000));
  app.add_option("--seed", options.seed, "of all draws");
  app.add_option("--pool", options.pool, "first designs, which samples come from")
      ->check(CLI::Range(20, 1000000));
  app.add_option("--query", options.query, "next designs, which figures come from")
      ->check(CLI::Range(20, 1000000));
  app.add_option("--among", options.among, "designs of the pool that a draw may choose from")
      ->check(CLI::Range(1, 400));
  app.add_flag("--pool-only", pool_only, "look at known devices on designs of the pool only");
  app.add_option("--threads", options.threads, "draws that run at once")->check(CLI::Range(1, 256));
  app.add_option("--flops", flops_file,
                 "CSV with arch_idx and operations of each design, to compare with");
  app.add_option("--flops-column", flops_column, "its column");
  app.add_flag("--json", json, "JSON on standard output");
  app.add_flag("-q,--quiet", quiet, "no progress on standard error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  options.all_known = !pool_only;
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const Result<FleetTask> task = read_task(task_path(folder, task_name));
  if (!task.ok()) return failed(task.error());
  if (task->test_devices.empty()) {
    return failed(invalid_input("the task names pairs of devices, no train_devices",
                                "oneproxy takes such tasks"));
  }
  std::vector<std::string> devices = task->train_devices;
  devices.insert(devices.end(), task->test_devices.begin(), task->test_devices.end());
  const Result<LatencyTable> table =
      read_latency_table(fs::path(folder) / task->table, task->encoding, devices);
  if (!table.ok()) return failed(table.error());
  if (!flops_file.empty()) {
    Result<std::vector<double>> flops = joined(*table, flops_file, flops_column);
    if (!flops.ok()) return failed(flops.error());
    options.flops = *flops;
  }
  const Say say = [&](const std::string& line) {
    if (!quiet) fmt::print(stderr, "{:6.1f} s  {}\n", elapsed(), line);
  };
  const Result<StudyResult> result = run_study(*table, *task, options, say);
  if (!result.ok()) return failed(result.error());
  for (const TableWarning& warning : result->warnings) {
    if (!quiet) fmt::print(stderr, "warning[{}]: {}\n", to_string(warning.kind), warning.message);
  }
  fmt::print("{}", json ? as_json(*result, *task, options, elapsed())
                        : as_text(*result, options, elapsed()));
  return 0;
}

}  // namespace
}  // namespace kernwise::fewshot

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::fewshot::run, argc, argv);
}
