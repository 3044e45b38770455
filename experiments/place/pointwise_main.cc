// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// pointwise_costs: recorded costs (docs/formats/recorded_costs.md) from published tables of
// convolutions, of those that are products of matrices: for `kernwise place --costs` and
// `place_programs --costs`. What copies cost stands in no table: it is assumed, and stated.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "../program.h"
#include "kernwise/base/file.h"
#include "pointwise_tables.h"

namespace kernwise::experiments {
namespace {

struct Arguments {
  std::string host, folder, output = "-";
  std::vector<std::string> gpus;
  double latency_s = 10e-6, bytes_per_s = 12e9;  // about what PCIe 3.0 x16 gives
};

Result<RecordedCosts> convert(const Arguments& a) {
  RecordedCosts costs;
  costs.resources.push_back({"cpu", {}, {}});
  costs.devices.push_back(a.host.empty() ? "" : std::filesystem::path(a.host).filename().string());
  if (!a.host.empty()) KERNWISE_TRY(add_layer_table(a.host, 0, costs));
  for (const std::string& gpu : a.gpus) {
    const CopyCost copy{a.latency_s, a.bytes_per_s};
    const auto resource = static_cast<int>(costs.resources.size());
    costs.resources.push_back({fmt::format("gpu:{}", resource - 1), copy, copy});
    costs.devices.push_back(gpu + ", copies assumed");
    KERNWISE_TRY(add_find_table(a.folder, gpu, resource, costs));
  }
  return costs;
}

int run(int argc, char** argv) {
  Arguments a;
  CLI::App app("Published tables of 1x1 convolutions as recorded costs of products of matrices");
  app.add_option("--host", a.host,
                 "PLATFORM_primitives_ns.csv(.gz), what the host is; may be none");
  app.add_option("--find-tables", a.folder, "folder with problems, solvers and times_GPU")
      ->required();
  app.add_option("--gpus", a.gpus, "names of GPUs there")->required()->delimiter(',');
  app.add_option("--latency", a.latency_s, "assumed, of a copy to or from a GPU, seconds")
      ->check(CLI::Range(0., 1.));
  app.add_option("--bandwidth", a.bytes_per_s, "assumed, of such a copy, bytes per second")
      ->check(CLI::Range(1., 1e15));
  app.add_option("-o,--output", a.output, "file to write; - for standard output");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  const Result<RecordedCosts> costs = convert(a);
  if (!costs.ok()) return failed(costs.error());
  const std::string text = to_csv(*costs);
  if (a.output == "-") {
    fmt::print("{}", text);
    return 0;
  }
  const Status written = write_file(a.output, text);
  return written.ok() ? 0 : failed(written.error());
}

}  // namespace
}  // namespace kernwise::experiments

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::experiments::run, argc, argv);
}
