// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Whether a graph that was read, not lowered, keeps the invariants of a LayerGraph
// (graph/layer_graph.h), and whether its tensors are as large as the plan's primitives take them to
// be: what the executor relies on without looking.
#pragma once

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/select/plan.h"

namespace kernwise::detail {

// Ids within bounds, values made once and before their uses, names unique, residuals that may be
// overwritten, as many inputs as the problem has. kInvalidInput with the layer's name.
Status check_graph(const LayerGraph& graph);
// The sizes of values under the planned layouts, and what a run would allocate for them.
Status check_sizes(const LayerGraph& graph, const Plan& plan, Bytes limit);

}  // namespace kernwise::detail
