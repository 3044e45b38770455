// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/measured_costs.h"

#include <algorithm>
#include <map>

#include "kernwise/graph/views.h"
#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

using ByProblem = std::map<std::string, std::vector<const Measurement*>>;

bool from_onednn(const Measurement* m) {
  const Primitive* primitive = find_primitive(m->key.primitive);
  return primitive != nullptr && primitive->info().source == "onednn";
}

// What is known of a problem's primitives, in table order. Measurements of retired primitives or of
// other revisions do not count.
std::vector<const Measurement*> known_rows(const ByProblem& measured, const std::string& problem) {
  const auto found = measured.find(problem);
  if (found == measured.end()) return {};
  std::vector<const Measurement*> rows;
  for (const auto& primitive : all_primitives()) {
    for (const Measurement* m : found->second) {
      if (m->key.primitive != primitive->info().id) continue;
      if (m->key.revision != primitive->info().revision) continue;
      rows.push_back(m);
    }
  }
  return rows;
}

// Measurements graded F go where there is something better.
void keep_sound(std::vector<const Measurement*>& rows) {
  const auto graded_f = [](const Measurement* m) { return m->grade == 'F'; };
  if (!std::all_of(rows.begin(), rows.end(), graded_f)) std::erase_if(rows, graded_f);
}

// The rows that a policy leaves; all of them if it would leave none.
Result<std::vector<const Measurement*>> allowed(std::vector<const Measurement*> rows,
                                                const Problem& problem, Policy policy,
                                                const Execution& execution) {
  if (policy == Policy::kFastest || rows.empty()) {
    keep_sound(rows);
    return rows;
  }
  // What the policy asks for comes first: a poor measurement of it beats none.
  if (problem.kind() == ProblemKind::kConv) {
    KERNWISE_ASSIGN(const std::string pick, onednn_auto(problem, execution));
    std::erase_if(rows, [&](const Measurement* m) { return m->key.primitive != pick; });
    if (rows.empty()) {
      return unsupported(
          "oneDNN's own pick '" + pick + "' has not been measured for " + to_string(problem),
          "measure it with 'kernwise profile', or raise --budget");
    }
    return rows;
  }
  if (std::any_of(rows.begin(), rows.end(), from_onednn)) {
    std::erase_if(rows, [](const Measurement* m) { return !from_onednn(m); });
  }
  keep_sound(rows);
  return rows;
}

// Views cost nothing: no byte moves.
void add_views(const Problem& problem, const Execution& execution,
               std::vector<CostOption>& options) {
  for (const auto& primitive : all_primitives()) {
    const PrimitiveInfo& info = primitive->info();
    if (!info.view || info.kind != problem.kind()) continue;
    if (!std::holds_alternative<Admitted>(primitive->supports(problem, execution))) continue;
    CostOption option;
    option.primitive = info.id;
    option.in = info.in;
    option.out = info.out;
    option.provenance = "view";
    options.push_back(std::move(option));
  }
}

}  // namespace

std::string_view to_string(Policy policy) {
  return policy == Policy::kFastest ? "fastest" : "onednn-auto";
}

Result<CostTable> measured_cost_table(const LayerGraph& graph,
                                      const std::vector<Measurement>& measurements, Policy policy,
                                      const Execution& execution) {
  ByProblem measured;
  for (const Measurement& m : measurements) {
    if (m.status == MeasurementStatus::kOk) measured[m.key.problem].push_back(&m);
  }
  CostTable table;
  const std::vector<bool> views = possible_views(graph);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    KERNWISE_ASSIGN(const auto rows, allowed(known_rows(measured, to_string(layer.problem)),
                                             layer.problem, policy, execution));
    std::vector<CostOption> options;
    for (const Measurement* m : rows) {
      const PrimitiveInfo& info = find_primitive(m->key.primitive)->info();
      options.push_back({.primitive = info.id,
                         .in = info.in,
                         .out = info.out,
                         .time_s = m->median_s,
                         .low_s = m->median_s * std::max(0.0, 1 - m->spread),
                         .high_s = m->median_s * (1 + m->spread),
                         .workspace_bytes = m->workspace_bytes,
                         .packed_bytes = m->packed_bytes,
                         .grade = m->grade,
                         .provenance = "measured"});
    }
    if (views[i] && policy == Policy::kFastest) add_views(layer.problem, execution, options);
    table.layers.push_back(std::move(options));
  }
  for (const Value& value : graph.values) {
    std::map<std::pair<Layout, Layout>, TransformCost> costs;
    for (const Layout from : kAllLayouts) {
      for (const Layout to : kAllLayouts) {
        if (same_bytes(value.shape, from, to)) {
          costs[{from, to}] = {};
          continue;
        }
        const Problem problem{TransformProblem{value.shape, from, to}, {}};
        KERNWISE_ASSIGN(const auto rows, allowed(known_rows(measured, to_string(problem)), problem,
                                                 policy, execution));
        const auto best = std::min_element(
            rows.begin(), rows.end(),
            [](const Measurement* a, const Measurement* b) { return a->median_s < b->median_s; });
        if (best == rows.end()) continue;
        costs[{from, to}] = {(*best)->key.primitive, (*best)->median_s, (*best)->workspace_bytes};
      }
    }
    table.transforms.push_back(std::move(costs));
  }
  return table;
}

}  // namespace kernwise
