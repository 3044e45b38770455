// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The worker behind layer_builder.h: one layer for each node that computes something.
//
// A tensor of the network is a *view*: a value of the layer graph, perhaps under another shape.
// Operators that read flat memory (strided copies) take a view as it is; those that need four
// dimensions materialise it, which costs a reshape layer only if the value's own shape differs.
//
// Each take_ function turns one node into layers. An error of kind kUnsupported refuses the node.
// The functions lie in lower_image.cc, lower_elementwise.cc, lower_memory.cc and lower_matrix.cc.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kernwise/graph/layer_graph.h"
#include "node_view.h"

namespace kernwise::detail {

using Dims = std::vector<int64_t>;

class LayerBuilder {
 public:
  LayerBuilder(const Network& network, const InferredValues& inferred)
      : network_(network), inferred_(inferred) {}
  Result<LayerGraph> build();

 private:
  struct View {
    ValueId root = -1;
    Dims dims;
    std::string node;  // that gave it this shape
  };
  // One side of a binary operator: a tensor of the network or a constant.
  struct Operand {
    std::string name;  // of the tensor; its view
    const ConstantTensor* constant = nullptr;
    Dims dims;
  };

  // layer_builder.cc
  void make_value_names_unique();
  std::string unique_name(const std::string& wanted);
  Status take_inputs();
  Status take_node(const Node& node);
  Status take_output(const std::string& name);
  ValueId add_value(std::string name, const Dims& dims);
  // Appends a layer and returns its output value.
  Result<ValueId> emit(const std::string& node_name, Problem problem, std::vector<ValueId> inputs,
                       const std::string& output, const Dims& dims, LayerWeights weights = {});
  // The same for the node's first output.
  Status emit_node(const Node& node, Problem problem, std::vector<ValueId> inputs,
                   LayerWeights weights = {});
  // The tensor as a value of exactly this shape, or of its own dimensions' view.
  Result<ValueId> materialise(const std::string& name, const Shape4& shape);
  Result<ValueId> materialise(const std::string& name);
  void set_output(const Node& node, ValueId root, std::size_t index = 0);
  // A tensor under a name that no node of the network has, for steps inside one node.
  std::string name_view(const Node& node, ValueId root, Dims dims);
  const ConstantTensor& constant(const NodeView& view, std::size_t index) const {
    return *view.inputs[index]->constant;
  }
  const Shape4& shape(ValueId value) const {
    return graph_.values[static_cast<std::size_t>(value)].shape;
  }

  // lower_image.cc
  Status take_conv(const NodeView& view);
  Status take_deconv(const NodeView& view);
  Status take_pool(const NodeView& view);
  Status take_global_pool(const NodeView& view);
  Status take_batch_normalization(const NodeView& view);
  Status take_lrn(const NodeView& view);
  Status take_resize(const NodeView& view);

  // lower_elementwise.cc
  Status take_activation(const NodeView& view);
  Status take_elementwise(const NodeView& view);
  Status take_softmax(const NodeView& view);
  Result<ValueId> emit_binary(const Node& node, BinaryKind kind, const Operand& a, const Operand& b,
                              const std::string& output, const Dims& dims);
  // An operator with one constant as y = factor * x + shift per channel, where it is one.
  std::optional<LayerWeights> as_scale(BinaryKind kind, const ConstantTensor& constant,
                                       bool constant_first, const Dims& data) const;

  // lower_memory.cc
  Status take_concat(const NodeView& view);
  Status take_split(const NodeView& view);
  Status take_slice(const NodeView& view);
  Status take_transpose(const NodeView& view);
  Status take_pad(const NodeView& view);
  Status take_reduce_mean(const NodeView& view);
  // Part of a tensor: along each dimension `count` elements from `first` on, `step` apart.
  struct Range {
    int64_t first = 0, step = 1, count = 1;
  };
  Result<ValueId> emit_ranges(const Node& node, const std::string& input,
                              const std::vector<Range>& ranges, const std::string& output);
  // sizes and strides as in StridedProblem, in floats of the root; the root itself if nothing moves
  Result<ValueId> emit_strided(const Node& node, ValueId root, int64_t offset, const Dims& sizes,
                               const Dims& strides, const std::string& output, const Dims& dims);
  Result<std::string> transposed(const Node& node, const std::string& matrix);

  // lower_matrix.cc
  Status take_gemm(const NodeView& view);
  Status take_matmul(const NodeView& view);
  Result<ValueId> emit_matmul(const Node& node, const Operand& a, const Operand& b,
                              const std::string& output);
  Result<ValueId> emit_fully_connected(const Node& node, const std::string& input, int64_t rows,
                                       LayerWeights weights, int64_t oc, const std::string& output,
                                       const Dims& dims);

  Operand operand(const NodeView& view, std::size_t index) const;

  const Network& network_;
  const InferredValues& inferred_;
  LayerGraph graph_;
  std::map<std::string, View> views_;
  std::map<std::pair<ValueId, Shape4>, ValueId> reshaped_;
  std::set<std::string> names_;
  std::set<std::string> read_;  // tensors that a node reads or the network gives out
  std::map<std::string, int> name_counts_;
  std::vector<std::string> refusals_;
};

}  // namespace kernwise::detail
