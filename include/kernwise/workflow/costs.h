// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A cost table from what is known of the primitives, measured or predicted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernwise/graph/layer_graph.h"
#include "kernwise/primitives/primitive.h"
#include "kernwise/select/cost_table.h"
#include "kernwise/store/measurement.h"

namespace kernwise {

// What may be chosen. Recorded in the plan.
//  kFastest      every primitive
//  kOnednnAuto   every convolution by oneDNN's own pick for format `any`, every other layer and
//                transform by oneDNN's primitives where it has one: what a user of that library
//                gets without asking, run in the same executor
enum class Policy : uint8_t { kFastest, kOnednnAuto };
std::string_view to_string(Policy policy);  // "fastest", "onednn-auto"

// What one primitive costs for one problem.
struct KnownCost {
  std::string problem;  // canonical
  std::string primitive;
  int revision = 1;
  double time_s = 0;
  double low_s = 0, high_s = 0;
  int64_t workspace_bytes = 0;
  int64_t packed_bytes = 0;  // 0 where predicted: known once the weights are packed
  char grade = 'A';
  std::string provenance;  // "measured", "predicted", "roofline"
};

// The successful ones of `measurements`: combined repetitions (store.h), one per key, all for one
// device, thread count and protocol.
std::vector<KnownCost> known_costs(const std::vector<Measurement>& measurements);

// At most one cost for each problem and primitive. Costs graded F are used only where a problem has
// nothing better. Where the graph allows a view (graph/views.h), the fastest policy may take one,
// at no cost.
Result<CostTable> cost_table(const LayerGraph& graph, const std::vector<KnownCost>& costs,
                             Policy policy, const Execution& execution);

}  // namespace kernwise
