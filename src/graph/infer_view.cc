// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Shapes of the operators that give the same values under another shape, and of constants. Here a
// constant stays known: weights may pass through a Reshape before they reach their convolution.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "attributes.h"
#include "describe.h"
#include "fold_constants.h"
#include "operator_rules.h"
#include "saturate.h"

namespace kernwise::detail {
namespace {

InferredValue with_dims(const InferredValue& input, std::vector<int64_t> dims) {
  InferredValue output{input.type, dims, {}};
  if (input.constant) output.constant = input.constant->reshaped(std::move(dims));
  return output;
}

// Squeeze and Unsqueeze: an attribute before opset 13, an input since. None if not given.
Result<std::optional<std::vector<int64_t>>> axes_of(const NodeView& view) {
  if (view.opset < 13) {
    if (!has_attribute(view.node, "axes")) return std::optional<std::vector<int64_t>>();
    KERNWISE_ASSIGN(auto axes, ints_attribute(view.node, "axes", {}));
    return std::optional(std::move(axes));
  }
  if (has_attribute(view.node, "axes")) {
    return unsupported(fmt::format("attribute 'axes' in opset {} (an input since 13)", view.opset));
  }
  if (!view.has(1)) return std::optional<std::vector<int64_t>>();
  KERNWISE_ASSIGN(auto axes, ints_input(view, 1));
  return std::optional(std::move(axes));
}

// One flag per dimension of a tensor of `rank`.
Result<std::vector<bool>> mark_axes(const std::vector<int64_t>& axes, int64_t rank) {
  std::vector<bool> marked(static_cast<std::size_t>(rank), false);
  for (const int64_t axis : axes) {
    KERNWISE_ASSIGN(const int64_t resolved, resolve_axis(axis, rank, rank - 1));
    const auto at = static_cast<std::size_t>(resolved);
    if (marked[at]) return invalid_input(fmt::format("axis {} is given twice", axis));
    marked[at] = true;
  }
  return marked;
}

}  // namespace

Result<InferredValue> infer_identity(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, any_input(view, 0));
  return *input;
}

Result<InferredValue> infer_dropout(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, any_input(view, 0));
  if (view.has(2)) {  // training_mode, since opset 12
    KERNWISE_ASSIGN(const std::vector<int64_t> training, ints_input(view, 2));
    if (training.size() != 1 || training.front() != 0) return unsupported("training mode");
  }
  return *input;
}

Result<InferredValue> infer_flatten(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, any_input(view, 0));
  const auto rank = static_cast<int64_t>(input->dims.size());
  KERNWISE_ASSIGN(int64_t axis, int_attribute(view.node, "axis", 1));
  KERNWISE_ASSIGN(axis, resolve_axis(axis, rank, rank));
  const std::span<const int64_t> dims = input->dims;
  const auto at = static_cast<std::size_t>(axis);
  return with_dims(*input,
                   {saturating_product(dims.first(at)), saturating_product(dims.subspan(at))});
}

Result<InferredValue> infer_reshape(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, any_input(view, 0));
  KERNWISE_ASSIGN(std::vector<int64_t> dims, ints_input(view, 1));
  KERNWISE_ASSIGN(const int64_t allow_zero, int_attribute(view.node, "allowzero", 0));
  const std::vector<int64_t> asked = dims;
  const int64_t total = saturating_product(input->dims);
  const auto mismatch = [&] {
    return invalid_input(fmt::format("{} cannot be reshaped to {}", describe_dims(input->dims),
                                     describe_dims(asked)));
  };
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && allow_zero == 0) {
      if (i >= input->dims.size()) return mismatch();
      dims[i] = input->dims[i];
    } else if (dims[i] == -1) {
      if (open) return mismatch();
      open = i;
      dims[i] = 1;
    } else if (dims[i] < 0) {
      return mismatch();
    }
  }
  if (open) {
    const int64_t known = saturating_product(dims);
    if (known == 0 || total % known != 0) return mismatch();
    dims[*open] = total / known;
  }
  if (saturating_product(dims) != total) return mismatch();
  return with_dims(*input, std::move(dims));
}

Result<InferredValue> infer_squeeze(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, any_input(view, 0));
  KERNWISE_ASSIGN(const auto axes, axes_of(view));
  const std::vector<int64_t>& from = input->dims;
  std::vector<bool> removed(from.size(), false);
  if (axes) {
    KERNWISE_ASSIGN(removed, mark_axes(*axes, static_cast<int64_t>(from.size())));
  } else {
    std::transform(from.begin(), from.end(), removed.begin(), [](int64_t d) { return d == 1; });
  }
  std::vector<int64_t> dims;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (!removed[i]) {
      dims.push_back(from[i]);
    } else if (from[i] != 1) {
      return invalid_input(fmt::format("dimension {} of {} is not 1 and cannot be squeezed", i,
                                       describe_dims(from)));
    }
  }
  return with_dims(*input, std::move(dims));
}

Result<InferredValue> infer_unsqueeze(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, any_input(view, 0));
  KERNWISE_ASSIGN(const auto axes, axes_of(view));
  if (!axes) return invalid_input("axes are missing");
  KERNWISE_ASSIGN(const std::vector<bool> added,
                  mark_axes(*axes, static_cast<int64_t>(input->dims.size() + axes->size())));
  std::vector<int64_t> dims;
  auto next = input->dims.begin();
  for (const bool one : added) dims.push_back(one ? 1 : *next++);
  return with_dims(*input, std::move(dims));
}

Result<InferredValue> infer_constant(const NodeView& view) {
  if (view.node.attributes.size() != 1) return invalid_input("exactly one value is needed");
  const Attribute& value = view.node.attributes.begin()->second;
  std::optional<ConstantTensor> constant;
  if (const auto* tensor = std::get_if<ConstantTensor>(&value)) constant = *tensor;
  if (const auto* x = std::get_if<float>(&value)) constant = ConstantTensor::floats({}, {*x});
  if (const auto* i = std::get_if<int64_t>(&value)) constant = ConstantTensor::ints({}, {*i});
  if (const auto* list = std::get_if<std::vector<float>>(&value)) {
    constant = ConstantTensor::floats({static_cast<int64_t>(list->size())}, *list);
  }
  if (const auto* list = std::get_if<std::vector<int64_t>>(&value)) {
    constant = ConstantTensor::ints({static_cast<int64_t>(list->size())}, *list);
  }
  if (!constant) return invalid_input("its value is of the wrong type");
  return InferredValue{constant->type(), constant->dims(), constant};
}

Result<InferredValue> infer_constant_of_shape(const NodeView& view) {
  KERNWISE_ASSIGN(std::vector<int64_t> dims, ints_input(view, 0));
  if (std::any_of(dims.begin(), dims.end(), [](int64_t d) { return d < 0; })) {
    return invalid_input(fmt::format("shape {} is negative", describe_dims(dims)));
  }
  const auto found = view.node.attributes.find("value");
  if (found == view.node.attributes.end()) {
    return InferredValue{DataType::kFloat32, dims, ConstantTensor::filled(dims, 0)};
  }
  const auto* value = std::get_if<ConstantTensor>(&found->second);
  if (value == nullptr || value->elements() != 1) {
    return invalid_input("attribute 'value' is not one number");
  }
  if (value->type() == DataType::kFloat32) {
    return InferredValue{DataType::kFloat32, dims,
                         ConstantTensor::filled(dims, value->to_floats().front())};
  }
  if (value->type() != DataType::kInt64 && value->type() != DataType::kInt32) {
    return unsupported("a fill of type " + to_string(value->type()));
  }
  // Integers are only ever shapes and axes, so this is no place for large tensors.
  constexpr int64_t kLongest = 1024;
  const int64_t count = saturating_product(dims);
  if (count > kLongest) return unsupported(fmt::format("{} integers", count));
  std::vector<int64_t> values(static_cast<std::size_t>(count), value->to_ints().front());
  KERNWISE_ASSIGN(ConstantTensor filled,
                  fold_cast(ConstantTensor::ints(dims, std::move(values)), value->type()));
  return InferredValue{value->type(), dims, std::move(filled)};
}

}  // namespace kernwise::detail
