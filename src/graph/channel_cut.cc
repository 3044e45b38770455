// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "channel_cut.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "attributes.h"
#include "node_view.h"
#include "operator_rules.h"
#include "saturate.h"

namespace kernwise::detail {
namespace {

using Picks = std::vector<int64_t>;  // indices along one dimension, ascending

// Elements `picks` of one dimension.
ConstantTensor picked(const ConstantTensor& tensor, std::size_t axis, const Picks& picks) {
  std::vector<int64_t> dims = tensor.dims();
  const auto old = static_cast<std::size_t>(dims[axis]);
  const auto inner =
      static_cast<std::size_t>(saturating_product(std::span(dims).subspan(axis + 1)));
  const auto outer = static_cast<std::size_t>(saturating_product(std::span(dims).first(axis)));
  dims[axis] = static_cast<int64_t>(picks.size());
  if (tensor.fill_value()) return ConstantTensor::filled(dims, *tensor.fill_value());
  const std::vector<float> from = tensor.to_floats();
  std::vector<float> to;
  to.reserve(outer * picks.size() * inner);
  for (std::size_t i = 0; i < outer; ++i) {
    for (const int64_t pick : picks) {
      const auto begin = from.begin() + static_cast<std::ptrdiff_t>(
                                            (i * old + static_cast<std::size_t>(pick)) * inner);
      to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(inner));
    }
  }
  return ConstantTensor::floats(std::move(dims), std::move(to));
}

class Cutter {
 public:
  Cutter(const Network& network, const InferredValues& values, const ChannelTies& ties,
         const std::vector<bool>& kept)
      : values_(values), ties_(ties), kept_(kept), result_(network) {
    for (const Node& node : network.nodes) {
      for (const std::string& input : node.inputs) ++uses_[input];
    }
  }

  Result<Network> run() {
    for (Node& node : result_.nodes) {
      Status status = cut(node);
      if (!status.ok())
        return std::move(status).error().within(fmt::format("node '{}'", node.name));
    }
    drop_unused();
    result_.content_hash.clear();
    return std::move(result_);
  }

 private:
  bool stays(int id) const { return kept_[static_cast<std::size_t>(ties_.root(id))]; }

  Picks picks_of(const ChannelIds& ids) const {
    Picks picks;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (stays(ids[i])) picks.push_back(static_cast<int64_t>(i));
    }
    return picks;
  }
  Picks picks_of(const std::string& tensor) const { return picks_of(ties_.of(tensor)); }
  int64_t kept_count(const std::string& tensor) const {
    return static_cast<int64_t>(picks_of(tensor).size());
  }

  Status cut(Node& node) {
    const std::string& op = node.op_type;
    if (ties_.of(node.outputs[0]).empty()) return Ok{};
    if (op == "Conv" || op == "ConvTranspose") return cut_conv(node);
    if (op == "Gemm" || op == "MatMul") return cut_matrix(node);
    if (op == "BatchNormalization") {
      for (std::size_t i = 1; i <= 4; ++i) replace(node, i, {{0, picks_of(node.outputs[0])}});
      return Ok{};
    }
    if (op == "Reshape") return cut_reshape(node);
    if (op == "Split") return cut_split(node);
    if (op == "Slice") return cut_slice(node);
    if (op == "Resize") return cut_resize(node);
    return cut_elementwise(node);
  }

  using Cuts = std::vector<std::pair<std::size_t, Picks>>;  // axis and what stays of it

  // Puts a smaller constant in the place of an input; the same cut of one constant is made once.
  void replace(Node& node, std::size_t index, const Cuts& cuts) {
    const std::string name = node.inputs[index];
    std::string key = name;
    ConstantTensor tensor = *values_.at(name).constant;
    bool smaller = false;
    for (const auto& [axis, picks] : cuts) {
      smaller = smaller || static_cast<int64_t>(picks.size()) != tensor.dims()[axis];
      key += fmt::format("|{}:{}", axis, fmt::join(picks, ","));
    }
    if (!smaller) return;
    const auto [entry, fresh] = made_.try_emplace(key);
    if (fresh) {
      for (const auto& [axis, picks] : cuts) tensor = picked(tensor, axis, picks);
      entry->second = add(name, std::move(tensor));
    }
    node.inputs[index] = entry->second;
  }

  // Under the old name where nobody else needs that.
  std::string add(const std::string& name, ConstantTensor tensor) {
    std::string fresh = name;
    if (uses_[name] != 1 || !result_.constants.contains(name)) {
      for (int i = 1; result_.constants.contains(fresh) || values_.contains(fresh); ++i) {
        fresh = fmt::format("{}:cut{}", name, i);
      }
    }
    result_.constants.insert_or_assign(fresh, std::move(tensor));
    return fresh;
  }

  Status cut_conv(Node& node) {
    KERNWISE_ASSIGN(const int64_t groups, int_attribute(node, "group", 1));
    const ChannelIds& in = ties_.of(node.inputs[0]);
    const ChannelIds& out = ties_.of(node.outputs[0]);
    const auto of_group = [&](const ChannelIds& ids) {
      return picks_of(ChannelIds(ids.begin(),
                                 ids.begin() + static_cast<std::ptrdiff_t>(
                                                   ids.size() / static_cast<std::size_t>(groups))));
    };
    const bool depthwise =
        groups > 1 && groups == static_cast<int64_t>(in.size()) && in.size() == out.size();
    const bool back = node.op_type == "ConvTranspose";
    if (depthwise) {
      replace(node, 1, {{0, picks_of(out)}});
      node.attributes["group"] = static_cast<int64_t>(picks_of(out).size());
    } else if (back) {
      replace(node, 1, {{0, picks_of(in)}, {1, of_group(out)}});
    } else {
      replace(node, 1, {{0, picks_of(out)}, {1, of_group(in)}});
    }
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) replace(node, 2, {{0, picks_of(out)}});
    return Ok{};
  }

  Status cut_matrix(Node& node) {
    KERNWISE_ASSIGN(const int64_t transposed, int_attribute(node, "transB", 0));
    const auto& weights = values_.at(node.inputs[1]);
    if (!weights.constant || weights.dims.size() != 2) return Ok{};
    const std::size_t in_axis = transposed != 0 ? 1 : 0;
    const int64_t outputs = weights.dims[1 - in_axis];
    replace(node, 1,
            {{in_axis, picks_of(node.inputs[0])}, {1 - in_axis, picks_of(node.outputs[0])}});
    if (node.inputs.size() < 3 || node.inputs[2].empty()) return Ok{};
    const std::vector<int64_t>& bias = values_.at(node.inputs[2]).dims;
    if (!bias.empty() && bias.back() == outputs && outputs > 1) {
      replace(node, 2, {{bias.size() - 1, picks_of(node.outputs[0])}});
    }
    return Ok{};
  }

  // Constants that go with the channels one by one.
  Status cut_elementwise(Node& node) {
    const std::vector<int64_t>& out = values_.at(node.outputs[0]).dims;
    if (out.size() < 2) return Ok{};
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (node.inputs[i].empty()) continue;
      const InferredValue& input = values_.at(node.inputs[i]);
      const std::size_t after = out.size() - 1;  // dimensions from the channels on
      if (!input.constant || input.type != DataType::kFloat32 || input.dims.size() < after)
        continue;
      const std::size_t axis = input.dims.size() - after;
      if (input.dims[axis] != out[1] || out[1] == 1) continue;
      replace(node, i, {{axis, picks_of(node.outputs[0])}});
    }
    return Ok{};
  }

  void replace_ints(Node& node, std::size_t index, std::vector<int64_t> values) {
    const auto count = static_cast<int64_t>(values.size());
    const std::string name = index < node.inputs.size() ? node.inputs[index] : node.name + ":sizes";
    while (node.inputs.size() <= index) node.inputs.emplace_back();
    node.inputs[index] = add(name, ConstantTensor::ints({count}, std::move(values)));
  }

  Status cut_reshape(Node& node) {
    const auto& target = values_.at(node.inputs[1]);
    const std::vector<int64_t>& to = values_.at(node.outputs[0]).dims;
    if (!target.constant || to.size() < 2) return Ok{};
    std::vector<int64_t> dims = target.constant->to_ints();
    const auto ids = static_cast<int64_t>(ties_.of(node.outputs[0]).size());
    const int64_t kept = kept_count(node.outputs[0]);
    if (kept == ids) return Ok{};
    const bool split = ids != to[1];  // channels stand in two dimensions
    const std::size_t at = split ? 2 : 1;
    // 0 means the input's size, -1 what is left.
    if (dims[at] > 0) dims[at] = split ? kept / to[1] : kept;
    replace_ints(node, 1, std::move(dims));
    return Ok{};
  }

  Status cut_split(Node& node) {
    std::vector<int64_t> lengths;
    bool same = true;
    for (const std::string& output : node.outputs) {
      lengths.push_back(kept_count(output));
      same = same && lengths.back() == static_cast<int64_t>(ties_.of(output).size());
    }
    if (same) return Ok{};
    for (const int64_t length : lengths) {
      if (length == 0) return unsupported("a part of a split would lose all its channels");
    }
    node.attributes.erase("num_outputs");
    if (result_.opset < 13) {
      node.attributes["split"] = std::move(lengths);
    } else {
      replace_ints(node, 1, std::move(lengths));
    }
    return Ok{};
  }

  Status cut_slice(Node& node) {
    const NodeView view = make_view(node, result_.opset, values_);
    const ChannelIds& in = ties_.of(node.inputs[0]);
    const int64_t count = kept_count(node.outputs[0]);
    if (picks_of(in).size() == in.size()) return Ok{};
    if (count == 0) return unsupported("a slice would lose all its channels");
    KERNWISE_ASSIGN(const std::vector<SliceRange> ranges, slice_ranges(view));
    KERNWISE_ASSIGN(std::vector<int64_t> begins, ints_input(view, 1));
    KERNWISE_ASSIGN(std::vector<int64_t> ends, ints_input(view, 2));
    std::vector<int64_t> axes;
    if (view.has(3)) {
      KERNWISE_ASSIGN(axes, ints_input(view, 3));
    } else {
      for (std::size_t i = 0; i < begins.size(); ++i) axes.push_back(static_cast<int64_t>(i));
    }
    const int64_t begin = static_cast<int64_t>(
        picks_of(ChannelIds(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(ranges[1].first)))
            .size());
    const auto rank = static_cast<int64_t>(ranges.size());
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (axes[i] != 1 && axes[i] != 1 - rank) continue;
      begins[i] = begin;
      ends[i] = begin + count;
    }
    replace_ints(node, 1, std::move(begins));
    replace_ints(node, 2, std::move(ends));
    return Ok{};
  }

  Status cut_resize(Node& node) {
    if (node.inputs.size() < 4 || node.inputs[3].empty()) return Ok{};
    const auto& sizes = values_.at(node.inputs[3]);
    if (!sizes.constant || sizes.dims != std::vector<int64_t>{4}) return Ok{};
    std::vector<int64_t> dims = sizes.constant->to_ints();
    if (dims[1] == kept_count(node.outputs[0])) return Ok{};
    dims[1] = kept_count(node.outputs[0]);
    replace_ints(node, 3, std::move(dims));
    return Ok{};
  }

  void drop_unused() {
    std::set<std::string> used(result_.outputs.begin(), result_.outputs.end());
    for (const Node& node : result_.nodes) used.insert(node.inputs.begin(), node.inputs.end());
    std::erase_if(result_.constants, [&](const auto& item) { return !used.contains(item.first); });
    std::erase_if(result_.nodes, [&](const Node& node) {
      return node.op_type == "Constant" && !used.contains(node.outputs[0]);
    });
  }

  const InferredValues& values_;
  const ChannelTies& ties_;
  const std::vector<bool>& kept_;
  Network result_;
  std::map<std::string, int> uses_;
  std::map<std::string, std::string> made_;  // what was cut how: its name
};

}  // namespace

Result<Network> cut_channels(const Network& network, const InferredValues& values,
                             const ChannelTies& ties, const std::vector<bool>& kept) {
  return Cutter(network, values, ties, kept).run();
}

}  // namespace kernwise::detail
