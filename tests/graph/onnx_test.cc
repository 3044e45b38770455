// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What a good file says arrives; a bad one ends in an error that says what and where.
#include <gtest/gtest.h>

#include <limits>

#include "kernwise/base/rng.h"
#include "kernwise/graph/layer_graph.h"
#include "onnx_fixture.h"
#include "small_network.h"

namespace kernwise {
namespace {

using test::add_node;
using test::add_tensor;
using test::bytes_of;
using test::error_of;
using test::list;
using test::OnnxFiles;
using test::relu_model;
using test::says;
using test::SmallNetwork;
using test::some_floats;

Result<Network> parse(const onnx::ModelProto& model, const OnnxOptions& options = {}) {
  return parse_onnx(model.SerializeAsString(), {}, options);
}

// A network with every kind of attribute and constant.
SmallNetwork rich_network() {
  SmallNetwork network(17);
  network.net.name = "rich";
  network.input("x", {1, 3, 8, 8})
      .conv("x", "c", 3, 16, 3)
      .batch_norm("c", "b", 16)
      .constant("low", ConstantTensor::floats({}, {0}))
      .constant("fill", ConstantTensor::filled({1, 16, 1, 1}, 0.25F))
      .node("Clip", {"b", "low", ""}, {"r"})
      .node("LRN", {"r"}, {"l"}, {{"size", int64_t{5}}, {"alpha", 1e-3F}})
      .node("Add", {"l", "fill"}, {"a"})
      .node("MaxPool", {"a"}, {"p"},
            {{"kernel_shape", list({2, 2})}, {"auto_pad", std::string("SAME_UPPER")}})
      .node("Constant", {}, {"shape"}, {{"value", ConstantTensor::ints({2}, {1, -1})}})
      .node("Reshape", {"p", "shape"}, {"y"})
      .node("com.example.Odd", {"y"}, {"z"}, {{"floats", std::vector<float>{1, 2.5F}}})
      .output("z")
      .output("r");
  return network;
}

void expect_same(const ConstantTensor& a, const ConstantTensor& b) {
  EXPECT_EQ(a.type(), b.type());
  EXPECT_EQ(a.dims(), b.dims());
  if (a.type() == DataType::kFloat32) {
    EXPECT_EQ(a.to_floats(), b.to_floats());
  } else {
    EXPECT_EQ(a.to_ints(), b.to_ints());
  }
}

TEST_F(OnnxFiles, WritingAndReadingLeavesANetworkAsItWas) {
  const Network before = rich_network().net;
  const auto path = folder_ / "rich.onnx";
  ASSERT_TRUE(write_onnx(before, path).ok());
  const auto read = read_onnx(path);
  ASSERT_TRUE(read.ok()) << to_string(read.error());
  const Network& after = *read;
  EXPECT_EQ(after.name, "rich");
  EXPECT_EQ(after.opset, 17);
  EXPECT_EQ(after.outputs, before.outputs);
  ASSERT_EQ(after.inputs.size(), 1U);
  EXPECT_EQ(after.inputs[0].name, "x");
  EXPECT_EQ(after.inputs[0].dims, (std::vector<int64_t>{1, 3, 8, 8}));
  ASSERT_EQ(after.nodes.size(), before.nodes.size());
  for (std::size_t i = 0; i < after.nodes.size(); ++i) {
    const Node &a = before.nodes[i], &b = after.nodes[i];
    EXPECT_EQ(a.op_type, b.op_type);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.inputs, b.inputs);
    EXPECT_EQ(a.outputs, b.outputs);
    ASSERT_EQ(a.attributes.size(), b.attributes.size());
    for (const auto& [name, value] : a.attributes) {
      const Attribute& other = b.attributes.at(name);
      ASSERT_EQ(value.index(), other.index()) << name;
      if (const auto* tensor = std::get_if<ConstantTensor>(&value)) {
        expect_same(*tensor, std::get<ConstantTensor>(other));
      } else {
        EXPECT_EQ(std::get_if<int64_t>(&value) != nullptr ? std::get<int64_t>(value) : 0,
                  std::get_if<int64_t>(&other) != nullptr ? std::get<int64_t>(other) : 0);
      }
    }
  }
  const auto& lrn = after.nodes[3].attributes;
  EXPECT_EQ(std::get<float>(lrn.at("alpha")), 1e-3F);
  EXPECT_EQ(std::get<std::vector<int64_t>>(after.nodes[5].attributes.at("kernel_shape")),
            (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(std::get<std::string>(after.nodes[5].attributes.at("auto_pad")), "SAME_UPPER");
  EXPECT_EQ(std::get<std::vector<float>>(after.nodes[8].attributes.at("floats")),
            (std::vector<float>{1, 2.5F}));
  ASSERT_EQ(after.constants.size(), before.constants.size());
  for (const auto& [name, tensor] : before.constants) expect_same(tensor, after.constants.at(name));
}

TEST_F(OnnxFiles, WritingTwiceGivesTheSameBytes) {
  const Network network = rich_network().net;
  ASSERT_TRUE(write_onnx(network, folder_ / "a").ok());
  ASSERT_TRUE(write_onnx(network, folder_ / "b").ok());
  const auto a = read_onnx(folder_ / "a"), b = read_onnx(folder_ / "b");
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->content_hash, b->content_hash);
  EXPECT_EQ(a->content_hash.size(), 32U);
}

// Large weights stay where they were read; they must be right, and outlive everything but the
// tensor itself.
TEST_F(OnnxFiles, LargeWeightsOutliveTheNetworkTheyCameWith) {
  SmallNetwork network;
  const ConstantTensor weights = some_floats({64, 64, 3, 3});
  network.input("x", {1, 64, 4, 4}).constant("w", weights).node("Conv", {"x", "w"}, {"y"});
  ASSERT_TRUE(write_onnx(network.output("y").net, folder_ / "m").ok());
  ConstantTensor kept;
  {
    const auto read = read_onnx(folder_ / "m");
    ASSERT_TRUE(read.ok());
    kept = read->constants.at("w");
  }
  std::filesystem::remove(folder_ / "m");
  expect_same(kept, weights);
}

TEST(OnnxReader, TakesTensorsFromTypedFields) {
  auto model = relu_model();
  auto& floats = add_tensor(model, "f", {2});
  floats.add_float_data(1.5F);
  floats.add_float_data(-2);
  auto& longs = add_tensor(model, "l", {2});
  longs.set_data_type(onnx::TensorProto::INT64);
  longs.add_int64_data(int64_t{1} << 40);
  longs.add_int64_data(-1);
  auto& ints = add_tensor(model, "i", {1});
  ints.set_data_type(onnx::TensorProto::INT32);
  ints.add_int32_data(-7);
  auto& flag = add_tensor(model, "b", {});
  flag.set_data_type(onnx::TensorProto::BOOL);
  flag.add_int32_data(1);
  const auto network = parse(model);
  ASSERT_TRUE(network.ok()) << to_string(network.error());
  EXPECT_EQ(network->constants.at("f").to_floats(), (std::vector<float>{1.5F, -2}));
  EXPECT_EQ(network->constants.at("l").to_ints(), (std::vector<int64_t>{int64_t{1} << 40, -1}));
  EXPECT_EQ(network->constants.at("i").to_ints(), (std::vector<int64_t>{-7}));
  EXPECT_EQ(network->constants.at("b").to_ints(), (std::vector<int64_t>{1}));
}

// Protobuf lets the last of several wins; so must the shortcut for large weights.
TEST_F(OnnxFiles, ARepeatedFieldMeansItsLastOccurrence) {
  auto model = relu_model();
  add_tensor(model, "w", {512}).set_raw_data(bytes_of(std::vector<float>(512, 1)));
  std::string again;
  {
    onnx::TensorProto second;
    second.set_raw_data(bytes_of(std::vector<float>(512, 2)));
    again = second.SerializeAsString();
  }
  // Concatenated messages merge: a second graph adds to the first, but its tensors are new ones.
  onnx::ModelProto tail;
  tail.mutable_graph()->add_initializer()->ParseFromString(
      model.graph().initializer(0).SerializeAsString() + again);
  tail.mutable_graph()->mutable_initializer(0)->set_name("v");
  const auto path = put("m", model.SerializeAsString() + tail.SerializeAsString());
  const auto network = read_onnx(path);
  ASSERT_TRUE(network.ok()) << to_string(network.error());
  EXPECT_EQ(network->constants.at("w").to_floats()[0], 1);
  EXPECT_EQ(network->constants.at("v").to_floats()[511], 2);

  // The same, by hand: one tensor with its raw data twice.
  onnx::TensorProto first = model.graph().initializer(0);
  const std::string tensor = first.SerializeAsString() + again;
  std::string graph = "\x2a";  // GraphProto.initializer
  for (std::size_t n = tensor.size();; n >>= 7) {
    graph.push_back(static_cast<char>(n >= 0x80 ? (n & 0x7F) | 0x80 : n));
    if (n < 0x80) break;
  }
  graph += tensor;
  std::string field = "\x3a";  // ModelProto.graph
  for (std::size_t n = graph.size();; n >>= 7) {
    field.push_back(static_cast<char>(n >= 0x80 ? (n & 0x7F) | 0x80 : n));
    if (n < 0x80) break;
  }
  const auto twice = read_onnx(put("t", relu_model().SerializeAsString() + field + graph));
  ASSERT_TRUE(twice.ok()) << to_string(twice.error());
  EXPECT_EQ(twice->constants.at("w").to_floats()[0], 2);
}

TEST(OnnxReader, DoesNotTakeInitialisersForInputs) {
  auto model = relu_model();
  add_tensor(model, "w", {1}).add_float_data(1);
  auto& listed = *model.mutable_graph()->add_input();
  listed.set_name("w");
  listed.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  const auto network = parse(model);
  ASSERT_TRUE(network.ok()) << to_string(network.error());
  ASSERT_EQ(network->inputs.size(), 1U);
  EXPECT_EQ(network->inputs[0].name, "x");
}

TEST(OnnxReader, SortsNodesAndNamesTheNameless) {
  auto model = relu_model();
  model.mutable_graph()->mutable_node(0)->set_name("");
  model.mutable_graph()->mutable_node(0)->set_input(0, "b");  // first in the file, last in the data
  add_node(model, "Relu", {"a"}, "b");
  add_node(model, "Relu", {"x"}, "a");
  add_node(model, "Relu", {"x"}, "unused");
  const auto network = parse(model);
  ASSERT_TRUE(network.ok()) << to_string(network.error());
  std::vector<std::string> names;
  for (const Node& node : network->nodes) names.push_back(node.name);
  EXPECT_EQ(names, (std::vector<std::string>{"Relu_2", "Relu_1", "Relu_0", "Relu_3"}));
}

TEST(OnnxReader, ShowsACycle) {
  auto model = relu_model();
  model.mutable_graph()->mutable_node(0)->set_input(0, "b");
  add_node(model, "Relu", {"y"}, "a").set_name("ra");
  add_node(model, "Relu", {"a"}, "b").set_name("rb");
  add_node(model, "Relu", {"b"}, "after").set_name("after");
  const std::string error = error_of(parse(model), ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(error, "cycle"));
  EXPECT_TRUE(says(error, "'ra' -> 'rb'"));
  EXPECT_FALSE(says(error, "after"));

  auto self = relu_model();
  self.mutable_graph()->mutable_node(0)->set_input(0, "y");
  EXPECT_TRUE(says(error_of(parse(self), ErrorCode::kInvalidInput), "'r' -> 'r'"));
}

TEST(OnnxReader, RefusesNamesThatLeadNowhereOrTwice) {
  auto dangling = relu_model();
  dangling.mutable_graph()->mutable_node(0)->set_input(0, "nobody");
  const std::string error = error_of(parse(dangling), ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(error, "'nobody'"));
  EXPECT_TRUE(says(error, "node 'r'"));

  auto twice = relu_model();
  add_node(twice, "Relu", {"x"}, "y");
  EXPECT_TRUE(says(error_of(parse(twice), ErrorCode::kInvalidInput), "two tensors are named 'y'"));

  auto over_input = relu_model();
  add_node(over_input, "Relu", {"y"}, "x");
  EXPECT_TRUE(says(error_of(parse(over_input), ErrorCode::kInvalidInput), "'x'"));

  auto constants = relu_model();
  add_tensor(constants, "w", {1}).add_float_data(1);
  add_tensor(constants, "w", {1}).add_float_data(1);
  EXPECT_TRUE(says(error_of(parse(constants), ErrorCode::kInvalidInput), "'w'"));

  auto output = relu_model();
  output.mutable_graph()->add_output()->set_name("z");
  EXPECT_TRUE(says(error_of(parse(output), ErrorCode::kInvalidInput), "output 'z'"));

  auto none = relu_model();
  none.mutable_graph()->clear_output();
  EXPECT_TRUE(says(error_of(parse(none), ErrorCode::kInvalidInput), "no output"));
}

TEST(OnnxReader, RefusesNamesThatAreNotText) {
  for (const std::string& name :
       {std::string("a\nb"), std::string("\xff\xfe"), std::string("\x1b[31m"), std::string("\xc3"),
        std::string("\xed\xa0\x80")}) {
    auto model = relu_model();
    model.mutable_graph()->mutable_node(0)->set_name(name);
    EXPECT_TRUE(says(error_of(parse(model), ErrorCode::kInvalidInput), "UTF-8"));
  }
  auto model = relu_model();
  model.mutable_graph()->mutable_node(0)->set_name("Faltung/\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_TRUE(parse(model).ok());
}

TEST(OnnxReader, ReadsOpsetsFromSeven) {
  for (const int64_t opset : {7, 8, 13, 17, 18, 21, 25}) {
    auto model = relu_model();
    model.mutable_opset_import(0)->set_version(opset);
    const auto network = parse(model);
    ASSERT_TRUE(network.ok()) << opset;
    EXPECT_EQ(network->opset, opset);
    EXPECT_TRUE(lower(*network, test::kPlenty).ok()) << opset;
  }
  auto old = relu_model();
  old.mutable_opset_import(0)->set_version(6);
  EXPECT_TRUE(says(error_of(parse(old), ErrorCode::kUnsupported), "opset 6"));
  auto none = relu_model();
  none.clear_opset_import();
  EXPECT_TRUE(says(error_of(parse(none), ErrorCode::kInvalidInput), "no version"));
  auto named = relu_model();
  named.mutable_opset_import(0)->set_domain("ai.onnx");
  EXPECT_TRUE(parse(named).ok());
  auto foreign = relu_model();
  foreign.mutable_opset_import(0)->set_domain("com.example");
  error_of(parse(foreign), ErrorCode::kInvalidInput);
}

TEST(OnnxReader, AsksForOpenDimensions) {
  auto model = relu_model();
  auto& shape = *model.mutable_graph()
                     ->mutable_input(0)
                     ->mutable_type()
                     ->mutable_tensor_type()
                     ->mutable_shape();
  shape.mutable_dim(0)->set_dim_param("batch");
  const std::string error = error_of(parse(model), ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(error, "input 'x'"));
  EXPECT_TRUE(says(error, "dimension 0 ('batch')"));
  EXPECT_TRUE(says(error, "--shape x:1,2,3,3"));

  OnnxOptions options;
  options.shapes["x"] = {4, 2, 3, 3};
  const auto network = parse(model, options);
  ASSERT_TRUE(network.ok()) << to_string(network.error());
  EXPECT_EQ(network->inputs[0].dims, (std::vector<int64_t>{4, 2, 3, 3}));
  options.shapes["x"] = {5, 2, 3, 3};
  EXPECT_NE(parse(model, options)->content_hash, network->content_hash);

  shape.mutable_dim(0)->set_dim_value(-1);
  EXPECT_TRUE(says(error_of(parse(model), ErrorCode::kInvalidInput), "dimension 0 open"));

  model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
  EXPECT_TRUE(says(error_of(parse(model), ErrorCode::kInvalidInput), "--shape"));
  EXPECT_TRUE(parse(model, options).ok());
}

TEST(OnnxReader, RefusesShapesThatDoNotFit) {
  const auto with_shape = [](const std::string& name, std::vector<int64_t> dims) {
    OnnxOptions options;
    options.shapes[name] = std::move(dims);
    return error_of(parse(relu_model(), options), ErrorCode::kInvalidInput);
  };
  EXPECT_TRUE(says(with_shape("x", {1, 2, 3}), "rank 4"));
  EXPECT_TRUE(says(with_shape("x", {1, 2, 0, 3}), "[1, 2, 0, 3]"));
  EXPECT_TRUE(says(with_shape("x", {1, 2, -3, 3}), "1 or more"));
  const std::string unknown = with_shape("data", {1, 2, 3, 3});
  EXPECT_TRUE(says(unknown, "'data'"));
  EXPECT_TRUE(says(unknown, "the inputs are: x"));
}

TEST(OnnxReader, ComputesInFloat32Only) {
  auto model = relu_model();
  auto& type = *model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT16);
  const std::string error = error_of(parse(model), ErrorCode::kUnsupported);
  EXPECT_TRUE(says(error, "input 'x'"));
  EXPECT_TRUE(says(error, "float16"));

  // A weight of another type is in the way only where somebody computes with it.
  auto weights = relu_model();
  auto& half = add_tensor(weights, "w", {2, 2, 1, 1});
  half.set_data_type(onnx::TensorProto::FLOAT16);
  half.set_raw_data("12345678");
  ASSERT_TRUE(parse(weights).ok());
  add_node(weights, "Conv", {"y", "w"}, "z").set_name("conv");
  weights.mutable_graph()->add_output()->set_name("z");
  const auto network = parse(weights);
  ASSERT_TRUE(network.ok()) << to_string(network.error());
  const auto lowered = lower(*network, test::kPlenty);
  ASSERT_FALSE(lowered.ok());
  EXPECT_EQ(lowered.error().code, ErrorCode::kUnsupported);
  EXPECT_TRUE(says(lowered.error().message, "Conv (node 'conv': input 1 ('w') is float16"));
}

TEST(OnnxReader, KeepsForeignOperatorsApart) {
  auto model = relu_model();
  model.mutable_graph()->mutable_node(0)->set_domain("com.example");
  const auto network = parse(model);
  ASSERT_TRUE(network.ok());
  const auto lowered = lower(*network, test::kPlenty);
  ASSERT_FALSE(lowered.ok());
  EXPECT_TRUE(says(lowered.error().message, "com.example.Relu (node 'r')"));
}

TEST(OnnxReader, ReportsOperatorsWithAttributesItDoesNotRead) {
  auto model = relu_model();
  auto& branch = *add_node(model, "If", {"y"}, "z").add_attribute();
  branch.set_name("then_branch");
  branch.set_type(onnx::AttributeProto::GRAPH);
  branch.mutable_g()->set_name("inner");
  auto& strings = *model.mutable_graph()->mutable_node(0)->add_attribute();
  strings.set_name("names");
  strings.set_type(onnx::AttributeProto::STRINGS);
  strings.add_strings("a");
  model.mutable_graph()->add_output()->set_name("z");
  const auto network = parse(model);
  ASSERT_TRUE(network.ok()) << to_string(network.error());
  const auto lowered = lower(*network, test::kPlenty);
  ASSERT_FALSE(lowered.ok());
  EXPECT_TRUE(says(lowered.error().message, "If (node 'If_1')"));
  EXPECT_TRUE(says(lowered.error().message, "attribute 'names' is not known"));
}

TEST(OnnxReader, RefusesTensorsLargerThanTheLimit) {
  auto model = relu_model();
  add_tensor(model, "w", {int64_t{1} << 20, int64_t{1} << 20}).add_float_data(1);
  const std::string error = error_of(parse(model), ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(error, "tensor 'w'"));
  EXPECT_TRUE(says(error, "4.00 TiB"));
  EXPECT_TRUE(says(error, "--max-model-memory"));

  for (const std::vector<int64_t>& dims :
       {std::vector<int64_t>(9, int64_t{1} << 60), std::vector<int64_t>{int64_t{1} << 62}}) {
    auto overflow = relu_model();
    add_tensor(overflow, "w", dims).add_float_data(1);
    EXPECT_TRUE(says(error_of(parse(overflow), ErrorCode::kInvalidInput), "--max-model-memory"));
  }

  auto many = relu_model();
  for (const char* name : {"a", "b", "c"}) {
    add_tensor(many, name, {64}).set_raw_data(bytes_of(std::vector<float>(64)));
  }
  OnnxOptions options;
  options.max_model_memory = Bytes{700};
  EXPECT_TRUE(says(error_of(parse(many, options), ErrorCode::kInvalidInput), "'c'"));

  auto input = relu_model();
  input.mutable_graph()
      ->mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(1)
      ->set_dim_value(std::numeric_limits<int64_t>::max());
  const auto network = parse(input);
  ASSERT_TRUE(network.ok());
  EXPECT_EQ(lower(*network, test::kPlenty).error().code, ErrorCode::kInvalidInput);
}

TEST(OnnxReader, RefusesTensorsThatDoNotHoldWhatTheyDeclare) {
  auto few = relu_model();
  add_tensor(few, "w", {2, 2}).set_raw_data("123");
  EXPECT_TRUE(says(error_of(parse(few), ErrorCode::kInvalidInput), "needs 16 bytes, but 3"));
  auto negative = relu_model();
  add_tensor(negative, "w", {2, -2}).add_float_data(1);
  EXPECT_TRUE(says(error_of(parse(negative), ErrorCode::kInvalidInput), "[2, -2]"));
  auto untyped = relu_model();
  add_tensor(untyped, "w", {1}).clear_data_type();
  EXPECT_TRUE(says(error_of(parse(untyped), ErrorCode::kInvalidInput), "data type"));
  auto attribute = relu_model();
  auto& value = *add_node(attribute, "Constant", {}, "c").add_attribute();
  value.set_name("value");
  value.set_type(onnx::AttributeProto::TENSOR);
  value.mutable_t()->set_data_type(onnx::TensorProto::FLOAT);
  value.mutable_t()->add_dims(int64_t{1} << 50);
  const std::string error = error_of(parse(attribute), ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(error, "Constant (node 'Constant_1')"));
  EXPECT_TRUE(says(error, "--max-model-memory"));
}

// Whatever length a file is cut to, it is an error and nothing worse.
TEST_F(OnnxFiles, EveryTruncationIsAnError) {
  ASSERT_TRUE(write_onnx(rich_network().net, folder_ / "m").ok());
  std::ifstream file(folder_ / "m", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  ASSERT_TRUE(parse_onnx(bytes, {}).ok());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto network = parse_onnx(std::string_view(bytes).substr(0, length), {});
    ASSERT_FALSE(network.ok()) << length;
    ASSERT_EQ(network.error().code, ErrorCode::kInvalidInput) << length;
  }
  const std::string error =
      error_of(read_onnx(put("cut", bytes.substr(0, bytes.size() / 2))), ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(error, (folder_ / "cut").string()));
  EXPECT_TRUE(says(error, "truncated"));
}

// Flipped and moved bytes: any Result is fine, a crash is not.
TEST(OnnxReader, SurvivesDamagedFiles) {
  auto model = relu_model();
  add_tensor(model, "w", {2, 2, 1, 1}).set_raw_data(bytes_of({1, 2, 3, 4}));
  add_node(model, "Conv", {"y", "w"}, "z");
  model.mutable_graph()->add_output()->set_name("z");
  const std::string good = model.SerializeAsString();
  Rng rng(3);
  int read = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = good;
    for (int64_t change = rng.integer(1, 3); change > 0; --change) {
      const auto at =
          static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(good.size()) - 1));
      bytes[at] = static_cast<char>(rng.integer(0, 255));
    }
    const auto network = parse_onnx(bytes, {}, {{}, Bytes{1 << 20}});
    if (!network.ok()) continue;
    ++read;
    (void)lower(*network, Bytes{1 << 20}).ok();
  }
  EXPECT_GT(read, 100);  // damage that leaves the file readable reaches the later stages
}

TEST_F(OnnxFiles, WhatIsNoModelSaysSo) {
  const auto read = [](const std::filesystem::path& path) {
    return error_of(read_onnx(path), ErrorCode::kInvalidInput);
  };
  EXPECT_TRUE(says(read(put("text.onnx", "import torch\nprint('hello')\n")), "text.onnx"));
  EXPECT_TRUE(says(read(put("empty.onnx", "")), "is empty"));
  EXPECT_TRUE(says(read(folder_), "folder"));
  EXPECT_TRUE(says(read(folder_ / "missing.onnx"), "missing.onnx"));
  EXPECT_TRUE(says(read(put("other.onnx", onnx::ModelProto().SerializeAsString())), "is empty"));
  onnx::ModelProto no_graph;
  no_graph.set_ir_version(8);
  EXPECT_TRUE(says(read(put("no_graph.onnx", no_graph.SerializeAsString())), "no graph"));
  OnnxOptions options;
  options.max_model_memory = Bytes{10};
  const std::string large =
      error_of(read_onnx(put(relu_model()), options), ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(large, "--max-model-memory"));
}

TEST_F(OnnxFiles, TensorFilesAreRead) {
  onnx::TensorProto proto;
  proto.set_data_type(onnx::TensorProto::FLOAT);
  proto.add_dims(1);
  proto.add_dims(2);
  proto.set_raw_data(bytes_of({3, 4}));
  const auto tensor = read_tensor_proto(put("t.pb", proto.SerializeAsString()), Bytes{1000});
  ASSERT_TRUE(tensor.ok()) << to_string(tensor.error());
  EXPECT_EQ(tensor->dims(), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(tensor->to_floats(), (std::vector<float>{3, 4}));
  proto.set_dims(1, int64_t{1} << 50);
  EXPECT_EQ(read_tensor_proto(put("t.pb", proto.SerializeAsString()), Bytes{1000}).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_FALSE(read_tensor_proto(put("t.pb", "no tensor at all"), Bytes{1000}).ok());
  EXPECT_FALSE(read_tensor_proto(put("t.pb", ""), Bytes{1000}).ok());
}

TEST_F(OnnxFiles, WhatCannotBeWrittenSaysSo) {
  SmallNetwork half;
  half.input("x", {1, 2, 3, 3}).node("Relu", {"x"}, {"y"}).output("y");
  half.constant("w", ConstantTensor::raw(static_cast<DataType>(10), {1},
                                         std::make_shared<std::string>("12")));
  const Status status = write_onnx(half.net, folder_ / "half.onnx");
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(says(to_string(status.error()), "'w' is float16"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "half.onnx"));
}

}  // namespace
}  // namespace kernwise
