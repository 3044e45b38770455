// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// oneproxy DATA_DIR: how far one proxy device serves another, and what few measurements make of it.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <filesystem>
#include <string>

#include "../program.h"
#include "study.h"

namespace kernwise::oneproxy {
namespace {

using experiments::failed;

namespace fs = std::filesystem;

int run(int argc, char** argv) {
  Options options;
  std::string folder, task_name = "tasks/low_correlation_pairs.json";
  bool json = false, quiet = false;
  CLI::App app("How far one proxy device serves another");
  app.add_option("DATA_DIR", folder, "folder with the table that the task names")->required();
  app.add_option("--task", task_name, "JSON: table, encoding, pairs; as it is or below DATA_DIR");
  app.add_option("--samples", options.samples, "measurements of each target")
      ->delimiter(',')
      ->check(CLI::Range(2, 300));
  app.add_option("--draws", options.draws, "random draws of each pair")
      ->check(CLI::Range(1, 10000));
  app.add_option("--decision-draws", options.decision_draws,
                 "decisions for each ordered pair of devices")
      ->check(CLI::Range(0, 10000));
  app.add_option("--decision-samples", options.decision_samples, "measurements for a decision")
      ->check(CLI::Range(1, 300));
  app.add_flag("--decisions-only", options.product_only,
               "only the decision as `kernwise fleet` takes it");
  app.add_option("--sure", options.rule.sure, "probability of a good proxy that allows its reuse")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--seed", options.seed, "of all draws");
  app.add_flag("--json", json, "JSON on standard output");
  app.add_flag("-q,--quiet", quiet, "no progress on standard error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const fs::path path = fs::exists(task_name) ? fs::path(task_name) : fs::path(folder) / task_name;
  const Result<FleetTask> task = read_task(path);
  if (!task.ok()) return failed(task.error());
  if (task->pairs.empty()) {
    return failed(invalid_input("the task has no 'pairs'", "fleet_fewshot takes such tasks"));
  }
  const Result<LatencyTable> table =
      read_latency_table(fs::path(folder) / task->table, task->encoding);
  if (!table.ok()) return failed(table.error());
  const Say say = [&](const std::string& line) {
    if (!quiet) fmt::print(stderr, "{:6.1f} s  {}\n", elapsed(), line);
  };
  const Result<StudyResult> result = run_study(*table, *task, options, say);
  if (!result.ok()) return failed(result.error());
  for (const TableWarning& warning : result->warnings) {
    if (!quiet) fmt::print(stderr, "warning[{}]: {}\n", to_string(warning.kind), warning.message);
  }
  fmt::print("{}", json ? as_json(*result, *task, options, elapsed())
                        : as_text(*result, *task, elapsed()));
  return 0;
}

}  // namespace
}  // namespace kernwise::oneproxy

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::oneproxy::run, argc, argv);
}
