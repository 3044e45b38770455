// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "pack_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "kernwise/base/format.h"
#include "kernwise/runtime/executor.h"

namespace kernwise::detail {
namespace {

constexpr std::size_t kNever = static_cast<std::size_t>(-1);

class GraphCheck {
 public:
  explicit GraphCheck(const LayerGraph& graph)
      : graph_(graph), made_(graph.values.size(), kNever), last_use_(graph.values.size(), 0),
        is_made_(graph.values.size(), false) {}

  Status run() {
    KERNWISE_TRY(check_names());
    for (const ValueId input : graph_.inputs) {
      KERNWISE_TRY(in_bounds(input));
      KERNWISE_TRY(make(input));
    }
    for (std::size_t i = 0; i < graph_.layers.size(); ++i) {
      Status checked = check_layer(i);
      if (!checked.ok()) return std::move(checked).error().within(graph_.layers[i].name);
    }
    if (graph_.outputs.empty() || graph_.layers.empty()) return invalid_input("it has no outputs");
    for (const ValueId output : graph_.outputs) {
      KERNWISE_TRY(in_bounds(output));
      if (!is_made_[at(output)]) return invalid_input("an output is made by nothing");
    }
    for (const Layer& layer : graph_.layers) {
      Status checked = check_residual(layer);
      if (!checked.ok()) return std::move(checked).error().within(layer.name);
    }
    return Ok{};
  }

 private:
  static std::size_t at(ValueId value) { return static_cast<std::size_t>(value); }

  Status in_bounds(ValueId value) const {
    if (value >= 0 && at(value) < graph_.values.size()) return Ok{};
    return invalid_input(fmt::format("there is no value {}", value));
  }

  Status make(ValueId value) {
    if (is_made_[at(value)]) return invalid_input(fmt::format("value {} is made twice", value));
    is_made_[at(value)] = true;
    return Ok{};
  }

  Status check_names() const {
    std::set<std::string_view> values, layers;
    for (const Value& value : graph_.values) {
      if (!values.insert(value.name).second) {
        return invalid_input("two values are called '" + value.name + "'");
      }
    }
    for (const Layer& layer : graph_.layers) {
      if (!layers.insert(layer.name).second) {
        return invalid_input("two layers are called '" + layer.name + "'");
      }
    }
    return Ok{};
  }

  Status use(ValueId value, std::size_t layer) {
    KERNWISE_TRY(in_bounds(value));
    if (!is_made_[at(value)]) {
      return invalid_input(fmt::format("value {} is used before it is made", value));
    }
    last_use_[at(value)] = layer;
    return Ok{};
  }

  Status check_layer(std::size_t index) {
    const Layer& layer = graph_.layers[index];
    if (static_cast<int>(layer.inputs.size()) != input_count(layer.problem)) {
      return invalid_input(fmt::format("it has {} inputs, its problem {}", layer.inputs.size(),
                                       input_count(layer.problem)));
    }
    for (const ValueId input : layer.inputs) KERNWISE_TRY(use(input, index));
    if (layer.residual.has_value() != layer.problem.post_ops.residual) {
      return invalid_input("its residual is not its problem's");
    }
    if (layer.residual) KERNWISE_TRY(use(*layer.residual, index));
    KERNWISE_TRY(in_bounds(layer.output));
    KERNWISE_TRY(make(layer.output));
    made_[at(layer.output)] = index;
    return Ok{};
  }

  // Invariant 2 of layer_graph.h: its buffer is overwritten.
  Status check_residual(const Layer& layer) const {
    if (!layer.residual) return Ok{};
    const ValueId value = *layer.residual;
    const auto index = static_cast<std::size_t>(&layer - graph_.layers.data());
    const bool free = made_[at(value)] != kNever && last_use_[at(value)] == index &&
                      std::ranges::find(graph_.outputs, value) == graph_.outputs.end() &&
                      std::ranges::find(layer.inputs, value) == layer.inputs.end();
    if (free) return Ok{};
    return invalid_input("its residual may not be overwritten");
  }

  const LayerGraph& graph_;
  std::vector<std::size_t> made_, last_use_;
  std::vector<bool> is_made_;
};

Status same_size(const LayerGraph& graph, ValueId value, const Shape4& wanted, Layout layout) {
  const Value& have = graph.values[static_cast<std::size_t>(value)];
  if (have.shape.elements() == wanted.elements() &&
      physical_bytes(have.shape, layout) == physical_bytes(wanted, layout)) {
    return Ok{};
  }
  return invalid_input(fmt::format("value '{}' is not as large as its problem says", have.name));
}

}  // namespace

Status check_graph(const LayerGraph& graph) { return GraphCheck(graph).run(); }

Status check_sizes(const LayerGraph& graph, const Plan& plan, Bytes limit) {
  if (plan.layers.size() != graph.layers.size()) {
    return invalid_input(fmt::format("the plan has {} layers, the network {}", plan.layers.size(),
                                     graph.layers.size()));
  }
  // Each by itself first, so that sums of them stay within numbers.
  for (const Value& value : graph.values) {
    if (value.shape.elements() <= limit.value / 4) continue;
    return invalid_input(fmt::format("value '{}' is larger than the limit of {}", value.name,
                                     format_bytes(limit)));
  }
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    const PlannedLayer& planned = plan.layers[i];
    const auto checked = [&]() -> Status {
      for (std::size_t k = 0; k < layer.inputs.size(); ++k) {
        KERNWISE_TRY(same_size(graph, layer.inputs[k],
                               input_shape(layer.problem, static_cast<int>(k)), planned.in));
      }
      const Shape4 out = output_shape(layer.problem);
      if (layer.residual) KERNWISE_TRY(same_size(graph, *layer.residual, out, planned.out));
      return same_size(graph, layer.output, out, planned.out);
    }();
    if (!checked.ok()) return Error(checked.error()).within(layer.name);
  }
  const std::vector<int64_t> none(plan.layers.size(), 0), none_of(plan.transforms.size(), 0);
  KERNWISE_ASSIGN(const MemoryUse memory, planned_memory(graph, plan, none, none_of));
  if (memory.activations <= limit) return Ok{};
  return invalid_input(fmt::format("a run would take {} for activations, more than the limit of {}",
                                   format_bytes(memory.activations), format_bytes(limit)));
}

}  // namespace kernwise::detail
