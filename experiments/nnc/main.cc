// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// nnc: tiny models of every variant of gemm, gemv, matconv and pool on every resource of this
// machine (Srivastava et al. 2020), measured, trained and judged by two protocols; and the choice
// of variant by them.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "../program.h"
#include "cli/isa_flag.h"
#include "cli/stop.h"
#include "kernwise/device/device.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/primitives/resource.h"
#include "kernwise/store/store.h"
#include "printing.h"

namespace kernwise::nnc {
namespace {

using experiments::failed;

struct Arguments {
  std::string store, design = "uniform", time = "median";
  double budget_s = 840;
  int runs = kRunsOfEach;
  int points = 400, log_points = 250, max_threads = 0;
  std::vector<std::string> kinds = {std::begin(kKinds), std::end(kKinds)};
  std::vector<std::string> primitives, resources;
  bool threads_apart = false, no_measure = false, no_train = false, json = false, quiet = false;
};

void declare(CLI::App& app, Arguments& a, StudyOptions& study) {
  app.add_option("--store", a.store, "where measurements lie (kernwise's store)");
  app.add_option("--budget", a.budget_s, "seconds to spend on measuring")
      ->check(CLI::Range(1., 1e6));
  app.add_option("--runs", a.runs, "timed runs of each, in as many passes over all points (5)")
      ->check(CLI::Range(1, 1000));
  app.add_option("--points", a.points, "of each kind, sizes uniform: to train and to test")
      ->check(CLI::Range(2, 100000));
  app.add_option("--log-points", a.log_points, "of each kind, sizes even in the logarithm")
      ->check(CLI::Range(0, 100000));
  app.add_option("--train", study.train, "points that a model sees")->check(CLI::Range(2, 100000));
  app.add_option("--design", a.design, "of the training points in the honest protocol")
      ->check(CLI::IsMember({"uniform", "log"}));
  app.add_option("--kinds", a.kinds, "gemm, gemv, matconv, pool")
      ->delimiter(',')
      ->check(CLI::IsMember({"gemm", "gemv", "matconv", "pool"}));
  app.add_option("--primitives", a.primitives, "ids of variants; all if not given")->delimiter(',');
  app.add_option("--resources", a.resources,
                 "cpu, opencl:0, ...; all that can be used if not given")
      ->delimiter(',');
  app.add_option("--threads", a.max_threads, "the most that a variant runs with; 0: processors")
      ->check(CLI::Range(0, 1024));
  app.add_option("--seeds", study.seeds, "splits to average over")->check(CLI::Range(1, 1000));
  app.add_option("--seed", study.seed, "the first seed; also of the points");
  app.add_option("--restarts", study.restarts, "starts of a network")->check(CLI::Range(1, 1000));
  app.add_flag("!--no-paper-network", study.paper_net, "leave the published network out");
  app.add_option("--time", a.time, "of a point: of its runs the median (default), or the fastest")
      ->check(CLI::IsMember({"median", "fastest"}));
  app.add_flag("--threads-apart", a.threads_apart,
               "a row, and models, for each number of threads; each then has a part of the points");
  app.add_flag("--no-train", a.no_train, "measure only");
  app.add_flag("--no-measure", a.no_measure, "use what the store has");
  app.add_flag("--json", a.json, "JSON on standard output");
  app.add_flag("-q,--quiet", a.quiet, "no progress on standard error");
}

Status check(const Arguments& a) {
  for (const std::string& id : a.primitives) {
    if (find_primitive(id) == nullptr) {
      return invalid_input("there is no primitive '" + id + "'",
                           "'kernwise list primitives' names them all");
    }
  }
  return Ok{};
}

Result<Report> make_report(const Arguments& a, StudyOptions study, const Say& say) {
  KERNWISE_TRY(check(a));
  const Device device = describe_this_device();
  Report report;
  report.device = fmt::format("{} ({}{}, {} cores)", device.cpu, to_string(device.isa),
                              device.is_virtual ? ", virtual" : "", device.cores);
  report.max_threads = a.max_threads > 0 ? std::min(a.max_threads, device.cores) : device.cores;
  study.threads = device.cores;
  study.design = a.design == "log" ? Design::kLog : Design::kUniform;
  report.options = study;
  report.kinds = a.kinds;
  report.points = a.points;
  report.log_points = a.log_points;
  MeasureOptions& measuring = report.measure_options;
  measuring.store = a.store.empty() ? default_store_path() : std::filesystem::path(a.store);
  measuring.budget = {a.budget_s};
  measuring.resources = a.resources;
  if (a.resources.empty()) {
    for (const auto& resource : all_resources()) {
      if (resource->refusal().empty()) measuring.resources.push_back(resource->name());
    }
  }
  measuring.primitives = a.primitives;
  measuring.runs = a.runs;
  measuring.seed = study.seed;
  measuring.fastest = a.time == "fastest";
  measuring.threads_apart = a.threads_apart;
  measuring.measure = !a.no_measure;
  std::vector<KindData> kinds;
  for (const std::string& kind : a.kinds) {
    // The points of a kind do not depend on which other kinds are asked for.
    Rng rng(study.seed * 31 +
            static_cast<uint64_t>(std::ranges::find(kKinds, kind) - std::begin(kKinds)));
    KindData data{kind, {}, {}};
    draw_points(kind, Design::kUniform, a.points, report.max_threads, rng, data.points);
    draw_points(kind, Design::kLog, a.log_points, report.max_threads, rng, data.points);
    // A short budget should leave both designs with something.
    for (std::size_t i = data.points.size(); i > 1; --i) {
      std::swap(data.points[i - 1],
                data.points[static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(i) - 1))]);
    }
    kinds.push_back(std::move(data));
  }
  KERNWISE_ASSIGN(report.measured, measure(kinds, measuring, say, cli::stop_on_signals()));
  if (a.no_train) return report;
  KERNWISE_ASSIGN(report.study, run_study(kinds, study, say));
  if (report.study.combinations.empty()) {
    return invalid_input("the store holds too few of the points",
                         "leave --no-measure out, or raise --budget")
        .within(measuring.store.string());
  }
  return report;
}

int run(int argc, char** argv) {
  Arguments arguments;
  StudyOptions study;
  CLI::App app("Tiny models of every kernel, variant and resource, and the choice by them");
  declare(app, arguments, study);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  const Status ready = cli::apply_isa("", {argv + 1, argv + argc});
  if (!ready.ok()) return failed(ready.error());
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const Say say = [&](const std::string& line) {
    if (!arguments.quiet) fmt::print(stderr, "{:6.0f} s  {}\n", elapsed(), line);
  };
  Result<Report> report = make_report(arguments, study, say);
  if (!report.ok()) return failed(report.error());
  report->took_s = elapsed();
  if (arguments.no_train) {
    const MeasureSummary& measured = report->measured;
    for (const std::string& warning : measured.warnings) say("warning: " + warning);
    fmt::print("{} of {} measured in {:.0f} s; the witness refused {} of {} runs\n",
               measured.measured, measured.wanted, measured.spent_s, measured.witness_refused,
               measured.witness_asked);
    return 0;
  }
  fmt::print("{}", arguments.json ? as_json(*report) : as_text(*report));
  return 0;
}

}  // namespace
}  // namespace kernwise::nnc

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::nnc::run, argc, argv);
}
