// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Layers of activations, of operators on two tensors, and softmax.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "describe.h"
#include "lowering.h"
#include "operator_rules.h"

namespace kernwise::detail {
namespace {

Dims aligned(const Dims& dims, std::size_t rank) {
  Dims result(rank - dims.size(), 1);
  result.insert(result.end(), dims.begin(), dims.end());
  return result;
}

// Whether an operand of these dimensions repeats along none or all of the dimensions that the view
// of `dims` joins into one.
bool fits_view(const Dims& operand, const Dims& dims) {
  if (dims.size() <= 4) return true;
  const Dims tail(operand.begin() + 3, operand.end()), whole(dims.begin() + 3, dims.end());
  return tail == whole || std::all_of(tail.begin(), tail.end(), [](int64_t d) { return d == 1; });
}

// Two operands of one rank as four dimensions each, neighbours joined that repeat alike.
struct JoinedShapes {
  Shape4 a, b;
};
Result<JoinedShapes> join_shapes(const Dims& a, const Dims& b) {
  Dims left, right;
  int last = -1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == 1 && b[i] == 1) continue;
    const int pattern = a[i] == b[i] ? 0 : a[i] == 1 ? 1 : 2;
    if (pattern == last) {
      left.back() *= a[i];
      right.back() *= b[i];
    } else {
      left.push_back(a[i]);
      right.push_back(b[i]);
    }
    last = pattern;
  }
  if (left.size() > 4) {
    return unsupported(fmt::format("broadcasting {} with {}", describe_dims(a), describe_dims(b)));
  }
  return JoinedShapes{view_of(aligned(left, 4)), view_of(aligned(right, 4))};
}

// A number per channel, as the scale layer wants it.
std::vector<float> numbers(const ConstantTensor& constant) { return constant.to_floats(); }

ConstantTensor mapped(const ConstantTensor& constant, float (*function)(float)) {
  std::vector<float> values = numbers(constant);
  std::transform(values.begin(), values.end(), values.begin(), function);
  const auto count = static_cast<int64_t>(values.size());
  return ConstantTensor::floats({count}, std::move(values));
}

}  // namespace

Status LayerBuilder::take_activation(const NodeView& view) {
  KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
  Problem problem{EltwiseProblem{shape(input)}, {}};
  KERNWISE_ASSIGN(problem.post_ops.activation, activation_of(view));
  return emit_node(view.node, std::move(problem), {input});
}

std::optional<LayerWeights> LayerBuilder::as_scale(BinaryKind kind, const ConstantTensor& constant,
                                                   bool constant_first, const Dims& data) const {
  // Aligned at the last dimension, everything but the channels must be 1.
  if (constant.dims().size() > data.size()) return std::nullopt;
  const std::size_t missing = data.size() - constant.dims().size();
  const std::size_t channel = data.size() > 1 ? 1 : 0;
  for (std::size_t i = 0; i < constant.dims().size(); ++i) {
    const int64_t size = constant.dims()[i];
    if (size != 1 && !(i + missing == channel && size == data[channel])) return std::nullopt;
  }
  LayerWeights weights;
  switch (kind) {
    case BinaryKind::kAdd: weights.bias = constant; return weights;
    case BinaryKind::kMul: weights.weight = constant; return weights;
    case BinaryKind::kSub:
      if (constant_first) {
        weights.weight = ConstantTensor::floats({1}, {-1});
        weights.bias = constant;
      } else {
        weights.bias = mapped(constant, [](float x) { return -x; });
      }
      return weights;
    case BinaryKind::kDiv:
      if (constant_first) return std::nullopt;
      weights.weight = mapped(constant, [](float x) { return 1 / x; });
      return weights;
    case BinaryKind::kPrelu: break;
  }
  return std::nullopt;
}

Result<ValueId> LayerBuilder::emit_binary(const Node& node, BinaryKind kind, const Operand& a,
                                          const Operand& b, const std::string& output,
                                          const Dims& dims) {
  const bool first = a.constant != nullptr, second = b.constant != nullptr;
  if (first || second) {
    const ConstantTensor& number = first ? *a.constant : *b.constant;
    const Operand& data = first ? b : a;
    if (kind == BinaryKind::kPrelu && second && number.elements() == 1) {
      KERNWISE_ASSIGN(const ValueId input, materialise(data.name));
      const Activation leaky{ActivationKind::kLeakyRelu, number.to_floats().front(), 0};
      return emit(node.name, {EltwiseProblem{shape(input)}, {.activation = leaky}}, {input}, output,
                  dims);
    }
    std::optional<LayerWeights> scale = as_scale(kind, number, first, data.dims);
    if (data.dims == dims && scale) {
      KERNWISE_ASSIGN(const ValueId input, materialise(data.name));
      return emit(node.name, {ScaleProblem{shape(input)}, {}}, {input}, output, dims,
                  *std::move(scale));
    }
  } else if (a.dims == b.dims) {
    KERNWISE_ASSIGN(const ValueId left, materialise(a.name));
    KERNWISE_ASSIGN(const ValueId right, materialise(b.name));
    return emit(node.name, {BinaryProblem{kind, shape(left)}, {}}, {left, right}, output, dims);
  }
  const Dims left = aligned(a.dims, dims.size()), right = aligned(b.dims, dims.size());
  JoinedShapes shapes{view_of(left), view_of(right)};
  if (!fits_view(left, dims) || !fits_view(right, dims)) {
    KERNWISE_ASSIGN(shapes, join_shapes(left, right));
  }
  BroadcastProblem broadcast{.kind = kind, .a = shapes.a, .b = shapes.b};
  LayerWeights weights;
  std::vector<ValueId> inputs;
  if (first) {
    broadcast.constant = ConstantOperand::kFirst;
    weights.weight = *a.constant;
  } else {
    KERNWISE_ASSIGN(inputs.emplace_back(), materialise(a.name, shapes.a));
  }
  if (second) {
    broadcast.constant = ConstantOperand::kSecond;
    weights.weight = *b.constant;
  } else {
    KERNWISE_ASSIGN(inputs.emplace_back(), materialise(b.name, shapes.b));
  }
  const Problem problem{broadcast, {}};
  const Shape4 made = output_shape(problem);
  return emit(node.name, problem, std::move(inputs), output,
              made == view_of(dims) ? dims : Dims{made.n, made.c, made.h, made.w},
              std::move(weights));
}

Status LayerBuilder::take_elementwise(const NodeView& view) {
  const Node& node = view.node;
  const BinaryKind kind = binary_kind(node.op_type);
  Operand left = operand(view, 0);
  for (std::size_t i = 1; i < view.inputs.size(); ++i) {
    const Operand right = operand(view, i);
    KERNWISE_ASSIGN(const Dims dims, broadcast_dims(left.dims, right.dims));
    if (left.constant != nullptr && right.constant != nullptr) {
      return unsupported("two constants before the first tensor");
    }
    const bool last = i + 1 == view.inputs.size();
    const std::string name =
        last ? node.outputs[0] : fmt::format("{}:partial{}", node.outputs[0], i);
    KERNWISE_ASSIGN(const ValueId value, emit_binary(node, kind, left, right, name, dims));
    left = {name_view(node, value, dims), nullptr, dims};
  }
  set_output(node, views_.at(left.name).root);
  return Ok{};
}

Status LayerBuilder::take_softmax(const NodeView& view) {
  const Node& node = view.node;
  KERNWISE_ASSIGN(const SoftmaxAxis axis, softmax_axis(view));
  const Shape4 given = view_of(views_.at(node.inputs[0]).dims);
  const bool over_channels = given.n == axis.before && given.c == axis.count;
  const Shape4 needed = over_channels ? given : Shape4{axis.before, axis.count, axis.after, 1};
  KERNWISE_ASSIGN(const ValueId input, materialise(node.inputs[0], needed));
  const Dims dims = over_channels ? inferred_.at(node.outputs[0]).dims
                                  : Dims{needed.n, needed.c, needed.h, needed.w};
  KERNWISE_ASSIGN(const ValueId output,
                  emit(node.name, {SoftmaxProblem{needed}, {}}, {input}, node.outputs[0], dims));
  set_output(node, output);
  return Ok{};
}

}  // namespace kernwise::detail
