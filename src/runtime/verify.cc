// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/runtime/verify.h"

#include <algorithm>
#include <limits>

#include "kernwise/primitives/reference.h"

namespace kernwise {
namespace {

using Values = std::vector<double>;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

Values widen(std::span<const float> values) { return {values.begin(), values.end()}; }

// Reference output of one layer from the given values of the whole graph.
Values reference_of(const Layer& layer, const FoldedWeights& weights,
                    const std::vector<Values>& values) {
  std::vector<std::span<const double>> inputs;
  for (const ValueId input : layer.inputs) inputs.emplace_back(values[at(input)]);
  std::span<const double> residual;
  if (layer.residual) residual = values[at(*layer.residual)];
  return reference_run(layer.problem, inputs, residual, {weights.weights, weights.bias});
}

// For each layer the values that nobody reads after it. Graph outputs are in none.
std::vector<std::vector<ValueId>> read_last_by(const LayerGraph& graph) {
  std::vector<std::size_t> last(graph.values.size(), graph.layers.size());
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    last[at(layer.output)] = i;
    for (const ValueId input : layer.inputs) last[at(input)] = i;
    if (layer.residual) last[at(*layer.residual)] = i;
  }
  for (const ValueId output : graph.outputs) last[at(output)] = graph.layers.size();
  std::vector<std::vector<ValueId>> values(graph.layers.size() + 1);
  for (std::size_t v = 0; v < last.size(); ++v) values[last[v]].push_back(static_cast<ValueId>(v));
  return values;
}

}  // namespace

Bytes verification_memory(const LayerGraph& graph) {
  const auto elements = [&](ValueId value) {
    return static_cast<double>(graph.values[at(value)].shape.elements());
  };
  const auto finished = read_last_by(graph);
  double live = 0, peak = 0;  // doubles do not overflow
  for (const ValueId input : graph.inputs) live += elements(input);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    live += elements(layer.output);
    const double weights =
        static_cast<double>(weight_elements(layer.problem) + bias_elements(layer.problem));
    const double doubles = 2 * live + elements(layer.output);
    peak = std::max(peak, sizeof(double) * doubles + sizeof(float) * weights);
    for (const ValueId value : finished[i]) live -= elements(value);
  }
  constexpr auto kMost = std::numeric_limits<int64_t>::max();
  return Bytes{peak < static_cast<double>(kMost) ? static_cast<int64_t>(peak) : kMost};
}

Result<Verification> verify(const LayerGraph& graph, Executor& executor, Progress& progress,
                            const StopFlag& stop) {
  std::vector<Values> measured(graph.values.size());  // what the run produced
  std::vector<Values> exact(graph.values.size());     // float64 from the network's input on
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const std::size_t id = at(graph.inputs[i]);
    measured[id] = exact[id] = widen(executor.input(static_cast<int>(i)));
  }
  const auto finished = read_last_by(graph);
  Verification result;
  // While the network runs: a value is then held only from its making to its last reader.
  executor.run_observed([&](const StepInfo& step, const float* data) {
    if (stop) return;
    const Layer& layer = graph.layers[at(step.layer)];
    progress.update("Verifying",
                    static_cast<double>(step.layer) / static_cast<double>(graph.layers.size()),
                    layer.name);
    const std::size_t out = at(layer.output);
    measured[out] = widen(read_tensor(data, step.shape, step.layout, step.step));
    const FoldedWeights weights = fold_weights(layer);
    const Values own = reference_of(layer, weights, measured);
    exact[out] = reference_of(layer, weights, exact);
    LayerError error{layer.name, step.primitive, relative_error(measured[out], own),
                     relative_error(measured[out], exact[out])};
    if (!(error.own <= result.worst_layer_error)) {
      result.worst_layer_error = error.own;
      result.worst_layer = layer.name;
    }
    result.layers.push_back(std::move(error));
    for (const ValueId value : finished[at(step.layer)]) {
      measured[at(value)] = Values();
      exact[at(value)] = Values();
    }
  });
  if (result.layers.size() < graph.layers.size()) {
    return Error{ErrorCode::kInterrupted, "verification was interrupted", {}, {}};
  }
  for (const ValueId output : graph.outputs) {
    result.end_to_end_error =
        std::max(result.end_to_end_error, relative_error(measured[at(output)], exact[at(output)]));
  }
  result.worst_relative_error = std::max(result.worst_layer_error, result.end_to_end_error);
  progress.finish("Verifying", std::to_string(graph.layers.size()) + " layers");
  return result;
}

}  // namespace kernwise
