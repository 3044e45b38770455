// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One node together with what is known of its inputs: what shape inference and lowering look at.
// Errors of the accessors say which input is at fault; the caller adds the node.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"

namespace kernwise::detail {

struct NodeView {
  const Node& node;
  int64_t opset = 0;
  std::vector<const InferredValue*> inputs;  // null where an optional input is left out

  bool has(std::size_t index) const { return index < inputs.size() && inputs[index] != nullptr; }
};

// Points into `values`, which must know every input by name.
NodeView make_view(const Node& node, int64_t opset, const InferredValues& values);

// Any tensor, computed or constant.
Result<const InferredValue*> any_input(const NodeView& view, std::size_t index);
// A float32 tensor with elements that the network computes.
Result<const InferredValue*> data_input(const NodeView& view, std::size_t index);
// The same of rank 3 or 4: images with one or two dimensions.
Result<const InferredValue*> image_input(const NodeView& view, std::size_t index);
// Float32 with elements, computed or constant.
Result<const InferredValue*> operand_input(const NodeView& view, std::size_t index);
// Whether every input is a constant.
bool all_constant(const NodeView& view);

// A float32 tensor known before the run.
Result<const ConstantTensor*> weight_input(const NodeView& view, std::size_t index);
// The same with exactly `count` elements in one dimension.
Result<const ConstantTensor*> vector_input(const NodeView& view, std::size_t index, int64_t count);
// One number known before the run; none if the input is left out.
Result<std::optional<float>> scalar_input(const NodeView& view, std::size_t index);
// Integers known before the run: a shape, axes.
Result<std::vector<int64_t>> ints_input(const NodeView& view, std::size_t index);

}  // namespace kernwise::detail
