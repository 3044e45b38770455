// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>

#include "kernwise/runtime/executor.h"
#include "schedule.h"
#include "step_info.h"

namespace kernwise {
namespace detail {

StepInfo step_info(const LayerGraph& graph, const Plan& plan, const Step& step) {
  StepInfo info;
  info.is_transform = step.layer < 0;
  info.layer = step.layer;
  if (info.is_transform) {
    const PlannedTransform& planned = plan.transforms[static_cast<std::size_t>(step.transform)];
    info.name =
        fmt::format("{}: {} > {}", planned.value, to_string(planned.from), to_string(planned.to));
    info.primitive = planned.primitive;
    info.shape = graph.values[static_cast<std::size_t>(step.value)].shape;
    info.layout = planned.to;
  } else {
    const PlannedLayer& planned = plan.layers[static_cast<std::size_t>(step.layer)];
    info.name = planned.layer;
    info.primitive = planned.primitive;
    info.shape = output_shape(graph.layers[static_cast<std::size_t>(step.layer)].problem);
    info.layout = planned.out;
  }
  info.bytes.output = physical_bytes(info.shape, info.layout);
  return info;
}

}  // namespace detail

Result<MemoryUse> planned_memory(const LayerGraph& graph, const Plan& plan,
                                 std::span<const int64_t> packed_bytes,
                                 std::span<const int64_t> transform_workspaces) {
  KERNWISE_ASSIGN(const Schedule schedule, make_schedule(graph, plan));
  const MemoryPlan memory = plan_memory(schedule.tensors);
  MemoryUse use;
  use.activations = memory.arena;
  use.arena_bound = memory.lower_bound;
  for (const PlannedLayer& layer : plan.layers) {
    use.workspace = std::max(use.workspace, Bytes{layer.workspace_bytes});
  }
  for (const int64_t bytes : transform_workspaces) {
    use.workspace = std::max(use.workspace, Bytes{bytes});
  }
  for (const int64_t bytes : packed_bytes) use.weights += Bytes{bytes};
  return use;
}

Result<std::vector<StepInfo>> planned_steps(const LayerGraph& graph, const Plan& plan,
                                            std::span<const int64_t> packed_bytes,
                                            std::span<const int64_t> transform_workspaces) {
  KERNWISE_CHECK(packed_bytes.size() == plan.layers.size());
  KERNWISE_CHECK(transform_workspaces.size() == plan.transforms.size());
  KERNWISE_ASSIGN(const Schedule schedule, make_schedule(graph, plan));
  const std::vector<Bytes> live = live_bytes(schedule.tensors);
  std::vector<StepInfo> steps;
  for (const Step& step : schedule.steps) {
    StepInfo info = detail::step_info(graph, plan, step);
    info.bytes.live = live[steps.size()];
    if (info.is_transform) {
      info.bytes.workspace = {transform_workspaces[static_cast<std::size_t>(step.transform)]};
    } else {
      const auto layer = static_cast<std::size_t>(step.layer);
      info.bytes.workspace = {plan.layers[layer].workspace_bytes};
      info.bytes.weights = {packed_bytes[layer]};
    }
    steps.push_back(std::move(info));
  }
  return steps;
}

}  // namespace kernwise
