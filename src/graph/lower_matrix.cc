// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Layers of Gemm and MatMul: fully connected where the right operand is a constant matrix, and a
// product of two tensors otherwise.
#include <fmt/format.h>

#include <utility>

#include "describe.h"
#include "lowering.h"
#include "operator_rules.h"
#include "saturate.h"

namespace kernwise::detail {

Result<ValueId> LayerBuilder::emit_fully_connected(const Node& node, const std::string& input,
                                                   int64_t rows, LayerWeights weights, int64_t oc,
                                                   const std::string& output, const Dims& dims) {
  // The value below may have any shape with these rows: flattening is part of the problem.
  ValueId value = views_.at(input).root;
  if (shape(value).n != rows) {
    const int64_t inner = saturating_product(views_.at(input).dims) / rows;
    KERNWISE_ASSIGN(value, materialise(input, {rows, inner, 1, 1}));
  }
  const Shape4 x = shape(value);
  Problem problem{FcProblem{.n = x.n, .ic = x.c, .ih = x.h, .iw = x.w, .oc = oc}, {}};
  problem.post_ops.bias = weights.bias.has_value();
  return emit(node.name, std::move(problem), {value}, output, dims, std::move(weights));
}

Result<ValueId> LayerBuilder::emit_matmul(const Node& node, const Operand& a, const Operand& b,
                                          const std::string& output) {
  Dims left = a.dims, right = b.dims;
  if (left.size() == 1) left.insert(left.begin(), 1);
  if (right.size() == 1) right.push_back(1);
  const int64_t m = left[left.size() - 2], k = left.back(), columns = right.back();
  left.resize(left.size() - 2);
  right.resize(right.size() - 2);
  if (left.size() > 2 || right.size() > 2) {
    if (left != right) {
      return unsupported(
          fmt::format("a product of {} and {}", describe_dims(a.dims), describe_dims(b.dims)));
    }
    left = right = {saturating_product(left)};
  }
  while (left.size() < 2) left.insert(left.begin(), 1);
  while (right.size() < 2) right.insert(right.begin(), 1);
  const MatmulProblem matmul{{left[0], left[1], m, k}, {right[0], right[1], k, columns}};
  KERNWISE_ASSIGN(const ValueId first, materialise(a.name, matmul.a));
  KERNWISE_ASSIGN(const ValueId second, materialise(b.name, matmul.b));
  const Problem problem{matmul, {}};
  const Shape4 made = output_shape(problem);
  return emit(node.name, problem, {first, second}, output, {made.n, made.c, made.h, made.w});
}

Status LayerBuilder::take_matmul(const NodeView& view) {
  const Node& node = view.node;
  const Operand a = operand(view, 0), b = operand(view, 1);
  const Dims& dims = inferred_.at(node.outputs[0]).dims;
  if (b.constant == nullptr) {
    KERNWISE_ASSIGN(const ValueId value, emit_matmul(node, a, b, node.outputs[0]));
    set_output(node, value);
    return Ok{};
  }
  if (b.dims.size() > 2) {
    return unsupported(
        fmt::format("weights of shape {}; a matrix is needed", describe_dims(b.dims)));
  }
  const int64_t oc = b.dims.size() == 2 ? b.dims[1] : 1;
  const int64_t rows = saturating_product(a.dims) / a.dims.back();
  LayerWeights weights;
  weights.weight = *b.constant;
  weights.fc_transposed = true;
  const Dims flat = {rows, oc};
  KERNWISE_ASSIGN(const ValueId value,
                  emit_fully_connected(node, a.name, rows, std::move(weights), oc, node.outputs[0],
                                       view_of(dims) == view_of(flat) ? dims : flat));
  set_output(node, value);
  return Ok{};
}

Status LayerBuilder::take_gemm(const NodeView& view) {
  const Node& node = view.node;
  KERNWISE_ASSIGN(const GemmForm form, gemm_form(view));
  Operand a = operand(view, 0), b = operand(view, 1);
  const Dims& dims = inferred_.at(node.outputs[0]).dims;
  if (form.transposed_a) {
    KERNWISE_ASSIGN(a.name, transposed(node, a.name));
    std::swap(a.dims[0], a.dims[1]);
  }
  // A third operand with one number for each output, or one for all, is a bias.
  bool adds = form.adds;
  LayerWeights weights;
  if (adds && b.constant != nullptr) {
    const Operand c = operand(view, 2);
    const bool row = c.dims.size() < 2 || (c.dims.size() == 2 && c.dims[0] == 1);
    if (c.constant != nullptr && row) {
      weights.bias = *c.constant;
      adds = false;
    }
  }
  const std::string name = adds ? node.outputs[0] + ":product" : node.outputs[0];
  ValueId value = -1;
  if (b.constant != nullptr) {
    weights.weight = *b.constant;
    weights.fc_transposed = !form.transposed_b;
    weights.fc_alpha = form.alpha;
    weights.fc_beta = form.beta;
    KERNWISE_ASSIGN(value, emit_fully_connected(node, a.name, dims[0], std::move(weights), dims[1],
                                                name, dims));
  } else {
    if (form.transposed_b) {
      KERNWISE_ASSIGN(b.name, transposed(node, b.name));
      std::swap(b.dims[0], b.dims[1]);
    }
    KERNWISE_ASSIGN(value, emit_matmul(node, a, b, name));
    if (form.alpha != 1) {
      const ConstantTensor alpha = ConstantTensor::floats({1}, {form.alpha});
      KERNWISE_ASSIGN(
          value, emit_binary(node, BinaryKind::kMul, {name_view(node, value, dims), nullptr, dims},
                             {{}, &alpha, {1}}, name, dims));
    }
  }
  if (adds) {
    Operand c = operand(view, 2);
    std::optional<ConstantTensor> scaled;
    if (form.beta != 1 && c.constant != nullptr) {
      std::vector<float> values = c.constant->to_floats();
      for (float& x : values) x *= form.beta;
      scaled = ConstantTensor::floats(c.dims, std::move(values));
      c.constant = &*scaled;
    } else if (form.beta != 1) {
      const ConstantTensor beta = ConstantTensor::floats({1}, {form.beta});
      KERNWISE_ASSIGN(const ValueId factor, emit_binary(node, BinaryKind::kMul, c, {{}, &beta, {1}},
                                                        node.outputs[0] + ":addend", c.dims));
      c.name = name_view(node, factor, c.dims);
    }
    KERNWISE_ASSIGN(
        value, emit_binary(node, BinaryKind::kAdd, {name_view(node, value, dims), nullptr, dims}, c,
                           node.outputs[0], dims));
  }
  set_output(node, value);
  return Ok{};
}

}  // namespace kernwise::detail
