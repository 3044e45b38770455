// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cases.h"
#include "kernwise/base/file.h"
#include "kernwise/footprint/adapt.h"
#include "kernwise/graph/onnx.h"

namespace kernwise::footprint_here {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kBatch = 16;
// Shares of what the whole network is predicted to take: memory and time; 0: no limit.
constexpr std::array<std::array<double, 2>, 3> kBounds = {{{0.5, 0}, {0, 0.5}, {0.7, 0.6}}};
constexpr int kGenerations = 12;  // half of what the command makes: there are many cases

Json to_json(const AdaptCase& c) {
  return {{"network", c.network},
          {"file", c.file},
          {"batch", c.batch},
          {"limit_bytes", c.limit_bytes},
          {"limit_s", c.limit_s},
          {"found", c.found},
          {"kept_ratio", c.kept},
          {"predicted_bytes", c.predicted_bytes},
          {"predicted_s", c.predicted_s},
          {"evaluated", c.evaluated},
          {"profiling_s", c.profiling_s},
          {"search_s", c.search_s}};
}

AdaptCase case_of(const Json& json) {
  AdaptCase c;
  c.network = json.at("network");
  c.file = json.at("file");
  c.batch = json.at("batch");
  c.limit_bytes = json.at("limit_bytes");
  c.limit_s = json.at("limit_s");
  c.found = json.at("found");
  c.kept = json.at("kept_ratio");
  c.predicted_bytes = json.at("predicted_bytes");
  c.predicted_s = json.at("predicted_s");
  c.evaluated = json.at("evaluated");
  c.profiling_s = json.at("profiling_s");
  c.search_s = json.at("search_s");
  return c;
}

Result<AdaptCase> search(const Data& data, std::size_t n, std::size_t bound,
                         const StepDevice& device, const Network& network,
                         const std::filesystem::path& folder, const Options& options) {
  AdaptOptions adapting;
  adapting.step = {.batch = kBatch,
                   .inference = false,
                   .optimizer = Optimizer::kMomentum,
                   .weight_decay = 0,
                   .threads = options.threads};
  KERNWISE_ASSIGN(adapting.step.optimizer, parse_optimizer(options.optimizers.front()));
  adapting.seed = options.seed;
  adapting.generations = kGenerations;
  KERNWISE_ASSIGN(const LayerGraph graph, unfolded_graph(network, kBatch, kMost));
  const StepPrediction whole = predict_step(graph, adapting.step, device);
  AdaptCase one;
  one.network = data.names[n];
  one.file = (folder / fmt::format("{}-{}.onnx", data.names[n], bound)).string();
  one.batch = kBatch;
  one.limit_bytes = std::floor(kBounds[bound][0] * whole.allocated_bytes.median);
  one.limit_s = kBounds[bound][1] * whole.latency->median_s;
  adapting.limits = {.memory = Bytes{static_cast<int64_t>(one.limit_bytes)},
                     .step = Seconds{one.limit_s}};
  Rng rng(options.seed);
  SilentProgress silent;
  const StopFlag stop{false};
  const auto start = std::chrono::steady_clock::now();
  KERNWISE_ASSIGN(AdaptResult result, adapt(network, adapting, device, rng, kMost, silent, stop));
  KERNWISE_ASSIGN(const WrittenDesign written,
                  written_design(network, adapting, device, result, kMost));
  one.search_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  one.found = result.best.fits;
  one.kept = result.best.kept;
  one.predicted_bytes = result.best.memory_bytes.median;
  one.predicted_s = result.best.step_s;
  one.evaluated = result.evaluated;
  one.profiling_s = result.profiling_s;
  if (written.network) {
    KERNWISE_TRY(write_onnx(written.network->network, one.file));
  }
  return one;
}

Result<std::vector<AdaptCase>> search_all(const Data& data, Devices& devices,
                                          const Options& options,
                                          const std::filesystem::path& folder, const Say& say) {
  std::vector<AdaptCase> cases;
  for (std::size_t n = 0; n < data.names.size(); ++n) {
    KERNWISE_ASSIGN(const StepDevice device, devices.without(n));
    if (!device.latency) return invalid_input("no step of other networks was measured");
    KERNWISE_ASSIGN(const Network network, read_onnx(data.files[n]));
    for (std::size_t bound = 0; bound < kBounds.size(); ++bound) {
      KERNWISE_ASSIGN(cases.emplace_back(),
                      search(data, n, bound, device, network, folder, options));
      say(
          fmt::format("adapted {} to {} of memory and {} of time: {:.1f} % kept, {} designs in "
                      "{:.1f} s",
                      data.names[n], kBounds[bound][0], kBounds[bound][1], 100 * cases.back().kept,
                      cases.back().evaluated, cases.back().search_s));
    }
  }
  return cases;
}

// What designs depend on: those that were made with something else are not taken up again.
Json made_with(const Data& data, const Options& options) {
  return {{"networks", options.networks},
          {"image", options.image},
          {"prune_ratios", options.ratios},
          {"batches", options.batches},
          {"optimizers", options.optimizers},
          {"threads", options.threads},
          {"seed", options.seed},
          {"batch", kBatch},
          {"generations", kGenerations},
          {"steps", data.rows.size()}};
}

// None if they were made with something else.
Result<std::vector<AdaptCase>> read_cases(const std::filesystem::path& file, const Json& now) {
  KERNWISE_ASSIGN(const std::string text, read_file(file, Bytes{int64_t{64} << 20}));
  std::vector<AdaptCase> cases;
  try {
    const Json json = Json::parse(text);
    if (!json.is_object() || json.at("made_with") != now) return cases;
    for (const Json& item : json.at("cases")) cases.push_back(case_of(item));
  } catch (const Json::exception& problem) {
    return invalid_input(problem.what(), "remove the file to search again").within(file.string());
  }
  return cases;
}

}  // namespace

Result<std::vector<AdaptCase>> judge_adapt(const Data& data, Devices& devices,
                                           const Options& options, const Say& say) {
  const std::filesystem::path folder = options.work / "adapt", list = folder / "cases.json";
  std::error_code made;
  std::filesystem::create_directories(folder, made);
  std::vector<AdaptCase> cases;
  const Json now = made_with(data, options);
  if (std::filesystem::exists(list)) {
    KERNWISE_ASSIGN(cases, read_cases(list, now));
  }
  if (cases.empty()) {
    KERNWISE_ASSIGN(cases, search_all(data, devices, options, folder, say));
    Json json = {{"made_with", now}, {"cases", Json::array()}};
    for (const AdaptCase& one : cases) json["cases"].push_back(to_json(one));
    KERNWISE_TRY(write_file(list, json.dump(1) + "\n"));
  }
  std::vector<std::filesystem::path> files;
  for (const AdaptCase& one : cases) {
    if (one.found) files.push_back(one.file);
  }
  if (files.empty()) return cases;
  KERNWISE_ASSIGN(const std::vector<TrainingProfileRow> rows,
                  steps_of(options, files, kBatch, say));
  for (AdaptCase& one : cases) {
    for (const TrainingProfileRow& row : rows) {
      if (row.network != one.file || row.reason == "not measured") continue;
      one.failed = row.status != StepStatus::kOk;
      if (one.failed) continue;
      one.bytes = static_cast<double>(row.allocated_bytes);
      one.step_s = row.median_s;
    }
  }
  return cases;
}

}  // namespace kernwise::footprint_here
