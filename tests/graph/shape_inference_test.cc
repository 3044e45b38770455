// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "kernwise/graph/network.h"
#include "small_network.h"

namespace kernwise {
namespace {

using test::kPlenty;
using test::list;
using test::numbered;
using test::says;
using test::SmallNetwork;
using test::some_floats;

using Dims = std::vector<int64_t>;

// The shape inferred for `name`, or the error as text.
struct Outcome {
  Dims dims;
  ErrorCode code = ErrorCode::kInternal;
  std::string error;
};

Outcome infer(const Network& network, const std::string& name, Bytes limit = kPlenty) {
  const auto values = infer_shapes(network, limit);
  if (!values.ok()) return {{}, values.error().code, to_string(values.error())};
  return {values->at(name).dims, {}, {}};
}

// One node `op` from "x" (and what else is listed) to "y".
Outcome infer_one(SmallNetwork network, const std::string& op, std::vector<std::string> inputs,
                  std::map<std::string, Attribute> attributes = {}) {
  network.node(op, std::move(inputs), {"y"}, std::move(attributes)).output("y");
  return infer(network.net, "y");
}

SmallNetwork image(int64_t opset, int64_t c, int64_t h, int64_t w) {
  return SmallNetwork(opset).input("x", {1, c, h, w});
}

SmallNetwork with_weights(int64_t opset = 13) {
  return image(opset, 3, 10, 12).constant("w", some_floats({8, 3, 3, 5}));
}

TEST(ConvShape, FollowsStridesPadsAndDilations) {
  EXPECT_EQ(infer_one(with_weights(), "Conv", {"x", "w"}).dims, (Dims{1, 8, 8, 8}));
  EXPECT_EQ(infer_one(with_weights(), "Conv", {"x", "w"}, {{"pads", list({1, 2, 1, 2})}}).dims,
            (Dims{1, 8, 10, 12}));
  EXPECT_EQ(infer_one(with_weights(), "Conv", {"x", "w"}, {{"pads", list({0, 1, 2, 3})}}).dims,
            (Dims{1, 8, 10, 12}));
  EXPECT_EQ(infer_one(with_weights(), "Conv", {"x", "w"}, {{"strides", list({2, 3})}}).dims,
            (Dims{1, 8, 4, 3}));
  EXPECT_EQ(infer_one(with_weights(), "Conv", {"x", "w"}, {{"dilations", list({3, 2})}}).dims,
            (Dims{1, 8, 4, 4}));
}

TEST(ConvShape, ResolvesAutomaticPadding) {
  for (const char* mode : {"SAME_UPPER", "SAME_LOWER"}) {
    EXPECT_EQ(infer_one(with_weights(), "Conv", {"x", "w"},
                        {{"auto_pad", std::string(mode)}, {"strides", list({3, 5})}})
                  .dims,
              (Dims{1, 8, 4, 3}));
  }
  EXPECT_EQ(
      infer_one(with_weights(), "Conv", {"x", "w"}, {{"auto_pad", std::string("VALID")}}).dims,
      (Dims{1, 8, 8, 8}));
  const Outcome both =
      infer_one(with_weights(), "Conv", {"x", "w"},
                {{"auto_pad", std::string("VALID")}, {"pads", list({1, 1, 1, 1})}});
  EXPECT_EQ(both.code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(both.error, "auto_pad"));
  EXPECT_TRUE(
      says(infer_one(with_weights(), "Conv", {"x", "w"}, {{"auto_pad", std::string("HALF")}}).error,
           "HALF"));
}

TEST(ConvShape, KnowsGroups) {
  SmallNetwork grouped = image(13, 4, 6, 6);
  grouped.constant("w", some_floats({8, 2, 3, 3}));
  EXPECT_EQ(infer_one(grouped, "Conv", {"x", "w"}, {{"group", int64_t{2}}}).dims,
            (Dims{1, 8, 4, 4}));
  for (const int64_t wrong : {int64_t{1}, int64_t{0}, int64_t{-2}, int64_t{3}}) {
    const Outcome outcome = infer_one(grouped, "Conv", {"x", "w"}, {{"group", wrong}});
    EXPECT_EQ(outcome.code, ErrorCode::kInvalidInput) << wrong;
    EXPECT_TRUE(says(outcome.error, "n_y"));
  }
}

TEST(ConvShape, RefusesWhatContradictsItself) {
  const std::vector<std::map<std::string, Attribute>> wrong = {
      {{"kernel_shape", list({3, 3})}},
      {{"strides", list({0, 1})}},
      {{"strides", list({1})}},
      {{"strides", 2.0F}},
      {{"pads", list({1, 1})}},
      {{"pads", list({-1, 0, 0, 0})}},
      {{"dilations", list({9, 1})}},  // wider than the image
      {{"strides", list({std::numeric_limits<int64_t>::max(), 1})}},
      {{"pads", list({std::numeric_limits<int64_t>::max(), 1, 1, 1})}},
  };
  for (const auto& attributes : wrong) {
    const Outcome outcome = infer_one(with_weights(), "Conv", {"x", "w"}, attributes);
    EXPECT_EQ(outcome.code, ErrorCode::kInvalidInput) << attributes.begin()->first;
    EXPECT_TRUE(says(outcome.error, "Conv (node 'n_y')"));
  }
  SmallNetwork bias = with_weights();
  bias.constant("b", some_floats({7}));
  EXPECT_TRUE(says(infer_one(bias, "Conv", {"x", "w", "b"}).error, "[8] is needed"));
  EXPECT_TRUE(says(infer_one(with_weights(), "Conv", {"x"}).error, "1 input(s) where 2"));
}

TEST(ConvShape, RefusesWhatIsNotComputed) {
  EXPECT_TRUE(says(
      infer_one(
          SmallNetwork().input("x", {1, 3, 9, 9, 9}).constant("w", some_floats({2, 3, 3, 3, 3})),
          "Conv", {"x", "w"})
          .error,
      "1-D or 2-D images"));
  const Outcome run_time = infer_one(with_weights().input("v", {8, 3, 3, 5}), "Conv", {"x", "v"});
  EXPECT_EQ(run_time.code, ErrorCode::kUnsupported);
  EXPECT_TRUE(says(run_time.error, "computed at run time"));
  const Outcome half =
      infer_one(image(13, 3, 4, 4)
                    .constant("w", ConstantTensor::raw(static_cast<DataType>(10), {2, 3, 1, 1},
                                                       std::make_shared<std::string>())),
                "Conv", {"x", "w"});
  EXPECT_EQ(half.code, ErrorCode::kUnsupported);
  EXPECT_TRUE(says(half.error, "float16"));
}

TEST(PoolShape, RoundsDownOrUp) {
  const std::map<std::string, Attribute> floor = {{"kernel_shape", list({3, 3})},
                                                  {"strides", list({2, 2})}};
  auto ceil = floor;
  ceil["ceil_mode"] = int64_t{1};
  EXPECT_EQ(infer_one(image(13, 2, 8, 9), "MaxPool", {"x"}, floor).dims, (Dims{1, 2, 3, 4}));
  EXPECT_EQ(infer_one(image(13, 2, 8, 9), "MaxPool", {"x"}, ceil).dims, (Dims{1, 2, 4, 4}));
  EXPECT_EQ(infer_one(image(13, 2, 8, 9), "AveragePool", {"x"}, ceil).dims, (Dims{1, 2, 4, 4}));
}

// In 1-D: input 5, window 1, stride 3, padding 1 before and 1 after. Windows start at -1, 2 and 5;
// the last lies in the end padding, so rounding up must not add it.
TEST(PoolShape, IgnoresAWindowThatWouldStartInTheEndPadding) {
  const Outcome outcome = infer_one(image(13, 1, 5, 5), "MaxPool", {"x"},
                                    {{"kernel_shape", list({2, 2})},
                                     {"strides", list({3, 3})},
                                     {"pads", list({1, 1, 1, 1})},
                                     {"ceil_mode", int64_t{1}}});
  EXPECT_EQ(outcome.dims, (Dims{1, 1, 2, 2}));
}

TEST(PoolShape, RefusesWhatIsNotComputed) {
  const std::map<std::string, Attribute> base = {{"kernel_shape", list({3, 3})}};
  auto dilated = base;
  dilated["dilations"] = list({2, 2});
  EXPECT_EQ(infer_one(image(13, 2, 8, 8), "MaxPool", {"x"}, dilated).code, ErrorCode::kUnsupported);
  auto padded = base;
  padded["pads"] = list({3, 0, 0, 0});
  EXPECT_EQ(infer_one(image(13, 2, 8, 8), "MaxPool", {"x"}, padded).code, ErrorCode::kInvalidInput);
  // The file's padding counts and the extension of ceil mode does not.
  const Outcome mixed = infer_one(image(13, 2, 8, 8), "AveragePool", {"x"},
                                  {{"kernel_shape", list({3, 3})},
                                   {"strides", list({2, 2})},
                                   {"pads", list({1, 1, 0, 0})},
                                   {"ceil_mode", int64_t{1}},
                                   {"count_include_pad", int64_t{1}}});
  EXPECT_EQ(mixed.dims, (Dims{1, 2, 4, 4}));  // 8 + 1 divides evenly: nothing is extended
  const Outcome extended = infer_one(image(13, 2, 9, 9), "AveragePool", {"x"},
                                     {{"kernel_shape", list({3, 3})},
                                      {"strides", list({2, 2})},
                                      {"pads", list({1, 1, 0, 0})},
                                      {"ceil_mode", int64_t{1}},
                                      {"count_include_pad", int64_t{1}}});
  EXPECT_EQ(extended.code, ErrorCode::kUnsupported);
  EXPECT_TRUE(says(extended.error, "count_include_pad"));
  EXPECT_EQ(infer_one(image(13, 2, 8, 8), "MaxPool", {"x"}).code, ErrorCode::kInvalidInput);
  SmallNetwork indices = image(13, 2, 8, 8);
  indices.node("MaxPool", {"x"}, {"y", "indices"}, base).output("y").output("indices");
  EXPECT_TRUE(says(infer(indices.net, "y").error, "output 1 ('indices') is used"));
}

TEST(PoolShape, GlobalPoolsLeaveOnePixel) {
  EXPECT_EQ(infer_one(image(13, 7, 5, 9), "GlobalAveragePool", {"x"}).dims, (Dims{1, 7, 1, 1}));
  EXPECT_EQ(infer_one(image(13, 7, 5, 9), "GlobalMaxPool", {"x"}).dims, (Dims{1, 7, 1, 1}));
}

SmallNetwork with_statistics(int64_t opset) {
  SmallNetwork network = image(opset, 3, 2, 2);
  for (const char* name : {"s", "b", "m", "v"}) network.constant(name, some_floats({3}));
  return network;
}

TEST(BatchNormalization, ComputesInferenceOnly) {
  const std::vector<std::string> inputs = {"x", "s", "b", "m", "v"};
  EXPECT_EQ(infer_one(with_statistics(9), "BatchNormalization", inputs, {{"momentum", 0.9F}}).dims,
            (Dims{1, 3, 2, 2}));
  EXPECT_EQ(
      infer_one(with_statistics(7), "BatchNormalization", inputs, {{"spatial", int64_t{1}}}).dims,
      (Dims{1, 3, 2, 2}));
  EXPECT_EQ(
      infer_one(with_statistics(7), "BatchNormalization", inputs, {{"spatial", int64_t{0}}}).code,
      ErrorCode::kUnsupported);
  EXPECT_EQ(
      infer_one(with_statistics(15), "BatchNormalization", inputs, {{"training_mode", int64_t{1}}})
          .code,
      ErrorCode::kUnsupported);
  SmallNetwork wrong = with_statistics(13);
  wrong.constant("v4", some_floats({4}));
  EXPECT_EQ(infer_one(wrong, "BatchNormalization", {"x", "s", "b", "m", "v4"}).code,
            ErrorCode::kInvalidInput);
  // The other four outputs exist in old files; they are in the way only if somebody reads them.
  SmallNetwork outputs = with_statistics(9);
  outputs.node("BatchNormalization", inputs, {"y", "o1", "o2", "o3", "o4"}).output("y");
  EXPECT_EQ(infer(outputs.net, "y").dims, (Dims{1, 3, 2, 2}));
  outputs.node("Relu", {"o1"}, {"z"}).output("z");
  EXPECT_EQ(infer(outputs.net, "y").code, ErrorCode::kUnsupported);
}

TEST(Clip, TakesItsBoundsAsTheOpsetSays) {
  EXPECT_EQ(infer_one(image(7, 1, 2, 2), "Clip", {"x"}, {{"min", 0.0F}, {"max", 6.0F}}).dims,
            (Dims{1, 1, 2, 2}));
  EXPECT_EQ(infer_one(image(13, 1, 2, 2), "Clip", {"x"}, {{"min", 0.0F}}).code,
            ErrorCode::kUnsupported);
  SmallNetwork bounds = image(13, 1, 2, 2);
  bounds.constant("low", ConstantTensor::floats({}, {0}))
      .constant("high", ConstantTensor::floats({1}, {6}))
      .constant("pair", some_floats({2}))
      .constant("nan", ConstantTensor::floats({}, {std::numeric_limits<float>::quiet_NaN()}));
  EXPECT_EQ(infer_one(bounds, "Clip", {"x", "low", "high"}).dims, (Dims{1, 1, 2, 2}));
  EXPECT_EQ(infer_one(bounds, "Clip", {"x", "", "high"}).dims, (Dims{1, 1, 2, 2}));
  EXPECT_EQ(infer_one(bounds, "Clip", {"x"}).dims, (Dims{1, 1, 2, 2}));
  EXPECT_EQ(infer_one(bounds, "Clip", {"x", "high", "low"}).code, ErrorCode::kUnsupported);
  EXPECT_EQ(infer_one(bounds, "Clip", {"x", "pair"}).code, ErrorCode::kInvalidInput);
  EXPECT_EQ(infer_one(bounds, "Clip", {"x", "nan"}).code, ErrorCode::kInvalidInput);
}

TEST(Elementwise, BroadcastsLikeNumpy) {
  SmallNetwork two = image(13, 3, 4, 5);
  two.input("z", {1, 3, 4, 5}).input("row", {1, 3, 1, 5}).input("other", {1, 3, 2, 5});
  for (const char* op : {"Add", "Mul", "Sum"}) {
    EXPECT_EQ(infer_one(two, op, {"x", "z"}).dims, (Dims{1, 3, 4, 5})) << op;
    EXPECT_EQ(infer_one(two, op, {"row", "x"}).dims, (Dims{1, 3, 4, 5})) << op;
    const Outcome apart = infer_one(two, op, {"x", "other"});
    EXPECT_EQ(apart.code, ErrorCode::kInvalidInput) << op;
    EXPECT_TRUE(says(apart.error, "shapes [1, 3, 4, 5] and [1, 3, 2, 5] do not go together"));
  }
  EXPECT_EQ(infer_one(two, "Sum", {"x", "z", "x"}).dims, (Dims{1, 3, 4, 5}));
  EXPECT_EQ(infer_one(two, "Sum", {"x"}).dims, (Dims{1, 3, 4, 5}));
  for (const Dims& dims : {Dims{3, 1, 1}, Dims{1, 3, 1, 1}, Dims{1}, Dims{}, Dims{1, 1}}) {
    SmallNetwork constant = image(13, 3, 4, 5);
    constant.constant("c", some_floats(dims));
    EXPECT_EQ(infer_one(constant, "Add", {"x", "c"}).dims, (Dims{1, 3, 4, 5}));
    EXPECT_EQ(infer_one(constant, "Mul", {"c", "x"}).dims, (Dims{1, 3, 4, 5}));
  }
  for (const Dims& dims : {Dims{5}, Dims{4, 5}, Dims{1, 3, 4, 5}, Dims{4, 1}}) {
    SmallNetwork constant = image(13, 3, 4, 5);
    constant.constant("c", some_floats(dims));
    EXPECT_EQ(infer_one(constant, "Sub", {"c", "x"}).dims, (Dims{1, 3, 4, 5}));
  }
  SmallNetwork constants = image(13, 3, 4, 5);
  constants.constant("c", some_floats({2, 1, 1, 3, 1})).constant("d", some_floats({3}));
  EXPECT_EQ(infer_one(constants, "Div", {"c", "d"}).dims, (Dims{2, 1, 1, 3, 3}));
  EXPECT_EQ(infer_one(two, "PRelu", {"x", "row"}).dims, (Dims{1, 3, 4, 5}));
  EXPECT_EQ(infer_one(two, "PRelu", {"row", "x"}).code, ErrorCode::kInvalidInput);
}

TEST(Concat, JoinsChannels) {
  SmallNetwork three = image(13, 3, 4, 5);
  three.input("z", {1, 7, 4, 5}).input("tall", {1, 7, 5, 5});
  EXPECT_EQ(infer_one(three, "Concat", {"x", "z", "x"}, {{"axis", int64_t{1}}}).dims,
            (Dims{1, 13, 4, 5}));
  EXPECT_EQ(infer_one(three, "Concat", {"x", "z"}, {{"axis", int64_t{-3}}}).dims,
            (Dims{1, 10, 4, 5}));
  EXPECT_EQ(infer_one(three, "Concat", {"x", "x"}, {{"axis", int64_t{2}}}).dims,
            (Dims{1, 3, 8, 5}));
  EXPECT_EQ(infer_one(three, "Concat", {"x", "x"}, {{"axis", int64_t{4}}}).code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(infer_one(three, "Concat", {"x", "tall"}, {{"axis", int64_t{1}}}).code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(infer_one(three, "Concat", {"x", "z"}).code, ErrorCode::kInvalidInput);
}

TEST(Gemm, ReadsItsFactorsAndBias) {
  SmallNetwork matrices = SmallNetwork().input("x", {2, 5});
  matrices.constant("w", some_floats({5, 3})).constant("t", some_floats({3, 5}));
  for (const Dims& dims : {Dims{3}, Dims{1, 3}, Dims{1}, Dims{}, Dims{1, 1}}) {
    SmallNetwork bias = matrices;
    bias.constant("b", some_floats(dims));
    EXPECT_EQ(infer_one(bias, "Gemm", {"x", "w", "b"}).dims, (Dims{2, 3}));
  }
  EXPECT_EQ(infer_one(matrices, "Gemm", {"x", "t"}, {{"transB", int64_t{1}}, {"alpha", 2.0F}}).dims,
            (Dims{2, 3}));
  EXPECT_EQ(infer_one(matrices, "MatMul", {"x", "w"}).dims, (Dims{2, 3}));
  EXPECT_EQ(infer_one(matrices, "MatMul", {"x", "t"}).code, ErrorCode::kInvalidInput);
  EXPECT_EQ(
      infer_one(matrices.input("v", {5, 2}), "Gemm", {"v", "w"}, {{"transA", int64_t{1}}}).dims,
      (Dims{2, 3}));
  SmallNetwork full = matrices;
  full.constant("b", some_floats({2, 3}));
  EXPECT_EQ(infer_one(full, "Gemm", {"x", "w", "b"}).dims, (Dims{2, 3}));
  SmallNetwork images = image(13, 3, 4, 5).constant("w", some_floats({5, 3}));
  EXPECT_EQ(infer_one(images, "MatMul", {"x", "w"}).dims, (Dims{1, 3, 4, 3}));
}

TEST(Reshaping, FollowsTheOpset) {
  EXPECT_EQ(infer_one(image(13, 3, 4, 5), "Flatten", {"x"}).dims, (Dims{1, 60}));
  EXPECT_EQ(infer_one(image(13, 3, 4, 5), "Flatten", {"x"}, {{"axis", int64_t{-1}}}).dims,
            (Dims{12, 5}));
  EXPECT_EQ(infer_one(image(13, 3, 4, 5), "Flatten", {"x"}, {{"axis", int64_t{4}}}).dims,
            (Dims{60, 1}));
  EXPECT_EQ(infer_one(image(13, 3, 4, 5), "Flatten", {"x"}, {{"axis", int64_t{5}}}).code,
            ErrorCode::kInvalidInput);

  EXPECT_EQ(infer_one(image(7, 1, 1, 5), "Squeeze", {"x"}, {{"axes", list({2})}}).dims,
            (Dims{1, 1, 5}));
  EXPECT_EQ(infer_one(image(13, 1, 1, 5), "Squeeze", {"x"}).dims, (Dims{5}));
  EXPECT_EQ(infer_one(image(13, 1, 1, 5).ints("a", {-2}), "Squeeze", {"x", "a"}).dims,
            (Dims{1, 1, 5}));
  EXPECT_EQ(infer_one(image(13, 1, 1, 5).ints("a", {3}), "Squeeze", {"x", "a"}).code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(infer_one(image(13, 1, 1, 5), "Squeeze", {"x"}, {{"axes", list({2})}}).code,
            ErrorCode::kUnsupported);

  SmallNetwork flat = SmallNetwork(11).input("x", {2, 5});
  EXPECT_EQ(infer_one(flat, "Unsqueeze", {"x"}, {{"axes", list({3, 0})}}).dims, (Dims{1, 2, 5, 1}));
  EXPECT_EQ(infer_one(flat, "Unsqueeze", {"x"}, {{"axes", list({0, 0})}}).code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(infer_one(flat, "Unsqueeze", {"x"}).code, ErrorCode::kInvalidInput);
  EXPECT_EQ(
      infer_one(SmallNetwork(13).input("x", {2, 5}).ints("a", {-1, -2}), "Unsqueeze", {"x", "a"})
          .dims,
      (Dims{2, 5, 1, 1}));
}

TEST(Reshape, ResolvesZeroAndMinusOne) {
  const auto reshape = [](Dims shape, std::map<std::string, Attribute> attributes = {}) {
    return infer_one(image(14, 6, 4, 5).ints("s", std::move(shape)), "Reshape", {"x", "s"},
                     std::move(attributes));
  };
  EXPECT_EQ(reshape({0, -1}).dims, (Dims{1, 120}));
  EXPECT_EQ(reshape({0, 3, 2, 0, -1}).dims, (Dims{1, 3, 2, 5, 4}));
  EXPECT_EQ(reshape({120}).dims, (Dims{120}));
  for (const Dims& wrong : {Dims{-1, -1}, Dims{7, -1}, Dims{119}, Dims{-2, 60}, Dims{1, 6, 4, 5, 0},
                            Dims{int64_t{1} << 62, int64_t{1} << 62}, Dims{0, 0, -1, 0, 7}}) {
    EXPECT_EQ(reshape(wrong).code, ErrorCode::kInvalidInput);
  }
  EXPECT_EQ(reshape({0, -1}, {{"allowzero", int64_t{1}}}).code, ErrorCode::kInvalidInput);
  EXPECT_EQ(infer_one(image(14, 6, 4, 5).input("s", {1, 2}), "Reshape", {"x", "s"}).code,
            ErrorCode::kUnsupported);
}

TEST(Softmax, KnowsAxesThatExist) {
  for (const int64_t axis : {-4, -1, 0, 3}) {
    EXPECT_EQ(infer_one(image(13, 6, 4, 5), "Softmax", {"x"}, {{"axis", axis}}).dims,
              (Dims{1, 6, 4, 5}));
  }
  EXPECT_EQ(infer_one(image(13, 6, 4, 5), "Softmax", {"x"}, {{"axis", int64_t{4}}}).code,
            ErrorCode::kInvalidInput);
}

TEST(Dropout, IsNothingUnlessItTrains) {
  EXPECT_EQ(infer_one(image(7, 3, 2, 2), "Dropout", {"x"}, {{"ratio", 0.5F}}).dims,
            (Dims{1, 3, 2, 2}));
  const auto flag = [](char value) {
    return ConstantTensor::raw(DataType::kBool, {}, std::make_shared<std::string>(1, value));
  };
  SmallNetwork network = image(13, 3, 2, 2);
  network.constant("r", ConstantTensor::floats({}, {0.5F}))
      .constant("off", flag(0))
      .constant("on", flag(1));
  EXPECT_EQ(infer_one(network, "Dropout", {"x", "r", "off"}).dims, (Dims{1, 3, 2, 2}));
  EXPECT_EQ(infer_one(network, "Dropout", {"x", "", "on"}).code, ErrorCode::kUnsupported);
}

TEST(Constants, StayKnownThroughReshaping) {
  SmallNetwork network = image(13, 3, 2, 2);
  network.ints("shape", {1, 6})
      .ints("weights", {2, 3, 1, 1})
      .node("ConstantOfShape", {"shape"}, {"fill"},
            {{"value", ConstantTensor::floats({1}, {0.5F})}})
      .node("Reshape", {"fill", "weights"}, {"w"})
      .node("Conv", {"x", "w"}, {"y"})
      .output("y");
  const auto values = infer_shapes(network.net, kPlenty);
  ASSERT_TRUE(values.ok()) << to_string(values.error());
  EXPECT_EQ(values->at("y").dims, (Dims{1, 2, 2, 2}));
  ASSERT_TRUE(values->at("w").constant.has_value());
  EXPECT_EQ(values->at("w").constant->fill_value(), 0.5F);
}

TEST(Constants, ComeInEveryForm) {
  for (const auto& [name, value] : std::map<std::string, Attribute>{
           {"value", ConstantTensor::ints({2}, {1, -1})}, {"value_ints", list({1, -1})}}) {
    SmallNetwork network = image(13, 3, 2, 2);
    network.node("Constant", {}, {"s"}, {{name, value}}).node("Reshape", {"x", "s"}, {"y"});
    EXPECT_EQ(infer(network.output("y").net, "y").dims, (Dims{1, 12})) << name;
  }
  SmallNetwork bounds = image(13, 3, 2, 2);
  bounds.node("Constant", {}, {"b"}, {{"value_float", 6.0F}}).node("Clip", {"x", "", "b"}, {"y"});
  EXPECT_EQ(infer(bounds.output("y").net, "y").dims, (Dims{1, 3, 2, 2}));
  SmallNetwork text = image(13, 3, 2, 2);
  text.node("Constant", {}, {"b"}, {{"value_string", std::string("6")}}).node("Relu", {"x"}, {"y"});
  EXPECT_EQ(infer(text.output("y").net, "y").code, ErrorCode::kUnsupported);
}

TEST(Refusals, AreListedAllAtOnce) {
  SmallNetwork network = image(13, 3, 8, 8);
  network.node("Foo", {"x"}, {"a"})
      .node("Relu", {"a"}, {"b"})
      .node("com.example.Bar", {"b"}, {"c"})
      .node("MaxPool", {"x"}, {"d"}, {{"kernel_shape", list({2, 2})}, {"dilations", list({2, 2})}})
      .node("Relu", {"x"}, {"e"}, {{"slope", 1.0F}})
      .output("c")
      .output("d")
      .output("e");
  const Outcome outcome = infer(network.net, "c");
  EXPECT_EQ(outcome.code, ErrorCode::kUnsupported);
  EXPECT_TRUE(says(outcome.error,
                   "4 node(s) are not supported: Foo (node 'n_a'), "
                   "com.example.Bar (node 'n_c'), MaxPool (node 'n_d': dilated "
                   "pooling), Relu (node 'n_e': attribute 'slope' is not known)"));
}

TEST(Limits, HoldForEveryTensor) {
  const Bytes limit{int64_t{1} << 20};
  SmallNetwork fill = image(13, 3, 2, 2);
  fill.ints("s", {1024, 1024, 1024})
      .node("ConstantOfShape", {"s"}, {"huge"})
      .node("Relu", {"x"}, {"y"});
  const Outcome filled = infer(fill.output("y").net, "y", limit);
  EXPECT_EQ(filled.code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(filled.error, "'huge'"));
  EXPECT_TRUE(says(filled.error, "--max-model-memory"));

  SmallNetwork overflow = image(13, 3, 2, 2);
  overflow.ints("s", Dims(8, int64_t{1} << 40)).node("ConstantOfShape", {"s"}, {"huge"});
  EXPECT_EQ(infer(overflow.node("Relu", {"x"}, {"y"}).output("y").net, "y", limit).code,
            ErrorCode::kInvalidInput);

  const Outcome padded =
      infer(with_weights()
                .node("Conv", {"x", "w"}, {"y"}, {{"pads", list({0, 0, 2000000000, 2000000000})}})
                .output("y")
                .net,
            "y", Bytes{int64_t{1} << 40});
  EXPECT_EQ(padded.code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(padded.error, "'y'"));
  EXPECT_TRUE(says(padded.error, "--max-model-memory"));

  SmallNetwork wide = SmallNetwork().input("x", {1, 1, 1, 200'000});
  EXPECT_EQ(infer(wide.node("Concat", {"x", "x"}, {"y"}, {{"axis", int64_t{1}}}).output("y").net,
                  "y", limit)
                .code,
            ErrorCode::kInvalidInput);

  SmallNetwork many = image(13, 3, 2, 2);  // each fits, all together do not
  many.ints("s", {1 << 17});
  for (int i = 0; i < 3; ++i) many.node("ConstantOfShape", {"s"}, {test::numbered("c", i)});
  const Outcome together = infer(many.node("Relu", {"x"}, {"y"}).output("y").net, "y", limit);
  EXPECT_EQ(together.code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(together.error, "'c1'"));  // two of 512 KiB and the shape's 8 bytes
}

TEST(Networks, MustMakeWhatTheyRead) {
  SmallNetwork early = image(13, 3, 2, 2);
  early.node("Relu", {"later"}, {"y"}).node("Relu", {"x"}, {"later"}).output("y");
  EXPECT_TRUE(says(infer(early.net, "y").error, "'later'"));
  SmallNetwork twice = image(13, 3, 2, 2);
  twice.node("Relu", {"x"}, {"y"}).node("Relu", {"x"}, {"y"}).output("y");
  EXPECT_EQ(infer(twice.net, "y").code, ErrorCode::kInvalidInput);
  SmallNetwork nowhere = image(13, 3, 2, 2);
  nowhere.node("Relu", {"x"}, {"y"}).output("z");
  EXPECT_TRUE(says(infer(nowhere.net, "z").error, "'z'"));
}

TEST(Operators, AreListedInOrder) {
  const auto& names = supported_operators();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const char* name : {"Add", "BatchNormalization", "Conv", "Unsqueeze"}) {
    EXPECT_TRUE(std::binary_search(names.begin(), names.end(), name)) << name;
  }
}

TEST(ConstantTensors, SaturateInsteadOfOverflowing) {
  const auto huge = ConstantTensor::filled({int64_t{1} << 40, int64_t{1} << 40}, 1);
  EXPECT_EQ(huge.elements(), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(huge.bytes().value, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ConstantTensor::filled({2, 3}, 1.5F).to_floats(), std::vector<float>(6, 1.5F));
  EXPECT_EQ(ConstantTensor::filled({}, 2).to_floats(), std::vector<float>{2});
  EXPECT_EQ(ConstantTensor::ints({2}, {5, -6}).to_ints(), (Dims{5, -6}));
  EXPECT_EQ(to_string(DataType::kFloat32), "float32");
  EXPECT_EQ(to_string(static_cast<DataType>(16)), "bfloat16");
  EXPECT_EQ(to_string(static_cast<DataType>(200)), "type 200");
}

TEST(ShapeInference, RefusesMoreDimensionsThanAnyNetworkHas) {
  SmallNetwork network(9);
  network.input("x", {1, 2});
  std::vector<int64_t> axes;
  for (int64_t i = 0; i < 100; ++i) axes.push_back(i);
  network.node("Unsqueeze", {"x"}, {"y"}, {{"axes", axes}}).output("y");
  const auto shapes = infer_shapes(network.net, kPlenty);
  ASSERT_FALSE(shapes.ok());
  EXPECT_EQ(shapes.error().code, ErrorCode::kUnsupported);
}

// Each element is picked from a large constant: small results, much work.
TEST(ShapeInference, RefusesConstantsThatTakeTooLongToCompute) {
  SmallNetwork network;
  network.input("x", {1, 2}).ints("size", {1 << 26}).ints("first", {0});
  network.node("ConstantOfShape", {"size"}, {"large"});
  for (int64_t i = 0; i < 8; ++i) {
    network.node("Gather", {"large", "first"}, {numbered("picked", i)});
    network.output(numbered("picked", i));
  }
  const auto shapes = infer_shapes(network.net, kPlenty);
  ASSERT_FALSE(shapes.ok());
  EXPECT_TRUE(says(to_string(shapes.error()), "too long"));
}

}  // namespace
}  // namespace kernwise
