// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// virtual_transfer: networks planned on devices that were never profiled, with a model of another
// one and a short probe, and judged by running them beside the fully profiled plan. The devices are
// this machine held to smaller instruction sets: virtual, but real measurements.
//
// Each step is a command of kernwise in a process of its own, as a user would give it; --isa works
// for whole processes only.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../kernwise_process.h"
#include "../program.h"
#include "kernwise/base/result.h"
#include "kernwise/base/statistics.h"

namespace kernwise {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using experiments::kernwise_json;

struct Options {
  std::vector<std::string> networks = {"resnet50", "vgg16", "googlenet", "mobilenet_v2",
                                       "squeezenet1_1"};
  std::vector<std::string> targets = {"avx2", "sse4.1"};
  std::string model, work = "virtual_transfer", full_store;
  std::string probe = "8s", verify = "8s", full_budget = "5m";
  int threads = 1, rounds = 8;
};

struct Outcome {
  std::string network, target;
  double plan_wall_s = 0;            // command to plan
  double measured_s = 0;             // probe and verification
  double full_profile_s = 0;         // measuring for it in this call; 0: its store was full before
  bool full_complete = true;         // every round done; else the budget ended it
  double predicted_s = 0;            // total that the plan from the model promises
  double run_s = 0, full_run_s = 0;  // medians of whole runs, interleaved
  RatioInterval slowdown;            // run over full run
  int64_t verified = 0, probed = 0;
};

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Result<Outcome> judge(const Options& options, const std::string& network, const std::string& target,
                      const auto& say) {
  Outcome out;
  out.network = network;
  out.target = target;
  const fs::path work = options.work;
  const std::string model = (work / (network + ".onnx")).string();
  const std::vector<std::string> common = {"--isa", target, "--threads",
                                           std::to_string(options.threads)};
  const auto with = [&](std::vector<std::string> words) {
    words.insert(words.end(), common.begin(), common.end());
    return words;
  };
  if (!fs::exists(model)) {
    KERNWISE_TRY(kernwise_json({"zoo", network, "-o", model}));
  }
  const std::string base = fmt::format("{}.{}.t{}", network, target, options.threads);
  const std::string full_plan = (work / (base + ".full.json")).string();
  const std::string full_store =
      options.full_store.empty()
          ? (work / fmt::format("full.{}.t{}.db", target, options.threads)).string()
          : options.full_store;
  KERNWISE_ASSIGN(const Json full,
                  kernwise_json(with({"plan", model, "--store", full_store, "--budget",
                                      options.full_budget, "--no-calibrate", "-o", full_plan})));
  if (!full.at("profile").is_null()) {
    out.full_profile_s = full.at("profile").at("spent_s");
    out.full_complete = full.at("profile").at("complete");
  }
  // A store of its own: nothing of the target is known.
  const std::string fresh = (work / (base + ".probe.db")).string();
  for (const char* ending : {"", "-wal", "-shm"}) fs::remove(fresh + ending);
  const std::string plan = (work / (base + ".json")).string();
  std::vector<std::string> words = {"plan",     model,          "--store",        fresh,
                                    "--costs",  "predicted",    "--probe",        options.probe,
                                    "--verify", options.verify, "--no-calibrate", "-o",
                                    plan};
  words.insert(words.end(), {"--model", options.model});
  const double start = now();
  KERNWISE_ASSIGN(const Json learned, kernwise_json(with(words)));
  out.plan_wall_s = now() - start;
  out.predicted_s = learned.at("predicted_total_s");
  const Json& costs = learned.at("costs");
  out.measured_s = costs.at("probe_s").get<double>() + costs.at("verify_s").get<double>();
  out.verified = costs.at("verified");
  out.probed = costs.at("probed_problems");
  std::vector<double> ours, theirs;
  for (int round = 0; round < options.rounds; ++round) {
    for (auto [file, runs] : {std::pair(&plan, &ours), std::pair(&full_plan, &theirs)}) {
      KERNWISE_ASSIGN(const Json ran, kernwise_json({"run", *file, "--model", model, "--isa",
                                                     target, "--repeat", "5"}));
      runs->push_back(ran.at("median_s"));
    }
  }
  out.run_s = median(ours);
  out.full_run_s = median(theirs);
  Rng rng(1);
  out.slowdown = paired_ratio(ours, theirs, rng);
  say(fmt::format("{} on {}: planned in {:.1f} s, runs at {:.3f} of the profiled plan's time",
                  network, target, out.plan_wall_s, out.slowdown.median));
  return out;
}

Json as_json(const std::vector<Outcome>& outcomes) {
  Json list = Json::array();
  for (const Outcome& o : outcomes) {
    list.push_back(
        {{"network", o.network},
         {"target", o.target},
         {"plan_wall_s", o.plan_wall_s},
         {"measured_s", o.measured_s},
         {"probed_problems", o.probed},
         {"verified", o.verified},
         {"full_profile_s", o.full_profile_s},
         {"predicted_total_s", o.predicted_s},
         {"run_s", o.run_s},
         {"full_run_s", o.full_run_s},
         {"slowdown",
          {{"median", o.slowdown.median}, {"low", o.slowdown.low}, {"high", o.slowdown.high}}}});
  }
  return list;
}

std::string as_text(const std::vector<Outcome>& outcomes) {
  std::string text =
      fmt::format("{:<16} {:<8} {:>9} {:>9} {:>9} {:>10} {:>10} {:>22}\n", "network", "device",
                  "plan s", "probe s", "full s", "predicted", "run ms", "run / profiled plan's");
  std::vector<double> ratios;
  for (const Outcome& o : outcomes) {
    text += fmt::format(
        "{:<16} {:<8} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.2f}x {:>10.2f} {:>6.3f} "
        "[{:.3f}, {:.3f}]\n",
        o.network, o.target, o.plan_wall_s, o.measured_s, o.full_profile_s, o.predicted_s / o.run_s,
        1e3 * o.run_s, o.slowdown.median, o.slowdown.low, o.slowdown.high);
    ratios.push_back(o.slowdown.median);
  }
  return text + fmt::format(
                    "\nexecuted time over the fully profiled plan's: median {:.3f}, worst "
                    "{:.3f}\n",
                    median(ratios), *std::max_element(ratios.begin(), ratios.end()));
}

int run(int argc, char** argv) {
  Options options;
  bool json = false, quiet = false;
  CLI::App app(
      "Plans for devices never profiled, by a model of another one; judged by running them");
  app.add_option("--model", options.model, "model of the source device, from kernwise fit")
      ->required();
  app.add_option("--networks", options.networks, "of the built-in zoo")->delimiter(',');
  app.add_option("--targets", options.targets, "instruction sets to hold this machine to")
      ->delimiter(',');
  app.add_option("--threads", options.threads, "of the targets")->check(CLI::Range(1, 256));
  app.add_option("--probe", options.probe, "time to sample the target");
  app.add_option("--verify", options.verify, "time to verify the plan");
  app.add_option("--full-budget", options.full_budget, "time for the full profile of a network");
  app.add_option("--full-store", options.full_store,
                 "store with full profiles made before; it is completed");
  app.add_option("--rounds", options.rounds, "interleaved processes of five runs")
      ->check(CLI::Range(3, 1000));
  app.add_option("--work", options.work, "folder for networks, plans and stores");
  app.add_flag("--json", json, "JSON on standard output");
  app.add_flag("-q,--quiet", quiet, "no progress on standard error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  fs::create_directories(options.work);
  const auto say = [&](const std::string& line) {
    if (!quiet) fmt::print(stderr, "{}\n", line);
  };
  std::vector<Outcome> outcomes;
  for (const std::string& target : options.targets) {
    for (const std::string& network : options.networks) {
      Result<Outcome> outcome = judge(options, network, target, say);
      if (!outcome.ok()) {
        fmt::print(stderr, "error: {}\n", to_string(outcome.error()));
        return static_cast<int>(outcome.error().code);
      }
      outcomes.push_back(std::move(outcome).value());
    }
  }
  fmt::print("{}", json ? Json({{"schema", "kernwise.experiment.virtual_transfer/1"},
                                {"options",
                                 {{"model", options.model},
                                  {"threads", options.threads},
                                  {"probe", options.probe},
                                  {"verify", options.verify}}},
                                {"result", {{"networks", as_json(outcomes)}}}})
                                  .dump(2) +
                              "\n"
                        : as_text(outcomes));
  return 0;
}

}  // namespace
}  // namespace kernwise

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::run, argc, argv);
}
