// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/load.h"

#include <set>

namespace kernwise {

Result<LoadedModel> load_model(const std::filesystem::path& path, const OnnxOptions& options,
                               const LoweringOptions& lowering) {
  LoadedModel model;
  model.path = path;
  KERNWISE_ASSIGN(model.network, read_onnx(path, options));
  auto graph = lower(model.network, options.max_model_memory, lowering);
  if (!graph.ok()) return std::move(graph).error().within(path.string());
  model.graph = std::move(graph).value();
  return model;
}

void drop_weights(LoadedModel& model) {
  model.network.constants.clear();
  model.network.nodes.clear();  // their attributes may be tensors
  for (Layer& layer : model.graph.layers) layer.weights = {};
}

std::vector<Problem> problems_of(const LayerGraph& graph) {
  std::vector<Problem> problems;
  std::set<Problem> seen;
  const auto add = [&](Problem problem) {
    if (seen.insert(problem).second) problems.push_back(std::move(problem));
  };
  for (const Layer& layer : graph.layers) add(layer.problem);
  for (const Value& value : graph.values) {
    for (const Layout from : kAllLayouts) {
      for (const Layout to : kAllLayouts) {
        if (same_bytes(value.shape, from, to)) continue;
        add({TransformProblem{value.shape, from, to}, {}});
      }
    }
  }
  return problems;
}

}  // namespace kernwise
