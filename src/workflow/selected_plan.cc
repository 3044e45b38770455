// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "selected_plan.h"

#include <algorithm>
#include <map>
#include <utility>

#include "kernwise/primitives/registry.h"

namespace kernwise::detail {

void add_choices(const LayerGraph& graph, const CostTable& table, const Selection& selection,
                 Plan& plan) {
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    const auto& options = table.layers[i];
    const auto chosen = static_cast<std::size_t>(selection.option[i]);
    const CostOption& option = options[chosen];
    PlannedLayer planned{.layer = layer.name,
                         .problem = to_string(layer.problem),
                         .primitive = option.primitive,
                         .revision = find_primitive(option.primitive)->info().revision,
                         .in = option.in,
                         .out = option.out,
                         .time_s = option.time_s,
                         .low_s = option.low_s,
                         .high_s = option.high_s,
                         .workspace_bytes = option.workspace_bytes,
                         .grade = option.grade,
                         .provenance = option.provenance,
                         .runner_up = {},
                         .runner_up_s = 0,
                         .precision = find_primitive(option.primitive)->info().precision};
    for (std::size_t j = 0; j < options.size(); ++j) {
      if (j == chosen) continue;
      if (planned.runner_up.empty() || options[j].time_s < planned.runner_up_s) {
        planned.runner_up = options[j].primitive;
        planned.runner_up_s = options[j].time_s;
      }
    }
    plan.layers.push_back(std::move(planned));
  }
  for (const SelectedTransform& t : selection.transforms) {
    plan.transforms.push_back({graph.values[static_cast<std::size_t>(t.value)].name, t.from, t.to,
                               t.primitive, t.time_s});
  }
}

namespace {

struct ChosenBytes {
  std::vector<int64_t> packed;      // per layer
  std::vector<int64_t> workspaces;  // per transform
};

ChosenBytes bytes_of(const CostTable& table, const Selection& selection) {
  ChosenBytes bytes;
  for (std::size_t i = 0; i < selection.option.size(); ++i) {
    const auto chosen = static_cast<std::size_t>(selection.option[i]);
    bytes.packed.push_back(table.layers[i][chosen].packed_bytes);
  }
  for (const SelectedTransform& t : selection.transforms) {
    const auto& costs = table.transforms[static_cast<std::size_t>(t.value)];
    bytes.workspaces.push_back(costs.at({t.from, t.to}).workspace_bytes);
  }
  return bytes;
}

}  // namespace

Result<MemoryUse> memory_of(const LayerGraph& graph, const CostTable& table,
                            const Selection& selection, const Plan& plan) {
  const ChosenBytes bytes = bytes_of(table, selection);
  return planned_memory(graph, plan, bytes.packed, bytes.workspaces);
}

Result<std::vector<StepInfo>> steps_of(const LayerGraph& graph, const CostTable& table,
                                       const Selection& selection, const Plan& plan) {
  const ChosenBytes bytes = bytes_of(table, selection);
  return planned_steps(graph, plan, bytes.packed, bytes.workspaces);
}

Status fill_packed_bytes(const LayerGraph& graph, const Execution& execution, CostTable& table,
                         const Selection* selection) {
  const ThreadScope threads(execution.threads);
  std::map<std::pair<std::string, std::string>, int64_t> known;  // by primitive and problem
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Problem& problem = graph.layers[i].problem;
    const std::string name = to_string(problem);
    for (std::size_t o = 0; o < table.layers[i].size(); ++o) {
      CostOption& option = table.layers[i][o];
      if (selection != nullptr && selection->option[i] != static_cast<int>(o)) continue;
      if (option.provenance == "measured" || option.provenance == "view") continue;
      const auto [found, added] = known.try_emplace({option.primitive, name}, 0);
      if (added) {
        const std::vector<float> weights(static_cast<std::size_t>(weight_elements(problem)), 0.0F);
        const std::vector<float> bias(static_cast<std::size_t>(bias_elements(problem)), 0.0F);
        KERNWISE_ASSIGN(
            const std::unique_ptr<Kernel> kernel,
            find_primitive(option.primitive)->prepare(problem, {weights, bias}, execution));
        found->second = kernel->packed_weights().value;
      }
      option.packed_bytes = found->second;
    }
  }
  return Ok{};
}

namespace {

// These read their input while they write their output elsewhere, whoever implements them.
int64_t least_activations(const LayerGraph& graph, const CostTable& table) {
  bool bytes = false;  // any value might lie in int8
  for (const auto& row : table.layers) {
    for (const CostOption& option : row) bytes = bytes || is_int8(option.in);
  }
  int64_t least = 0;
  for (const Layer& layer : graph.layers) {
    const ProblemKind kind = layer.problem.kind();
    if (kind != ProblemKind::kConv && kind != ProblemKind::kDeconv && kind != ProblemKind::kFc) {
      continue;
    }
    const auto elements = [&](ValueId value) {
      return graph.values[static_cast<std::size_t>(value)].shape.elements();
    };
    least = std::max(least,
                     (bytes ? 1 : 4) * (elements(layer.inputs.front()) + elements(layer.output)));
  }
  return least;
}

}  // namespace

MemoryModel memory_model(const LayerGraph& graph, const CostTable& table) {
  MemoryModel model;
  model.least_activations = least_activations(graph, table);
  model.peak_of = [&graph, &table](const Selection& selection) -> Result<int64_t> {
    Plan plan;
    add_choices(graph, table, selection, plan);
    KERNWISE_ASSIGN(const MemoryUse memory, memory_of(graph, table, selection, plan));
    return memory.peak().value;
  };
  return model;
}

}  // namespace kernwise::detail
