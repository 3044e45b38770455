// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Shapes of the operators that take some of the values or put them in another order, computed here
// and now where the values are constants.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "attributes.h"
#include "describe.h"
#include "fold_constants.h"
#include "operator_rules.h"
#include "saturate.h"

namespace kernwise::detail {
namespace {

using Dims = std::vector<int64_t>;

// A list that was an attribute before `since` and is an input from then on. None if not given.
Result<std::optional<Dims>> list_of(const NodeView& view, const char* name, std::size_t index,
                                    int64_t since) {
  if (view.opset < since) {
    if (view.inputs.size() > index) {
      return unsupported(fmt::format("'{}' as an input before opset {}", name, since));
    }
    if (!has_attribute(view.node, name)) return std::optional<Dims>();
    KERNWISE_ASSIGN(auto values, ints_attribute(view.node, name, {}));
    return std::optional(std::move(values));
  }
  if (has_attribute(view.node, name)) {
    return unsupported(
        fmt::format("attribute '{}' in opset {} (an input since {})", name, view.opset, since));
  }
  if (!view.has(index)) return std::optional<Dims>();
  KERNWISE_ASSIGN(auto values, ints_input(view, index));
  return std::optional(std::move(values));
}

// Float32 data with elements, or any constant.
Status check_source(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, any_input(view, 0));
  if (!input->constant) KERNWISE_TRY(data_input(view, 0));
  return Ok{};
}

// ONNX Slice: what begin and end mean after clamping to the dimension.
SliceRange clamped(int64_t begin, int64_t end, int64_t step, int64_t size) {
  if (begin < 0) begin = begin < -size ? -1 : begin + size;
  if (end < 0) end = end < -size ? -1 : end + size;
  SliceRange range{.first = 0, .step = step, .count = 0};
  if (step > 0) {
    range.first = std::clamp<int64_t>(begin, 0, size);
    const int64_t last = std::clamp<int64_t>(end, 0, size);
    if (last > range.first) range.count = (last - range.first - 1) / step + 1;
  } else {
    range.first = std::clamp<int64_t>(begin, -1, size - 1);
    const int64_t last = std::clamp<int64_t>(end, -1, size - 1);
    if (range.first > last) range.count = (range.first - last - 1) / -step + 1;
  }
  return range;
}

}  // namespace

Result<InferredValue> infer_shape(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, any_input(view, 0));
  const auto rank = static_cast<int64_t>(input->dims.size());
  KERNWISE_ASSIGN(int64_t start, int_attribute(view.node, "start", 0));
  KERNWISE_ASSIGN(int64_t end, int_attribute(view.node, "end", rank));
  if (start < 0) start = std::max<int64_t>(start, -rank) + rank;
  if (end < 0) end = std::max<int64_t>(end, -rank) + rank;
  start = std::min(start, rank);
  end = std::clamp(end, start, rank);
  Dims values(input->dims.begin() + start, input->dims.begin() + end);
  const auto count = static_cast<int64_t>(values.size());
  return InferredValue{DataType::kInt64, {count}, ConstantTensor::ints({count}, std::move(values))};
}

Result<InferredValue> infer_gather(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, any_input(view, 0));
  KERNWISE_ASSIGN(const InferredValue* picks, any_input(view, 1));
  if (!input->constant) return unsupported("input 0 is computed at run time, not a constant");
  if (!picks->constant) return unsupported("the indices are computed at run time");
  const Dims& from = input->dims;
  const auto rank = static_cast<int64_t>(from.size());
  if (rank < 1) return invalid_input("a single number has nothing to gather from");
  if (picks->type != DataType::kInt64 && picks->type != DataType::kInt32) {
    return invalid_input("indices must be integers");
  }
  KERNWISE_ASSIGN(int64_t axis, int_attribute(view.node, "axis", 0));
  KERNWISE_ASSIGN(axis, resolve_axis(axis, rank, rank - 1));
  const auto at = static_cast<std::size_t>(axis);
  const int64_t before = saturating_product(std::span(from).first(at));
  const int64_t after = saturating_product(std::span(from).subspan(at + 1));
  InferredValue output{input->type, Dims(from.begin(), from.begin() + axis), {}};
  output.dims.insert(output.dims.end(), picks->dims.begin(), picks->dims.end());
  output.dims.insert(output.dims.end(), from.begin() + axis + 1, from.end());
  if (saturating_product(output.dims) > kMaxFolded || picks->constant->elements() > kMaxFolded) {
    return unsupported(fmt::format("a constant of shape {} would have to be computed",
                                   describe_dims(output.dims)));
  }
  Dims rows = picks->constant->to_ints(), indices;
  for (int64_t& row : rows) {
    if (row < 0) row += from[at];
    if (row < 0 || row >= from[at]) return invalid_input("an index lies outside the input");
  }
  const bool empty = saturating_product(output.dims) == 0;
  for (int64_t i = 0; i < before && !empty; ++i) {
    for (const int64_t row : rows) {
      for (int64_t j = 0; j < after; ++j) indices.push_back((i * from[at] + row) * after + j);
    }
  }
  KERNWISE_ASSIGN(output.constant, fold_gather(*input->constant, indices, output.dims));
  return output;
}

Result<InferredValue> infer_cast(const NodeView& view) {
  KERNWISE_ASSIGN(const InferredValue* input, any_input(view, 0));
  if (!has_attribute(view.node, "to")) return invalid_input("attribute 'to' is missing");
  KERNWISE_ASSIGN(const int64_t to, int_attribute(view.node, "to", 0));
  if (to < 1 || to > 255) return invalid_input(fmt::format("type {} does not exist", to));
  const auto type = static_cast<DataType>(to);
  if (input->constant) {
    KERNWISE_ASSIGN(ConstantTensor constant, fold_cast(*input->constant, type));
    return InferredValue{type, input->dims, std::move(constant)};
  }
  if (type == input->type) return *input;
  return unsupported(fmt::format("casting data to {} at run time", to_string(type)));
}

Result<std::vector<SliceRange>> slice_ranges(const NodeView& view) {
  constexpr int64_t kSince = 10;  // lists as inputs
  KERNWISE_TRY(check_source(view));
  const Dims& dims = view.inputs[0]->dims;
  const auto rank = static_cast<int64_t>(dims.size());
  KERNWISE_ASSIGN(const auto begins, list_of(view, "starts", 1, kSince));
  KERNWISE_ASSIGN(const auto ends, list_of(view, "ends", 2, kSince));
  KERNWISE_ASSIGN(const auto axes, list_of(view, "axes", 3, kSince));
  std::optional<Dims> steps;
  if (view.opset >= kSince && view.has(4)) {
    KERNWISE_ASSIGN(steps, ints_input(view, 4));
  }
  if (!begins || !ends || begins->size() != ends->size() ||
      (axes && axes->size() != begins->size()) || (steps && steps->size() != begins->size())) {
    return invalid_input("starts, ends, axes and steps must be given, and as many of each");
  }
  std::vector<SliceRange> ranges;
  for (const int64_t dim : dims) ranges.push_back({.first = 0, .step = 1, .count = dim});
  std::vector<bool> seen(dims.size(), false);
  for (std::size_t i = 0; i < begins->size(); ++i) {
    KERNWISE_ASSIGN(const int64_t axis,
                    resolve_axis(axes ? (*axes)[i] : static_cast<int64_t>(i), rank, rank - 1));
    const auto at = static_cast<std::size_t>(axis);
    if (seen[at]) return invalid_input(fmt::format("axis {} is given twice", axis));
    seen[at] = true;
    const int64_t step = steps ? (*steps)[i] : 1;
    if (step == 0 || step == std::numeric_limits<int64_t>::min()) {
      return invalid_input(fmt::format("a step of {} is not possible", step));
    }
    ranges[at] = clamped((*begins)[i], (*ends)[i], step, dims[at]);
  }
  return ranges;
}

Result<InferredValue> infer_slice(const NodeView& view) {
  KERNWISE_ASSIGN(const std::vector<SliceRange> ranges, slice_ranges(view));
  const InferredValue& input = *view.inputs[0];
  InferredValue output{input.type, {}, {}};
  for (const SliceRange& range : ranges) output.dims.push_back(range.count);
  if (!input.constant) {
    if (saturating_product(output.dims) > 0) return output;
    return unsupported(fmt::format("nothing of {} is left", describe_dims(input.dims)));
  }
  Dims strides = row_major_strides(input.dims);
  int64_t offset = 0;
  const bool empty = saturating_product(output.dims) == 0;
  for (std::size_t i = 0; i < ranges.size() && !empty; ++i) {
    offset += ranges[i].first * strides[i];
    strides[i] = ranges[i].count == 1 ? 0 : strides[i] * ranges[i].step;
  }
  KERNWISE_ASSIGN(output.constant, fold_strided(*input.constant, offset, strides, output.dims));
  return output;
}

Result<std::vector<int64_t>> split_lengths(const NodeView& view) {
  KERNWISE_TRY(data_input(view, 0));
  const Dims& dims = view.inputs[0]->dims;
  KERNWISE_ASSIGN(const int64_t axis, joined_axis(view, static_cast<int64_t>(dims.size()), 0));
  const int64_t size = dims[static_cast<std::size_t>(axis)];
  const auto count = static_cast<int64_t>(view.node.outputs.size());
  KERNWISE_ASSIGN(const auto stated, list_of(view, "split", 1, 13));
  Dims lengths;
  if (stated) {
    lengths = *stated;
  } else {
    // ONNX Split 18: equal parts, the last one smaller if need be.
    const int64_t part = (size + count - 1) / count;
    for (int64_t i = 0; i < count; ++i) lengths.push_back(std::min(part, size - i * part));
  }
  int64_t total = 0;
  for (const int64_t length : lengths) {
    if (length == 0) return unsupported("an output without elements");
    if (length < 0) return invalid_input("a length is negative, or there is too little to split");
    total = saturating_add(total, length);
  }
  if (static_cast<int64_t>(lengths.size()) == count && total == size) return lengths;
  return invalid_input(
      fmt::format("{} outputs of lengths {} do not make {}", count, describe_dims(lengths), size));
}

Result<std::vector<InferredValue>> infer_split(const NodeView& view) {
  KERNWISE_ASSIGN(const Dims lengths, split_lengths(view));
  Dims dims = view.inputs[0]->dims;
  KERNWISE_ASSIGN(const int64_t axis, joined_axis(view, static_cast<int64_t>(dims.size()), 0));
  std::vector<InferredValue> outputs;
  for (const int64_t length : lengths) {
    dims[static_cast<std::size_t>(axis)] = length;
    outputs.push_back({DataType::kFloat32, dims, {}});
  }
  return outputs;
}

Result<std::vector<int64_t>> permutation(const NodeView& view) {
  KERNWISE_TRY(check_source(view));
  const auto rank = static_cast<int64_t>(view.inputs[0]->dims.size());
  Dims reversed;
  for (int64_t i = rank; i-- > 0;) reversed.push_back(i);
  KERNWISE_ASSIGN(const Dims order, ints_attribute(view.node, "perm", reversed));
  Dims sorted = order;
  std::sort(sorted.begin(), sorted.end());
  std::reverse(reversed.begin(), reversed.end());
  if (sorted == reversed) return order;
  return invalid_input(
      fmt::format("perm {} is no order of {} dimensions", describe_dims(order), rank));
}

Result<InferredValue> infer_transpose(const NodeView& view) {
  KERNWISE_ASSIGN(const Dims order, permutation(view));
  const InferredValue& input = *view.inputs[0];
  const Dims strides = row_major_strides(input.dims);
  InferredValue output{input.type, {}, {}};
  Dims moved;
  for (const int64_t axis : order) {
    output.dims.push_back(input.dims[static_cast<std::size_t>(axis)]);
    moved.push_back(strides[static_cast<std::size_t>(axis)]);
  }
  if (input.constant) {
    KERNWISE_ASSIGN(output.constant, fold_strided(*input.constant, 0, moved, output.dims));
  }
  return output;
}

Result<Padding> padding_of(const NodeView& view) {
  constexpr int64_t kSince = 11;  // lists as inputs
  KERNWISE_TRY(data_input(view, 0));
  const Dims& dims = view.inputs[0]->dims;
  Padding padding;
  KERNWISE_ASSIGN(const std::string mode, string_attribute(view.node, "mode", "constant"));
  if (mode == "reflect") padding.kind = PadKind::kReflect;
  if (mode == "edge") padding.kind = PadKind::kEdge;
  if (mode != "constant" && padding.kind == PadKind::kConstant) {
    return unsupported(fmt::format("mode '{}'", mode));
  }
  KERNWISE_ASSIGN(const auto pads, list_of(view, "pads", 1, kSince));
  if (!pads) return invalid_input("pads are missing");
  std::optional<Dims> axes;
  if (view.has(3)) {
    KERNWISE_ASSIGN(axes, ints_input(view, 3));
  }
  const std::size_t count = axes ? axes->size() : dims.size();
  if (pads->size() != 2 * count) {
    return invalid_input(fmt::format("{} pads for {} dimensions", pads->size(), count));
  }
  padding.before.assign(dims.size(), 0);
  padding.after.assign(dims.size(), 0);
  const auto rank = static_cast<int64_t>(dims.size());
  for (std::size_t i = 0; i < count; ++i) {
    KERNWISE_ASSIGN(const int64_t axis,
                    resolve_axis(axes ? (*axes)[i] : static_cast<int64_t>(i), rank, rank - 1));
    padding.before[static_cast<std::size_t>(axis)] = (*pads)[i];
    padding.after[static_cast<std::size_t>(axis)] = (*pads)[count + i];
  }
  if (padding.kind != PadKind::kConstant) return padding;
  if (view.opset < kSince) {
    KERNWISE_ASSIGN(padding.value, float_attribute(view.node, "value", 0));
  } else if (has_attribute(view.node, "value")) {
    return unsupported(fmt::format("attribute 'value' in opset {}", view.opset));
  } else {
    KERNWISE_ASSIGN(const std::optional<float> value, scalar_input(view, 2));
    padding.value = value.value_or(0);
  }
  return padding;
}

Result<InferredValue> infer_pad(const NodeView& view) {
  KERNWISE_ASSIGN(const Padding padding, padding_of(view));
  constexpr int64_t kLargest = std::numeric_limits<int32_t>::max();
  InferredValue output{DataType::kFloat32, view.inputs[0]->dims, {}};
  for (std::size_t i = 0; i < output.dims.size(); ++i) {
    const int64_t before = padding.before[i], after = padding.after[i];
    if (std::max(before, after) > kLargest || std::min(before, after) < -output.dims[i]) {
      return invalid_input(fmt::format("padding of {} and {} is not possible", before, after));
    }
    output.dims[i] += before + after;
    if (output.dims[i] < 0) return invalid_input("more is taken away than there is");
    if (output.dims[i] == 0) return unsupported("nothing is left");
  }
  return output;
}

}  // namespace kernwise::detail
