// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <climits>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "clean_name.h"
#include "describe.h"
#include "kernwise/base/hash.h"
#include "kernwise/graph/onnx.h"
#include "model_bytes.h"
#include "structure_limit.h"
#include "tensor_proto.h"
#include "topological_order.h"
#include "weight_views.h"

namespace kernwise {
namespace {

using detail::describe_dims;
using detail::describe_node;
using detail::TensorSource;

constexpr int64_t kOldestOpset = 7;

bool is_standard_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

Result<std::string> take_name(const std::string& name, const char* what) {
  if (detail::is_clean_name(name)) return name;
  return invalid_input(
      fmt::format("the name of {} is not UTF-8 or holds control characters", what));
}

Result<int64_t> read_opset(const onnx::ModelProto& model) {
  int64_t opset = 0;
  for (const auto& import : model.opset_import()) {
    if (is_standard_domain(import.domain())) opset = import.version();
  }
  if (opset >= kOldestOpset) return opset;
  if (opset < 1) {
    return invalid_input("declares no version of the ONNX operators; the file may be incomplete");
  }
  return unsupported(fmt::format("has opset {}; kernwise reads {} and newer", opset, kOldestOpset),
                     "convert the model to a newer opset or export it again");
}

// Files of IR version 1 leave the type out, so it is taken from what is there.
onnx::AttributeProto::AttributeType attribute_type(const onnx::AttributeProto& proto) {
  if (proto.type() != onnx::AttributeProto::UNDEFINED) return proto.type();
  if (proto.has_i()) return onnx::AttributeProto::INT;
  if (proto.has_f()) return onnx::AttributeProto::FLOAT;
  if (proto.has_s()) return onnx::AttributeProto::STRING;
  if (proto.has_t()) return onnx::AttributeProto::TENSOR;
  if (proto.floats_size() > 0) return onnx::AttributeProto::FLOATS;
  return onnx::AttributeProto::INTS;
}

Result<Attribute> read_attribute(onnx::AttributeProto& proto, TensorSource& source) {
  if (!proto.ref_attr_name().empty()) return Attribute(OpaqueAttribute{"reference"});
  switch (attribute_type(proto)) {
    case onnx::AttributeProto::INT: return Attribute(static_cast<int64_t>(proto.i()));
    case onnx::AttributeProto::FLOAT: return Attribute(proto.f());
    case onnx::AttributeProto::STRING:
      if (!detail::is_clean_name(proto.s())) return Attribute(OpaqueAttribute{"bytes"});
      return Attribute(proto.s());
    case onnx::AttributeProto::INTS:
      return Attribute(std::vector<int64_t>(proto.ints().begin(), proto.ints().end()));
    case onnx::AttributeProto::FLOATS:
      return Attribute(std::vector<float>(proto.floats().begin(), proto.floats().end()));
    case onnx::AttributeProto::TENSOR: {
      KERNWISE_ASSIGN(ConstantTensor tensor, detail::take_tensor(*proto.mutable_t(), source));
      return Attribute(std::move(tensor));
    }
    default: return Attribute(OpaqueAttribute{"other"});
  }
}

Result<Node> read_node(onnx::NodeProto& proto, int index, TensorSource& source) {
  Node node;
  KERNWISE_ASSIGN(node.op_type, take_name(proto.op_type(), "an operator"));
  KERNWISE_ASSIGN(node.name, take_name(proto.name(), "a node"));
  KERNWISE_ASSIGN(const std::string domain, take_name(proto.domain(), "a domain"));
  if (node.name.empty()) node.name = fmt::format("{}_{}", node.op_type, index);
  if (!is_standard_domain(domain)) node.op_type = domain + "." + node.op_type;
  for (const std::string& name : proto.input()) {
    KERNWISE_ASSIGN(node.inputs.emplace_back(), take_name(name, "a tensor"));
  }
  for (const std::string& name : proto.output()) {
    KERNWISE_ASSIGN(node.outputs.emplace_back(), take_name(name, "a tensor"));
  }
  for (onnx::AttributeProto& attribute : *proto.mutable_attribute()) {
    KERNWISE_ASSIGN(const std::string name, take_name(attribute.name(), "an attribute"));
    Result<Attribute> value = read_attribute(attribute, source);
    if (!value.ok()) {
      return std::move(value)
          .error()
          .within(fmt::format("attribute '{}'", name))
          .within(describe_node(node));
    }
    if (!node.attributes.emplace(name, std::move(value).value()).second) {
      return invalid_input(fmt::format("attribute '{}' is given twice", name))
          .within(describe_node(node));
    }
  }
  return node;
}

// A size the file leaves open is 0 here.
Result<ValueShape> read_declared(const onnx::ValueInfoProto& proto) {
  ValueShape value;
  KERNWISE_ASSIGN(value.name, take_name(proto.name(), "an input"));
  const auto place = [&] { return fmt::format("input '{}'", value.name); };
  if (!proto.type().has_tensor_type()) return unsupported("is not a tensor").within(place());
  const auto& type = proto.type().tensor_type();
  if (type.elem_type() != onnx::TensorProto::FLOAT) {
    const auto number = static_cast<DataType>(type.elem_type() & 0xFF);
    return unsupported(fmt::format("is {}; kernwise computes in float32", to_string(number)))
        .within(place());
  }
  for (const auto& dim : type.shape().dim()) {
    value.dims.push_back(dim.has_dim_value() && dim.dim_value() > 0 ? dim.dim_value() : 0);
  }
  return value;
}

std::string shape_hint(const ValueShape& input) {
  std::string dims;
  for (const int64_t dim : input.dims) {
    dims += fmt::format("{}{}", dims.empty() ? "" : ",", dim > 0 ? dim : 1);
  }
  return fmt::format("give it with --shape {}:{}", input.name, dims.empty() ? "1,3,224,224" : dims);
}

Status apply_shape(const onnx::ValueInfoProto& proto, const OnnxOptions& options,
                   ValueShape& input) {
  const auto given = options.shapes.find(input.name);
  const auto place = fmt::format("input '{}'", input.name);
  if (given != options.shapes.end()) {
    const std::vector<int64_t>& dims = given->second;
    if (proto.type().tensor_type().has_shape() && dims.size() != input.dims.size()) {
      return invalid_input(fmt::format("has rank {}, but --shape gives it {}", input.dims.size(),
                                       describe_dims(dims)))
          .within(place);
    }
    for (const int64_t dim : dims) {
      if (dim >= 1) continue;
      return invalid_input(
                 fmt::format("--shape gives it {}; sizes must be 1 or more", describe_dims(dims)))
          .within(place);
    }
    input.dims = dims;
    return Ok{};
  }
  if (!proto.type().tensor_type().has_shape()) {
    return invalid_input("has no shape in the file", shape_hint(input)).within(place);
  }
  for (std::size_t i = 0; i < input.dims.size(); ++i) {
    if (input.dims[i] > 0) continue;
    const std::string& symbol =
        proto.type().tensor_type().shape().dim(static_cast<int>(i)).dim_param();
    const bool named = !symbol.empty() && detail::is_clean_name(symbol);
    return invalid_input(fmt::format("leaves dimension {}{} open", i,
                                     named ? fmt::format(" ('{}')", symbol) : ""),
                         shape_hint(input))
        .within(place);
  }
  return Ok{};
}

// What is read: the model's messages, and the weights that were kept out of them.
struct Parsed {
  onnx::ModelProto model;
  std::vector<std::optional<std::string_view>> weights;  // per initialiser; may be shorter
  std::shared_ptr<const void> owner;  // of those weights; null: they must be copied
};

Status read_constants(Parsed& parsed, TensorSource& source, Network& network) {
  onnx::GraphProto& graph = *parsed.model.mutable_graph();
  if (graph.sparse_initializer_size() > 0) return unsupported("has sparse initialisers");
  for (int i = 0; i < graph.initializer_size(); ++i) {
    onnx::TensorProto& proto = *graph.mutable_initializer(i);
    const std::string name = proto.name();
    const auto at = static_cast<std::size_t>(i);
    const auto raw = at < parsed.weights.size() ? parsed.weights[at] : std::nullopt;
    KERNWISE_ASSIGN(ConstantTensor tensor, detail::take_tensor(proto, source, raw, parsed.owner));
    if (name.empty()) return invalid_input("an initialiser has no name");
    if (!network.constants.emplace(name, std::move(tensor)).second) {
      return invalid_input(fmt::format("two tensors are named '{}'", name));
    }
  }
  return Ok{};
}

Status read_inputs(const onnx::GraphProto& graph, const OnnxOptions& options, Network& network) {
  std::set<std::string> names;
  for (const auto& proto : graph.input()) {
    if (network.constants.contains(proto.name())) continue;  // IR 3 lists initialisers here
    if (const auto known = options.constants.find(proto.name()); known != options.constants.end()) {
      KERNWISE_TRY(take_name(proto.name(), "an input"));
      network.constants.insert(*known);
      continue;
    }
    KERNWISE_ASSIGN(ValueShape input, read_declared(proto));
    if (input.name.empty()) return invalid_input("an input has no name");
    KERNWISE_TRY(apply_shape(proto, options, input));
    if (!names.insert(input.name).second) {
      return invalid_input(fmt::format("two inputs are named '{}'", input.name));
    }
    network.inputs.push_back(std::move(input));
  }
  for (const auto& [name, dims] : options.shapes) {
    if (names.contains(name)) continue;
    return invalid_input(fmt::format("--shape names '{}', which is no input", name),
                         fmt::format("the inputs are: {}", fmt::join(names, ", ")));
  }
  return Ok{};
}

Status read_outputs(const onnx::GraphProto& graph, Network& network) {
  std::set<std::string> made;
  for (const ValueShape& input : network.inputs) made.insert(input.name);
  for (const auto& [name, tensor] : network.constants) made.insert(name);
  for (const Node& node : network.nodes) made.insert(node.outputs.begin(), node.outputs.end());
  std::set<std::string> names;
  for (const auto& proto : graph.output()) {
    KERNWISE_ASSIGN(const std::string name, take_name(proto.name(), "an output"));
    if (name.empty() || !made.contains(name)) {
      return invalid_input(fmt::format("nothing makes the output '{}'", name));
    }
    if (!names.insert(name).second) {
      return invalid_input(fmt::format("two outputs are named '{}'", name));
    }
    network.outputs.push_back(name);
  }
  if (network.outputs.empty()) return invalid_input("has no output");
  return Ok{};
}

Result<Network> read_model(Parsed& parsed, TensorSource& source, const OnnxOptions& options) {
  if (!parsed.model.has_graph()) {
    return invalid_input("is not an ONNX model: it has no graph",
                         "a model ends in .onnx as a rule");
  }
  Network network;
  onnx::GraphProto& graph = *parsed.model.mutable_graph();
  KERNWISE_ASSIGN(network.opset, read_opset(parsed.model));
  KERNWISE_ASSIGN(network.name, take_name(graph.name(), "the graph"));
  KERNWISE_TRY(read_constants(parsed, source, network));
  KERNWISE_TRY(read_inputs(graph, options, network));
  network.nodes.reserve(static_cast<std::size_t>(graph.node_size()));
  for (int i = 0; i < graph.node_size(); ++i) {
    KERNWISE_ASSIGN(network.nodes.emplace_back(), read_node(*graph.mutable_node(i), i, source));
  }
  KERNWISE_TRY(detail::sort_topologically(network));
  KERNWISE_TRY(read_outputs(graph, network));
  return network;
}

// Different shapes, known inputs or external weights make a different network of the same file.
std::string network_hash(std::string_view bytes, const OnnxOptions& options,
                         const TensorSource& source) {
  std::string parts = content_hash(bytes);
  const bool as_it_is = options.shapes.empty() && options.constants.empty();
  if (as_it_is && source.external_hashes.empty()) return parts;
  for (const auto& [name, tensor] : options.constants) {
    parts += fmt::format("\n{}={}:{}:{}", name, to_string(tensor.type()),
                         fmt::join(tensor.dims(), ","), content_hash(detail::tensor_bytes(tensor)));
  }
  for (const auto& [name, dims] : options.shapes) {
    parts += fmt::format("\n{}:{}", name, fmt::join(dims, ","));
  }
  return content_hash(parts + "\n" + source.external_hashes);
}

Status parse_message(std::string_view bytes, onnx::ModelProto& model) {
  if (model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Ok{};
  return invalid_input(
      "is not an ONNX model, or only a part of one",
      "an ONNX file is wanted; if it is one it may be truncated: compare its size with the "
      "original");
}

// With an owner, the network's weights become views into `bytes`; without one they are copied.
Result<Network> parse(std::string_view bytes, std::shared_ptr<const void> owner,
                      const std::filesystem::path& folder, const OnnxOptions& options) {
  if (bytes.empty()) return invalid_input("is empty");
  if (bytes.size() > static_cast<std::size_t>(INT_MAX)) {
    return invalid_input("is larger than 2 GiB, which protobuf cannot carry",
                         "save the model with its weights as external data");
  }
  KERNWISE_TRY(
      detail::check_structure(bytes, *onnx::ModelProto::descriptor(), options.max_model_memory));
  Parsed parsed{{}, {}, std::move(owner)};
  if (auto split = detail::split_weights(bytes)) {
    KERNWISE_TRY(parse_message(split->skeleton, parsed.model));
    parsed.weights = std::move(split->views);
  } else {
    KERNWISE_TRY(parse_message(bytes, parsed.model));
  }
  TensorSource source{folder, options.max_model_memory, {}, {}, options.weights};
  KERNWISE_ASSIGN(Network network, read_model(parsed, source, options));
  if (options.weights) network.content_hash = network_hash(bytes, options, source);
  return network;
}

}  // namespace

Result<Network> parse_onnx(std::string_view bytes, const std::filesystem::path& folder,
                           const OnnxOptions& options) {
  return parse(bytes, nullptr, folder, options);
}

Result<Network> read_onnx(const std::filesystem::path& path, const OnnxOptions& options) {
  KERNWISE_ASSIGN(const detail::ModelBytes bytes,
                  options.weights ? detail::read_model_bytes(path, options.max_model_memory)
                                  : detail::map_model_bytes(path, options.max_model_memory));
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  Result<Network> network = parse(bytes.view, bytes.owner, folder, options);
  if (!network.ok()) return std::move(network).error().within(path.string());
  return network;
}

}  // namespace kernwise
