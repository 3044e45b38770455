// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "layer_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "attributes.h"
#include "describe.h"
#include "node_view.h"
#include "operator_rules.h"
#include "window.h"

namespace kernwise::detail {
namespace {

// A tensor of the network: a value of the layer graph, perhaps seen under another shape.
struct View {
  ValueId root = -1;
  std::vector<int64_t> dims;
  std::string node;  // that gave it this shape
};

bool representable(const std::vector<int64_t>& dims) {
  return dims.size() == 2 || dims.size() == 4;
}

Shape4 shape_of(const std::vector<int64_t>& dims) {
  if (dims.size() == 2) return {dims[0], dims[1], 1, 1};
  return {dims[0], dims[1], dims[2], dims[3]};
}

std::vector<int64_t> dims_of(const Shape4& shape) {
  if (shape.h == 1 && shape.w == 1) return {shape.n, shape.c};
  return {shape.n, shape.c, shape.h, shape.w};
}

class LayerBuilder {
 public:
  LayerBuilder(const Network& network, const InferredValues& inferred)
      : network_(network), inferred_(inferred) {}

  Result<LayerGraph> build() {
    KERNWISE_TRY(take_inputs());
    for (const Node& node : network_.nodes) {
      Status status = take_node(node);
      if (status.ok()) continue;
      if (status.error().code != ErrorCode::kUnsupported) {
        return std::move(status).error().within(describe_node(node));
      }
      refusals_.push_back(describe_refusal(node, status.error().message));
      // A stand-in, so that the nodes after this one are looked at too.
      const std::string& output = node.outputs[0];
      set_output(node, add_value(output, inferred_.at(output).dims));
    }
    if (!refusals_.empty()) return refused_nodes(refusals_);
    for (const std::string& name : network_.outputs) KERNWISE_TRY(take_output(name));
    make_value_names_unique();
    graph_.content_hash = network_.content_hash;
    return std::move(graph_);
  }

 private:
  // Plans refer to values by name. A value that lowering puts beside a node's own (a reshape around
  // a softmax) starts with the name of its neighbour; inputs and outputs keep theirs.
  void make_value_names_unique() {
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

  ValueId add_value(std::string name, const std::vector<int64_t>& dims) {
    graph_.values.push_back({std::move(name), shape_of(dims), static_cast<int>(dims.size())});
    return static_cast<ValueId>(graph_.values.size()) - 1;
  }

  Status take_inputs() {
    std::set<std::string> used(network_.outputs.begin(), network_.outputs.end());
    for (const Node& node : network_.nodes) used.insert(node.inputs.begin(), node.inputs.end());
    for (const ValueShape& input : network_.inputs) {
      if (!used.contains(input.name)) continue;
      if (!representable(input.dims)) {
        return unsupported(fmt::format("input '{}' has shape {}; only rank 2 and 4 are computed",
                                       input.name, describe_dims(input.dims)));
      }
      const ValueId value = add_value(input.name, input.dims);
      graph_.inputs.push_back(value);
      views_[input.name] = {value, input.dims, {}};
    }
    return Ok{};
  }

  std::string unique_name(const std::string& wanted) {
    std::string name = wanted;
    // The count goes on where it stood, so that many equal names do not take quadratic time.
    for (int& count = name_counts_[wanted]; !names_.insert(name).second;) {
      name = fmt::format("{}_{}", wanted, ++count + 1);
    }
    return name;
  }

  // Appends a layer and returns its output value.
  Result<ValueId> emit(const std::string& node_name, Problem problem, std::vector<ValueId> inputs,
                       const std::string& output, const std::vector<int64_t>& dims,
                       LayerWeights weights = {}) {
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

  // The tensor as a value of exactly this shape.
  Result<ValueId> materialise(const std::string& name, const Shape4& shape) {
    const View& view = views_.at(name);
    const Shape4& from = graph_.values[static_cast<std::size_t>(view.root)].shape;
    if (from == shape) return view.root;
    const auto key = std::pair(view.root, shape);
    if (const auto found = reshaped_.find(key); found != reshaped_.end()) return found->second;
    KERNWISE_ASSIGN(const ValueId value,
                    emit(view.node.empty() ? name : view.node, {ReshapeProblem{from, shape}, {}},
                         {view.root}, name, dims_of(shape)));
    reshaped_.emplace(key, value);
    return value;
  }

  Result<ValueId> materialise(const std::string& name) {
    return materialise(name, shape_of(views_.at(name).dims));
  }

  const ConstantTensor& constant(const NodeView& view, std::size_t index) const {
    return *view.inputs[index]->constant;
  }

  void set_output(const Node& node, ValueId root) {
    views_[node.outputs[0]] = {root, inferred_.at(node.outputs[0]).dims, node.name};
  }

  // A layer with the node's output as its own.
  Status emit_node(const Node& node, Problem problem, std::vector<ValueId> inputs,
                   LayerWeights weights = {}) {
    const std::string& output = node.outputs[0];
    KERNWISE_ASSIGN(const ValueId value,
                    emit(node.name, std::move(problem), std::move(inputs), output,
                         inferred_.at(output).dims, std::move(weights)));
    set_output(node, value);
    return Ok{};
  }

  Status take_node(const Node& node) {
    if (inferred_.at(node.outputs[0]).constant) return Ok{};
    const NodeView view = make_view(node, network_.opset, inferred_);
    const std::string& op = node.op_type;
    if (op == "Conv") return take_conv(view);
    if (op == "MaxPool" || op == "AveragePool") return take_pool(view);
    if (op == "GlobalAveragePool" || op == "GlobalMaxPool") return take_global_pool(view);
    if (op == "BatchNormalization") return take_batch_normalization(view);
    if (op == "LRN") return take_lrn(view);
    if (op == "Relu" || op == "Clip") return take_activation(view);
    if (op == "Add" || op == "Sum" || op == "Mul") return take_elementwise(view);
    if (op == "Concat") return take_concat(view);
    if (op == "Softmax") return take_softmax(view);
    if (op == "Gemm" || op == "MatMul") return take_matrix_product(view);
    // What is left of the rules gives its first input under another shape, or the same.
    const ValueId root = views_.at(node.inputs[0]).root;
    set_output(node, root);
    return Ok{};
  }

  Status take_conv(const NodeView& view) {
    const Node& node = view.node;
    KERNWISE_ASSIGN(const ValueId input, materialise(node.inputs[0]));
    const Shape4 x = graph_.values[static_cast<std::size_t>(input)].shape;
    LayerWeights weights;
    weights.weight = constant(view, 1);
    const std::vector<int64_t>& w = weights.weight.dims();
    KERNWISE_ASSIGN(const Window window, conv_window(node, x.h, x.w, w[2], w[3]));
    KERNWISE_ASSIGN(const int64_t groups, int_attribute(node, "group", 1));
    Problem problem;
    problem.op = ConvProblem{.n = x.n,
                             .ic = x.c,
                             .ih = x.h,
                             .iw = x.w,
                             .oc = w[0],
                             .kh = w[2],
                             .kw = w[3],
                             .sh = window.h.stride,
                             .sw = window.w.stride,
                             .pt = window.h.begin,
                             .pb = window.h.end,
                             .pl = window.w.begin,
                             .pr = window.w.end,
                             .dh = window.h.dilation,
                             .dw = window.w.dilation,
                             .g = groups};
    if (view.has(2)) {
      weights.bias = constant(view, 2);
      problem.post_ops.bias = true;
    }
    return emit_node(node, std::move(problem), {input}, std::move(weights));
  }

  Status take_pool(const NodeView& view) {
    KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
    const Shape4 x = graph_.values[static_cast<std::size_t>(input)].shape;
    KERNWISE_ASSIGN(const Window window, pool_window(view.node, x.h, x.w));
    KERNWISE_ASSIGN(const PoolKind kind, pool_kind(view.node, window));
    const PoolProblem pool{.kind = kind,
                           .n = x.n,
                           .c = x.c,
                           .ih = x.h,
                           .iw = x.w,
                           .kh = window.h.kernel,
                           .kw = window.w.kernel,
                           .sh = window.h.stride,
                           .sw = window.w.stride,
                           .pt = window.h.begin,
                           .pb = window.h.end,
                           .pl = window.w.begin,
                           .pr = window.w.end};
    return emit_node(view.node, {pool, {}}, {input});
  }

  Status take_global_pool(const NodeView& view) {
    KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
    const Shape4 x = graph_.values[static_cast<std::size_t>(input)].shape;
    KERNWISE_ASSIGN(const PoolKind kind, pool_kind(view.node, {}));
    const PoolProblem pool{
        .kind = kind, .n = x.n, .c = x.c, .ih = x.h, .iw = x.w, .kh = x.h, .kw = x.w};
    return emit_node(view.node, {pool, {}}, {input});
  }

  Status take_batch_normalization(const NodeView& view) {
    KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
    LayerWeights weights;
    LayerWeights::BatchNorm norm{constant(view, 1), constant(view, 2), constant(view, 3),
                                 constant(view, 4), 1e-5F};
    KERNWISE_ASSIGN(norm.epsilon, float_attribute(view.node, "epsilon", 1e-5F));
    weights.batch_norm = std::move(norm);
    return emit_node(view.node, {ScaleProblem{shape(input)}, {}}, {input}, std::move(weights));
  }

  Status take_lrn(const NodeView& view) {
    KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
    LrnProblem lrn{.shape = shape(input)};
    KERNWISE_ASSIGN(lrn.size, int_attribute(view.node, "size", 1));
    KERNWISE_ASSIGN(lrn.alpha, float_attribute(view.node, "alpha", 1e-4F));
    KERNWISE_ASSIGN(lrn.beta, float_attribute(view.node, "beta", 0.75F));
    KERNWISE_ASSIGN(lrn.k, float_attribute(view.node, "bias", 1));
    return emit_node(view.node, {lrn, {}}, {input});
  }

  Status take_activation(const NodeView& view) {
    KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
    Problem problem{EltwiseProblem{shape(input)}, {}};
    KERNWISE_ASSIGN(problem.post_ops.activation, activation_of(view));
    return emit_node(view.node, std::move(problem), {input});
  }

  Status take_elementwise(const NodeView& view) {
    const Node& node = view.node;
    KERNWISE_ASSIGN(const ElementwiseOperands operands, elementwise_operands(view));
    KERNWISE_ASSIGN(ValueId left, materialise(node.inputs[operands.data[0]]));
    const BinaryKind kind = node.op_type == "Mul" ? BinaryKind::kMul : BinaryKind::kAdd;
    if (operands.constant) {
      LayerWeights weights;
      const ConstantTensor& factor = constant(view, *operands.constant);
      if (kind == BinaryKind::kMul) weights.weight = factor;
      if (kind == BinaryKind::kAdd) weights.bias = factor;
      return emit_node(node, {ScaleProblem{shape(left)}, {}}, {left}, std::move(weights));
    }
    if (operands.data.size() == 1) {
      set_output(node, left);
      return Ok{};
    }
    const Problem problem{BinaryProblem{kind, shape(left)}, {}};
    for (std::size_t i = 1; i + 1 < operands.data.size(); ++i) {
      KERNWISE_ASSIGN(const ValueId right, materialise(node.inputs[operands.data[i]]));
      KERNWISE_ASSIGN(left, emit(node.name, problem, {left, right},
                                 fmt::format("{}:partial{}", node.outputs[0], i),
                                 inferred_.at(node.outputs[0]).dims));
    }
    KERNWISE_ASSIGN(const ValueId last, materialise(node.inputs[operands.data.back()]));
    return emit_node(node, problem, {left, last});
  }

  Status take_concat(const NodeView& view) {
    std::vector<ValueId> inputs;
    ConcatProblem concat;
    for (const std::string& name : view.node.inputs) {
      KERNWISE_ASSIGN(inputs.emplace_back(), materialise(name));
      const Shape4 x = shape(inputs.back());
      concat.n = x.n;
      concat.h = x.h;
      concat.w = x.w;
      concat.channels.push_back(x.c);
    }
    if (inputs.size() > 1) return emit_node(view.node, {std::move(concat), {}}, std::move(inputs));
    set_output(view.node, inputs.front());
    return Ok{};
  }

  Status take_softmax(const NodeView& view) {
    const Node& node = view.node;
    KERNWISE_ASSIGN(const SoftmaxAxis axis, softmax_axis(view));
    const Shape4 given = shape_of(views_.at(node.inputs[0]).dims);
    const bool over_channels = given.n == axis.before && given.c == axis.count;
    const Shape4 needed = over_channels ? given : Shape4{axis.before, axis.count, axis.after, 1};
    KERNWISE_ASSIGN(const ValueId input, materialise(node.inputs[0], needed));
    KERNWISE_ASSIGN(const ValueId output,
                    emit(node.name, {SoftmaxProblem{needed}, {}}, {input}, node.outputs[0],
                         over_channels ? inferred_.at(node.outputs[0]).dims : dims_of(needed)));
    set_output(node, output);
    return Ok{};
  }

  Status take_matrix_product(const NodeView& view) {
    const Node& node = view.node;
    KERNWISE_ASSIGN(const MatrixProduct product, matrix_product(view));
    ValueId input = views_.at(node.inputs[0]).root;
    if (shape(input).n != product.n) {
      KERNWISE_ASSIGN(input, materialise(node.inputs[0]));
    }
    const Shape4 x = shape(input);
    LayerWeights weights;
    weights.weight = *product.weight;
    weights.fc_transposed = product.transposed;
    weights.fc_alpha = product.alpha;
    weights.fc_beta = product.beta;
    Problem problem{FcProblem{.n = x.n, .ic = x.c, .ih = x.h, .iw = x.w, .oc = product.oc}, {}};
    if (product.bias != nullptr) {
      weights.bias = *product.bias;
      problem.post_ops.bias = true;
    }
    return emit_node(node, std::move(problem), {input}, std::move(weights));
  }

  const Shape4& shape(ValueId value) const {
    return graph_.values[static_cast<std::size_t>(value)].shape;
  }

  Status take_output(const std::string& name) {
    if (inferred_.at(name).constant) {
      return unsupported(fmt::format("output '{}' is a constant; there is nothing to run", name));
    }
    const View view = views_.at(name);
    if (!representable(view.dims)) {
      return unsupported(fmt::format("output '{}' has shape {}; only rank 2 and 4 are computed",
                                     name, describe_dims(view.dims)));
    }
    const auto is_input = [&](ValueId value) {
      return std::find(graph_.inputs.begin(), graph_.inputs.end(), value) != graph_.inputs.end();
    };
    if (is_input(view.root) && shape(view.root) == shape_of(view.dims)) {
      return unsupported(
          fmt::format("output '{}' is the input '{}' itself; there is nothing to run", name,
                      graph_.values[static_cast<std::size_t>(view.root)].name));
    }
    KERNWISE_ASSIGN(ValueId value, materialise(name));
    if (std::find(graph_.outputs.begin(), graph_.outputs.end(), value) != graph_.outputs.end()) {
      // One value under two names: every output gets a value of its own.
      const Shape4 same = shape(value);
      KERNWISE_ASSIGN(value,
                      emit(view.node, {ReshapeProblem{same, same}, {}}, {value}, name, view.dims));
    }
    graph_.values[static_cast<std::size_t>(value)].name = name;
    graph_.values[static_cast<std::size_t>(value)].rank = static_cast<int>(view.dims.size());
    graph_.outputs.push_back(value);
    return Ok{};
  }

  const Network& network_;
  const InferredValues& inferred_;
  LayerGraph graph_;
  std::map<std::string, View> views_;
  std::map<std::pair<ValueId, Shape4>, ValueId> reshaped_;
  std::set<std::string> names_;
  std::map<std::string, int> name_counts_;
  std::vector<std::string> refusals_;
};

}  // namespace

Result<LayerGraph> build_layers(const Network& network, const InferredValues& values) {
  return LayerBuilder(network, values).build();
}

}  // namespace kernwise::detail
