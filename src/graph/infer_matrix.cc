// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Shapes of Gemm and MatMul. Either operand may be a constant.
#include <fmt/format.h>

#include "attributes.h"
#include "describe.h"
#include "operator_rules.h"

namespace kernwise::detail {

Result<GemmForm> gemm_form(const NodeView& view) {
  GemmForm form;
  KERNWISE_ASSIGN(const int64_t trans_a, int_attribute(view.node, "transA", 0));
  KERNWISE_ASSIGN(const int64_t trans_b, int_attribute(view.node, "transB", 0));
  form.transposed_a = trans_a != 0;
  form.transposed_b = trans_b != 0;
  KERNWISE_ASSIGN(form.alpha, float_attribute(view.node, "alpha", 1));
  KERNWISE_ASSIGN(form.beta, float_attribute(view.node, "beta", 1));
  form.adds = view.has(2) && form.beta != 0;
  return form;
}

Result<InferredValue> infer_gemm(const NodeView& view) {
  KERNWISE_ASSIGN(const GemmForm form, gemm_form(view));
  KERNWISE_ASSIGN(const InferredValue* a, operand_input(view, 0));
  KERNWISE_ASSIGN(const InferredValue* b, operand_input(view, 1));
  if (a->constant) return unsupported("input 0 is a constant");
  if (a->dims.size() != 2 || b->dims.size() != 2) {
    return invalid_input(fmt::format("operands of shape {} and {}; matrices are needed",
                                     describe_dims(a->dims), describe_dims(b->dims)));
  }
  const std::size_t ta = form.transposed_a ? 1 : 0, tb = form.transposed_b ? 1 : 0;
  if (a->dims[1 - ta] != b->dims[tb]) {
    return invalid_input(fmt::format("input {} and weights {} do not go together",
                                     describe_dims(a->dims), describe_dims(b->dims)));
  }
  const std::vector<int64_t> dims = {a->dims[ta], b->dims[1 - tb]};
  if (form.adds) {
    KERNWISE_ASSIGN(const InferredValue* c, operand_input(view, 2));
    KERNWISE_ASSIGN(const std::vector<int64_t> together, broadcast_dims(dims, c->dims));
    if (together != dims) {
      return invalid_input(fmt::format("a third input of shape {} does not stretch to {}",
                                       describe_dims(c->dims), describe_dims(dims)));
    }
  }
  return InferredValue{DataType::kFloat32, dims, {}};
}

Result<InferredValue> infer_matmul(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* a, operand_input(view, 0));
  KERNWISE_ASSIGN(const InferredValue* b, operand_input(view, 1));
  if (a->constant) return unsupported("input 0 is a constant");
  if (a->dims.empty() || b->dims.empty()) return invalid_input("an operand is a single number");
  // Numpy's matmul: a vector on the left is a row, on the right a column, and the result has no
  // such dimension.
  std::vector<int64_t> left = a->dims, right = b->dims;
  if (a->dims.size() == 1) left.insert(left.begin(), 1);
  if (b->dims.size() == 1) right.push_back(1);
  const int64_t rows = left[left.size() - 2], columns = right.back();
  if (left.back() != right[right.size() - 2]) {
    return invalid_input(fmt::format("input {} and weights {} do not go together",
                                     describe_dims(a->dims), describe_dims(b->dims)));
  }
  left.resize(left.size() - 2);
  right.resize(right.size() - 2);
  KERNWISE_ASSIGN(std::vector<int64_t> dims, broadcast_dims(left, right));
  if (a->dims.size() > 1) dims.push_back(rows);
  if (b->dims.size() > 1) dims.push_back(columns);
  return InferredValue{DataType::kFloat32, dims, {}};
}

}  // namespace kernwise::detail
