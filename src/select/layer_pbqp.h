// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Primitive selection as a PBQP. One node per layer; of its options only the cheapest of each pair
// of layouts (in, out) can be part of an optimum, so a node has one option per pair. A value with
// one use is an edge whose entries are transform costs. A value with several is a node of its own
// between its maker and its readers: an option says in which layout the value is made and in which
// others it is kept, and costs what making those takes, once; its edges forbid what does not fit.
// Thread-safety: pure functions.
#pragma once

#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/select/cost_table.h"
#include "kernwise/select/pbqp.h"
#include "value_flow.h"

namespace kernwise::detail {

struct LayerPbqp {
  PbqpProblem problem;
  std::vector<int> node;  // of each layer
  std::vector<std::vector<int>>
      option;  // [layer][option of its node] -> index into the table's row
};

// The table must have passed check_cost_table; `flows` is trace_values(graph).
LayerPbqp build_layer_pbqp(const CostTable& table, const std::vector<ValueFlow>& flows);

// Sizes that match the graph and costs that are numbers of zero or more, else kInvalidInput; at
// least one option per layer, else kUnsupported naming all layers without.
Status check_cost_table(const LayerGraph& graph, const CostTable& table);

}  // namespace kernwise::detail
