// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <climits>
#include <limits>
#include <set>
#include <utility>

#include "kernwise/base/file.h"
#include "kernwise/graph/onnx.h"
#include "tensor_proto.h"
#include "wire_format.h"

namespace kernwise {
namespace {

constexpr int64_t kIrVersion = 8;

Status write_attribute(const std::string& name, const Attribute& value,
                       onnx::AttributeProto& proto) {
  proto.set_name(name);
  if (const auto* i = std::get_if<int64_t>(&value)) {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(*i);
  } else if (const auto* f = std::get_if<float>(&value)) {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(*f);
  } else if (const auto* s = std::get_if<std::string>(&value)) {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(*s);
  } else if (const auto* ints = std::get_if<std::vector<int64_t>>(&value)) {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const int64_t item : *ints) proto.add_ints(item);
  } else if (const auto* floats = std::get_if<std::vector<float>>(&value)) {
    proto.set_type(onnx::AttributeProto::FLOATS);
    for (const float item : *floats) proto.add_floats(item);
  } else if (const auto* tensor = std::get_if<ConstantTensor>(&value)) {
    proto.set_type(onnx::AttributeProto::TENSOR);
    KERNWISE_TRY(detail::put_tensor(*tensor, name, *proto.mutable_t()));
  } else {
    return unsupported(fmt::format("attribute '{}' was not read and cannot be written", name));
  }
  return Ok{};
}

Status write_node(const Node& node, onnx::NodeProto& proto, std::set<std::string>& domains) {
  const std::size_t dot = node.op_type.rfind('.');
  if (dot == std::string::npos) {
    proto.set_op_type(node.op_type);
  } else {
    proto.set_domain(node.op_type.substr(0, dot));
    proto.set_op_type(node.op_type.substr(dot + 1));
    domains.insert(proto.domain());
  }
  proto.set_name(node.name);
  for (const std::string& name : node.inputs) proto.add_input(name);
  for (const std::string& name : node.outputs) proto.add_output(name);
  for (const auto& [name, value] : node.attributes) {
    Status status = write_attribute(name, value, *proto.add_attribute());
    if (!status.ok()) return std::move(status).error().within(fmt::format("node '{}'", node.name));
  }
  return Ok{};
}

void write_float(const std::string& name, const std::vector<int64_t>* dims,
                 onnx::ValueInfoProto& proto) {
  proto.set_name(name);
  auto& type = *proto.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  if (dims == nullptr) return;
  auto& shape = *type.mutable_shape();
  for (const int64_t dim : *dims) shape.add_dim()->set_dim_value(dim);
}

// Everything but the initialisers.
Result<onnx::ModelProto> write_skeleton(const Network& network) {
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("kernwise");
  auto& standard = *model.add_opset_import();
  standard.set_domain("");
  standard.set_version(network.opset);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name(network.name.empty() ? "network" : network.name);
  std::set<std::string> domains;
  for (const Node& node : network.nodes) {
    KERNWISE_TRY(write_node(node, *graph.add_node(), domains));
  }
  for (const std::string& domain : domains) {
    auto& import = *model.add_opset_import();
    import.set_domain(domain);
    import.set_version(1);
  }
  for (const ValueShape& input : network.inputs) {
    write_float(input.name, &input.dims, *graph.add_input());
  }
  // Some readers insist on declared output shapes; without a shape of ours there is none to give.
  const Result<InferredValues> values =
      infer_shapes(network, Bytes{std::numeric_limits<int64_t>::max()});
  for (const std::string& name : network.outputs) {
    const auto known = values.ok() ? values->find(name) : InferredValues::const_iterator();
    const bool found = values.ok() && known != values->end();
    write_float(name, found ? &known->second.dims : nullptr, *graph.add_output());
  }
  return model;
}

std::string field_header(int field, std::size_t length) {
  std::string header;
  detail::append_field_header(header, field, length);
  return header;
}

}  // namespace

// The weights are appended by hand: letting protobuf hold them would take their size in memory
// twice more.
Status write_onnx(const Network& network, const std::filesystem::path& path) {
  const auto place = [&](Error error) { return std::move(error).within(path.string()); };
  Result<onnx::ModelProto> skeleton = write_skeleton(network);
  if (!skeleton.ok()) return place(std::move(skeleton).error());
  const std::string graph = skeleton->graph().SerializeAsString();
  skeleton->clear_graph();

  struct Item {
    const ConstantTensor* tensor;
    std::string header;  // all of the TensorProto but its raw data, which ends it
    std::size_t length;  // of the TensorProto
  };
  std::vector<Item> items;
  std::size_t graph_length = graph.size();
  for (const auto& [name, tensor] : network.constants) {
    onnx::TensorProto proto;
    Status status = detail::put_tensor_header(tensor, name, proto);
    if (!status.ok()) return place(std::move(status).error());
    const auto bytes = static_cast<std::size_t>(tensor.bytes().value);
    Item item{&tensor, proto.SerializeAsString(), 0};
    detail::append_field_header(item.header, onnx::TensorProto::kRawDataFieldNumber, bytes);
    item.length = item.header.size() + bytes;
    graph_length += field_header(onnx::GraphProto::kInitializerFieldNumber, item.length).size();
    graph_length += item.length;
    if (bytes > INT_MAX || graph_length > INT_MAX) {
      return place(unsupported("the model is larger than the 2 GiB that one ONNX file can hold"));
    }
    items.push_back(std::move(item));
  }

  std::string file = skeleton->SerializeAsString();
  file.reserve(file.size() + graph_length + 16);
  detail::append_field_header(file, onnx::ModelProto::kGraphFieldNumber, graph_length);
  file += graph;
  for (const Item& item : items) {
    detail::append_field_header(file, onnx::GraphProto::kInitializerFieldNumber, item.length);
    file += item.header;
    file += item.tensor->fill_value() ? detail::tensor_bytes(*item.tensor) : "";
    file += item.tensor->raw_bytes();
  }
  return write_file(path, file);
}

}  // namespace kernwise
