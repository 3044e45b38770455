// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What kernwise knows of each ONNX operator: how many inputs, which attributes, and how the first
// output follows from them. An operator is taken to mean in every later opset what it means in the
// newest one known when this was written (25); an input or attribute that is not in the table is
// refused, so a changed meaning that shows in the file is never overlooked.
//
// A rule's function gives the shape (and for constants the value) of the first output. kUnsupported
// says why a legal node cannot be computed; kInvalidInput that the file contradicts itself.
// Thread-safety: constant tables and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"
#include "kernwise/graph/problem.h"
#include "node_view.h"

namespace kernwise::detail {

struct OperatorRule {
  std::string_view name;
  int min_inputs;
  int max_inputs;
  std::span<const std::string_view> attributes;
  Result<InferredValue> (*infer)(const NodeView&);
};

// Sorted by name.
std::span<const OperatorRule> operator_rules();
const OperatorRule* find_rule(std::string_view op_type);

// Images: infer_image.cc
Result<InferredValue> infer_conv(const NodeView& view);
Result<InferredValue> infer_pool(const NodeView& view);
Result<InferredValue> infer_global_pool(const NodeView& view);
Result<InferredValue> infer_batch_normalization(const NodeView& view);
Result<InferredValue> infer_lrn(const NodeView& view);

// Element by element, and along the channels: infer_elementwise.cc
Result<InferredValue> infer_activation(const NodeView& view);
Result<InferredValue> infer_elementwise(const NodeView& view);
Result<InferredValue> infer_concat(const NodeView& view);
Result<InferredValue> infer_softmax(const NodeView& view);

// Products of matrices: infer_matrix.cc
Result<InferredValue> infer_gemm(const NodeView& view);
Result<InferredValue> infer_matmul(const NodeView& view);

// The same values under another shape, and constants: infer_view.cc
Result<InferredValue> infer_identity(const NodeView& view);
Result<InferredValue> infer_dropout(const NodeView& view);
Result<InferredValue> infer_flatten(const NodeView& view);
Result<InferredValue> infer_reshape(const NodeView& view);
Result<InferredValue> infer_squeeze(const NodeView& view);
Result<InferredValue> infer_unsqueeze(const NodeView& view);
Result<InferredValue> infer_constant(const NodeView& view);
Result<InferredValue> infer_constant_of_shape(const NodeView& view);

// What lowering needs to know beyond shapes.

// Of Relu and Clip. Clip between 0 and infinity is a relu.
Result<Activation> activation_of(const NodeView& view);

// Of Add, Mul and Sum: either data inputs of one shape, or one data input and one constant with a
// number per channel (or one for all).
struct ElementwiseOperands {
  std::vector<std::size_t> data;        // indices of inputs
  std::optional<std::size_t> constant;  // index of an input
};
Result<ElementwiseOperands> elementwise_operands(const NodeView& view);

// Softmax normalises `count` values that lie `after` elements apart, for each of before * after.
struct SoftmaxAxis {
  int64_t before = 1, count = 1, after = 1;
};
Result<SoftmaxAxis> softmax_axis(const NodeView& view);

// Of Gemm and MatMul.
struct MatrixProduct {
  int64_t n = 1, inner = 1, oc = 1;
  bool transposed = false;  // weights are [inner, oc]
  float alpha = 1, beta = 1;
  const ConstantTensor* weight = nullptr;
  const ConstantTensor* bias = nullptr;  // oc elements, or one; null if none
};
Result<MatrixProduct> matrix_product(const NodeView& view);

}  // namespace kernwise::detail
