// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The order of a plan's steps and the place of every tensor. A *copy* is one value in one layout;
// layers and transforms read copies and write copies. A layer with a residual writes onto the copy
// that holds it, so both are one tensor in memory, and so does a layer whose primitive may work in
// place onto a first input that nobody needs after it. A transform between layouts whose bytes are
// the same makes no copy either, and neither does a concatenation or reshape that was planned as a
// view: the tensors it reads lie inside the one it makes.
#pragma once

#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/runtime/memory_plan.h"
#include "kernwise/select/plan.h"

namespace kernwise {

struct Step {
  int layer = -1;           // index into graph.layers, or -1: a transform
  int transform = -1;       // index into plan.transforms
  ValueId value = -1;       // what a transform reads and writes, in two layouts
  std::vector<int> inputs;  // tensors
  int output = -1;          // tensor
};

struct Place {
  int whole = -1;      // the tensor that it lies in, which lies in no other; -1: a place of its own
  int64_t offset = 0;  // bytes from that tensor's begin
};

struct Schedule {
  std::vector<Step> steps;
  std::vector<TensorLifetime> tensors;  // what lies in another tensor takes 0 bytes
  std::vector<Place> places;            // per tensor
  std::vector<int> graph_inputs;        // tensors, in nchw; alive throughout
  std::vector<int> graph_outputs;       // tensors, in nchw; alive to the end and over runs
};

// Transforms run right after the value they read has been made. A layer whose input lies in a
// layout that neither the producer nor a transform provides makes the plan invalid.
Result<Schedule> make_schedule(const LayerGraph& graph, const Plan& plan);

}  // namespace kernwise
