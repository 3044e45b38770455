// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "node_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "describe.h"
#include "kernwise/base/check.h"

namespace kernwise::detail {
namespace {

// "input 1 ('conv1_w')"
std::string describe_input(const NodeView& view, std::size_t index) {
  const std::string& name = index < view.node.inputs.size() ? view.node.inputs[index] : "";
  return fmt::format("input {} ('{}')", index, name);
}

Status require(const NodeView& view, std::size_t index) {
  if (view.has(index)) return Ok{};
  return invalid_input(fmt::format("input {} is missing", index));
}

Result<const ConstantTensor*> constant_input(const NodeView& view, std::size_t index) {
  KERNWISE_TRY(require(view, index));
  const InferredValue& value = *view.inputs[index];
  if (!value.constant) {
    return unsupported(describe_input(view, index) + " is computed at run time, not a constant");
  }
  return &*value.constant;
}

Status require_float(const NodeView& view, std::size_t index) {
  const DataType type = view.inputs[index]->type;
  if (type == DataType::kFloat32) return Ok{};
  return unsupported(fmt::format("{} is {}; only float32 is computed", describe_input(view, index),
                                 to_string(type)));
}

}  // namespace

NodeView make_view(const Node& node, int64_t opset, const InferredValues& values) {
  NodeView view{node, opset, {}};
  for (const std::string& name : node.inputs) {
    const auto found = values.find(name);
    KERNWISE_CHECK(name.empty() || found != values.end());
    view.inputs.push_back(name.empty() ? nullptr : &found->second);
  }
  return view;
}

Result<const InferredValue*> any_input(const NodeView& view, std::size_t index) {
  KERNWISE_TRY(require(view, index));
  return view.inputs[index];
}

Result<const InferredValue*> operand_input(const NodeView& view, std::size_t index) {
  KERNWISE_TRY(require(view, index));
  KERNWISE_TRY(require_float(view, index));
  const InferredValue& value = *view.inputs[index];
  if (std::find(value.dims.begin(), value.dims.end(), 0) != value.dims.end()) {
    return unsupported(fmt::format("{} has shape {} and so no elements",
                                   describe_input(view, index), describe_dims(value.dims)));
  }
  return &value;
}

Result<const InferredValue*> data_input(const NodeView& view, std::size_t index) {
  KERNWISE_ASSIGN(const InferredValue* value, operand_input(view, index));
  if (value->constant) return unsupported(describe_input(view, index) + " is a constant");
  return value;
}

Result<const InferredValue*> image_input(const NodeView& view, std::size_t index) {
  KERNWISE_ASSIGN(const InferredValue* value, data_input(view, index));
  if (value->dims.size() == 3 || value->dims.size() == 4) return value;
  return unsupported(fmt::format("{} has shape {}; rank 3 or 4 is needed (1-D or 2-D images)",
                                 describe_input(view, index), describe_dims(value->dims)));
}

bool all_constant(const NodeView& view) {
  return std::all_of(view.inputs.begin(), view.inputs.end(), [](const InferredValue* value) {
    return value == nullptr || value->constant.has_value();
  });
}

Result<const ConstantTensor*> weight_input(const NodeView& view, std::size_t index) {
  KERNWISE_ASSIGN(const ConstantTensor* constant, constant_input(view, index));
  KERNWISE_TRY(require_float(view, index));
  return constant;
}

Result<const ConstantTensor*> vector_input(const NodeView& view, std::size_t index, int64_t count) {
  KERNWISE_ASSIGN(const ConstantTensor* constant, weight_input(view, index));
  if (constant->dims() == std::vector<int64_t>{count}) return constant;
  return invalid_input(fmt::format("{} has shape {}; [{}] is needed", describe_input(view, index),
                                   describe_dims(constant->dims()), count));
}

Result<std::optional<float>> scalar_input(const NodeView& view, std::size_t index) {
  if (!view.has(index)) return std::optional<float>();
  KERNWISE_ASSIGN(const ConstantTensor* constant, weight_input(view, index));
  if (constant->elements() != 1) {
    return invalid_input(fmt::format("{} has shape {}; one number is needed",
                                     describe_input(view, index), describe_dims(constant->dims())));
  }
  return std::optional<float>(constant->to_floats().front());
}

Result<std::vector<int64_t>> ints_input(const NodeView& view, std::size_t index) {
  KERNWISE_ASSIGN(const ConstantTensor* constant, constant_input(view, index));
  const DataType type = constant->type();
  if (type != DataType::kInt64 && type != DataType::kInt32 && type != DataType::kBool) {
    return invalid_input(
        fmt::format("{} is {}; integers are needed", describe_input(view, index), to_string(type)));
  }
  constexpr int64_t kLongest = 1024;  // lists of dims and axes are short in any real file
  if (constant->elements() > kLongest) {
    return invalid_input(fmt::format("{} has {} elements; a list of dimensions is needed",
                                     describe_input(view, index), constant->elements()));
  }
  return constant->to_ints();
}

}  // namespace kernwise::detail
