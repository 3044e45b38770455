// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "int8_calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "kernwise/primitives/reference.h"
#include "kernwise/runtime/input.h"

namespace kernwise::detail {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

const Value& input_value(const LayerGraph& graph, std::size_t i) {
  return graph.values[at(graph.inputs[i])];
}

NetworkInput sampled(const LayerGraph& graph, uint64_t seed) {
  NetworkInput input;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    input.push_back(random_input(input_value(graph, i).shape, seed + i));
  }
  return input;
}

void widen(std::optional<ValueRange>& range, std::span<const float> values, bool first) {
  if (!first && !range) return;
  float low = range ? static_cast<float>(range->low) : values.front();
  float high = range ? static_cast<float>(range->high) : values.front();
  for (const float x : values) {
    if (!std::isfinite(x)) {
      range.reset();
      return;
    }
    low = std::min(low, x);
    high = std::max(high, x);
  }
  range = ValueRange{low, high};
}

bool passes_through(const Layer& layer) {
  const auto* pool = layer.problem.as<PoolProblem>();
  return pool != nullptr && pool->kind == PoolKind::kMax;
}

}  // namespace

Result<CalibrationInputs> calibration_inputs(const LayerGraph& graph, const PlanRequest& request) {
  CalibrationInputs inputs;
  const std::size_t each = graph.inputs.size();
  if (request.calibration.empty()) {
    uint64_t seed = request.calibration_seed;
    for (int i = 0; i < kSampledInputs + kCheckedInputs; ++i, seed += each) {
      (i < kSampledInputs ? inputs.ranges : inputs.checks).push_back(sampled(graph, seed));
    }
    inputs.description =
        fmt::format("{} random inputs, seed {}", kSampledInputs, request.calibration_seed);
    return inputs;
  }
  if (each == 0 || request.calibration.size() % each != 0) {
    return invalid_input(fmt::format("the network has {} inputs, {} calibration files were given",
                                     each, request.calibration.size()),
                         "repeat --calibration once for each input, in the network's order");
  }
  for (std::size_t i = 0; i < request.calibration.size(); ++i) {
    if (i % each == 0) inputs.ranges.emplace_back();
    KERNWISE_ASSIGN(std::vector<float> values,
                    read_input(request.calibration[i], input_value(graph, i % each).dims));
    inputs.ranges.back().push_back(std::move(values));
    inputs.description += (i == 0 ? "" : ", ") + request.calibration[i].filename().string();
  }
  inputs.checks = inputs.ranges;
  return inputs;
}

void set_inputs(Executor& executor, const NetworkInput& input) {
  for (std::size_t i = 0; i < input.size(); ++i) {
    std::ranges::copy(input[i], executor.input(static_cast<int>(i)).begin());
  }
}

std::vector<std::vector<float>> activations_of(const LayerGraph& graph, Executor& executor) {
  std::vector<std::vector<float>> values(graph.values.size());
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const auto input = executor.input(static_cast<int>(i));
    values[at(graph.inputs[i])].assign(input.begin(), input.end());
  }
  executor.run_observed([&](const StepInfo& step, const float* data) {
    values[at(graph.layers[at(step.layer)].output)] =
        read_tensor(data, step.shape, step.layout, step.step);
  });
  return values;
}

std::vector<std::optional<ValueRange>> calibrated_ranges(const LayerGraph& graph,
                                                         Executor& executor,
                                                         const std::vector<NetworkInput>& inputs) {
  std::vector<std::optional<ValueRange>> ranges(graph.values.size());
  for (std::size_t sample = 0; sample < inputs.size(); ++sample) {
    set_inputs(executor, inputs[sample]);
    const auto values = activations_of(graph, executor);
    for (std::size_t v = 0; v < values.size(); ++v) {
      if (!values[v].empty()) widen(ranges[v], values[v], sample == 0);
    }
  }
  // In execution order, so that the range passes through several poolings.
  for (const Layer& layer : graph.layers) {
    if (passes_through(layer)) ranges[at(layer.output)] = ranges[at(layer.inputs.front())];
  }
  return ranges;
}

}  // namespace kernwise::detail
