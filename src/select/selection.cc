// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "kernwise/base/check.h"
#include "kernwise/select/cost_table.h"
#include "kernwise/select/pbqp.h"
#include "layer_pbqp.h"
#include "value_flow.h"

namespace kernwise {
namespace {

using detail::LayoutSet;
using detail::ValueFlow;
using detail::ValueReader;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// What a choice makes of a value: the layout it is made in and those that its uses want.
struct ValueLayouts {
  Layout made = Layout::kNchw;
  LayoutSet wanted = 0;
};

ValueLayouts layouts_of(const CostTable& table, const ValueFlow& flow,
                        const std::vector<int>& option) {
  ValueLayouts result;
  result.made =
      flow.maker < 0 ? table.input_layout : table.layers[flow.maker][option[flow.maker]].out;
  for (const ValueReader& reader : flow.readers) {
    result.wanted |= reader.layouts(table.layers[reader.layer][option[reader.layer]]);
  }
  if (flow.graph_output) result.wanted |= detail::set_of(table.output_layout);
  return result;
}

// Layers and transforms apart; kForbidden if a transform is impossible.
struct Costs {
  double layers_s = 0;
  double transforms_s = 0;
  double total_s() const { return layers_s + transforms_s; }
};

Costs costs_of(const CostTable& table, const std::vector<ValueFlow>& flows,
               const std::vector<int>& option) {
  Costs costs;
  for (std::size_t i = 0; i < option.size(); ++i)
    costs.layers_s += table.layers[i][option[i]].time_s;
  for (std::size_t v = 0; v < flows.size(); ++v) {
    const ValueLayouts layouts = layouts_of(table, flows[v], option);
    costs.transforms_s +=
        detail::transforms_cost(table, static_cast<ValueId>(v), layouts.made, layouts.wanted);
  }
  return costs;
}

std::vector<SelectedTransform> needed_transforms(const CostTable& table,
                                                 const std::vector<ValueFlow>& flows,
                                                 const std::vector<int>& option) {
  std::vector<SelectedTransform> result;
  for (std::size_t v = 0; v < flows.size(); ++v) {
    const ValueLayouts layouts = layouts_of(table, flows[v], option);
    for (const Layout to : kEveryLayout) {
      if (to == layouts.made || !detail::contains(layouts.wanted, to)) continue;
      const TransformCost& cost = table.transforms[v].at({layouts.made, to});
      result.push_back({.value = static_cast<ValueId>(v),
                        .from = layouts.made,
                        .to = to,
                        .primitive = cost.primitive,
                        .time_s = cost.time_s});
    }
  }
  return result;
}

// How large a search may get before the gap is stated instead: about as many looks at a cost as
// take some seconds, so that no network makes planning hang.
int64_t branch_budget(const PbqpProblem& problem) {
  constexpr int64_t kMaxLooks = 10'000'000'000;
  int64_t entries = 1;
  for (const PbqpEdge& edge : problem.edges) entries += static_cast<int64_t>(edge.cost.size());
  return std::clamp<int64_t>(kMaxLooks / entries, 100, 1'000'000);
}

// The uses that no option of the maker can serve, for the message.
std::vector<std::string> impossible_uses(const LayerGraph& graph, const CostTable& table,
                                         const std::vector<ValueFlow>& flows) {
  std::vector<std::string> found;
  for (std::size_t v = 0; v < flows.size(); ++v) {
    const ValueFlow& flow = flows[v];
    LayoutSet made = 0;
    if (flow.maker < 0) {
      made = detail::set_of(table.input_layout);
    } else {
      for (const CostOption& o : table.layers[flow.maker]) made |= detail::set_of(o.out);
    }
    const auto reachable = [&](LayoutSet wanted) {
      return std::any_of(kEveryLayout.begin(), kEveryLayout.end(), [&](Layout from) {
        return detail::contains(made, from) &&
               detail::transforms_cost(table, static_cast<ValueId>(v), from, wanted) < kForbidden;
      });
    };
    for (const ValueReader& reader : flow.readers) {
      const std::vector<CostOption>& row = table.layers[reader.layer];
      if (std::any_of(row.begin(), row.end(),
                      [&](const CostOption& o) { return reachable(reader.layouts(o)); })) {
        continue;
      }
      found.push_back(
          fmt::format("'{}' into '{}'", graph.values[v].name, graph.layers[reader.layer].name));
    }
    if (flow.graph_output && !reachable(detail::set_of(table.output_layout))) {
      found.push_back(fmt::format("'{}' into the {} of the graph's output", graph.values[v].name,
                                  to_string(table.output_layout)));
    }
  }
  return found;
}

}  // namespace

Result<Selection> select_primitives(const LayerGraph& graph, const CostTable& table) {
  const auto start = std::chrono::steady_clock::now();
  KERNWISE_TRY(detail::check_cost_table(graph, table));
  KERNWISE_ASSIGN(const std::vector<ValueFlow> flows, detail::trace_values(graph));
  const detail::LayerPbqp built = detail::build_layer_pbqp(table, flows);

  Result<PbqpSolution> solved =
      solve_pbqp(built.problem, {.max_branches = branch_budget(built.problem)});
  if (!solved.ok()) {
    const std::vector<std::string> impossible = impossible_uses(graph, table, flows);
    if (impossible.empty()) return std::move(solved).error().within("primitive selection");
    return unsupported(
        fmt::format("no layout transform leads from {}", fmt::join(impossible, ", ")),
        "profile the layout transforms of these values, or allow more primitives");
  }

  Selection selection;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    selection.option.push_back(built.option[i][solved->choice[built.node[i]]]);
  }
  const Costs costs = costs_of(table, flows, selection.option);
  selection.transforms = needed_transforms(table, flows, selection.option);
  selection.total_s = costs.total_s();
  selection.transforms_s = costs.transforms_s;
  selection.optimal = solved->optimal;
  if (!solved->optimal && selection.total_s > 0) {
    selection.gap_ratio =
        std::clamp((selection.total_s - solved->lower_bound) / selection.total_s, 0.0, 1.0);
  }
  selection.pbqp_nodes = static_cast<int>(built.problem.nodes.size());
  selection.pbqp_edges = static_cast<int>(built.problem.edges.size());
  selection.branches = solved->branches;
  selection.solve_s = seconds_since(start);
  return selection;
}

Result<Selection> selection_of(const LayerGraph& graph, const CostTable& table,
                               std::vector<int> option) {
  KERNWISE_ASSIGN(const std::vector<ValueFlow> flows, detail::trace_values(graph));
  const Costs costs = costs_of(table, flows, option);
  if (!(costs.total_s() < kForbidden)) {
    return unsupported("no layout transform leads from one of these primitives to the next");
  }
  Selection selection;
  selection.transforms = needed_transforms(table, flows, option);
  selection.option = std::move(option);
  selection.total_s = costs.total_s();
  selection.transforms_s = costs.transforms_s;
  return selection;
}

double selection_cost(const LayerGraph& graph, const CostTable& table,
                      const std::vector<int>& option) {
  const Result<std::vector<ValueFlow>> flows = detail::trace_values(graph);
  KERNWISE_CHECK(flows.ok());
  KERNWISE_CHECK(option.size() == graph.layers.size());
  for (std::size_t i = 0; i < option.size(); ++i) {
    KERNWISE_CHECK(option[i] >= 0 && static_cast<std::size_t>(option[i]) < table.layers[i].size());
  }
  return costs_of(table, *flows, option).total_s();
}

}  // namespace kernwise
