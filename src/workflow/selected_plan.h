// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// From a selection to what a plan says of it, and to the memory that its run takes.
#pragma once

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/primitives/primitive.h"
#include "kernwise/runtime/executor.h"
#include "kernwise/select/memory_front.h"
#include "kernwise/select/plan.h"

namespace kernwise::detail {

// Appends the layers and transforms that were selected.
void add_choices(const LayerGraph& graph, const CostTable& table, const Selection& selection,
                 Plan& plan);

// As Executor::memory() will say. The options chosen must have their packed bytes.
Result<MemoryUse> memory_of(const LayerGraph& graph, const CostTable& table,
                            const Selection& selection, const Plan& plan);

// As Executor::steps() will say.
Result<std::vector<StepInfo>> steps_of(const LayerGraph& graph, const CostTable& table,
                                       const Selection& selection, const Plan& plan);

// A prediction says nothing of the memory that packed weights take: such options (those of
// `selection` only, if it is given) are packed, with zeros for values.
Status fill_packed_bytes(const LayerGraph& graph, const Execution& execution, CostTable& table,
                         const Selection* selection = nullptr);

// Peaks as the runtime allocates. Graph and table must outlive it; options have their packed bytes.
MemoryModel memory_model(const LayerGraph& graph, const CostTable& table);

}  // namespace kernwise::detail
