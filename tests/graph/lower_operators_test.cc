// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which layers the operators become that networks use in more than one way, and what is fused. That
// the numbers are right is shown by the published tests (tests/runtime/conformance_test.cc).
#include <gtest/gtest.h>

#include "graph/small_network.h"
#include "kernwise/graph/layer_graph.h"

namespace kernwise::test {
namespace {

std::vector<std::string> layers_of(const SmallNetwork& network) {
  const auto graph = lower(network.net, kPlenty);
  if (!graph.ok()) return {to_string(graph.error())};
  std::vector<std::string> problems;
  for (const Layer& layer : graph->layers) problems.push_back(to_short_string(layer.problem));
  return problems;
}

using Problems = std::vector<std::string>;

SmallNetwork image(int64_t c, int64_t size, int64_t opset = 13) {
  return SmallNetwork(opset).input("x", {1, c, size, size});
}

TEST(LowerOperators, SigmoidTimesItsInputIsOneActivationOfTheConvolution) {
  SmallNetwork network = image(8, 6).conv("x", "c", 8, 16, 3);
  network.node("Sigmoid", {"c"}, {"s"}).node("Mul", {"c", "s"}, {"y"}).output("y");
  EXPECT_EQ(layers_of(network), Problems{"conv:ic8ih6oc16kh3ph1+swish"});
  SmallNetwork hard = image(8, 6).conv("x", "c", 8, 16, 3);
  hard.node("HardSigmoid", {"c"}, {"s"}, {{"alpha", 1.0F / 6}, {"beta", 0.5F}});
  hard.node("Mul", {"s", "c"}, {"y"}).output("y");
  EXPECT_EQ(layers_of(hard), Problems{"conv:ic8ih6oc16kh3ph1+hardswish"});
}

TEST(LowerOperators, ASigmoidThatOthersReadStaysALayer) {
  SmallNetwork network = image(8, 6).node("Sigmoid", {"x"}, {"s"});
  network.node("Mul", {"x", "s"}, {"y"}).output("y").output("s");
  EXPECT_EQ(layers_of(network), (Problems{"eltwise:c8h6+sigmoid", "binary:mul:c8h6"}));
}

TEST(LowerOperators, EveryActivationIsFused) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"LeakyRelu", "leaky0.01"},
      {"Sigmoid", "sigmoid"},
      {"Tanh", "tanh"},
      {"HardSwish", "hardswish"},
      {"HardSigmoid", "hardsigmoid0.2,0.5"}};
  for (const auto& [op, text] : cases) {
    SmallNetwork network = image(8, 6, 14).conv("x", "c", 8, 16, 1);
    network.node(op, {"c"}, {"y"}).output("y");
    EXPECT_EQ(layers_of(network), Problems{"conv:ic8ih6oc16kh1+" + text});
  }
}

TEST(LowerOperators, ShuffleNetsChannelShuffleIsOneLayer) {
  SmallNetwork network = image(12, 5).ints("split", {1, 3, 4, 5, 5}).ints("join", {1, 12, 5, 5});
  network.node("Reshape", {"x", "split"}, {"a"});
  network.node("Transpose", {"a"}, {"b"}, {{"perm", list({0, 2, 1, 3, 4})}});
  network.node("Reshape", {"b", "join"}, {"c"}).node("Relu", {"c"}, {"y"}).output("y");
  EXPECT_EQ(layers_of(network), (Problems{"shuffle:c12h5g3", "eltwise:c12h5+relu"}));
}

TEST(LowerOperators, PartsOfTheChannelsAreSlices) {
  SmallNetwork network = image(10, 5).ints("parts", {4, 6});
  network.node("Split", {"x", "parts"}, {"a", "b"}, {{"axis", int64_t{1}}});
  network.node("Relu", {"b"}, {"y"}).output("y");
  EXPECT_EQ(layers_of(network), (Problems{"slice:c10h5first4count6", "eltwise:c6h5+relu"}));
  SmallNetwork rows =
      image(10, 5).ints("from", {4}).ints("to", {-6}).ints("axis", {2}).ints("step", {-2});
  rows.node("Slice", {"x", "from", "to", "axis", "step"}, {"y"}).output("y");
  EXPECT_EQ(layers_of(rows), Problems{"strided:c10h5-c10h3w5-o20d10d3d5s25s-10s1"});
}

TEST(LowerOperators, ZerosAroundAnImageJoinTheConvolutionsPadding) {
  SmallNetwork network = image(3, 9).ints("pads", {0, 0, 1, 0, 0, 0, 2, 3});
  network.node("Pad", {"x", "pads"}, {"p"}).conv("p", "y", 3, 4, 3).output("y");
  EXPECT_EQ(layers_of(network), Problems{"conv:ic3ih9oc4kh3pt2pb3pl1pr4"});
  SmallNetwork edge = image(3, 9).ints("pads", {0, 0, 1, 0, 0, 0, 2, 3});
  edge.node("Pad", {"x", "pads"}, {"p"}, {{"mode", std::string("edge")}});
  edge.conv("p", "y", 3, 4, 3).output("y");
  EXPECT_EQ(layers_of(edge).size(), 2U);
}

TEST(LowerOperators, MeansOverTheImageAreAveragePools) {
  for (const int64_t keep : {0, 1}) {
    SmallNetwork network = image(6, 5);
    network.node("ReduceMean", {"x"}, {"y"}, {{"axes", list({2, 3})}, {"keepdims", keep}});
    EXPECT_EQ(layers_of(network.output("y")), Problems{"pool:avg:c6ih5kh5"});
  }
}

TEST(LowerOperators, SqueezeAndExcitationIsABroadcastProduct) {
  SmallNetwork network = image(6, 5).node("GlobalAveragePool", {"x"}, {"p"});
  network.node("Mul", {"p", "x"}, {"y"}).output("y");
  EXPECT_EQ(layers_of(network), (Problems{"pool:avg:c6ih5kh5", "broadcast:mul:c6-c6h5"}));
}

TEST(LowerOperators, ConstantsPerChannelAreScalesAndOthersAreWeights) {
  const auto with = [](const std::string& op, std::vector<int64_t> dims, bool first) {
    SmallNetwork network = image(6, 5).constant("c", some_floats(std::move(dims), 3, 1, 2));
    const std::vector<std::string> inputs =
        first ? std::vector<std::string>{"c", "x"} : std::vector<std::string>{"x", "c"};
    return layers_of(network.node(op, inputs, {"y"}).output("y"));
  };
  EXPECT_EQ(with("Sub", {6, 1, 1}, true), Problems{"scale:c6h5"});
  EXPECT_EQ(with("Div", {}, false), Problems{"scale:c6h5"});
  EXPECT_EQ(with("Div", {}, true), Problems{"broadcast:const-div:c1-c6h5"});
  EXPECT_EQ(with("Mul", {5}, false), Problems{"broadcast:mul-const:c6h5-c1w5"});
  EXPECT_EQ(with("PRelu", {6, 1, 1}, false), Problems{"broadcast:prelu-const:c6h5-c6"});
  EXPECT_EQ(with("PRelu", {1}, false).front().substr(0, 18), "eltwise:c6h5+leaky");
  EXPECT_EQ(with("Add", {2, 6, 5, 5}, false), Problems{"broadcast:add-const:c6h5-n2c6h5"});
}

TEST(LowerOperators, OneFactorForAllIsPutIntoTheWeights) {
  SmallNetwork network = image(8, 6).conv("x", "c", 8, 16, 1).constant("half", some_floats({}, 5));
  network.node("Mul", {"c", "half"}, {"y"}).output("y");
  const auto graph = lower(network.net, kPlenty);
  ASSERT_TRUE(graph.ok()) << to_string(graph.error());
  ASSERT_EQ(graph->layers.size(), 1U);
  const float factor = network.net.constants.at("half").to_floats()[0];
  const float weight = network.net.constants.at("c_w").to_floats()[3];
  EXPECT_FLOAT_EQ(fold_weights(graph->layers[0]).weights[3], factor * weight);
}

// Exporters write a flattening as arithmetic on the shape.
TEST(LowerOperators, SizesComputedFromShapesAreConstants) {
  SmallNetwork network = image(6, 5).ints("zero", {0}).ints("rest", {-1});
  network.node("Shape", {"x"}, {"s"}).node("Gather", {"s", "zero"}, {"n"});
  network.node("Cast", {"n"}, {"f"}, {{"to", int64_t{1}}});
  network.node("Cast", {"f"}, {"i"}, {{"to", int64_t{7}}});
  network.node("Concat", {"i", "rest"}, {"to"}, {{"axis", int64_t{0}}});
  network.node("Reshape", {"x", "to"}, {"y"}).output("y");
  EXPECT_EQ(layers_of(network), Problems{"reshape:c6h5-c150"});
}

TEST(LowerOperators, ProductsOfTensorsAndOfConstantMatrices) {
  SmallNetwork network(13);
  network.input("a", {2, 3, 4}).input("b", {2, 4, 5});
  EXPECT_EQ(layers_of(SmallNetwork(network).node("MatMul", {"a", "b"}, {"y"}).output("y")).back(),
            "reshape:c2h3w5-n2c3w5");
  SmallNetwork constant = SmallNetwork(network).constant("w", some_floats({4, 7}));
  EXPECT_EQ(layers_of(constant.node("MatMul", {"a", "w"}, {"y"}).output("y"))[1], "fc:n6ic4oc7");
}

TEST(LowerOperators, BatchNormalizationFoldsIntoATransposedConvolution) {
  SmallNetwork network = image(4, 5).constant("w", some_floats({4, 6, 2, 2}));
  network.node("ConvTranspose", {"x", "w"}, {"c"}, {{"strides", list({2, 2})}});
  network.batch_norm("c", "b", 6).node("Relu", {"b"}, {"y"}).output("y");
  EXPECT_EQ(layers_of(network), Problems{"deconv:ic4ih5oc6oh10kh2sh2+bias+relu"});
}

}  // namespace
}  // namespace kernwise::test
