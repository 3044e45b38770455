// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// nnc_variant_selection DATA_DIR: the tiny models on published tables of configurations, by both
// protocols, and the choice of the best configuration (Srivastava et al. 2020).
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "../program.h"
#include "printing.h"

namespace kernwise::nnc {
namespace {

using experiments::failed;

int run(int argc, char** argv) {
  TableOptions options;
  std::string folder;
  bool json = false, quiet = false;
  options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  CLI::App app("Tiny models on published tables of configurations, and the choice by them");
  app.add_option(
         "DATA_DIR", folder,
         "folder with CSV files (or .csv.gz) whose header is time,size,knob,...,[c_...]: the "
         "first column's name contains 'time', the last may begin with c_ and is complexity")
      ->required();
  app.add_option("--train", options.train, "configurations to train on")
      ->check(CLI::Range(20, 1000000));
  app.add_option("--published-share", options.published_share,
                 "first rows that train in the published protocol")
      ->check(CLI::Range(0.05, 0.95));
  app.add_option("--seeds", options.seeds, "splits to average over")->check(CLI::Range(1, 1000));
  app.add_option("--seed", options.seed, "the first seed");
  app.add_option("--restarts", options.restarts, "starts of a network")->check(CLI::Range(1, 1000));
  app.add_option("--threads", options.threads, "seeds at once")->check(CLI::Range(1, 1024));
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
  const Say say = [&](const std::string& line) {
    if (!quiet) fmt::print(stderr, "{:6.0f} s  {}\n", elapsed(), line);
  };
  const auto tables = read_configuration_tables(folder);
  if (!tables.ok()) return failed(tables.error());
  std::vector<TableResult> results;
  for (const ConfigurationTable& table : *tables) {
    Result<TableResult> result = study_table(table, options, say);
    if (!result.ok()) return failed(result.error());
    results.push_back(std::move(result).value());
  }
  fmt::print("{}",
             json ? as_json(results, options, elapsed()) : as_text(results, options, elapsed()));
  return 0;
}

}  // namespace
}  // namespace kernwise::nnc

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::nnc::run, argc, argv);
}
