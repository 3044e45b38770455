// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/runtime/verify.h"

#include <algorithm>
#include <cmath>

#include "kernwise/primitives/reference.h"

namespace kernwise {
namespace {

std::vector<double> widen(std::span<const float> values) { return {values.begin(), values.end()}; }

// Reference output of one layer from the given values of the whole graph.
std::vector<double> reference_of(const Layer& layer, const FoldedWeights& weights,
                                 const std::vector<std::vector<double>>& values) {
  std::vector<std::span<const double>> inputs;
  for (const ValueId input : layer.inputs)
    inputs.emplace_back(values[static_cast<std::size_t>(input)]);
  std::span<const double> residual;
  if (layer.residual) residual = values[static_cast<std::size_t>(*layer.residual)];
  return reference_run(layer.problem, inputs, residual, {weights.weights, weights.bias});
}

}  // namespace

Result<Verification> verify(const LayerGraph& graph, Executor& executor, Progress& progress,
                            const StopFlag& stop) {
  const std::size_t count = graph.values.size();
  std::vector<std::vector<double>> measured(count);  // what the run produced
  std::vector<std::vector<double>> exact(count);     // float64 from the network's input on
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
    const auto id = static_cast<std::size_t>(graph.inputs[i]);
    measured[id] = exact[id] = widen(executor.input(static_cast<int>(i)));
  }
  std::vector<std::string> primitives(graph.layers.size());
  executor.run_observed([&](const StepInfo& step, const float* data) {
    const std::span<const float> values(
        data, static_cast<std::size_t>(physical_elements(step.shape, step.layout)));
    const auto id =
        static_cast<std::size_t>(graph.layers[static_cast<std::size_t>(step.layer)].output);
    measured[id] = widen(from_layout(values, step.shape, step.layout));
    primitives[static_cast<std::size_t>(step.layer)] = step.primitive;
  });

  Verification result;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    if (stop) return Error{ErrorCode::kInterrupted, "verification was interrupted", {}, {}};
    progress.update("Verifying", static_cast<double>(i) / static_cast<double>(graph.layers.size()),
                    layer.name);
    const FoldedWeights weights = fold_weights(layer);
    const auto out = static_cast<std::size_t>(layer.output);
    const std::vector<double> own = reference_of(layer, weights, measured);
    exact[out] = reference_of(layer, weights, exact);
    LayerError error{layer.name, primitives[i], relative_error(measured[out], own),
                     relative_error(measured[out], exact[out])};
    if (!(error.own <= result.worst_layer_error)) {
      result.worst_layer_error = error.own;
      result.worst_layer = layer.name;
    }
    result.layers.push_back(std::move(error));
  }
  for (const ValueId output : graph.outputs) {
    const auto id = static_cast<std::size_t>(output);
    result.end_to_end_error =
        std::max(result.end_to_end_error, relative_error(measured[id], exact[id]));
  }
  result.worst_relative_error = std::max(result.worst_layer_error, result.end_to_end_error);
  progress.finish("Verifying", std::to_string(graph.layers.size()) + " layers");
  return result;
}

}  // namespace kernwise
