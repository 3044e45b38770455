// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A file must not become far more in memory than it was on disk without a question asked.
#include "graph/structure_limit.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "onnx_fixture.h"

namespace kernwise::detail {
namespace {

using test::error_of;
using test::relu_model;

constexpr Bytes kLimit{16 << 20};

Status check(const std::string& bytes) {
  return check_structure(bytes, *onnx::ModelProto::descriptor(), kLimit);
}

// What takes few bytes in a file and many in memory, `count` times.
struct Expansion {
  const char* name;
  int count;  // stays within the limit; four times as many do not
  std::function<void(onnx::GraphProto&)> add;
};

const std::vector<Expansion> kExpansions = {
    {"nodes", 30'000, [](onnx::GraphProto& graph) { graph.add_node(); }},
    {"initialisers", 30'000, [](onnx::GraphProto& graph) { graph.add_initializer(); }},
    {"attributes", 30'000, [](onnx::GraphProto& graph) { graph.mutable_node(0)->add_attribute(); }},
    {"dimensions", 30'000,
     [](onnx::GraphProto& graph) {
       auto& type = *graph.mutable_input(0)->mutable_type();
       type.mutable_tensor_type()->mutable_shape()->add_dim();
     }},
    {"names", 120'000, [](onnx::GraphProto& graph) { graph.mutable_node(0)->add_input(""); }},
    {"numbers", 1'000'000,
     [](onnx::GraphProto& graph) {
       if (graph.node(0).attribute_size() == 0) graph.mutable_node(0)->add_attribute();
       graph.mutable_node(0)->mutable_attribute(0)->add_ints(1);
     }},
    {"packed numbers", 1'000'000, [](onnx::GraphProto& graph) {
       if (graph.initializer_size() == 0) graph.add_initializer();
       graph.mutable_initializer(0)->add_int64_data(1);
     }}};

TEST(StructureLimit, HoldsWhatProtobufMakesOfIt) {
  for (const Expansion& expansion : kExpansions) {
    auto model = relu_model();
    for (int i = 0; i < expansion.count; ++i) expansion.add(*model.mutable_graph());
    const std::string bytes = model.SerializeAsString();
    EXPECT_TRUE(check(bytes).ok()) << expansion.name;
    onnx::ModelProto parsed;
    ASSERT_TRUE(parsed.ParseFromString(bytes));
    EXPECT_LE(static_cast<int64_t>(parsed.SpaceUsedLong()), kLimit.value) << expansion.name;

    for (int i = 0; i < 3 * expansion.count; ++i) expansion.add(*model.mutable_graph());
    const std::string larger = model.SerializeAsString();
    const Status refused = check(larger);
    ASSERT_FALSE(refused.ok()) << expansion.name;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(refused.error().hint.find("--max-model-memory"), std::string::npos);
    // Through the reader too, which would find other faults later.
    OnnxOptions options;
    options.max_model_memory = kLimit;
    EXPECT_NE(error_of(parse_onnx(larger, {}, options), ErrorCode::kInvalidInput)
                  .find("nodes, names and numbers"),
              std::string::npos);
  }
}

TEST(StructureLimit, WeightsAreNotStructure) {
  auto model = relu_model();
  const std::vector<float> values(10 << 20, 1.0F);
  test::add_tensor(model, "raw", {10 << 20}).set_raw_data(test::bytes_of(values));
  auto& typed = test::add_tensor(model, "typed", {10 << 20});
  typed.mutable_float_data()->Add(values.begin(), values.end());
  EXPECT_TRUE(check(model.SerializeAsString()).ok());
}

TEST(StructureLimit, WhatIsMalformedOrNestedTooDeepIsNoModel) {
  const std::string good = relu_model().SerializeAsString();
  EXPECT_TRUE(check(good).ok());
  EXPECT_FALSE(check(good.substr(0, good.size() - 1)).ok());
  EXPECT_FALSE(check(std::string("\x0b\x0c", 2)).ok());  // a group
  onnx::ModelProto deep;
  onnx::GraphProto* graph = deep.mutable_graph();
  for (int i = 0; i < 50; ++i) graph = graph->add_node()->add_attribute()->mutable_g();
  EXPECT_FALSE(check(deep.SerializeAsString()).ok());
}

}  // namespace
}  // namespace kernwise::detail
