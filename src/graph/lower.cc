// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "fuse_layers.h"
#include "kernwise/base/format.h"
#include "kernwise/graph/layer_graph.h"
#include "layer_builder.h"
#include "saturate.h"

namespace kernwise {
namespace {

// The part of the network that its outputs depend on.
Network without_dead_nodes(const Network& network) {
  std::set<std::string> needed(network.outputs.begin(), network.outputs.end());
  std::vector<bool> alive(network.nodes.size(), false);
  for (std::size_t i = network.nodes.size(); i-- > 0;) {
    const Node& node = network.nodes[i];
    alive[i] = std::any_of(node.outputs.begin(), node.outputs.end(), [&](const std::string& name) {
      return !name.empty() && needed.contains(name);
    });
    if (alive[i]) needed.insert(node.inputs.begin(), node.inputs.end());
  }
  Network result;
  result.name = network.name;
  result.opset = network.opset;
  result.inputs = network.inputs;
  result.outputs = network.outputs;
  result.content_hash = network.content_hash;
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    if (alive[i]) result.nodes.push_back(network.nodes[i]);
  }
  for (const auto& [name, constant] : network.constants) {
    if (needed.contains(name)) result.constants.emplace(name, constant);
  }
  return result;
}

int64_t float_bytes(int64_t elements) { return detail::saturating_multiply(elements, 4); }

// Weights of all layers at once, and the values that live at the same time: what any way of
// running the network needs at least.
Status check_memory(const LayerGraph& graph, Bytes limit) {
  const auto index = [](ValueId value) { return static_cast<std::size_t>(value); };
  std::vector<std::size_t> last_use(graph.values.size(), 0);
  for (std::size_t at = 0; at < graph.layers.size(); ++at) {
    for (const ValueId input : graph.layers[at].inputs) last_use[index(input)] = at;
    if (graph.layers[at].residual) last_use[index(*graph.layers[at].residual)] = at;
  }
  for (const ValueId output : graph.outputs) last_use[index(output)] = graph.layers.size();

  int64_t weights = 0, live = 0, peak = 0;
  std::string peak_layer;
  std::vector<std::vector<int64_t>> freed(graph.layers.size() + 1);
  const auto begin = [&](ValueId value) {
    const int64_t bytes = float_bytes(graph.values[index(value)].shape.elements());
    live = detail::saturating_add(live, bytes);
    freed[last_use[index(value)]].push_back(bytes);
  };
  for (const ValueId input : graph.inputs) begin(input);
  for (std::size_t at = 0; at < graph.layers.size(); ++at) {
    const Layer& layer = graph.layers[at];
    weights = detail::saturating_add(
        weights, float_bytes(weight_elements(layer.problem) + bias_elements(layer.problem)));
    begin(layer.output);
    // The output of a layer with a residual lies in the residual's buffer.
    const int64_t shared =
        layer.residual ? float_bytes(graph.values[index(layer.output)].shape.elements()) : 0;
    if (live - shared > peak) {
      peak = live - shared;
      peak_layer = layer.name;
    }
    for (const int64_t bytes : freed[at]) live -= bytes;
  }
  const int64_t total = detail::saturating_add(weights, peak);
  if (total <= limit.value) return Ok{};
  return invalid_input(
      fmt::format(
          "the network takes {} (weights {}, tensors {} at layer '{}'), more than the limit "
          "of {}",
          format_bytes({total}), format_bytes({weights}), format_bytes({peak}), peak_layer,
          format_bytes(limit)),
      "if the model really is that large, raise --max-model-memory");
}

}  // namespace

Result<LayerGraph> lower(const Network& network, Bytes max_model_memory,
                         const LoweringOptions& options) {
  const Network live = without_dead_nodes(network);
  KERNWISE_ASSIGN(const InferredValues values, infer_shapes(live, max_model_memory));
  KERNWISE_ASSIGN(LayerGraph graph, detail::build_layers(live, values));
  detail::fuse_layers(graph, options);
  KERNWISE_TRY(check_memory(graph, max_model_memory));
  return graph;
}

Macs total_macs(const LayerGraph& graph) {
  Macs total;
  for (const Layer& layer : graph.layers) {
    total.value = detail::saturating_add(total.value, macs(layer.problem).value);
  }
  return total;
}

}  // namespace kernwise
