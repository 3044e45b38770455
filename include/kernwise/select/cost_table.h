// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The waist between knowing costs and choosing: for each layer its admissible primitives with time,
// workspace and layouts, for each value the cost of every layout transform. Measured, predicted and
// hand-written tables look the same; the solver cannot tell.
//
// Sequential execution is assumed: a plan's time is the sum of its layers' and transforms' times.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/layout.h"

namespace kernwise {

struct CostOption {
  std::string primitive;
  Layout in = Layout::kNchw, out = Layout::kNchw;
  double time_s = 0;
  double low_s = 0, high_s = 0;  // interval of the time: 95 % of a median, 90 % of a prediction
  int64_t workspace_bytes = 0;
  int64_t packed_bytes = 0;
  char grade = 'A';
  std::string provenance;  // "measured", "predicted", "roofline", "given"; "view": no work
};

struct TransformCost {
  std::string primitive;  // which transform primitive; "" = none needed, the bytes are the same
  double time_s = 0;
  int64_t workspace_bytes = 0;
  double low_s = 0, high_s = 0;
  std::string provenance = {};  // as of a CostOption; "" where nothing is to be done
};

struct CostTable {
  // One row per layer of the graph, same order.
  std::vector<std::vector<CostOption>> layers;
  // Per value: transforms[value][{from, to}]; absent = impossible. from == to is always free.
  std::vector<std::map<std::pair<Layout, Layout>, TransformCost>> transforms;
  Layout input_layout = Layout::kNchw;   // in which graph inputs arrive
  Layout output_layout = Layout::kNchw;  // in which graph outputs are wanted
};

// Where the layout of a value must change: after it is made (or arrives), before its uses. A value
// used by several layers in the same layout is transformed once.
struct SelectedTransform {
  ValueId value = -1;
  Layout from = Layout::kNchw, to = Layout::kNchw;
  std::string primitive;
  double time_s = 0;
};

struct Selection {
  std::vector<int> option;                    // per layer, index into table.layers[layer]
  std::vector<SelectedTransform> transforms;  // in order of value
  double total_s = 0;
  double transforms_s = 0;
  bool optimal = false;
  double gap_ratio = 0;  // (total - lower bound) / total; 0 when optimal
  double solve_s = 0;
  int pbqp_nodes = 0, pbqp_edges = 0;
  int64_t branches = 0;
};

// Exact for time. A residual is read in the layer's output layout. A value with several uses is one
// extra PBQP node whose options are (layout made, set of layouts kept), so that a transform shared
// by two uses is counted once. Stops with a stated gap only on networks far beyond the known ones.
// A layer without any option, or a use that no transform leads to: kUnsupported, naming all such. A
// table that does not match the graph, or a time that is no number >= 0: kInvalidInput.
Result<Selection> select_primitives(const LayerGraph& graph, const CostTable& table);

// Sum of a given choice's costs, transforms included, with the same sharing rule; kForbidden
// (pbqp.h: infinity) if a transform is impossible. `option` as in Selection, every index valid.
double selection_cost(const LayerGraph& graph, const CostTable& table,
                      const std::vector<int>& option);

// The selection that has these options; kUnsupported if a transform is impossible. `option` as in
// Selection, every index valid.
Result<Selection> selection_of(const LayerGraph& graph, const CostTable& table,
                               std::vector<int> option);

}  // namespace kernwise
