// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Reading a network without its weights: the same shapes, none of the large floats, and the same
// refusals of files that are wrong.
#include <gtest/gtest.h>

#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/zoo.h"
#include "onnx_fixture.h"
#include "small_network.h"

namespace kernwise {
namespace {

using test::add_tensor;
using test::error_of;
using test::OnnxFiles;
using test::relu_model;
using test::says;
using test::set_external;

OnnxOptions without() {
  OnnxOptions options;
  options.weights = false;
  return options;
}

TEST_F(OnnxFiles, ShapesAreTheSameWithoutWeights) {
  for (const char* name : {"shufflenet_v2_x1_0", "efficientnet_b0"}) {
    const auto file = folder_ / "zoo.onnx";
    ASSERT_TRUE(write_onnx(*build_zoo_network(name), file).ok());
    const Result<Network> whole = read_onnx(file), shapes = read_onnx(file, without());
    ASSERT_TRUE(whole.ok() && shapes.ok());
    EXPECT_FALSE(whole->content_hash.empty());
    EXPECT_TRUE(shapes->content_hash.empty());
    int64_t left_out = 0;
    for (const auto& [tensor, constant] : whole->constants) {
      const ConstantTensor& other = shapes->constants.at(tensor);
      EXPECT_EQ(other.dims(), constant.dims());
      EXPECT_EQ(other.type(), constant.type());
      if (other.fill_value() && !constant.fill_value()) {
        ++left_out;
      } else {
        EXPECT_EQ(other.raw_bytes(), constant.raw_bytes());
      }
    }
    EXPECT_GT(left_out, 50);
    const auto a = lower(*whole, test::kPlenty), b = lower(*shapes, test::kPlenty);
    ASSERT_TRUE(a.ok() && b.ok());
    ASSERT_EQ(a->layers.size(), b->layers.size());
    for (std::size_t i = 0; i < a->layers.size(); ++i) {
      EXPECT_EQ(a->layers[i].problem, b->layers[i].problem);
    }
  }
}

TEST_F(OnnxFiles, ExternalWeightsAreNotOpened) {
  auto model = relu_model();
  set_external(add_tensor(model, "w", {2000}), "nowhere.bin");
  const auto file = put("model.onnx", model.SerializeAsString());
  EXPECT_FALSE(read_onnx(file).ok());
  const Result<Network> shapes = read_onnx(file, without());
  ASSERT_TRUE(shapes.ok()) << to_string(shapes.error());
  EXPECT_EQ(shapes->constants.at("w").dims(), (std::vector<int64_t>{2000}));
}

TEST_F(OnnxFiles, WhatIsWrongIsRefusedWithoutWeightsToo) {
  auto model = relu_model();
  add_tensor(model, "w", {2000}).set_raw_data(std::string(7999, 'w'));
  EXPECT_TRUE(says(error_of(read_onnx(put("m.onnx", model.SerializeAsString()), without()),
                            ErrorCode::kInvalidInput),
                   "needs 8000 bytes"));
  const std::string good = relu_model().SerializeAsString();
  EXPECT_FALSE(read_onnx(put("cut.onnx", good.substr(0, good.size() / 2)), without()).ok());
  EXPECT_FALSE(read_onnx(put("none.onnx", ""), without()).ok());
  EXPECT_FALSE(read_onnx(folder_ / "missing.onnx", without()).ok());
  EXPECT_FALSE(read_onnx(folder_, without()).ok());
  OnnxOptions small = without();
  small.max_model_memory = Bytes{10};
  EXPECT_TRUE(says(error_of(read_onnx(put("m.onnx", good), small), ErrorCode::kInvalidInput),
                   "--max-model-memory"));
}

}  // namespace
}  // namespace kernwise
