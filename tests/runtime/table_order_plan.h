// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A plan without measurements: for each layer the first primitive of the table that takes it in
// nchw, or the first in any layout where there is none, and the transforms that this needs.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/select/plan.h"

namespace kernwise::test {

inline Result<Plan> plan_by_table_order(const LayerGraph& graph) {
  Plan plan;
  plan.network_hash = graph.content_hash;
  std::vector<Layout> made(graph.values.size(), Layout::kNchw);
  std::set<std::pair<ValueId, Layout>> there;
  const auto need = [&](ValueId value, Layout layout) {
    const auto v = static_cast<std::size_t>(value);
    if (made[v] == layout || !there.insert({value, layout}).second) return;
    PlannedTransform transform{graph.values[v].name, made[v], layout, "", 0};
    if (!same_bytes(graph.values[v].shape, made[v], layout)) transform.primitive = "onednn-reorder";
    plan.transforms.push_back(std::move(transform));
  };
  for (const Layer& layer : graph.layers) {
    const PrimitiveInfo* chosen = nullptr;
    bool in_nchw = false;
    std::string reasons;
    for (const Candidate& candidate : candidates(layer.problem, {})) {
      const PrimitiveInfo& info = candidate.primitive->info();
      if (const auto* refused = std::get_if<Refused>(&candidate.applicability)) {
        reasons += info.id + ": " + refused->reason + "; ";
        continue;
      }
      const bool nchw = info.in == Layout::kNchw && info.out == Layout::kNchw;
      if (chosen == nullptr || (nchw && !in_nchw)) chosen = &info;
      in_nchw |= nchw;
    }
    if (chosen == nullptr) {
      return internal_error("no primitive for " + to_string(layer.problem) + ": " + reasons);
    }
    for (const ValueId input : layer.inputs) need(input, chosen->in);
    if (layer.residual) need(*layer.residual, chosen->out);
    made[static_cast<std::size_t>(layer.output)] = chosen->out;
    plan.layers.push_back({.layer = layer.name,
                           .problem = to_string(layer.problem),
                           .primitive = chosen->id,
                           .revision = chosen->revision,
                           .in = chosen->in,
                           .out = chosen->out,
                           .provenance = "given",
                           .runner_up = {}});
  }
  for (const ValueId output : graph.outputs) need(output, Layout::kNchw);
  return plan;
}

}  // namespace kernwise::test
