// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "layer_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "describe.h"
#include "lowering.h"

namespace kernwise {

namespace detail {
namespace {

Dims dims_of(const Shape4& shape) { return {shape.n, shape.c, shape.h, shape.w}; }

}  // namespace

Result<LayerGraph> LayerBuilder::build() {
  read_.insert(network_.outputs.begin(), network_.outputs.end());
  for (const Node& node : network_.nodes) read_.insert(node.inputs.begin(), node.inputs.end());
  KERNWISE_TRY(take_inputs());
  for (const Node& node : network_.nodes) {
    Status status = take_node(node);
    if (status.ok()) continue;
    if (status.error().code != ErrorCode::kUnsupported) {
      return std::move(status).error().within(describe_node(node));
    }
    refusals_.push_back(describe_refusal(node, status.error().message));
    // Stand-ins, so that the nodes after this one are looked at too.
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const auto known = inferred_.find(node.outputs[i]);
      if (known == inferred_.end() || views_.contains(node.outputs[i])) continue;
      set_output(node, add_value(node.outputs[i], known->second.dims), i);
    }
  }
  if (!refusals_.empty()) return refused_nodes(refusals_);
  for (const std::string& name : network_.outputs) KERNWISE_TRY(take_output(name));
  make_value_names_unique();
  graph_.content_hash = network_.content_hash;
  return std::move(graph_);
}

// Plans refer to values by name. A value that lowering puts beside a node's own (a reshape around
// a softmax) starts with the name of its neighbour; inputs and outputs keep theirs.
void LayerBuilder::make_value_names_unique() {
  std::vector<bool> fixed(graph_.values.size(), false);
  std::set<std::string> taken;
  const auto fix = [&](ValueId value) {
    const auto id = static_cast<std::size_t>(value);
    if (!fixed[id]) fixed[id] = taken.insert(graph_.values[id].name).second;
  };
  for (const ValueId output : graph_.outputs) fix(output);
  for (const ValueId input : graph_.inputs) fix(input);
  std::map<std::string, int> counts;  // go on where they stood: equal names are many in bad files
  for (std::size_t id = 0; id < graph_.values.size(); ++id) {
    if (fixed[id]) continue;
    const std::string wanted = graph_.values[id].name;
    std::string& name = graph_.values[id].name;
    for (int& count = counts[wanted]; !taken.insert(name).second;) {
      name = fmt::format("{}_{}", wanted, ++count + 1);
    }
  }
}

ValueId LayerBuilder::add_value(std::string name, const Dims& dims) {
  graph_.values.push_back({std::move(name), view_of(dims), dims});
  return static_cast<ValueId>(graph_.values.size()) - 1;
}

Status LayerBuilder::take_inputs() {
  for (const ValueShape& input : network_.inputs) {
    if (!read_.contains(input.name)) continue;
    const ValueId value = add_value(input.name, input.dims);
    graph_.inputs.push_back(value);
    views_[input.name] = {value, input.dims, {}};
  }
  return Ok{};
}

std::string LayerBuilder::unique_name(const std::string& wanted) {
  std::string name = wanted;
  // The count goes on where it stood, so that many equal names do not take quadratic time.
  for (int& count = name_counts_[wanted]; !names_.insert(name).second;) {
    name = fmt::format("{}_{}", wanted, ++count + 1);
  }
  return name;
}

Result<ValueId> LayerBuilder::emit(const std::string& node_name, Problem problem,
                                   std::vector<ValueId> inputs, const std::string& output,
                                   const Dims& dims, LayerWeights weights) {
  const Status valid = validate(problem);
  if (!valid.ok()) return unsupported(valid.error().message);
  Layer layer;
  layer.name = unique_name(node_name);
  layer.problem = std::move(problem);
  layer.inputs = std::move(inputs);
  layer.output = add_value(output, dims);
  layer.weights = std::move(weights);
  layer.nodes = {node_name};
  graph_.layers.push_back(std::move(layer));
  return graph_.layers.back().output;
}

Result<ValueId> LayerBuilder::materialise(const std::string& name, const Shape4& wanted) {
  const View& view = views_.at(name);
  const Shape4& from = shape(view.root);
  if (from == wanted) return view.root;
  const auto key = std::pair(view.root, wanted);
  if (const auto found = reshaped_.find(key); found != reshaped_.end()) return found->second;
  KERNWISE_ASSIGN(
      const ValueId value,
      emit(view.node.empty() ? name : view.node, {ReshapeProblem{from, wanted}, {}}, {view.root},
           name, view_of(view.dims) == wanted ? view.dims : dims_of(wanted)));
  reshaped_.emplace(key, value);
  return value;
}

Result<ValueId> LayerBuilder::materialise(const std::string& name) {
  return materialise(name, view_of(views_.at(name).dims));
}

void LayerBuilder::set_output(const Node& node, ValueId root, std::size_t index) {
  const std::string& name = node.outputs[index];
  views_[name] = {root, inferred_.at(name).dims, node.name};
}

std::string LayerBuilder::name_view(const Node& node, ValueId root, Dims dims) {
  // Names from files hold no control characters, so this one is new.
  std::string name = fmt::format("{}\n{}", node.outputs[0], views_.size());
  views_[name] = {root, std::move(dims), node.name};
  return name;
}

LayerBuilder::Operand LayerBuilder::operand(const NodeView& view, std::size_t index) const {
  const InferredValue& value = *view.inputs[index];
  return {view.node.inputs[index], value.constant ? &*value.constant : nullptr, value.dims};
}

Status LayerBuilder::emit_node(const Node& node, Problem problem, std::vector<ValueId> inputs,
                               LayerWeights weights) {
  const std::string& output = node.outputs[0];
  KERNWISE_ASSIGN(const ValueId value, emit(node.name, std::move(problem), std::move(inputs),
                                            output, inferred_.at(output).dims, std::move(weights)));
  set_output(node, value);
  return Ok{};
}

Status LayerBuilder::take_node(const Node& node) {
  if (inferred_.at(node.outputs[0]).constant) return Ok{};
  const NodeView view = make_view(node, network_.opset, inferred_);
  using Take = Status (LayerBuilder::*)(const NodeView&);
  static const std::map<std::string, Take> kTakes = {
      {"Add", &LayerBuilder::take_elementwise},
      {"AveragePool", &LayerBuilder::take_pool},
      {"BatchNormalization", &LayerBuilder::take_batch_normalization},
      {"Clip", &LayerBuilder::take_activation},
      {"Concat", &LayerBuilder::take_concat},
      {"Conv", &LayerBuilder::take_conv},
      {"ConvTranspose", &LayerBuilder::take_deconv},
      {"Div", &LayerBuilder::take_elementwise},
      {"Gemm", &LayerBuilder::take_gemm},
      {"GlobalAveragePool", &LayerBuilder::take_global_pool},
      {"GlobalMaxPool", &LayerBuilder::take_global_pool},
      {"HardSigmoid", &LayerBuilder::take_activation},
      {"HardSwish", &LayerBuilder::take_activation},
      {"LRN", &LayerBuilder::take_lrn},
      {"LeakyRelu", &LayerBuilder::take_activation},
      {"MatMul", &LayerBuilder::take_matmul},
      {"MaxPool", &LayerBuilder::take_pool},
      {"Mul", &LayerBuilder::take_elementwise},
      {"PRelu", &LayerBuilder::take_elementwise},
      {"Pad", &LayerBuilder::take_pad},
      {"ReduceMean", &LayerBuilder::take_reduce_mean},
      {"Relu", &LayerBuilder::take_activation},
      {"Resize", &LayerBuilder::take_resize},
      {"Sigmoid", &LayerBuilder::take_activation},
      {"Slice", &LayerBuilder::take_slice},
      {"Softmax", &LayerBuilder::take_softmax},
      {"Split", &LayerBuilder::take_split},
      {"Sub", &LayerBuilder::take_elementwise},
      {"Sum", &LayerBuilder::take_elementwise},
      {"Tanh", &LayerBuilder::take_activation},
      {"Transpose", &LayerBuilder::take_transpose},
  };
  if (const auto take = kTakes.find(node.op_type); take != kTakes.end()) {
    return (this->*take->second)(view);
  }
  // What is left of the rules gives its first input under another shape, or the same.
  set_output(node, views_.at(node.inputs[0]).root);
  return Ok{};
}

Status LayerBuilder::take_output(const std::string& name) {
  if (inferred_.at(name).constant) {
    return unsupported(fmt::format("output '{}' is a constant; there is nothing to run", name));
  }
  const View view = views_.at(name);
  const auto taken = [](const std::vector<ValueId>& values, ValueId value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  };
  KERNWISE_ASSIGN(ValueId value, materialise(name));
  if (taken(graph_.inputs, value) || taken(graph_.outputs, value)) {
    // One value under two names: every output gets a value of its own.
    const Shape4 same = shape(value);
    KERNWISE_ASSIGN(value, emit(view.node.empty() ? name : view.node,
                                {ReshapeProblem{same, same}, {}}, {value}, name, view.dims));
  }
  graph_.values[static_cast<std::size_t>(value)].name = name;
  graph_.values[static_cast<std::size_t>(value)].dims = view.dims;
  graph_.outputs.push_back(value);
  return Ok{};
}

Result<LayerGraph> build_layers(const Network& network, const InferredValues& values) {
  return LayerBuilder(network, values).build();
}

}  // namespace detail
}  // namespace kernwise
