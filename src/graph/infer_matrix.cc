// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Shapes of Gemm and MatMul as fully connected layers: data [n, inner] times constant weights.
#include <fmt/format.h>

#include "attributes.h"
#include "describe.h"
#include "operator_rules.h"

namespace kernwise::detail {
namespace {

Result<const InferredValue*> matrix_input(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, data_input(view, 0));
  if (input->dims.size() == 2) return input;
  return unsupported(fmt::format("input 0 has shape {}; a matrix [batch, features] is needed",
                                 describe_dims(input->dims)));
}

// Sets n, inner, oc and weight.
Status take_weight(const NodeView& view, const InferredValue& input, MatrixProduct& product) {
  KERNWISE_ASSIGN(product.weight, weight_input(view, 1));
  const std::vector<int64_t>& w = product.weight->dims();
  if (w.size() != 2) {
    return unsupported(fmt::format("weights of shape {}; a matrix is needed", describe_dims(w)));
  }
  product.n = input.dims[0];
  product.inner = product.transposed ? w[0] : w[1];
  product.oc = product.transposed ? w[1] : w[0];
  if (product.inner != input.dims[1] || product.oc < 1) {
    return invalid_input(fmt::format("input {} and weights {} do not go together",
                                     describe_dims(input.dims), describe_dims(w)));
  }
  return Ok{};
}

Result<const ConstantTensor*> gemm_bias(const NodeView& view, int64_t oc) {
  KERNWISE_ASSIGN(const ConstantTensor* bias, weight_input(view, 2));
  const std::vector<int64_t>& dims = bias->dims();
  const bool row = dims.size() <= 2 && (dims.size() < 2 || dims[0] == 1);
  if (row && (bias->elements() == oc || bias->elements() == 1)) return bias;
  return unsupported(fmt::format("a third input of shape {}; one number per output ({}) is needed",
                                 describe_dims(dims), oc));
}

}  // namespace

Result<MatrixProduct> matrix_product(const NodeView& view) {
  MatrixProduct product;
  KERNWISE_ASSIGN(const InferredValue* input, matrix_input(view));
  if (view.node.op_type == "MatMul") {
    product.transposed = true;
    KERNWISE_TRY(take_weight(view, *input, product));
    return product;
  }
  KERNWISE_ASSIGN(const int64_t trans_a, int_attribute(view.node, "transA", 0));
  if (trans_a != 0) return unsupported("transA");
  KERNWISE_ASSIGN(const int64_t trans_b, int_attribute(view.node, "transB", 0));
  KERNWISE_ASSIGN(product.alpha, float_attribute(view.node, "alpha", 1));
  KERNWISE_ASSIGN(product.beta, float_attribute(view.node, "beta", 1));
  product.transposed = trans_b == 0;
  KERNWISE_TRY(take_weight(view, *input, product));
  if (view.has(2)) {
    KERNWISE_ASSIGN(product.bias, gemm_bias(view, product.oc));
    if (product.beta == 0) product.bias = nullptr;
  }
  return product;
}

Result<InferredValue> infer_gemm(const NodeView& view) {
  KERNWISE_ASSIGN(const MatrixProduct product, matrix_product(view));
  return InferredValue{DataType::kFloat32, {product.n, product.oc}, {}};
}

Result<InferredValue> infer_matmul(const NodeView& view) { return infer_gemm(view); }

}  // namespace kernwise::detail
