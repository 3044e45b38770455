// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/costs.h"

#include <algorithm>
#include <map>
#include <span>

#include "kernwise/graph/views.h"
#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

using ByProblem = std::map<std::string, std::vector<const KnownCost*>>;

bool from_onednn(const KnownCost* m) {
  const Primitive* primitive = find_primitive(m->primitive);
  return primitive != nullptr && primitive->info().source == "onednn";
}

// What is known of a problem's primitives, in table order. Retired primitives, other revisions and
// what the execution leaves out do not count.
std::vector<const KnownCost*> known_rows(const ByProblem& known, const std::string& problem,
                                         const Execution& execution) {
  const auto found = known.find(problem);
  if (found == known.end()) return {};
  std::vector<const KnownCost*> rows;
  for (const auto& primitive : all_primitives()) {
    if (!belongs_to(primitive->info(), execution)) continue;
    for (const KnownCost* m : found->second) {
      if (m->primitive != primitive->info().id) continue;
      if (m->revision != primitive->info().revision) continue;
      rows.push_back(m);
    }
  }
  return rows;
}

// Costs graded F go where there is something better.
void keep_sound(std::vector<const KnownCost*>& rows) {
  const auto graded_f = [](const KnownCost* m) {
    return m->grade == 'F' && m->provenance == "measured";
  };
  if (!std::all_of(rows.begin(), rows.end(), graded_f)) std::erase_if(rows, graded_f);
}

// The rows that a policy leaves; all of them if it would leave none.
Result<std::vector<const KnownCost*>> allowed(std::vector<const KnownCost*> rows,
                                              const Problem& problem, Policy policy,
                                              const Execution& execution) {
  if (policy == Policy::kFastest || rows.empty()) {
    keep_sound(rows);
    return rows;
  }
  // What the policy asks for comes first: a poor measurement of it beats none.
  if (problem.kind() == ProblemKind::kConv) {
    KERNWISE_ASSIGN(const std::string pick, onednn_auto(problem, execution));
    std::erase_if(rows, [&](const KnownCost* m) { return m->primitive != pick; });
    if (rows.empty()) {
      return unsupported(
          "oneDNN's own pick '" + pick + "' has not been measured for " + to_string(problem),
          "measure it with 'kernwise profile', or raise --budget");
    }
    return rows;
  }
  if (std::any_of(rows.begin(), rows.end(), from_onednn)) {
    std::erase_if(rows, [](const KnownCost* m) { return !from_onednn(m); });
  }
  keep_sound(rows);
  return rows;
}

// Views cost nothing: no byte moves.
void add_views(const Problem& problem, const Execution& execution,
               std::vector<CostOption>& options) {
  for (const auto& primitive : all_primitives()) {
    const PrimitiveInfo& info = primitive->info();
    if (!info.view || info.kind != problem.kind() || !belongs_to(info, execution)) continue;
    if (!std::holds_alternative<Admitted>(primitive->supports(problem, execution))) continue;
    CostOption option;
    option.primitive = info.id;
    option.in = info.in;
    option.out = info.out;
    option.provenance = "view";
    options.push_back(std::move(option));
  }
}

std::span<const Layout> layouts_of(const Execution& execution) {
  if (execution.int8) return kEveryLayout;
  return kAllLayouts;
}

}  // namespace

std::string_view to_string(Policy policy) {
  return policy == Policy::kFastest ? "fastest" : "onednn-auto";
}

std::vector<KnownCost> known_costs(const std::vector<Measurement>& measurements) {
  std::vector<KnownCost> costs;
  for (const Measurement& m : measurements) {
    if (m.status != MeasurementStatus::kOk) continue;
    costs.push_back({.problem = m.key.problem,
                     .primitive = m.key.primitive,
                     .revision = m.key.revision,
                     .time_s = m.median_s,
                     .low_s = m.median_s * std::max(0.0, 1 - m.spread),
                     .high_s = m.median_s * (1 + m.spread),
                     .workspace_bytes = m.workspace_bytes,
                     .packed_bytes = m.packed_bytes,
                     .grade = m.grade,
                     .provenance = "measured"});
  }
  return costs;
}

Result<CostTable> cost_table(const LayerGraph& graph, const std::vector<KnownCost>& costs,
                             Policy policy, const Execution& execution) {
  ByProblem known;
  for (const KnownCost& cost : costs) known[cost.problem].push_back(&cost);
  CostTable table;
  const std::vector<bool> views = possible_views(graph);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    KERNWISE_ASSIGN(const auto rows, allowed(known_rows(known, to_string(layer.problem), execution),
                                             layer.problem, policy, execution));
    std::vector<CostOption> options;
    for (const KnownCost* m : rows) {
      const PrimitiveInfo& info = find_primitive(m->primitive)->info();
      options.push_back({.primitive = info.id,
                         .in = info.in,
                         .out = info.out,
                         .time_s = m->time_s,
                         .low_s = m->low_s,
                         .high_s = m->high_s,
                         .workspace_bytes = m->workspace_bytes,
                         .packed_bytes = m->packed_bytes,
                         .grade = m->grade,
                         .provenance = m->provenance});
    }
    if (views[i] && policy == Policy::kFastest) add_views(layer.problem, execution, options);
    table.layers.push_back(std::move(options));
  }
  for (const Value& value : graph.values) {
    std::map<std::pair<Layout, Layout>, TransformCost> changes;
    for (const Layout from : layouts_of(execution)) {
      for (const Layout to : layouts_of(execution)) {
        if (same_bytes(value.shape, from, to)) {
          changes[{from, to}] = {};
          continue;
        }
        const Problem problem{TransformProblem{value.shape, from, to}, {}};
        KERNWISE_ASSIGN(const auto rows, allowed(known_rows(known, to_string(problem), execution),
                                                 problem, policy, execution));
        const auto best = std::min_element(
            rows.begin(), rows.end(),
            [](const KnownCost* a, const KnownCost* b) { return a->time_s < b->time_s; });
        if (best == rows.end()) continue;
        changes[{from, to}] = {(*best)->primitive, (*best)->time_s, (*best)->workspace_bytes,
                               (*best)->low_s,     (*best)->high_s, (*best)->provenance};
      }
    }
    table.transforms.push_back(std::move(changes));
  }
  return table;
}

}  // namespace kernwise
