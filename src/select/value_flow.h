// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Who makes and who reads each value of a layer graph, and in which layouts a reader wants it.
// Thread-safety: pure functions, plain values.
#pragma once

#include <cstdint>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/select/cost_table.h"

namespace kernwise::detail {

// Bit i stands for the layout of value i.
using LayoutSet = uint32_t;
inline LayoutSet set_of(Layout layout) { return LayoutSet{1} << static_cast<uint8_t>(layout); }
inline bool contains(LayoutSet set, Layout layout) { return (set & set_of(layout)) != 0; }

// One layer that reads a value; one entry however often it reads it.
struct ValueReader {
  int layer = 0;
  bool as_data = false;      // in the option's input layout
  bool as_residual = false;  // in the option's output layout

  LayoutSet layouts(const CostOption& option) const {
    return (as_data ? set_of(option.in) : 0) | (as_residual ? set_of(option.out) : 0);
  }
};

struct ValueFlow {
  int maker = -1;  // layer; -1: none
  bool graph_input = false;
  bool graph_output = false;
  std::vector<ValueReader> readers;  // ascending by layer

  int uses() const { return static_cast<int>(readers.size()) + (graph_output ? 1 : 0); }
};

// One entry per value. An id out of range, a value made twice, or one that is read but neither made
// nor a graph input: kInvalidInput.
Result<std::vector<ValueFlow>> trace_values(const LayerGraph& graph);

// Cost of having a value, made in one layout, in all layouts of a set as well.
double transforms_cost(const CostTable& table, ValueId value, Layout made, LayoutSet wanted);

}  // namespace kernwise::detail
