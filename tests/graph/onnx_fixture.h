// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// ONNX files made field by field, for what our own writer never writes; and a folder to put them.
#pragma once

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "kernwise/graph/onnx.h"

namespace kernwise::test {

inline onnx::NodeProto& add_node(onnx::ModelProto& model, const std::string& op,
                                 const std::vector<std::string>& inputs,
                                 const std::string& output) {
  onnx::NodeProto& node = *model.mutable_graph()->add_node();
  node.set_op_type(op);
  for (const std::string& name : inputs) node.add_input(name);
  node.add_output(output);
  return node;
}

// A model with one input "x" [1, 2, 3, 3], one Relu "r" and one output "y".
inline onnx::ModelProto relu_model() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(13);
  onnx::GraphProto& graph = *model.mutable_graph();
  graph.set_name("g");
  onnx::ValueInfoProto& input = *graph.add_input();
  input.set_name("x");
  auto& type = *input.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (const int64_t dim : {1, 2, 3, 3}) type.mutable_shape()->add_dim()->set_dim_value(dim);
  add_node(model, "Relu", {"x"}, "y").set_name("r");
  graph.add_output()->set_name("y");
  return model;
}

// A float tensor among the initialisers; the caller adds the data.
inline onnx::TensorProto& add_tensor(onnx::ModelProto& model, const std::string& name,
                                     const std::vector<int64_t>& dims) {
  onnx::TensorProto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const int64_t dim : dims) tensor.add_dims(dim);
  return tensor;
}

inline void set_external(onnx::TensorProto& tensor, const std::string& location,
                         const std::string& offset = "", const std::string& length = "") {
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  const auto add = [&](const char* key, const std::string& value) {
    auto& entry = *tensor.add_external_data();
    entry.set_key(key);
    entry.set_value(value);
  };
  add("location", location);
  if (!offset.empty()) add("offset", offset);
  if (!length.empty()) add("length", length);
}

inline std::string bytes_of(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

// The error as people see it; the test fails if there is none.
inline std::string error_of(const Result<Network>& network, ErrorCode code) {
  if (network.ok()) {
    ADD_FAILURE() << "was read";
    return {};
  }
  EXPECT_EQ(network.error().code, code) << to_string(network.error());
  return to_string(network.error());
}

// A folder of its own for each test, gone afterwards.
class OnnxFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("kernwise_onnx_") + info->name() + std::to_string(::getpid()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path put(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::filesystem::path put(const onnx::ModelProto& model) const {
    return put("model.onnx", model.SerializeAsString());
  }

  std::filesystem::path folder_;
};

}  // namespace kernwise::test
