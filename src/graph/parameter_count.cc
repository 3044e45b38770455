// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <map>
#include <set>
#include <string>

#include "kernwise/graph/layer_graph.h"
#include "saturate.h"

namespace kernwise {
namespace {

// A float constant: who made it, and how many elements it has.
struct Parameter {
  std::string origin;
  int64_t elements = 0;
};

// Whether an operator gives its first input under another name or shape.
bool is_view(const std::string& op) {
  return op == "Identity" || op == "Reshape" || op == "Flatten" || op == "Squeeze" ||
         op == "Unsqueeze" || op == "Dropout";
}

// Whether input `index` is something to learn, not a bound, a rate or a running statistic.
bool is_learned(const std::string& op, std::size_t index, int64_t elements) {
  if (op == "BatchNormalization") return index == 1 || index == 2;
  if (op == "Mul" || op == "Div") return elements > 1;  // one number scales the whole tensor
  return op != "Clip" && op != "Resize" && op != "Pad";
}

class Counter {
 public:
  explicit Counter(const Network& network) : network_(network) {
    for (const auto& [name, constant] : network.constants) add(name, name, constant);
  }

  int64_t count() {
    for (const Node& node : network_.nodes) take_node(node);
    int64_t total = 0;
    for (const auto& [origin, elements] : used_) {
      total = detail::saturating_add(total, elements);
    }
    return total;
  }

 private:
  void add(const std::string& name, const std::string& origin, const ConstantTensor& constant) {
    if (constant.type() == DataType::kFloat32) parameters_[name] = {origin, constant.elements()};
  }

  void take_node(const Node& node) {
    if (node.outputs.empty()) return;
    const std::string& output = node.outputs.front();
    if (node.op_type == "Constant") {
      for (const auto& [name, value] : node.attributes) {
        if (const auto* tensor = std::get_if<ConstantTensor>(&value)) add(output, output, *tensor);
      }
    } else if (node.op_type == "ConstantOfShape") {
      take_fill(node, output);
    } else if (is_view(node.op_type)) {
      const auto found = node.inputs.empty() ? parameters_.end() : parameters_.find(node.inputs[0]);
      if (found != parameters_.end()) parameters_[output] = Parameter(found->second);
    } else {
      for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        const auto found = parameters_.find(node.inputs[i]);
        if (found == parameters_.end()) continue;
        if (!is_learned(node.op_type, i, found->second.elements)) continue;
        used_[found->second.origin] = found->second.elements;
      }
    }
  }

  void take_fill(const Node& node, const std::string& output) {
    if (const auto value = node.attributes.find("value"); value != node.attributes.end()) {
      const auto* tensor = std::get_if<ConstantTensor>(&value->second);
      if (tensor == nullptr || tensor->type() != DataType::kFloat32) return;
    }
    const auto shape =
        node.inputs.empty() ? network_.constants.end() : network_.constants.find(node.inputs[0]);
    if (shape == network_.constants.end() || shape->second.type() != DataType::kInt64) return;
    parameters_[output] = {output, detail::saturating_product(shape->second.to_ints())};
  }

  const Network& network_;
  std::map<std::string, Parameter> parameters_;  // by the name of the tensor
  std::map<std::string, int64_t> used_;          // by origin: a shared constant counts once
};

}  // namespace

int64_t parameter_count(const Network& network) { return Counter(network).count(); }

}  // namespace kernwise
