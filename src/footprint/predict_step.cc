// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/predict_step.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace kernwise {
namespace {

Interval around(double median, double low, double high, bool calibrated) {
  return {median, median * std::exp(low), median * std::exp(high), calibrated};
}

Interval around(const AroundAllocated& a, double allocated) {
  return around(a.base_bytes + a.share * allocated, a.error_low, a.error_high, a.calibrated);
}

// Where an operator was never run there, what is assumed of any processor holds.
Interval allocated(const LayerGraph& graph, const StepDevice& device, double peak) {
  const bool ran = std::all_of(graph.layers.begin(), graph.layers.end(), [&](const Layer& layer) {
    return device.ran[static_cast<std::size_t>(class_of(layer))];
  });
  if (ran) {
    return around(peak, device.allocated_low, device.allocated_high, device.allocated_calibrated);
  }
  const StepDevice any = plain_step_device(device.rules.vector_floats, device.threads);
  return around(peak, std::min(device.allocated_low, any.allocated_low),
                std::max(device.allocated_high, any.allocated_high), false);
}

}  // namespace

StepPrediction predict_step(const LayerGraph& graph, const StepOptions& step,
                            const StepDevice& device) {
  StepPrediction prediction;
  prediction.memory = step_memory(graph, step, device.rules);
  const auto peak = static_cast<double>(prediction.memory.peak_bytes());
  prediction.allocated_bytes = allocated(graph, device, peak);
  if (device.reserved) prediction.reserved_bytes = around(*device.reserved, peak);
  if (device.used) prediction.used_bytes = around(*device.used, peak);
  if (device.latency) prediction.latency = device.latency->predict(graph, step);
  return prediction;
}

Result<bool> fits(const StepPrediction& prediction, const StepLimits& limits) {
  bool fit = true;
  if (limits.memory.value > 0) {
    std::optional<Interval> bytes = prediction.allocated_bytes;
    if (limits.target == MemoryTarget::kReserved) bytes = prediction.reserved_bytes;
    if (limits.target == MemoryTarget::kUsed) bytes = prediction.used_bytes;
    if (!bytes) {
      return unsupported("what the process takes besides tensors is not known of this device",
                         "name one that 'kernwise profile --training' has learned, with --device");
    }
    fit = bytes->high <= static_cast<double>(limits.memory.value);
  }
  if (limits.step.value > 0) {
    if (!prediction.latency) {
      return unsupported("how long a step takes is not known of this device",
                         "name one that 'kernwise profile --training' has learned, with --device");
    }
    const std::vector<std::string>& missing = prediction.latency->missing;
    if (!missing.empty()) {
      return unsupported(
          fmt::format("no limit of time can be judged: the device never timed {}",
                      fmt::join(missing, ", ")),
          "run 'kernwise profile --training' on networks and optimizers that have it");
    }
    fit = fit && prediction.latency->high_s <= limits.step.value;
  }
  return fit;
}

Result<int64_t> largest_batch(const Network& network, const StepOptions& step,
                              const StepDevice& device, const StepLimits& limits, int64_t most,
                              Bytes max_model_memory) {
  const auto fits_with = [&](int64_t batch) -> Result<bool> {
    StepOptions trial = step;
    trial.batch = batch;
    KERNWISE_ASSIGN(const LayerGraph graph, unfolded_graph(network, batch, max_model_memory));
    return fits(predict_step(graph, trial, device), limits);
  };
  KERNWISE_ASSIGN(const bool one, fits_with(1));
  if (!one) return int64_t{0};
  int64_t good = 1, bad = most + 1;
  while (bad - good > 1) {
    // Doubling first: the answer is usually far below the most.
    const int64_t trial = bad > most ? std::min(2 * good, most) : good + (bad - good) / 2;
    if (trial == good) break;
    KERNWISE_ASSIGN(const bool fit, fits_with(trial));
    (fit ? good : bad) = trial;
  }
  return good;
}

}  // namespace kernwise
