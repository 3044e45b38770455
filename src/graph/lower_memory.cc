// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Layers of the operators that move values: concatenation, slices, transposition, padding; and
// means along any axes, which are average pools over another view.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "attributes.h"
#include "describe.h"
#include "fold_constants.h"
#include "lowering.h"
#include "operator_rules.h"
#include "saturate.h"

namespace kernwise::detail {
namespace {

int64_t product(const Dims& dims, std::size_t first, std::size_t last) {
  return saturating_product(std::span(dims).subspan(first, last - first));
}

// The dimension of a tensor that its view calls channels.
std::size_t channel_axis(const Dims& dims) { return dims.size() > 1 ? 1 : 0; }

}  // namespace

Status LayerBuilder::take_concat(const NodeView& view) {
  const Node& node = view.node;
  const Dims& dims = inferred_.at(node.outputs[0]).dims;
  KERNWISE_ASSIGN(const int64_t axis, joined_axis(view, static_cast<int64_t>(dims.size()), 1));
  const auto at = static_cast<std::size_t>(axis);
  if (node.inputs.size() == 1) {
    set_output(node, views_.at(node.inputs[0]).root);
    return Ok{};
  }
  const bool channels = at == channel_axis(dims);
  const Shape4 whole = view_of(dims);
  ConcatProblem concat{.n = whole.n, .h = whole.h, .w = whole.w};
  if (!channels) {
    concat = {.n = product(dims, 0, at), .h = product(dims, at + 1, dims.size())};
  }
  std::vector<ValueId> inputs;
  for (const std::string& name : node.inputs) {
    const Dims& part = inferred_.at(name).dims;
    concat.channels.push_back(channels ? view_of(part).c : part[at]);
    KERNWISE_ASSIGN(inputs.emplace_back(),
                    materialise(name, {concat.n, concat.channels.back(), concat.h, concat.w}));
  }
  const Shape4 made = output_shape({concat, {}});
  KERNWISE_ASSIGN(const ValueId value,
                  emit(node.name, {std::move(concat), {}}, std::move(inputs), node.outputs[0],
                       channels ? dims : Dims{made.n, made.c, made.h, made.w}));
  set_output(node, value);
  return Ok{};
}

Result<ValueId> LayerBuilder::emit_strided(const Node& node, ValueId root, int64_t offset,
                                           const Dims& sizes, const Dims& strides,
                                           const std::string& output, const Dims& dims) {
  StridedProblem strided{.from = shape(root), .to = view_of(dims), .offset = offset};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == 1) continue;
    if (!strided.sizes.empty() && strided.strides.back() == strides[i] * sizes[i]) {
      strided.sizes.back() *= sizes[i];
      strided.strides.back() = strides[i];
    } else {
      strided.sizes.push_back(sizes[i]);
      strided.strides.push_back(strides[i]);
    }
  }
  if (strided.sizes.empty()) {
    strided.sizes = {1};
    strided.strides = {1};
  }
  const bool same = strided.sizes.size() == 1 && strided.strides[0] == 1 && offset == 0 &&
                    strided.from.elements() == strided.to.elements();
  if (same) return root;
  return emit(node.name, {std::move(strided), {}}, {root}, output, dims);
}

Result<ValueId> LayerBuilder::emit_ranges(const Node& node, const std::string& input,
                                          const std::vector<Range>& ranges,
                                          const std::string& output) {
  const View view = views_.at(input);
  const std::size_t channels = channel_axis(view.dims);
  Dims strides = row_major_strides(view.dims), sizes;
  int64_t offset = 0;
  bool channels_only = !view.dims.empty();
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const Range& range = ranges[i];
    const bool whole = range.first == 0 && range.step == 1 && range.count == view.dims[i];
    channels_only &= whole || (i == channels && range.step == 1);
    offset += range.first * strides[i];
    strides[i] = range.count == 1 ? 0 : strides[i] * range.step;
    sizes.push_back(range.count);
  }
  if (channels_only && ranges[channels].count != view.dims[channels]) {
    KERNWISE_ASSIGN(const ValueId value, materialise(input));
    const SliceProblem slice{shape(value), ranges[channels].first, ranges[channels].count};
    return emit(node.name, {slice, {}}, {value}, output, sizes);
  }
  return emit_strided(node, view.root, offset, sizes, strides, output, sizes);
}

Status LayerBuilder::take_slice(const NodeView& view) {
  KERNWISE_ASSIGN(const std::vector<SliceRange> stated, slice_ranges(view));
  std::vector<Range> ranges;
  for (const SliceRange& range : stated) ranges.push_back({range.first, range.step, range.count});
  KERNWISE_ASSIGN(const ValueId value,
                  emit_ranges(view.node, view.node.inputs[0], ranges, view.node.outputs[0]));
  set_output(view.node, value);
  return Ok{};
}

Status LayerBuilder::take_split(const NodeView& view) {
  const Node& node = view.node;
  KERNWISE_ASSIGN(const Dims lengths, split_lengths(view));
  const Dims dims = views_.at(node.inputs[0]).dims;
  KERNWISE_ASSIGN(const int64_t axis, joined_axis(view, static_cast<int64_t>(dims.size()), 0));
  std::vector<Range> ranges;
  for (const int64_t dim : dims) ranges.push_back({.first = 0, .step = 1, .count = dim});
  Range& range = ranges[static_cast<std::size_t>(axis)];
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    range.count = lengths[i];
    if (!node.outputs[i].empty() && read_.contains(node.outputs[i])) {
      KERNWISE_ASSIGN(const ValueId value,
                      emit_ranges(node, node.inputs[0], ranges, node.outputs[i]));
      set_output(node, value, i);
    }
    range.first += lengths[i];
  }
  return Ok{};
}

Status LayerBuilder::take_transpose(const NodeView& view) {
  const Node& node = view.node;
  KERNWISE_ASSIGN(const Dims order, permutation(view));
  const View from = views_.at(node.inputs[0]);
  const Dims& dims = inferred_.at(node.outputs[0]).dims;
  // ShuffleNet's channel shuffle: [n, g, c / g, h, w] with the second and third exchanged. It can
  // be done in any layout of [n, c, h, w], which is what the value below the view has.
  const Shape4 image = shape(from.root);
  bool shuffles = from.dims.size() >= 4 && order[1] == 2 && order[2] == 1 && from.dims[1] > 1 &&
                  from.dims[2] > 1 && from.dims[0] == image.n &&
                  from.dims[1] * from.dims[2] == image.c;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i != 1 && i != 2) shuffles &= order[i] == static_cast<int64_t>(i);
  }
  if (shuffles) {
    KERNWISE_ASSIGN(const ValueId value,
                    emit(node.name, {ShuffleProblem{image, from.dims[1]}, {}}, {from.root},
                         node.outputs[0], {image.n, image.c, image.h, image.w}));
    set_output(node, value);
    return Ok{};
  }
  const Dims strides = row_major_strides(from.dims);
  Dims moved;
  for (const int64_t axis : order) moved.push_back(strides[static_cast<std::size_t>(axis)]);
  KERNWISE_ASSIGN(const ValueId value,
                  emit_strided(node, from.root, 0, dims, moved, node.outputs[0], dims));
  set_output(node, value);
  return Ok{};
}

Result<std::string> LayerBuilder::transposed(const Node& node, const std::string& matrix) {
  const View from = views_.at(matrix);
  const Dims dims = {from.dims[1], from.dims[0]};
  KERNWISE_ASSIGN(const ValueId value, emit_strided(node, from.root, 0, dims, {1, from.dims[1]},
                                                    node.outputs[0] + ":transposed", dims));
  return name_view(node, value, dims);
}

Status LayerBuilder::take_pad(const NodeView& view) {
  const Node& node = view.node;
  KERNWISE_ASSIGN(Padding padding, padding_of(view));
  std::string input = node.inputs[0];
  // What is taken away goes first; the rest only adds.
  std::vector<Range> ranges;
  Dims dims = views_.at(input).dims;
  bool cuts = false;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const int64_t before = std::max<int64_t>(-padding.before[i], 0);
    const int64_t after = std::max<int64_t>(-padding.after[i], 0);
    cuts |= before + after > 0;
    dims[i] -= before + after;
    if (dims[i] < 1) return unsupported("padding around nothing");
    ranges.push_back({before, 1, dims[i]});
    padding.before[i] = std::max<int64_t>(padding.before[i], 0);
    padding.after[i] = std::max<int64_t>(padding.after[i], 0);
  }
  if (cuts) {
    KERNWISE_ASSIGN(const ValueId value,
                    emit_ranges(node, input, ranges, node.outputs[0] + ":cut"));
    input = name_view(node, value, dims);
  }
  // As four dimensions: neighbours that get no padding become one.
  struct Axis {
    int64_t size = 1, before = 0, after = 0;
  };
  std::vector<Axis> axes;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const bool padded = padding.before[i] != 0 || padding.after[i] != 0;
    const bool joins = dims.size() > 4 && !padded && !axes.empty() && axes.back().before == 0 &&
                       axes.back().after == 0;
    if (joins) {
      axes.back().size *= dims[i];
    } else {
      axes.push_back({dims[i], padding.before[i], padding.after[i]});
    }
  }
  if (axes.size() > 4) return unsupported("padding along this many dimensions");
  // Where view_of() puts dimensions of this rank.
  static constexpr std::array<std::array<std::size_t, 4>, 5> kPlaces = {
      {{}, {1}, {0, 1}, {0, 1, 3}, {0, 1, 2, 3}}};
  std::array<Axis, 4> at;
  for (std::size_t i = 0; i < axes.size(); ++i) at[kPlaces[axes.size()][i]] = axes[i];
  const PadProblem pad{.kind = padding.kind,
                       .shape = {at[0].size, at[1].size, at[2].size, at[3].size},
                       .nb = at[0].before,
                       .na = at[0].after,
                       .cb = at[1].before,
                       .ca = at[1].after,
                       .hb = at[2].before,
                       .ha = at[2].after,
                       .wb = at[3].before,
                       .wa = at[3].after,
                       .value = padding.value};
  const Problem problem{pad, {}};
  if (output_shape(problem) == pad.shape) {
    set_output(node, views_.at(input).root);
    return Ok{};
  }
  KERNWISE_ASSIGN(const ValueId from, materialise(input, pad.shape));
  const Shape4 made = output_shape(problem);
  const Dims& out = inferred_.at(node.outputs[0]).dims;
  KERNWISE_ASSIGN(const ValueId value,
                  emit(node.name, problem, {from}, node.outputs[0],
                       made == view_of(out) ? out : Dims{made.n, made.c, made.h, made.w}));
  set_output(node, value);
  return Ok{};
}

Status LayerBuilder::take_reduce_mean(const NodeView& view) {
  const Node& node = view.node;
  KERNWISE_ASSIGN(const std::vector<bool> reduced, reduced_axes(view));
  std::string input = node.inputs[0];
  Dims dims = views_.at(input).dims;
  const std::size_t rank = dims.size();
  // The view's h and w, in any layout: an average pool over the whole image, or one side of it.
  bool spatial = rank == 3 || rank == 4;
  for (std::size_t i = 0; i < rank; ++i) spatial &= i >= 2 || !reduced[i];
  if (spatial && std::find(reduced.begin(), reduced.end(), true) != reduced.end()) {
    KERNWISE_ASSIGN(const ValueId from, materialise(input));
    const Shape4 x = shape(from);
    const bool over_h = rank == 4 && reduced[2], over_w = reduced[rank - 1];
    const PoolProblem pool{.kind = PoolKind::kAvgExcludePad,
                           .n = x.n,
                           .c = x.c,
                           .ih = x.h,
                           .iw = x.w,
                           .kh = over_h ? x.h : 1,
                           .kw = over_w ? x.w : 1};
    KERNWISE_ASSIGN(const ValueId value, emit(node.name, {pool, {}}, {from}, node.outputs[0],
                                              {x.n, x.c, over_h ? 1 : x.h, over_w ? 1 : x.w}));
    set_output(node, value);
    return Ok{};
  }
  // Otherwise one stretch of neighbouring axes at a time, as the height of an image. A mean of
  // means of equally many values is the mean.
  for (std::size_t last = rank; last > 0;) {
    std::size_t first = last;
    while (first > 0 && reduced[first - 1]) --first;
    if (first == last) {
      --last;
      continue;
    }
    const Shape4 from{1, product(dims, 0, first), product(dims, first, last),
                      product(dims, last, rank)};
    std::fill(dims.begin() + static_cast<std::ptrdiff_t>(first),
              dims.begin() + static_cast<std::ptrdiff_t>(last), 1);
    last = first;
    if (from.h == 1) continue;
    KERNWISE_ASSIGN(const ValueId value, materialise(input, from));
    const PoolProblem pool{.kind = PoolKind::kAvgExcludePad,
                           .n = 1,
                           .c = from.c,
                           .ih = from.h,
                           .iw = from.w,
                           .kh = from.h,
                           .kw = 1};
    KERNWISE_ASSIGN(const ValueId mean,
                    emit(node.name, {pool, {}}, {value}, node.outputs[0], {1, from.c, 1, from.w}));
    input = name_view(node, mean, dims);
  }
  set_output(node, views_.at(input).root);
  return Ok{};
}

}  // namespace kernwise::detail
