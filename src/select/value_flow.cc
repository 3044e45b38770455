// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "value_flow.h"

#include <fmt/format.h>

#include <cstddef>

#include "kernwise/select/pbqp.h"

namespace kernwise::detail {

Result<std::vector<ValueFlow>> trace_values(const LayerGraph& graph) {
  std::vector<ValueFlow> flows(graph.values.size());
  const auto known = [&](ValueId v) {
    return v >= 0 && static_cast<std::size_t>(v) < graph.values.size();
  };
  const auto unknown = [](ValueId v) {
    return invalid_input(fmt::format("refers to value {}, which does not exist", v));
  };
  for (const ValueId v : graph.inputs) {
    if (!known(v)) return unknown(v).within("graph inputs");
    flows[v].graph_input = true;
  }
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    const int index = static_cast<int>(i);
    const auto reader = [&](ValueId v) -> ValueReader& {
      std::vector<ValueReader>& readers = flows[v].readers;
      if (readers.empty() || readers.back().layer != index) readers.push_back({.layer = index});
      return readers.back();
    };
    for (const ValueId v : layer.inputs) {
      if (!known(v)) return unknown(v).within(layer.name);
      reader(v).as_data = true;
    }
    if (layer.residual) {
      if (!known(*layer.residual)) return unknown(*layer.residual).within(layer.name);
      reader(*layer.residual).as_residual = true;
    }
    if (!known(layer.output)) return unknown(layer.output).within(layer.name);
    ValueFlow& made = flows[layer.output];
    if (made.maker >= 0 || made.graph_input) {
      return invalid_input(fmt::format("makes value '{}', which is made already",
                                       graph.values[layer.output].name))
          .within(layer.name);
    }
    made.maker = index;
  }
  for (const ValueId v : graph.outputs) {
    if (!known(v)) return unknown(v).within("graph outputs");
    flows[v].graph_output = true;
  }
  for (std::size_t v = 0; v < flows.size(); ++v) {
    const ValueFlow& flow = flows[v];
    if (flow.uses() > 0 && flow.maker < 0 && !flow.graph_input) {
      return invalid_input(fmt::format("value '{}' is read but never made", graph.values[v].name));
    }
    if (!flow.readers.empty() && flow.readers.front().layer <= flow.maker) {
      return invalid_input(
                 fmt::format("value '{}' is read before it is made", graph.values[v].name))
          .within(graph.layers[flow.readers.front().layer].name);
    }
  }
  return flows;
}

double transforms_cost(const CostTable& table, ValueId value, Layout made, LayoutSet wanted) {
  double cost = 0;
  for (const Layout to : kEveryLayout) {
    if (to == made || !contains(wanted, to)) continue;
    const auto it = table.transforms[value].find({made, to});
    if (it == table.transforms[value].end()) return kForbidden;
    cost += it->second.time_s;
  }
  return cost;
}

}  // namespace kernwise::detail
