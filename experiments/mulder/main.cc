// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// mulder DATA_DIR --source X --target Y: learned costs of convolution primitives and their transfer
// between platforms, on published layer tables (Mulder, Radu & Dubach 2020).
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "../program.h"
#include "printing.h"
#include "study.h"
#include "tables.h"

namespace kernwise::mulder {
namespace {

using experiments::failed;

Result<Platform> read_one(const std::string& folder, const std::string& name,
                          std::map<std::vector<int64_t>, int>& groups) {
  KERNWISE_ASSIGN(const std::vector<std::string> there, platforms_in(folder));
  if (std::find(there.begin(), there.end(), name) == there.end()) {
    return invalid_input(fmt::format("there is no platform '{}' in {}", name, folder),
                         fmt::format("the folder holds: {}", fmt::join(there, ", ")));
  }
  KERNWISE_ASSIGN(Platform platform, read_platform(folder, name, groups));
  if (platform.layers.rows() < 30) {
    return invalid_input(fmt::format("'{}' has fewer than 30 rows: too few to split", name));
  }
  return platform;
}

int run(int argc, char** argv) {
  Options options;
  std::string folder;
  std::vector<std::string> regressors = {"linear", "nn2", "nn-c"};
  bool json = false, quiet = false;
  CLI::App app("Learned costs of convolution primitives and their transfer between platforms");
  app.add_option("DATA_DIR", folder,
                 "folder with PLATFORM_primitives_ns.csv(.gz), PLATFORM_transforms_ns.csv(.gz) and "
                 "primitive_formats.csv")
      ->required();
  app.add_option("--source", options.source, "platform that is fully measured")->required();
  app.add_option("--target", options.target, "platform to carry the model to")->required();
  app.add_option("--fractions", options.fractions, "shares of the target's training rows, 0 to 0.5")
      ->delimiter(',')
      ->check(CLI::Range(1e-9, 0.5));
  app.add_option("--draws", options.draws, "sample draws of a method; costly ones take a third")
      ->check(CLI::Range(1, 10000));
  app.add_option("--seeds", options.seeds, "splits and models to average over")
      ->check(CLI::Range(1, 1000));
  app.add_option("--seed", options.seed, "the first seed");
  app.add_option("--threads", options.threads, "draws that run at once")->check(CLI::Range(1, 256));
  app.add_option("--top", options.top, "candidates of a layer that verification measures")
      ->check(CLI::Range(1, 1000));
  app.add_option("--regressors", regressors,
                 "to compare: linear, nn1, nn2, nn-c, extra-trees, boosted-trees, kernel")
      ->delimiter(',');
  app.add_flag("--json", json, "JSON on standard output");
  app.add_flag("-q,--quiet", quiet, "no progress on standard error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  for (const std::string& name : regressors) {
    const auto kind = parse_regressor_kind(name);
    if (!kind) return failed(invalid_input(fmt::format("there is no regressor '{}'", name)));
    options.regressors.push_back(*kind);
  }
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  std::map<std::vector<int64_t>, int> groups;
  const Result<Platform> source = read_one(folder, options.source, groups);
  if (!source.ok()) return failed(source.error());
  const Result<Platform> target = read_one(folder, options.target, groups);
  if (!target.ok()) return failed(target.error());
  const Result<Formats> formats = read_formats(folder);
  if (!formats.ok()) return failed(formats.error());
  const Say say = [&](const std::string& line) {
    if (!quiet) fmt::print(stderr, "{:6.0f} s  {}\n", elapsed(), line);
  };
  const Result<StudyResult> result = run_study(*source, *target, *formats, options, say);
  if (!result.ok()) return failed(result.error());
  fmt::print("{}",
             json ? as_json(*result, options, elapsed()) : as_text(*result, options, elapsed()));
  return 0;
}

}  // namespace
}  // namespace kernwise::mulder

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::mulder::run, argc, argv);
}
