// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Shapes of the operators that keep the shape, and of concatenation.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "attributes.h"
#include "describe.h"
#include "operator_rules.h"
#include "saturate.h"

namespace kernwise::detail {
namespace {

// Whether a constant, aligned at the last dimension as ONNX broadcasts, gives each channel
// (dimension 1) one number or all of them the same.
bool per_channel(const std::vector<int64_t>& constant, const std::vector<int64_t>& data) {
  if (constant.size() > data.size()) return false;
  const std::size_t missing = data.size() - constant.size();
  for (std::size_t i = 0; i < constant.size(); ++i) {
    const bool channel = i + missing == 1;
    if (constant[i] != 1 && !(channel && constant[i] == data[1])) return false;
  }
  return true;
}

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
  if (view.node.op_type == "Relu") return Activation{ActivationKind::kRelu, 0, 0};
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

Result<ElementwiseOperands> elementwise_operands(const NodeView& view) {
  ElementwiseOperands operands;
  const bool binary = view.node.op_type != "Sum";
  for (std::size_t i = 0; i < view.inputs.size(); ++i) {
    const bool constant = view.has(i) && view.inputs[i]->constant.has_value();
    if (binary && constant && !operands.constant) {
      operands.constant = i;
    } else {
      KERNWISE_TRY(data_input(view, i));
      operands.data.push_back(i);
    }
  }
  if (operands.data.empty()) return unsupported("all operands are constants");
  const std::vector<int64_t>& dims = view.inputs[operands.data.front()]->dims;
  for (const std::size_t i : operands.data) {
    const std::vector<int64_t>& other = view.inputs[i]->dims;
    if (other != dims) {
      return unsupported(
          fmt::format("broadcasting {} with {}", describe_dims(dims), describe_dims(other)));
    }
  }
  if (operands.constant) {
    KERNWISE_ASSIGN(const ConstantTensor* constant, weight_input(view, *operands.constant));
    if (!per_channel(constant->dims(), dims)) {
      return unsupported(
          fmt::format("a constant of shape {} with a tensor of shape {} (one number "
                      "per channel is supported)",
                      describe_dims(constant->dims()), describe_dims(dims)));
    }
  }
  return operands;
}

Result<InferredValue> infer_elementwise(const NodeView& view) {
  KERNWISE_ASSIGN(const ElementwiseOperands operands, elementwise_operands(view));
  return InferredValue{DataType::kFloat32, view.inputs[operands.data.front()]->dims, {}};
}

Result<InferredValue> infer_concat(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* first, data_input(view, 0));
  if (!has_attribute(view.node, "axis")) return invalid_input("attribute 'axis' is missing");
  const auto rank = static_cast<int64_t>(first->dims.size());
  KERNWISE_ASSIGN(int64_t axis, int_attribute(view.node, "axis", 1));
  KERNWISE_ASSIGN(axis, resolve_axis(axis, rank, rank - 1));
  if (axis != 1) return unsupported(fmt::format("concatenation along axis {}", axis));
  InferredValue output{DataType::kFloat32, first->dims, {}};
  for (std::size_t i = 1; i < view.inputs.size(); ++i) {
    KERNWISE_ASSIGN(const InferredValue* input, data_input(view, i));
    std::vector<int64_t> same_channels = input->dims;
    same_channels[1] = first->dims[1];
    if (same_channels != first->dims) {
      return invalid_input(fmt::format("inputs of shape {} and {} cannot be joined along axis 1",
                                       describe_dims(first->dims), describe_dims(input->dims)));
    }
    output.dims[1] = saturating_add(output.dims[1], input->dims[1]);
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
