// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// perf4sight DATA_DIR: memory and latency of training steps of pruned networks on a device, by the
// published method and by ours, on published measurements (Rajagopal & Bouganis 2021).
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <string>

#include "../program.h"
#include "printing.h"
#include "study.h"
#include "tables.h"

namespace kernwise::perf4sight {
namespace {

using experiments::failed;

int run(int argc, char** argv) {
  Options options;
  std::string folder;
  bool json = false, quiet = false;
  CLI::App app("Memory and latency of training steps, predicted before they are run");
  app.add_option("DATA_DIR", folder,
                 "folder with pruned_model_layers.csv, pruned_model_summary.csv, "
                 "DEVICE_training_memory.csv and DEVICE_training_latency.csv")
      ->required();
  app.add_option("--device", options.device, "which, if the folder holds several");
  app.add_option("--seed", options.seed, "the first seed");
  app.add_option("--seeds", options.seeds, "forests to average over")->check(CLI::Range(1, 1000));
  app.add_option("--threads", options.threads, "models that are made at once")
      ->check(CLI::Range(1, 256));
  app.add_option("--false-fits", options.false_fits,
                 "share of failed training runs that the limit of memory may call fitting")
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--margin", options.margin, "share that is taken off that limit")
      ->check(CLI::Range(0.0, 0.9));
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
  const Result<Tables> tables = read_tables(folder, options.device);
  if (!tables.ok()) return failed(tables.error());
  const Say say = [&](const std::string& line) {
    if (!quiet) fmt::print(stderr, "{:6.0f} s  {}\n", elapsed(), line);
  };
  const Result<StudyResult> result = run_study(*tables, options, say);
  if (!result.ok()) return failed(result.error());
  fmt::print("{}", json ? as_json(*result, *tables, options, elapsed())
                        : as_text(*result, *tables, options, elapsed()));
  return 0;
}

}  // namespace
}  // namespace kernwise::perf4sight

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::perf4sight::run, argc, argv);
}
