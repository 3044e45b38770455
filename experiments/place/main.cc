// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// place_programs: programs of kernels placed by models, judged by measured (or recorded) costs
// beside the exhaustive best, the best single variant of each kind, and each resource alone. The
// programs are generated from a seed; more come from files. Exit code 1 if an output was wrong.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../program.h"
#include "cli/stop.h"
#include "kernwise/base/file.h"
#include "kernwise/place/recorded_costs.h"
#include "kernwise/workflow/place_program.h"
#include "kernwise/workflow/record_costs.h"
#include "random_programs.h"
#include "recorded_programs.h"

namespace kernwise::experiments {
namespace {

using Json = nlohmann::ordered_json;

struct NamedProgram {
  std::string name;
  std::string text;
  Program program;
};

struct Options {
  std::vector<std::string> files;
  int generated = 8;
  uint64_t seed = 1;
  std::string write, record;
  PlaceRequest request;
};

Result<NamedProgram> parsed(const std::string& name, std::string text) {
  Result<Program> program = parse_program(text);
  if (!program.ok()) return std::move(program).error().within(name);
  return NamedProgram{name, std::move(text), std::move(program).value()};
}

Result<std::vector<NamedProgram>> programs_of(const Options& options) {
  std::vector<NamedProgram> programs;
  for (const std::string& file : options.files) {
    KERNWISE_ASSIGN(std::string text, read_file(file, kLargestProgram));
    KERNWISE_ASSIGN(programs.emplace_back(),
                    parsed(std::filesystem::path(file).stem().string(), std::move(text)));
  }
  std::vector<GemmProblem> products;
  if (!options.request.costs.empty()) {
    KERNWISE_ASSIGN(const std::string text, read_file(options.request.costs, kLargestCostFile));
    KERNWISE_ASSIGN(const RecordedCosts costs, parse_recorded_costs(text));
    products = common_products(costs);
    if (products.empty() && options.generated > 0) {
      return invalid_input("no product of matrices has a recorded time on every resource",
                           "give programs of your own, with --generated 0")
          .within(options.request.costs.string());
    }
  }
  Rng rng(options.seed);
  for (int i = 0; i < options.generated; ++i) {
    // 3 to 12 kernels, spread evenly however many programs there are.
    const int kernels = std::min(12, 3 + (i * 9 + 4) / std::max(1, options.generated - 1));
    KERNWISE_ASSIGN(programs.emplace_back(),
                    parsed(fmt::format("seed{}-{}", options.seed, i + 1),
                           products.empty() ? random_program(kernels, rng)
                                            : recorded_program(products, kernels, rng)));
  }
  if (programs.empty()) return invalid_input("there are no programs");
  return programs;
}

const PlacedWay* find_way(const PlaceOutcome& outcome, const std::string& name) {
  const auto found = std::find_if(outcome.ways.begin(), outcome.ways.end(),
                                  [&](const PlacedWay& way) { return way.name == name; });
  return found == outcome.ways.end() ? nullptr : &*found;
}

double judged(const PlaceOutcome& outcome, const std::string& name) {
  const PlacedWay* way = find_way(outcome, name);
  return way == nullptr ? std::nan("") : way->judged_s;
}

// Over the programs in which a way is open: the placed total over that of the way, minus one.
struct Against {
  std::string way;
  int programs = 0;
  double placed_s = 0, way_s = 0, worst = -1;
  double total() const { return placed_s / way_s - 1; }
};

std::vector<Against> compare(const std::vector<PlaceOutcome>& outcomes) {
  std::vector<Against> all;
  for (const PlaceOutcome& outcome : outcomes) {
    for (const PlacedWay& way : outcome.ways) {
      const double placed = outcome.ways.front().judged_s;
      if (way.name == "placed" || !std::isfinite(way.judged_s) || !std::isfinite(placed)) continue;
      auto found =
          std::find_if(all.begin(), all.end(), [&](const Against& a) { return a.way == way.name; });
      if (found == all.end()) found = all.insert(all.end(), Against{way.name});
      ++found->programs;
      found->placed_s += placed;
      found->way_s += way.judged_s;
      found->worst = std::max(found->worst, placed / way.judged_s - 1);
    }
  }
  return all;
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json as_json(const std::vector<NamedProgram>& programs, const std::vector<PlaceOutcome>& outcomes,
             const Options& options) {
  Json list = Json::array(), against = Json::array();
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const PlaceOutcome& o = outcomes[i];
    Json ways = Json::array();
    for (const PlacedWay& way : o.ways) {
      ways.push_back({{"way", way.name},
                      {"predicted_s", number(way.predicted_s)},
                      {"judged_s", number(way.judged_s)},
                      {"run_s", number(way.run_s)},
                      {"reason", way.reason}});
    }
    const auto elsewhere = std::count_if(o.kernels.begin(), o.kernels.end(),
                                         [](const auto& k) { return k.resource != "cpu"; });
    list.push_back(
        {{"program", programs[i].name},
         {"text", programs[i].text},
         {"kernels", o.kernels.size()},
         {"kernels_elsewhere", elsewhere},
         {"predicted_s", number(o.predicted_s)},
         {"slowdown_percent",
          number(100 * (o.ways.front().judged_s / judged(o, "exhaustive best") - 1))},
         {"max_relative_error", o.run ? number(o.run->max_relative_error) : Json(nullptr)},
         {"verified", o.run ? Json(o.run->within_tolerance) : Json(nullptr)},
         {"ways", std::move(ways)},
         {"warnings", o.warnings}});
  }
  for (const Against& a : compare(outcomes)) {
    against.push_back({{"way", a.way},
                       {"programs", a.programs},
                       {"slowdown_total_percent", number(100 * a.total())},
                       {"slowdown_worst_percent", number(100 * a.worst)}});
  }
  return {{"schema", "kernwise.experiment.place_programs/1"},
          {"options",
           {{"seed", options.seed},
            {"source", to_string(options.request.source)},
            {"costs", options.request.costs.string()},
            {"threads", options.request.threads},
            {"resources", options.request.resources},
            {"budget_s", options.request.budget.value},
            {"repeat", options.request.repeat}}},
          {"result", {{"programs", std::move(list)}, {"against", std::move(against)}}}};
}

std::string as_text(const std::vector<NamedProgram>& programs,
                    const std::vector<PlaceOutcome>& outcomes) {
  std::string text =
      fmt::format("{:<18} {:>7} {:>7} {:>12} {:>12} {:>12} {:>9} {:>12}\n", "program", "kernels",
                  "off cpu", "predicted", "placed", "best of all", "slower", "run");
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const PlaceOutcome& o = outcomes[i];
    const double placed = o.ways.front().judged_s, best = judged(o, "exhaustive best");
    const auto elsewhere = std::count_if(o.kernels.begin(), o.kernels.end(),
                                         [](const auto& k) { return k.resource != "cpu"; });
    text += fmt::format("{:<18} {:>7} {:>7} {:>9.3f} ms {:>9.3f} ms {:>9.3f} ms {:>7.2f} % {}\n",
                        programs[i].name, o.kernels.size(), elsewhere, 1e3 * o.predicted_s,
                        1e3 * placed, 1e3 * best, 100 * (placed / best - 1),
                        o.run ? fmt::format("{:>9.3f} ms{}", 1e3 * o.run->measured_s,
                                            o.run->within_tolerance ? "" : " NOT VERIFIED")
                              : "");
  }
  text += "\nplaced, by the sums of judging costs, slower than (negative: faster)\n";
  for (const Against& a : compare(outcomes)) {
    text += fmt::format("{:<24} total {:>7.2f} %   worst {:>7.2f} %   ({} programs)\n", a.way,
                        100 * a.total(), 100 * a.worst, a.programs);
  }
  return text;
}

Status write_programs(const std::vector<NamedProgram>& programs, const std::string& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  for (const NamedProgram& p : programs) {
    KERNWISE_TRY(write_file(std::filesystem::path(folder) / (p.name + ".txt"), p.text));
  }
  return Ok{};
}

// One set of models for all programs, which holds the problems of all of them out.
Result<std::shared_ptr<const RecordedModels>> learn(const std::vector<NamedProgram>& programs,
                                                    const PlaceRequest& request) {
  KERNWISE_ASSIGN(const std::string text, read_file(request.costs, kLargestCostFile));
  KERNWISE_ASSIGN(const RecordedCosts costs, parse_recorded_costs(text));
  std::vector<Program> all;
  for (const NamedProgram& p : programs) all.push_back(p.program);
  return learn_recorded(costs, all, request.seed);
}

Status record(const Options& options, const StopFlag& stop) {
  KERNWISE_ASSIGN(const RecordedCosts costs, record_costs(options.request, stop));
  return write_file(options.record, to_csv(costs));
}

int run(int argc, char** argv) {
  Options options;
  PlaceRequest& request = options.request;
  bool json = false, quiet = false, execute = true, measured = false;
  double budget_s = 60;
  std::vector<std::string> models;
  std::string costs, store;
  CLI::App app("Programs of kernels placed by models, judged beside the exhaustive best");
  app.add_option("PROGRAM", options.files, "files of programs, besides the generated ones");
  app.add_option("--generated", options.generated, "programs to generate (8)")
      ->check(CLI::Range(0, 1000));
  app.add_option("--seed", options.seed, "of the generated programs, inputs and models");
  app.add_option("--model", models, "models to predict by; else fitted to the store");
  app.add_option("--costs", costs, "recorded costs: learn from some rows, judge by the others");
  app.add_flag("--measured", measured, "place by the judging costs themselves");
  app.add_option("--store", store, "measurement store");
  app.add_option("--threads", request.threads, "most threads")->check(CLI::Range(1, 1024));
  app.add_option("--resources", request.resources, "besides cpu (all)")->delimiter(',');
  app.add_option("--budget", budget_s, "seconds for measuring each program")
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--repeat", request.repeat, "timed runs")->check(CLI::Range(1, 100000));
  app.add_flag("!--no-run", execute, "only compare sums of costs (recorded costs never run)");
  app.add_option("--write", options.write, "write the programs into this folder, and stop");
  app.add_option("--record", options.record,
                 "at the end write what the store knows as recorded costs");
  app.add_flag("--json", json, "JSON on standard output");
  app.add_flag("-q,--quiet", quiet, "no progress on standard error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  request.models.assign(models.begin(), models.end());
  request.costs = costs;
  request.store = store;
  request.budget = Seconds{budget_s};
  request.seed = options.seed;
  const bool recorded = !costs.empty();
  request.run = execute && !recorded;
  request.source = recorded   ? (measured ? PlaceSource::kRecorded : PlaceSource::kLearned)
                   : measured ? PlaceSource::kMeasured
                              : PlaceSource::kPredicted;
  const Result<std::vector<NamedProgram>> programs = programs_of(options);
  if (!programs.ok()) return failed(programs.error());
  if (!options.write.empty()) {
    const Status written = write_programs(*programs, options.write);
    return written.ok() ? 0 : failed(written.error());
  }
  SilentProgress silent;
  if (request.source == PlaceSource::kLearned) {
    if (!quiet) fmt::print(stderr, "learning from the problems that no program has\n");
    auto learnt = learn(*programs, request);
    if (!learnt.ok()) return failed(learnt.error());
    request.recorded_models = std::move(learnt).value();
  }
  const StopFlag& stop = cli::stop_on_signals();
  std::vector<PlaceOutcome> outcomes;
  for (const NamedProgram& p : *programs) {
    if (stop.load()) return failed({ErrorCode::kInterrupted, "interrupted", {}, ""});
    request.program = p.name;
    if (!quiet) fmt::print(stderr, "{}: {} kernels\n", p.name, p.program.tasks.size());
    Result<PlaceOutcome> outcome = place_parsed_program(p.program, request, silent, stop);
    if (!outcome.ok()) return failed(std::move(outcome).error().within(p.name));
    for (const std::string& warning : outcome->warnings) {
      if (!quiet) fmt::print(stderr, "  warning: {}\n", warning);
    }
    outcomes.push_back(std::move(outcome).value());
  }
  if (!options.record.empty()) {
    const Status done = record(options, stop);
    if (!done.ok()) return failed(done.error());
  }
  fmt::print("{}", json ? as_json(*programs, outcomes, options).dump(2) + "\n"
                        : as_text(*programs, outcomes));
  const bool wrong = std::any_of(outcomes.begin(), outcomes.end(), [](const PlaceOutcome& o) {
    return o.run && !o.run->within_tolerance;
  });
  return wrong ? static_cast<int>(ErrorCode::kCriterionFailed) : 0;
}

}  // namespace
}  // namespace kernwise::experiments

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::experiments::run, argc, argv);
}
