// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// fleet_here: this machine as devices that nobody has seen. Designs are measured with our own
// runtime on virtual devices (instruction set, threads), costs are carried over from public devices
// by a few samples, and what is then chosen under a bound is run.
//
// Measurements lie in the work folder and are taken up again: an interrupted run goes on.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "../program.h"
#include "study.h"

namespace kernwise::experiments {
namespace {

using Json = nlohmann::ordered_json;

Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json as_json(const HereResult& result) {
  Json targets = Json::array();
  for (const HereTarget& t : result.targets) {
    Json picks = Json::array();
    for (const HerePick& p : t.picks) {
      picks.push_back({{"quantile", p.quantile},
                       {"bound_ms", p.bound_ms},
                       {"design", p.design},
                       {"accuracy_percent", p.accuracy},
                       {"found_ms", finite(p.found_ms)},
                       {"run_ms", finite(p.run_ms)},
                       {"over_ratio", finite(p.run_ms / p.bound_ms - 1)},
                       {"measurements", p.measurements}});
    }
    targets.push_back({{"device", t.name},
                       {"virtual", true},
                       {"designs", t.designs},
                       {"spearman_mean", t.spearman_mean},
                       {"spearman_least", t.spearman_least},
                       {"spearman_chosen_samples", t.spearman_chosen},
                       {"within_10_percent_ratio", t.within_ten_percent},
                       {"repeat_spearman", finite(t.repeat_spearman)},
                       {"repeated_designs", t.repeated},
                       {"picks", std::move(picks)}});
  }
  return {{"spearman_mean", result.spearman_mean},
          {"sources", result.sources},
          {"devices", std::move(targets)}};
}

std::string as_text(const HereResult& result) {
  std::string text =
      fmt::format("{:<14} {:>8} {:>10} {:>8} {:>14} {:>8} {:>16}\n", "device", "designs",
                  "Spearman", "least", "chosen samples", "+-10 %", "measured again");
  for (const HereTarget& t : result.targets) {
    text += fmt::format("{:<14} {:>8} {:>10.3f} {:>8.3f} {:>14.3f} {:>7.1f}% {:>16.3f}\n", t.name,
                        t.designs, t.spearman_mean, t.spearman_least, t.spearman_chosen,
                        100 * t.within_ten_percent, t.repeat_spearman);
  }
  text += fmt::format("mean Spearman {:.3f}\n\n{:<14} {:>10} {:>10} {:>10} {:>8} {:>6}  {}\n",
                      result.spearman_mean, "device", "bound ms", "found ms", "run ms", "over",
                      "meas.", "design");
  for (const HereTarget& t : result.targets) {
    for (const HerePick& p : t.picks) {
      text += fmt::format("{:<14} {:>10.3f} {:>10.3f} {:>10.3f} {:>7.1f}% {:>6}  {} ({:.2f} %)\n",
                          t.name, p.bound_ms, p.found_ms, p.run_ms,
                          100 * (p.run_ms / p.bound_ms - 1), p.measurements, p.design, p.accuracy);
    }
  }
  return text;
}

int run(int argc, char** argv) {
  HereOptions options;
  bool json = false, quiet = false;
  CLI::App app(
      "This machine as devices never seen: transfer from public devices, picks that are run");
  app.add_option("DATA_DIR", options.data, "folder of the public data")->required();
  app.add_option("--space", options.space, "built-in name or file");
  app.add_option("--table", options.table, "costs of the known devices");
  app.add_option("--accuracy", options.accuracy, "CSV with accuracies");
  app.add_option("--accuracy-column", options.accuracy_column, "the one to maximise");
  app.add_option("--targets", options.targets, "virtual devices, ISA:THREADS")->delimiter(',');
  app.add_option("--designs", options.designs, "to measure on each")->check(CLI::Range(50, 15625));
  app.add_option("--samples", options.samples, "measurements that transfer may use")
      ->check(CLI::Range(3, 100));
  app.add_option("--references", options.references, "of them before a search")
      ->check(CLI::Range(1, 100));
  app.add_option("--draws", options.draws, "of the samples")->check(CLI::Range(1, 1000));
  app.add_option("--seed", options.seed, "of all random draws");
  app.add_option("--repeat", options.repeat, "timed runs of a design")->check(CLI::Range(3, 1000));
  app.add_option("--budget", options.budget, "measuring for the plan of a design");
  app.add_option("--work", options.work, "folder of measurements, taken up again");
  app.add_flag("--measure,!--no-measure", options.measure,
               "measure what is missing; else judge what the folder holds");
  app.add_flag("--json", json, "JSON on standard output");
  app.add_flag("-q,--quiet", quiet, "no progress on standard error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  const Result<HereResult> result = run_here(options, [&](const std::string& line) {
    if (!quiet) fmt::print(stderr, "{}\n", line);
  });
  if (!result.ok()) return failed(result.error());
  fmt::print("{}", json ? Json({{"schema", "kernwise.experiment.fleet_here/1"},
                                {"options",
                                 {{"targets", options.targets},
                                  {"designs", options.designs},
                                  {"samples", options.samples},
                                  {"references", options.references},
                                  {"draws", options.draws},
                                  {"seed", options.seed},
                                  {"repeat", options.repeat},
                                  {"budget", options.budget}}},
                                {"result", as_json(*result)}})
                                  .dump(2) +
                              "\n"
                        : as_text(*result));
  return 0;
}

}  // namespace
}  // namespace kernwise::experiments

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::experiments::run, argc, argv);
}
