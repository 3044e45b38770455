// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Shapes of the operators that keep the shape or broadcast it, and of those along one axis.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "attributes.h"
#include "describe.h"
#include "fold_constants.h"
#include "operator_rules.h"
#include "saturate.h"

namespace kernwise::detail {
namespace {

Result<float> clip_bound(const NodeView& view, const char* name, std::size_t index,
                         float fallback) {
  float bound = fallback;
  if (view.opset < 11) {
    KERNWISE_ASSIGN(bound, float_attribute(view.node, name, fallback));
  } else {
    if (has_attribute(view.node, name)) {
      return unsupported(
          fmt::format("attribute '{}' in opset {} (an input since 11)", name, view.opset));
    }
    KERNWISE_ASSIGN(const std::optional<float> given, scalar_input(view, index));
    bound = given.value_or(fallback);
  }
  if (std::isnan(bound)) return invalid_input(fmt::format("bound '{}' is not a number", name));
  return bound;
}

}  // namespace

Result<Activation> activation_of(const NodeView& view) {
  const std::string& op = view.node.op_type;
  if (op == "Relu") return Activation{ActivationKind::kRelu, 0, 0};
  if (op == "Sigmoid") return Activation{ActivationKind::kSigmoid, 0, 0};
  if (op == "Tanh") return Activation{ActivationKind::kTanh, 0, 0};
  if (op == "HardSwish") return Activation{ActivationKind::kHardSwish, 0, 0};
  if (op == "LeakyRelu") {
    KERNWISE_ASSIGN(const float slope, float_attribute(view.node, "alpha", 0.01F));
    return Activation{ActivationKind::kLeakyRelu, slope, 0};
  }
  if (op == "HardSigmoid") {
    KERNWISE_ASSIGN(const float alpha, float_attribute(view.node, "alpha", 0.2F));
    KERNWISE_ASSIGN(const float beta, float_attribute(view.node, "beta", 0.5F));
    return Activation{ActivationKind::kHardSigmoid, alpha, beta};
  }
  constexpr float kLargest = std::numeric_limits<float>::max();
  KERNWISE_ASSIGN(const float low, clip_bound(view, "min", 1, -kLargest));
  KERNWISE_ASSIGN(const float high, clip_bound(view, "max", 2, kLargest));
  if (low > high) return unsupported(fmt::format("lower bound {} above upper bound {}", low, high));
  if (low == 0 && high >= kLargest) return Activation{ActivationKind::kRelu, 0, 0};
  // Infinite bounds bound nothing; the largest float says the same and can be written in a string.
  return Activation{ActivationKind::kClip, std::max(low, -kLargest), std::min(high, kLargest)};
}

Result<InferredValue> infer_activation(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, data_input(view, 0));
  KERNWISE_TRY(activation_of(view));
  return InferredValue{DataType::kFloat32, input->dims, {}};
}

BinaryKind binary_kind(const std::string& op_type) {
  if (op_type == "Mul") return BinaryKind::kMul;
  if (op_type == "Sub") return BinaryKind::kSub;
  if (op_type == "Div") return BinaryKind::kDiv;
  if (op_type == "PRelu") return BinaryKind::kPrelu;
  return BinaryKind::kAdd;
}

Result<std::vector<int64_t>> broadcast_dims(const std::vector<int64_t>& a,
                                            const std::vector<int64_t>& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  std::vector<int64_t> dims(rank, 1);
  for (std::size_t i = 0; i < rank; ++i) {  // from the last dimension on
    const int64_t left = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t right = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (left != right && left != 1 && right != 1) {
      return invalid_input(
          fmt::format("shapes {} and {} do not go together", describe_dims(a), describe_dims(b)));
    }
    dims[rank - 1 - i] = left == 1 ? right : left;
  }
  return dims;
}

Result<InferredValue> infer_elementwise(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* first, any_input(view, 0));
  if (all_constant(view)) {
    InferredValue result = *first;
    for (std::size_t i = 1; i < view.inputs.size(); ++i) {
      KERNWISE_ASSIGN(const InferredValue* other, any_input(view, i));
      KERNWISE_ASSIGN(result.dims, broadcast_dims(result.dims, other->dims));
      KERNWISE_ASSIGN(result.constant, fold_binary(binary_kind(view.node.op_type), *result.constant,
                                                   *other->constant, result.dims));
    }
    return result;
  }
  KERNWISE_TRY(operand_input(view, 0));
  InferredValue result{DataType::kFloat32, first->dims, {}};
  for (std::size_t i = 1; i < view.inputs.size(); ++i) {
    KERNWISE_ASSIGN(const InferredValue* other, operand_input(view, i));
    KERNWISE_ASSIGN(result.dims, broadcast_dims(result.dims, other->dims));
  }
  // ONNX, PRelu: the slope is stretched to the input, never the other way.
  if (view.node.op_type == "PRelu" && result.dims != first->dims) {
    return invalid_input(fmt::format("a slope of shape {} does not stretch to {}",
                                     describe_dims(view.inputs[1]->dims),
                                     describe_dims(first->dims)));
  }
  return result;
}

Result<int64_t> joined_axis(const NodeView& view, int64_t rank, int64_t fallback) {
  KERNWISE_ASSIGN(const int64_t axis, int_attribute(view.node, "axis", fallback));
  return resolve_axis(axis, rank, rank - 1);
}

Result<InferredValue> infer_concat(const NodeView& view) {
  const bool constant = all_constant(view);
  KERNWISE_ASSIGN(const InferredValue* first, any_input(view, 0));
  if (!has_attribute(view.node, "axis")) return invalid_input("attribute 'axis' is missing");
  KERNWISE_ASSIGN(const int64_t axis,
                  joined_axis(view, static_cast<int64_t>(first->dims.size()), 1));
  const auto at = static_cast<std::size_t>(axis);
  InferredValue output{first->type, first->dims, {}};
  std::vector<const ConstantTensor*> parts;
  for (std::size_t i = 0; i < view.inputs.size(); ++i) {
    KERNWISE_ASSIGN(const InferredValue* input, any_input(view, i));
    if (!constant) KERNWISE_TRY(data_input(view, i));
    std::vector<int64_t> alike = input->dims;
    if (alike.size() == first->dims.size()) alike[at] = first->dims[at];
    if (alike != first->dims) {
      return invalid_input(fmt::format("inputs of shape {} and {} cannot be joined along axis {}",
                                       describe_dims(first->dims), describe_dims(input->dims),
                                       axis));
    }
    if (i > 0) output.dims[at] = saturating_add(output.dims[at], input->dims[at]);
    if (constant) parts.push_back(&*input->constant);
  }
  if (constant) {
    KERNWISE_ASSIGN(output.constant, fold_concat(parts, axis, output.dims));
  }
  return output;
}

Result<std::vector<bool>> reduced_axes(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, data_input(view, 0));
  const auto rank = static_cast<int64_t>(input->dims.size());
  std::vector<int64_t> axes;
  if (view.opset < 18) {
    if (view.inputs.size() > 1) return unsupported("axes as an input before opset 18");
    KERNWISE_ASSIGN(axes, ints_attribute(view.node, "axes", {}));
  } else if (has_attribute(view.node, "axes")) {
    return unsupported(fmt::format("attribute 'axes' in opset {} (an input since 18)", view.opset));
  } else if (view.has(1)) {
    KERNWISE_ASSIGN(axes, ints_input(view, 1));
  }
  KERNWISE_ASSIGN(const int64_t nothing, int_attribute(view.node, "noop_with_empty_axes", 0));
  std::vector<bool> reduced(input->dims.size(), axes.empty() && nothing == 0);
  for (const int64_t axis : axes) {
    KERNWISE_ASSIGN(const int64_t resolved, resolve_axis(axis, rank, rank - 1));
    reduced[static_cast<std::size_t>(resolved)] = true;
  }
  return reduced;
}

Result<InferredValue> infer_reduce_mean(const NodeView& view) {
  KERNWISE_ASSIGN(const std::vector<bool> reduced, reduced_axes(view));
  KERNWISE_ASSIGN(const int64_t keep, int_attribute(view.node, "keepdims", 1));
  InferredValue output{DataType::kFloat32, {}, {}};
  for (std::size_t i = 0; i < reduced.size(); ++i) {
    if (!reduced[i]) output.dims.push_back(view.inputs[0]->dims[i]);
    if (reduced[i] && keep != 0) output.dims.push_back(1);
  }
  return output;
}

Result<SoftmaxAxis> softmax_axis(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, data_input(view, 0));
  const std::span<const int64_t> dims = input->dims;
  const auto rank = static_cast<int64_t>(dims.size());
  // ONNX, Softmax: before opset 13 everything from `axis` (default 1) on is one flat vector.
  const bool flat = view.opset < 13;
  KERNWISE_ASSIGN(int64_t axis, int_attribute(view.node, "axis", flat ? 1 : -1));
  KERNWISE_ASSIGN(axis, resolve_axis(axis, rank, rank - 1));
  const auto at = static_cast<std::size_t>(axis);
  SoftmaxAxis result;
  result.before = saturating_product(dims.first(at));
  result.count = flat ? saturating_product(dims.subspan(at)) : dims[at];
  result.after = flat ? 1 : saturating_product(dims.subspan(at + 1));
  return result;
}

Result<InferredValue> infer_softmax(const NodeView& view) {
  KERNWISE_TRY(softmax_axis(view));
  return InferredValue{DataType::kFloat32, view.inputs[0]->dims, {}};
}

}  // namespace kernwise::detail
