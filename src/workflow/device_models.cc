// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/device_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "kernwise/profile/profiler.h"
#include "kernwise/profile/sampling.h"
#include "kernwise/store/store.h"
#include "kernwise/workflow/load.h"
#include "kernwise/workflow/predicted_costs.h"
#include "probe.h"

namespace kernwise {
namespace {

constexpr int kUnlimitedSamples = 100000;
constexpr double kUnlimitedTime = 24 * 3600;
constexpr int kCandidatesWithoutNetworks = 400;
constexpr std::size_t kStep = 4;  // problems measured at a time

MeasurementKey key_of(const Device& device, const Execution& execution, bool warm_weights) {
  ProfileOptions options;
  options.execution = execution;
  options.warm_weights = warm_weights;
  return key_template(device, options);
}

// Problems to draw samples from where no network is named: some around a few well-known layers.
std::vector<Problem> usual_problems(uint64_t seed) {
  std::vector<Problem> known;
  for (const char* text :
       {"conv:ic3ih224oc64kh7sh2ph3", "conv:ic64ih56oc64kh3ph1", "conv:ic128ih28oc128kh3ph1",
        "conv:ic256ih14oc1024kh1", "conv:ic512ih7oc512kh3ph1", "conv:ic96ih56oc24kh1"}) {
    known.push_back(parse_problem(text).value());
  }
  Rng rng(seed);
  return problems_around(known, kCandidatesWithoutNetworks, rng);
}

}  // namespace

Result<DeviceFit> fit_model(const FitRequest& request) {
  const std::filesystem::path path = request.store.empty() ? default_store_path() : request.store;
  KERNWISE_ASSIGN(const auto store, open_store(path, StoreMode::kReadOnly));
  const Device here = describe_this_device();
  const int threads = request.resource == "cpu" ? request.threads : 1;
  MeasurementKey key = key_of(here, {threads, request.resource}, request.warm_weights);
  DeviceModelCard card = card_of_this_device(threads, key.protocol);
  card.resource = request.resource;
  card.libraries = key.libraries;
  if (!request.device.empty() && request.device != key.device) {
    key.device = request.device;
    card.device = request.device;
    card.label = fmt::format("device {}", request.device);
    card.isa.clear();
    card.cores = 0;
  }
  KERNWISE_ASSIGN(const auto measurements, combined_measurements(*store, key, {}));
  auto fitted = fit_device_model(measurements, card, request.kind, request.seed);
  if (!fitted.ok()) {
    return std::move(fitted).error().within(fmt::format("{}, device {}, {} thread(s), protocol {}",
                                                        shown_location(path), key.device, threads,
                                                        key.protocol));
  }
  return fitted;
}

Result<TransferOutcome> transfer_model(const TransferRequest& request, Progress& progress,
                                       const StopFlag& stop) {
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const Device device = describe_this_device();
  ProfileOptions options;
  options.execution = {request.threads};
  options.warm_weights = request.warm_weights;
  options.seed = request.seed;
  options.rounds = 1;
  const MeasurementKey key = key_template(device, options);
  const DeviceModelCard here = card_of_this_device(request.threads, key.protocol);
  KERNWISE_ASSIGN(FoundModel found, find_model(request.source, request.threads, key.protocol));

  std::vector<Problem> problems;
  for (const auto& network : request.networks) {
    KERNWISE_ASSIGN(const LoadedModel model, load_model(network, request.onnx));
    const auto more = problems_of(model.graph);
    problems.insert(problems.end(), more.begin(), more.end());
  }
  if (request.networks.empty()) problems = usual_problems(request.seed);
  std::sort(problems.begin(), problems.end());
  problems.erase(std::unique(problems.begin(), problems.end()), problems.end());

  const auto predicted = predict_problems(problems, found.model, options.execution);
  const std::vector<std::size_t> order =
      detail::probe_order(problems, predicted, found.model, request.seed);
  if (order.empty()) {
    return unsupported("the model predicts none of the problems",
                       "fit a model of a device that is more alike, or profile this one");
  }
  const std::filesystem::path path = request.store.empty() ? default_store_path() : request.store;
  KERNWISE_ASSIGN(const auto store, open_store(path, StoreMode::kReadWrite));
  pin_to_cpus(request.threads);
  MachineContext context = describe_context();
  context.libraries = key.libraries;

  const double budget = request.probe.value > 0 ? request.probe.value : kUnlimitedTime;
  const int most = request.samples > 0 ? request.samples : kUnlimitedSamples;
  std::vector<std::string> sampled;
  std::size_t at = 0;
  while (at < order.size() && static_cast<int>(sampled.size()) < most) {
    const double left = budget - elapsed();
    if (left <= 0) break;
    std::vector<Problem> step;
    options.pairs.clear();
    for (; step.size() < kStep && at < order.size() && static_cast<int>(sampled.size()) < most;
         ++at) {
      const PredictedProblem& one = predicted[order[at]];
      options.pairs[one.problem] = detail::promising(one);
      step.push_back(problems[order[at]]);
      sampled.push_back(one.problem);
    }
    options.budget = Seconds{left};
    progress.update("Sampling", std::max(elapsed() / budget, static_cast<double>(at) / most),
                    fmt::format("{} problems", sampled.size()));
    KERNWISE_TRY(profile(step, device, context, options, *store, progress, stop));
  }
  KERNWISE_ASSIGN(const auto measurements, combined_measurements(*store, key, sampled));
  TransferOutcome out;
  KERNWISE_ASSIGN(out.transfer,
                  transfer_device_model(found.model, measurements, here, primitive_families(),
                                        request.method, request.seed));
  out.source = found.path.string();
  out.source_label = found.model.card.label;
  out.method = request.method;
  out.samples = static_cast<int>(sampled.size());
  out.measurements = std::count_if(measurements.begin(), measurements.end(), [](const auto& m) {
    return m.status == MeasurementStatus::kOk;
  });
  out.spent_s = elapsed();
  return out;
}

}  // namespace kernwise
