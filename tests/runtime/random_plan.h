// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Plans that nobody would choose, for tests of what runs them.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/primitives/registry.h"
#include "kernwise/select/plan.h"

namespace kernwise::test {

// A random admissible primitive for each layer, and the transforms that this makes necessary.
// Where there is one, one that is `preferred`.
using Preference = std::function<bool(const PrimitiveInfo&)>;
inline Plan random_plan(
    const LayerGraph& graph, int threads, Rng& rng,
    const Preference& preferred = [](const PrimitiveInfo&) { return true; }) {
  Plan plan;
  plan.threads = threads;
  plan.network_hash = graph.content_hash;
  std::vector<Layout> made(graph.values.size(), Layout::kNchw);
  std::set<std::tuple<ValueId, Layout>> there;
  const auto need = [&](ValueId value, Layout layout) {
    const auto v = static_cast<std::size_t>(value);
    if (made[v] == layout || !there.insert({value, layout}).second) return;
    PlannedTransform t{graph.values[v].name, made[v], layout, "", 0};
    if (!same_bytes(graph.values[v].shape, made[v], layout)) {
      for (const Candidate& c :
           candidates({TransformProblem{graph.values[v].shape, made[v], layout}, {}}, {threads})) {
        if (std::holds_alternative<Admitted>(c.applicability)) t.primitive = c.primitive->info().id;
      }
    }
    plan.transforms.push_back(t);
  };
  for (const Layer& layer : graph.layers) {
    std::vector<const Primitive*> choice;
    for (const Candidate& c : candidates(layer.problem, {threads})) {
      if (std::holds_alternative<Admitted>(c.applicability)) choice.push_back(c.primitive);
    }
    if (std::ranges::any_of(choice, preferred, &Primitive::info)) {
      std::erase_if(choice, [&](const Primitive* p) { return !preferred(p->info()); });
    }
    const PrimitiveInfo& info =
        choice[static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(choice.size()) - 1))]
            ->info();
    for (const ValueId input : layer.inputs) need(input, info.in);
    if (layer.residual) need(*layer.residual, info.out);
    made[static_cast<std::size_t>(layer.output)] = info.out;
    PlannedLayer planned;
    planned.layer = layer.name;
    planned.problem = to_string(layer.problem);
    planned.primitive = info.id;
    planned.revision = info.revision;
    planned.in = info.in;
    planned.out = info.out;
    plan.layers.push_back(planned);
  }
  for (const ValueId output : graph.outputs) need(output, Layout::kNchw);
  return plan;
}

}  // namespace kernwise::test
