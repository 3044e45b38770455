// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// made_up_fleet: a fleet of any size to try `kernwise fleet` on. Each device is a mixture of two
// measured ones on a scale of its own, with noise, and known by a few designs only:
//   log cost = log s + w log a + (1 - w) log b + noise.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "../program.h"
#include "kernwise/base/file.h"
#include "kernwise/base/rng.h"
#include "kernwise/fleet/space_table.h"

namespace kernwise::experiments {
namespace {

struct Options {
  std::string table, space = "nb201", folder = ".";
  int devices = 1000, samples = 10;
  double noise = 0.02;
  bool own = false;
  uint64_t seed = 1;
};

std::vector<std::size_t> some_rows(std::size_t rows, int count, Rng& rng) {
  std::vector<std::size_t> chosen;
  for (int i = 0; i < count; ++i) {
    chosen.push_back(static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(rows) - 1)));
  }
  return chosen;
}

Status make(const Options& options) {
  KERNWISE_ASSIGN(const DesignSpace space, load_space(options.space));
  KERNWISE_ASSIGN(const SpaceTable measured, read_space_table(space, options.table));
  const LatencyTable& table = measured.table;
  Rng rng(options.seed);
  const auto last = static_cast<int64_t>(table.devices.size()) - 1;
  const std::vector<std::size_t> same = some_rows(table.rows(), options.samples, rng);
  std::map<std::size_t, std::map<int, double>> known;  // row -> device -> cost
  for (int d = 0; d < options.devices; ++d) {
    const auto a = table.device_costs(static_cast<std::size_t>(rng.integer(0, last)));
    const auto b = table.device_costs(static_cast<std::size_t>(rng.integer(0, last)));
    const double share = rng.uniform(), scale = std::exp(rng.uniform(-2.3, 2.3));
    for (const std::size_t row :
         options.own ? some_rows(table.rows(), options.samples, rng) : same) {
      const double log_cost = share * std::log(a[row]) + (1 - share) * std::log(b[row]);
      const double cost = scale * std::exp(log_cost + options.noise * rng.normal());
      if (!std::isnan(cost)) known[row][d] = cost;
    }
  }
  std::string devices = "device\n", costs;
  for (const SpacePosition& position : space.positions) costs += position.name + ",";
  for (int d = 0; d < options.devices; ++d) {
    devices += fmt::format("device-{}\n", d);
    costs += fmt::format("device-{}{}", d, d + 1 < options.devices ? ',' : '\n');
  }
  for (const auto& [row, of] : known) {
    for (std::size_t p = 0; p < space.positions.size(); ++p) {
      costs += space.positions[p].choices[measured.designs[row][p]] + ",";
    }
    for (int d = 0; d < options.devices; ++d) {
      if (const auto found = of.find(d); found != of.end()) {
        costs += fmt::format("{:.6g}", found->second);
      }
      costs += d + 1 < options.devices ? ',' : '\n';
    }
  }
  const std::filesystem::path folder = options.folder;
  KERNWISE_TRY(write_file(folder / "devices.csv", devices));
  return write_file(folder / "samples.csv", costs);
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("A made-up fleet of many devices for `kernwise fleet`");
  app.add_option("TABLE", options.table, "costs of measured devices")->required();
  app.add_option("--space", options.space, "built-in name or file");
  app.add_option("--devices", options.devices, "to make up")->check(CLI::Range(1, 100'000));
  app.add_option("--samples", options.samples, "designs known of each")->check(CLI::Range(1, 1000));
  app.add_option("--noise", options.noise, "deviation of log costs")->check(CLI::Range(0.0, 1.0));
  app.add_flag("--own", options.own, "each device by designs of its own, not all by the same");
  app.add_option("--seed", options.seed, "of all random draws");
  app.add_option("--out", options.folder, "folder for devices.csv and samples.csv");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  const Status made = make(options);
  if (!made.ok()) return failed(made.error());
  fmt::print("seed {}: devices.csv and samples.csv written\n", options.seed);
  return 0;
}

}  // namespace
}  // namespace kernwise::experiments

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::experiments::run, argc, argv);
}
