// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "describe.h"
#include "kernwise/graph/network.h"
#include "operator_rules.h"
#include "saturate.h"

namespace kernwise {
namespace {

using detail::NodeView;
using detail::OperatorRule;

// No operator needs as many. What has more is no network, and its shapes alone would fill memory.
constexpr std::size_t kMostDimensions = 64;
// A second or so of work; the largest constant that may be folded fits several times.
constexpr int64_t kMostFolding = int64_t{1} << 28;

class Inference {
 public:
  Inference(const Network& network, Bytes limit) : network_(network), limit_(limit) {}

  Result<InferredValues> run() {
    KERNWISE_TRY(take_constants());
    KERNWISE_TRY(take_inputs());
    for (const Node& node : network_.nodes) used_.insert(node.inputs.begin(), node.inputs.end());
    used_.insert(network_.outputs.begin(), network_.outputs.end());
    for (const Node& node : network_.nodes) KERNWISE_TRY(take_node(node));
    for (const std::string& name : network_.outputs) {
      if (!known(name)) {
        return invalid_input(fmt::format("nothing makes the network's output '{}'", name));
      }
    }
    if (!refusals_.empty()) return detail::refused_nodes(refusals_);
    return std::move(values_);
  }

 private:
  bool known(const std::string& name) const {
    return values_.contains(name) || unknown_.contains(name);
  }

  Status check_value(const std::string& name, const InferredValue& value) const {
    if (value.dims.size() > kMostDimensions) {
      return unsupported(fmt::format("'{}' has {} dimensions, more than {}", name,
                                     value.dims.size(), kMostDimensions));
    }
    Bytes size{detail::saturating_multiply(detail::saturating_product(value.dims), 4)};
    if (value.constant) size = value.constant->bytes();
    return detail::check_tensor_size(name, value.dims, size, limit_);
  }

  Status add_constant(const std::string& name, const ConstantTensor& constant) {
    constants_.value = detail::saturating_add(constants_.value, constant.bytes().value);
    return detail::check_total_size(name, constants_, limit_);
  }

  Status take_constants() {
    for (const auto& [name, constant] : network_.constants) {
      for (const int64_t dim : constant.dims()) {
        if (dim < 0) return invalid_input(fmt::format("constant '{}' has a negative size", name));
      }
      InferredValue value{constant.type(), constant.dims(), constant};
      KERNWISE_TRY(check_value(name, value));
      KERNWISE_TRY(add_constant(name, constant));
      values_.emplace(name, std::move(value));
    }
    return Ok{};
  }

  Status take_inputs() {
    for (const ValueShape& input : network_.inputs) {
      for (const int64_t dim : input.dims) {
        if (dim >= 1) continue;
        return invalid_input(fmt::format("input '{}' has shape {}; every size must be 1 or more",
                                         input.name, detail::describe_dims(input.dims)));
      }
      InferredValue value{DataType::kFloat32, input.dims, {}};
      KERNWISE_TRY(check_value(input.name, value));
      if (!values_.emplace(input.name, std::move(value)).second) {
        return invalid_input(fmt::format("two tensors are named '{}'", input.name));
      }
    }
    return Ok{};
  }

  // What can be said without knowing the inputs' shapes.
  Status check_form(const Node& node, const OperatorRule& rule) const {
    for (const auto& [name, value] : node.attributes) {
      if (std::find(rule.attributes.begin(), rule.attributes.end(), name) ==
          rule.attributes.end()) {
        return unsupported(fmt::format("attribute '{}' is not known", name));
      }
    }
    const auto count = static_cast<int>(std::min<std::size_t>(node.inputs.size(), 1U << 30));
    if (count < rule.min_inputs) {
      return invalid_input(
          fmt::format("has {} input(s) where {} are needed", count, rule.min_inputs));
    }
    if (count > rule.max_inputs) {
      return unsupported(fmt::format("{} inputs where {} are known", count, rule.max_inputs));
    }
    if (node.outputs.empty() || node.outputs.front().empty()) return invalid_input("has no output");
    for (std::size_t i = 1; i < node.outputs.size() && rule.infer_each == nullptr; ++i) {
      if (!node.outputs[i].empty() && used_.contains(node.outputs[i])) {
        return unsupported(fmt::format("output {} ('{}') is used", i, node.outputs[i]));
      }
    }
    return Ok{};
  }

  // The outputs, or nothing where an input is unknown because of an earlier refusal.
  Result<std::vector<InferredValue>> infer(const Node& node) {
    const OperatorRule* rule = detail::find_rule(node.op_type);
    if (rule == nullptr) return unsupported("");
    KERNWISE_TRY(check_form(node, *rule));
    std::vector<InferredValue> values;
    for (const std::string& name : node.inputs) {
      if (unknown_.contains(name)) return values;
    }
    const NodeView view = detail::make_view(node, network_.opset, values_);
    KERNWISE_TRY(account_folding(view));
    if (rule->infer_each != nullptr) {
      KERNWISE_ASSIGN(values, rule->infer_each(view));
    } else {
      KERNWISE_ASSIGN(values.emplace_back(), rule->infer(view));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      KERNWISE_TRY(check_value(node.outputs[i], values[i]));
    }
    return values;
  }

  // A constant made from constants takes as long as those are large, whatever is left of them.
  Status account_folding(const NodeView& view) {
    if (!detail::all_constant(view) || detail::shares_input(view.node.op_type)) return Ok{};
    for (const InferredValue* input : view.inputs) {
      if (input != nullptr) {
        folded_ = detail::saturating_add(folded_, detail::saturating_product(input->dims));
      }
    }
    if (folded_ <= kMostFolding) return Ok{};
    return unsupported("the file's constants take too long to compute from each other");
  }

  Status take_node(const Node& node) {
    for (const std::string& name : node.inputs) {
      if (!name.empty() && !known(name)) {
        return invalid_input(fmt::format("reads '{}', which nothing before it makes", name))
            .within(detail::describe_node(node));
      }
    }
    Result<std::vector<InferredValue>> values = infer(node);
    if (!values.ok()) {
      if (values.error().code != ErrorCode::kUnsupported) {
        return std::move(values).error().within(detail::describe_node(node));
      }
      refusals_.push_back(detail::describe_refusal(node, values.error().message));
    }
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const std::string& name = node.outputs[i];
      if (name.empty()) continue;
      if (known(name)) {
        return invalid_input(fmt::format("makes '{}', which exists already", name))
            .within(detail::describe_node(node));
      }
      if (values.ok() && i < values->size()) {
        InferredValue& value = (*values)[i];
        if (value.constant && !detail::shares_input(node.op_type)) {
          KERNWISE_TRY(add_constant(name, *value.constant));
        }
        values_.emplace(name, std::move(value));
      } else {
        unknown_.insert(name);
      }
    }
    return Ok{};
  }

  const Network& network_;
  const Bytes limit_;
  InferredValues values_;
  std::set<std::string> unknown_;  // made by a node that was refused, or after one
  std::set<std::string> used_;
  std::vector<std::string> refusals_;
  Bytes constants_;
  int64_t folded_ = 0;  // elements of constants read to make others
};

}  // namespace

Result<InferredValues> infer_shapes(const Network& network, Bytes limit) {
  return Inference(network, limit).run();
}

const std::vector<std::string>& supported_operators() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const OperatorRule& rule : detail::operator_rules()) names.emplace_back(rule.name);
    return names;
  }();
  return kNames;
}

}  // namespace kernwise
