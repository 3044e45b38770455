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
#include <string>
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
  // Set where all outputs are wanted, in the place of `infer`.
  Result<std::vector<InferredValue>> (*infer_each)(const NodeView&) = nullptr;
};

// Sorted by name.
std::span<const OperatorRule> operator_rules();
const OperatorRule* find_rule(std::string_view op_type);
// Whether an output is the first input under another shape, bytes and all.
bool shares_input(std::string_view op_type);

// Images: infer_image.cc
Result<InferredValue> infer_conv(const NodeView& view);
Result<InferredValue> infer_deconv(const NodeView& view);
Result<InferredValue> infer_pool(const NodeView& view);
Result<InferredValue> infer_global_pool(const NodeView& view);
Result<InferredValue> infer_batch_normalization(const NodeView& view);
Result<InferredValue> infer_lrn(const NodeView& view);
Result<InferredValue> infer_resize(const NodeView& view);

// Element by element, and along an axis: infer_elementwise.cc
Result<InferredValue> infer_activation(const NodeView& view);
Result<InferredValue> infer_elementwise(const NodeView& view);
Result<InferredValue> infer_concat(const NodeView& view);
Result<InferredValue> infer_softmax(const NodeView& view);
Result<InferredValue> infer_reduce_mean(const NodeView& view);

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

// Some of the values, or the values in another order: infer_select.cc
Result<InferredValue> infer_shape(const NodeView& view);
Result<InferredValue> infer_gather(const NodeView& view);
Result<InferredValue> infer_cast(const NodeView& view);
Result<InferredValue> infer_slice(const NodeView& view);
Result<std::vector<InferredValue>> infer_split(const NodeView& view);
Result<InferredValue> infer_transpose(const NodeView& view);
Result<InferredValue> infer_pad(const NodeView& view);

// What lowering needs to know beyond shapes.

// Of the operators that are one activation. Clip between 0 and infinity is a relu.
Result<Activation> activation_of(const NodeView& view);

// What an Add, Mul, Sub, Div, PRelu or Sum computes pair by pair.
BinaryKind binary_kind(const std::string& op_type);

// Numpy's broadcasting: aligned at the last dimension, sizes equal or 1.
Result<std::vector<int64_t>> broadcast_dims(const std::vector<int64_t>& a,
                                            const std::vector<int64_t>& b);

// The axis along which Concat joins, or Split cuts.
Result<int64_t> joined_axis(const NodeView& view, int64_t rank, int64_t fallback);

// Softmax normalises `count` values that lie `after` elements apart, for each of before * after.
struct SoftmaxAxis {
  int64_t before = 1, count = 1, after = 1;
};
Result<SoftmaxAxis> softmax_axis(const NodeView& view);

// One flag for each dimension that ReduceMean averages over.
Result<std::vector<bool>> reduced_axes(const NodeView& view);

// Gemm as the file states it; both operands have rank 2.
struct GemmForm {
  bool transposed_a = false, transposed_b = false;
  float alpha = 1, beta = 1;
  bool adds = false;  // a third operand, with a factor that is not 0
};
Result<GemmForm> gemm_form(const NodeView& view);

// Along one dimension: `count` >= 1 elements from `first` on, `step` apart (negative: backwards).
struct SliceRange {
  int64_t first = 0, step = 1, count = 1;
};
Result<std::vector<SliceRange>> slice_ranges(const NodeView& view);

// The lengths of Split's outputs, and the order of dimensions that Transpose makes.
Result<std::vector<int64_t>> split_lengths(const NodeView& view);
Result<std::vector<int64_t>> permutation(const NodeView& view);

// What Pad adds before and after each dimension; negative numbers take away.
struct Padding {
  PadKind kind = PadKind::kConstant;
  std::vector<int64_t> before, after;
  float value = 0;
};
Result<Padding> padding_of(const NodeView& view);

Result<ResizeProblem> resize_of(const NodeView& view);

}  // namespace kernwise::detail
