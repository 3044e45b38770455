// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "channel_ties.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>

#include "attributes.h"
#include "node_view.h"
#include "operator_rules.h"
#include "saturate.h"

namespace kernwise::detail {
namespace {

// Operators whose output has the channels of their first input, one by one.
const std::set<std::string_view> kKeepChannels = {"AveragePool",   "BatchNormalization",
                                                  "Cast",          "Clip",
                                                  "Dropout",       "GlobalAveragePool",
                                                  "GlobalMaxPool", "HardSigmoid",
                                                  "HardSwish",     "Identity",
                                                  "LRN",           "LeakyRelu",
                                                  "MaxPool",       "Pad",
                                                  "Relu",          "Resize",
                                                  "Sigmoid",       "Softmax",
                                                  "Tanh"};

const ChannelIds kUnknown;

}  // namespace

ChannelTies ChannelTies::trace(const Network& network, const InferredValues& values) {
  ChannelTies ties(network, values);
  ties.run();
  return ties;
}

int ChannelTies::root(int id) const {
  auto at = static_cast<std::size_t>(id);
  while (parents_[at] != static_cast<int>(at)) {
    parents_[at] = parents_[static_cast<std::size_t>(parents_[at])];
    at = static_cast<std::size_t>(parents_[at]);
  }
  return static_cast<int>(at);
}

const ChannelIds& ChannelTies::of(const std::string& tensor) const {
  const auto found = ids_.find(tensor);
  return found == ids_.end() ? kUnknown : found->second;
}

bool ChannelTies::computed(const std::string& tensor) const { return ids_.contains(tensor); }

int64_t ChannelTies::channels(const std::string& tensor) const {
  const auto& dims = values_.at(tensor).dims;
  return dims.size() < 2 ? 1 : dims[1];
}

ChannelIds ChannelTies::fresh(int64_t count) {
  ChannelIds ids(static_cast<std::size_t>(count));
  const int first = this->count();
  std::iota(ids.begin(), ids.end(), first);
  parents_.insert(parents_.end(), ids.begin(), ids.end());
  return ids;
}

// The smaller id becomes the root, so that whatever meets id 0 stays.
void ChannelTies::join(int a, int b) {
  const int left = root(a), right = root(b);
  parents_[static_cast<std::size_t>(std::max(left, right))] = std::min(left, right);
}

void ChannelTies::join(const ChannelIds& a, const ChannelIds& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) join(a[i], b[i]);
}

// The same channel of every group: each group then loses as many.
void ChannelTies::tie_groups(const ChannelIds& ids, int64_t groups) {
  const std::size_t size = ids.size() / static_cast<std::size_t>(groups);
  for (std::size_t i = size; i < ids.size(); ++i) join(ids[i % size], ids[i]);
}

void ChannelTies::run() {
  for (const ValueShape& input : network_.inputs) {
    set(input.name, ChannelIds(static_cast<std::size_t>(channels(input.name)), 0));
  }
  for (std::size_t at = 0; at < network_.nodes.size(); ++at) take(at);
  for (const std::string& output : network_.outputs) {
    for (const int id : of(output)) join(id, 0);
  }
}

void ChannelTies::take(std::size_t at) {
  const Node& node = network_.nodes[at];
  const std::string& op = node.op_type;
  const bool any = std::any_of(node.inputs.begin(), node.inputs.end(),
                               [&](const std::string& name) { return computed(name); });
  // Of constants alone, or a shape: not a tensor with channels.
  if (!any || op == "Shape" || values_.at(node.outputs[0]).constant) return;
  if (op == "Conv" || op == "ConvTranspose") return take_conv(at);
  if (op == "Gemm" || op == "MatMul") return take_matrix(at);
  if (op == "Flatten" || op == "Reshape" || op == "Squeeze" || op == "Unsqueeze" ||
      op == "ReduceMean") {
    return take_reshape(node);
  }
  if (op == "Transpose") return take_transpose(node);
  if (op == "Concat" || op == "Split" || op == "Slice") return take_parts(node);
  if (op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Sum" || op == "PRelu") {
    return take_elementwise(node);
  }
  if (kKeepChannels.contains(op) && channels(node.outputs[0]) == channels(node.inputs[0])) {
    return set(node.outputs[0], of(node.inputs[0]));
  }
  freeze(node);
}

// What is not understood keeps its channels, and so does what comes out of it.
void ChannelTies::freeze(const Node& node) {
  for (const std::string& input : node.inputs) {
    for (const int id : of(input)) join(id, 0);
  }
  for (const std::string& output : node.outputs) {
    if (output.empty() || !values_.contains(output)) continue;
    set(output, ChannelIds(static_cast<std::size_t>(channels(output)), 0));
  }
}

void ChannelTies::take_conv(std::size_t at) {
  const Node& node = network_.nodes[at];
  const Result<int64_t> group = int_attribute(node, "group", 1);
  if (!group.ok() || !values_.at(node.inputs[1]).constant || computed(node.inputs[1])) {
    return freeze(node);
  }
  const int64_t groups = *group, in = channels(node.inputs[0]), out = channels(node.outputs[0]);
  const ChannelIds& input = of(node.inputs[0]);
  if (groups == in && groups == out) {  // depthwise: a channel is its own group
    set(node.outputs[0], input);
    producers_.push_back({at, input});
    return;
  }
  ChannelIds ids = fresh(out);
  if (groups > 1) {
    tie_groups(input, groups);
    tie_groups(ids, groups);
  }
  producers_.push_back({at, ids});
  set(node.outputs[0], std::move(ids));
}

void ChannelTies::take_matrix(std::size_t at) {
  const Node& node = network_.nodes[at];
  const Result<int64_t> trans = int_attribute(node, "transA", 0);
  const auto& weights = values_.at(node.inputs[1]);
  const bool plain = trans.ok() && *trans == 0 && weights.constant && weights.dims.size() == 2 &&
                     values_.at(node.inputs[0]).dims.size() == 2;
  if (!plain) return freeze(node);
  ChannelIds ids = fresh(channels(node.outputs[0]));
  producers_.push_back({at, ids});
  set(node.outputs[0], std::move(ids));
}

// Ids follow the channels as long as the first dimension stays and the rest of the tensor is cut
// into channels first: [n, c, h, w] to [n, c*h*w] repeats each id, [n, g, c/g, h, w] and back, as
// in a shuffle, keeps them, with the groups tied.
void ChannelTies::take_reshape(const Node& node) {
  const auto &from = values_.at(node.inputs[0]).dims, &to = values_.at(node.outputs[0]).dims;
  const ChannelIds ids = of(node.inputs[0]);
  if (from.empty() || to.size() < 2 || from[0] != to[0] || ids.empty()) return freeze(node);
  const auto all = static_cast<std::size_t>(saturating_product(std::span(to).subspan(1)));
  if (node.op_type == "ReduceMean") {
    return to[1] == static_cast<int64_t>(ids.size()) ? set(node.outputs[0], ids) : freeze(node);
  }
  // How many elements of the input belong to one id.
  const std::size_t each = all / ids.size();
  const auto count = static_cast<std::size_t>(to[1]);
  if (count % ids.size() == 0 && count / ids.size() <= each) {  // channels, or flattened
    const std::size_t repeat = count / ids.size();
    ChannelIds repeated;
    for (const int id : ids) repeated.insert(repeated.end(), repeat, id);
    return set(node.outputs[0], std::move(repeated));
  }
  if (ids.size() % count == 0 && to.size() > 2 &&
      to[1] * to[2] == static_cast<int64_t>(ids.size())) {  // split into groups
    tie_groups(ids, to[1]);
    return set(node.outputs[0], ids);
  }
  freeze(node);
}

// The middle of a shuffle: [n, g, c/g, ...] to [n, c/g, g, ...].
void ChannelTies::take_transpose(const Node& node) {
  const auto& dims = values_.at(node.inputs[0]).dims;
  const Result<std::vector<int64_t>> order = ints_attribute(node, "perm", {});
  const ChannelIds ids = of(node.inputs[0]);
  bool swaps = order.ok() && order->size() == dims.size() && dims.size() >= 4 && (*order)[0] == 0 &&
               (*order)[1] == 2 && (*order)[2] == 1 &&
               dims[1] * dims[2] == static_cast<int64_t>(ids.size());
  for (std::size_t i = 3; swaps && i < dims.size(); ++i) {
    swaps = (*order)[i] == static_cast<int64_t>(i);
  }
  if (!swaps) return freeze(node);
  const auto g = static_cast<std::size_t>(dims[1]), size = static_cast<std::size_t>(dims[2]);
  ChannelIds moved;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < g; ++k) moved.push_back(ids[k * size + i]);
  }
  set(node.outputs[0], std::move(moved));
}

void ChannelTies::take_elementwise(const Node& node) {
  const int64_t out = channels(node.outputs[0]);
  const std::size_t rank = values_.at(node.outputs[0]).dims.size();
  ChannelIds ids;
  for (const std::string& input : node.inputs) {
    if (!computed(input)) continue;
    // Numpy's broadcasting aligns at the last dimension.
    if (values_.at(input).dims.size() != rank) return freeze(node);
    if (channels(input) != out) {
      for (const int id : of(input)) join(id, 0);  // one channel, repeated
      continue;
    }
    if (ids.empty()) {
      ids = of(input);
    } else {
      join(ids, of(input));
    }
  }
  if (static_cast<int64_t>(ids.size()) != out) return freeze(node);
  set(node.outputs[0], std::move(ids));
}

void ChannelTies::take_parts(const Node& node) {
  const auto rank = static_cast<int64_t>(values_.at(node.outputs[0]).dims.size());
  if (node.op_type == "Concat") {
    const Result<int64_t> axis = int_attribute(node, "axis", 1);
    const bool along = axis.ok() && (*axis == 1 || *axis == 1 - rank);
    ChannelIds ids;
    for (const std::string& input : node.inputs) {
      if (!computed(input) || !along) return freeze(node);
      ids.insert(ids.end(), of(input).begin(), of(input).end());
    }
    return set(node.outputs[0], std::move(ids));
  }
  const NodeView view = make_view(node, network_.opset, values_);
  const ChannelIds& input = of(node.inputs[0]);
  if (node.op_type == "Split") {
    const Result<std::vector<int64_t>> lengths = split_lengths(view);
    const Result<int64_t> axis = joined_axis(view, rank, 0);
    if (!lengths.ok() || !axis.ok() || *axis != 1) return freeze(node);
    std::size_t begin = 0;
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const auto length = static_cast<std::size_t>((*lengths)[i]);
      const auto first = input.begin() + static_cast<std::ptrdiff_t>(begin);
      set(node.outputs[i], ChannelIds(first, first + static_cast<std::ptrdiff_t>(length)));
      begin += length;
    }
    return;
  }
  const Result<std::vector<SliceRange>> ranges = slice_ranges(view);
  if (!ranges.ok() || ranges->size() < 2 || (*ranges)[1].step != 1 || !view.has(1)) {
    return freeze(node);
  }
  const auto first = input.begin() + static_cast<std::ptrdiff_t>((*ranges)[1].first);
  set(node.outputs[0], ChannelIds(first, first + static_cast<std::ptrdiff_t>((*ranges)[1].count)));
}

}  // namespace kernwise::detail
