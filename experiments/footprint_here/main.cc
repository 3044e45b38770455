// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// footprint_here: memory and time of training steps on this machine. Networks are pruned and
// trained for real with kernwise-torch; what is then predicted of networks that nothing was learned
// from is held against the truth, and so are the largest batch and the adapted networks.
#include "../program.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>

#include "printing.h"

namespace kernwise::footprint_here {
namespace {

using experiments::failed;

int run(int argc, char** argv) {
  Options options;
  std::vector<std::string> parts = {
      "leave_one_network_out", "same_network", "pooled", "unpruned_only",
      "largest_batch",         "max_batch",    "adapt",  "transfer"};
  int cases = 27, other_threads = 2;
  bool json = false, quiet = false;
  CLI::App app("Training steps on this machine: measured, and predicted before");
  app.add_option("WORK_FOLDER", options.work, "networks, measurements, designs; taken up again")
      ->required();
  app.add_option("--store", options.store, "of the measurements (WORK_FOLDER/training.db)");
  app.add_option("--budget", options.budget_s, "seconds of measuring in this call (0)");
  app.add_option("--parts", parts, "what to judge")->delimiter(',');
  app.add_option("--networks", options.networks, "of the zoo")->delimiter(',');
  app.add_option("--image", options.image, "height and width")->check(CLI::Range(32, 1024));
  app.add_option("--prune", options.ratios, "shares of channels removed")->delimiter(',');
  app.add_option("--batches", options.batches, "of a step")->delimiter(',');
  app.add_option("--optimizers", options.optimizers, "of a step")->delimiter(',');
  app.add_option("--cases", cases, "of the largest batch")->check(CLI::Range(1, 1000));
  app.add_option("--trees", options.trees, "of perf4sight's forests")->check(CLI::Range(1, 10000));
  app.add_option("--seed", options.seed, "of everything random");
  app.add_option("--threads", options.threads, "of a step")->check(CLI::Range(1, 256));
  app.add_option("--other-threads", other_threads, "of the device that is met with a few steps")
      ->check(CLI::Range(1, 256));
  app.add_flag("--json", json, "JSON on standard output");
  app.add_flag("-q,--quiet", quiet, "no progress on standard error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : static_cast<int>(ErrorCode::kInvalidInput);
  }
  const Say say = [&](const std::string& line) {
    if (!quiet) fmt::print(stderr, "{}\n", line);
  };
  const auto wanted = [&](const std::string& part) {
    return std::find(parts.begin(), parts.end(), part) != parts.end();
  };
  const Result<Data> data = measure(options, say);
  if (!data.ok()) return failed(data.error());
  Results results;
  Devices devices(*data, options.seed);
  for (const Protocol& protocol : protocols(*data)) {
    if (!wanted(protocol.name)) continue;
    Result<ProtocolResult> judged = judge(*data, protocol, devices, options, say);
    if (!judged.ok()) return failed(judged.error());
    results.protocols.push_back(std::move(judged).value());
  }
  if (wanted("max_batch")) {
    Result<std::vector<MaxBatchCase>> judged = judge_max_batch(*data, devices, options, cases, say);
    if (!judged.ok()) return failed(judged.error());
    results.max_batch = std::move(judged).value();
  }
  if (wanted("adapt")) {
    Result<std::vector<AdaptCase>> judged = judge_adapt(*data, devices, options, say);
    if (!judged.ok()) return failed(judged.error());
    results.adapt = std::move(judged).value();
  }
  if (wanted("transfer")) {
    // Fewer steps: what is to be shown is that few are enough.
    Options other = options;
    other.threads = other_threads;
    other.ratios = {0, 0.5};
    other.batches = {4, 16};
    other.optimizers.resize(1);
    const Result<Data> there = measure(other, say);
    if (!there.ok()) return failed(there.error());
    Result<std::vector<TransferErrors>> judged =
        judge_transfer(*data, devices, *there, options, say);
    if (!judged.ok()) return failed(judged.error());
    results.transfer = std::move(judged).value();
  }
  fmt::print("{}", json ? as_json(*data, results, options) : as_text(*data, results));
  return 0;
}

}  // namespace
}  // namespace kernwise::footprint_here

int main(int argc, char** argv) {
  return kernwise::experiments::run_program(kernwise::footprint_here::run, argc, argv);
}
