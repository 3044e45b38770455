// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which layers come out of which nodes.
#include <gtest/gtest.h>

#include <limits>

#include "kernwise/graph/layer_graph.h"
#include "small_network.h"

namespace kernwise {
namespace {

using test::kPlenty;
using test::list;
using test::numbered;
using test::says;
using test::SmallNetwork;
using test::some_floats;

constexpr LoweringOptions kNothingFused{false, false, false, false};

LayerGraph lowered(const SmallNetwork& network, const LoweringOptions& options = {}) {
  auto graph = lower(network.net, kPlenty, options);
  if (graph.ok()) return std::move(graph).value();
  ADD_FAILURE() << to_string(graph.error());
  return {};
}

std::vector<std::string> problems(const LayerGraph& graph) {
  std::vector<std::string> strings;
  for (const Layer& layer : graph.layers) strings.push_back(to_string(layer.problem));
  return strings;
}

std::string value_name(const LayerGraph& graph, ValueId value) {
  return graph.values.at(static_cast<std::size_t>(value)).name;
}

std::string error_of(const SmallNetwork& network, ErrorCode code) {
  const auto graph = lower(network.net, kPlenty);
  if (graph.ok()) {
    ADD_FAILURE() << "was lowered";
    return {};
  }
  EXPECT_EQ(graph.error().code, code) << to_string(graph.error());
  return to_string(graph.error());
}

using Strings = std::vector<std::string>;

TEST(Lower, FoldsNormalisationAndActivationIntoTheConvolution) {
  SmallNetwork network;
  network.input("x", {1, 3, 8, 8}).conv("x", "c", 3, 4, 3).batch_norm("c", "b", 4);
  network.node("Relu", {"b"}, {"y"}).output("y");
  const LayerGraph graph = lowered(network);
  EXPECT_EQ(problems(graph), (Strings{"conv:n1ic3ih8iw8oc4kh3kw3sh1sw1ph1pw1dh1dw1g1+bias+relu"}));
  const Layer& layer = graph.layers[0];
  EXPECT_EQ(layer.name, "n_c");
  EXPECT_EQ(layer.nodes, (Strings{"n_c", "n_b", "n_y"}));
  EXPECT_EQ(value_name(graph, layer.output), "y");
  ASSERT_EQ(graph.values.size(), 2U);  // what lay between is gone
  EXPECT_EQ(graph.inputs.size(), 1U);
  EXPECT_EQ(graph.outputs, (std::vector<ValueId>{layer.output}));

  EXPECT_EQ(problems(lowered(network, kNothingFused)),
            (Strings{"conv:n1ic3ih8iw8oc4kh3kw3sh1sw1ph1pw1dh1dw1g1", "scale:n1c4h8w8",
                     "eltwise:n1c4h8w8+relu"}));
  EXPECT_EQ(problems(lowered(network, {.fold_batch_norm = false})),
            (Strings{"conv:n1ic3ih8iw8oc4kh3kw3sh1sw1ph1pw1dh1dw1g1", "scale:n1c4h8w8+relu"}));
}

TEST(Lower, DoesNotFoldWhatSomebodyElseReads) {
  SmallNetwork network;
  network.input("x", {1, 3, 8, 8}).conv("x", "c", 3, 4, 1).batch_norm("c", "b", 4);
  network.node("Relu", {"c"}, {"y"}).output("b").output("y");
  EXPECT_EQ(problems(lowered(network)), (Strings{"conv:n1ic3ih8iw8oc4kh1kw1sh1sw1ph0pw0dh1dw1g1",
                                                 "scale:n1c4h8w8", "eltwise:n1c4h8w8+relu"}));
  SmallNetwork output;  // the convolution's own result is asked for
  output.input("x", {1, 3, 8, 8}).conv("x", "c", 3, 4, 1).node("Relu", {"c"}, {"y"});
  EXPECT_EQ(lowered(output.output("y").output("c")).layers.size(), 2U);
}

TEST(Lower, KeepsANormalisationWithoutConvolution) {
  SmallNetwork network;
  network.input("x", {2, 3, 4, 4}).batch_norm("x", "b", 3).node("Relu", {"b"}, {"y"}).output("y");
  EXPECT_EQ(problems(lowered(network)), (Strings{"scale:n2c3h4w4+relu"}));
}

TEST(Lower, TurnsClipsIntoActivations) {
  const auto clip = [](std::string low, std::string high) {
    SmallNetwork network;
    network.input("x", {1, 2, 4, 4}).conv("x", "c", 2, 2, 1);
    network.constant("zero", ConstantTensor::floats({}, {0}))
        .constant("six", ConstantTensor::floats({}, {6}))
        .constant("inf", ConstantTensor::floats({}, {std::numeric_limits<float>::infinity()}));
    network.node("Clip", {"c", std::move(low), std::move(high)}, {"y"}).output("y");
    return lowered(network).layers.at(0).problem.post_ops.activation;
  };
  EXPECT_EQ(clip("zero", "six"), (Activation{ActivationKind::kClip, 0, 6}));
  EXPECT_EQ(clip("zero", ""), (Activation{ActivationKind::kRelu, 0, 0}));
  EXPECT_EQ(clip("zero", "inf"), (Activation{ActivationKind::kRelu, 0, 0}));
  EXPECT_EQ(clip("", "six"),
            (Activation{ActivationKind::kClip, std::numeric_limits<float>::lowest(), 6}));
}

// x -> conv a -> conv b -> add with x's relu: the block of ResNet-18.
TEST(Lower, FusesTheResidualOfABasicBlock) {
  SmallNetwork network;
  network.input("in", {1, 4, 8, 8}).node("Relu", {"in"}, {"x"});
  network.conv("x", "a", 4, 4, 3).conv("a", "b", 4, 4, 3).node("Add", {"b", "x"}, {"s"});
  network.node("Relu", {"s"}, {"y"}).output("y");
  const LayerGraph graph = lowered(network);
  ASSERT_EQ(graph.layers.size(), 3U);
  const Layer& last = graph.layers[2];
  EXPECT_EQ(to_string(last.problem), "conv:n1ic4ih8iw8oc4kh3kw3sh1sw1ph1pw1dh1dw1g1+sum+relu");
  ASSERT_TRUE(last.residual.has_value());
  EXPECT_EQ(value_name(graph, *last.residual), "x");
  EXPECT_EQ(last.nodes, (Strings{"n_b", "n_s", "n_y"}));
  EXPECT_EQ(lowered(network, {.fuse_residual = false}).layers.size(), 4U);
}

// The block with a convolution in its shortcut: either could take the sum; the one that runs last
// must, whichever way round the file has them.
TEST(Lower, FusesTheResidualIntoTheOperandThatRunsLast) {
  for (const bool shortcut_first : {true, false}) {
    SmallNetwork network;
    network.input("in", {1, 4, 8, 8}).node("Relu", {"in"}, {"x"});
    if (shortcut_first) network.conv("x", "d", 4, 4, 1);
    network.conv("x", "a", 4, 4, 3).conv("a", "b", 4, 4, 3);
    if (!shortcut_first) network.conv("x", "d", 4, 4, 1);
    network.node("Add", {"b", "d"}, {"y"}).output("y");
    const LayerGraph graph = lowered(network);
    ASSERT_EQ(graph.layers.size(), 4U);
    EXPECT_EQ(graph.layers[3].name, shortcut_first ? "n_b" : "n_d");
    ASSERT_TRUE(graph.layers[3].residual.has_value());
    EXPECT_EQ(value_name(graph, *graph.layers[3].residual), shortcut_first ? "d" : "b");
  }
}

// The convolution stands before the pool it is to be added to; it waits.
TEST(Lower, MovesALayerThatRunsTooEarlyForItsResidual) {
  SmallNetwork network;
  network.input("x", {1, 4, 8, 8}).conv("x", "a", 4, 4, 1);
  network.node("MaxPool", {"x"}, {"p"},
               {{"kernel_shape", list({3, 3})}, {"pads", list({1, 1, 1, 1})}});
  network.node("Add", {"a", "p"}, {"y"}).output("y");
  const LayerGraph graph = lowered(network);
  ASSERT_EQ(graph.layers.size(), 2U);
  EXPECT_EQ(graph.layers[0].name, "n_p");
  EXPECT_EQ(graph.layers[1].name, "n_a");
  EXPECT_EQ(value_name(graph, *graph.layers[1].residual), "p");
}

TEST(Lower, DoesNotFuseAResidualThatIsStillNeeded) {
  const auto residuals = [](const SmallNetwork& network) {
    int count = 0;
    for (const Layer& layer : lowered(network).layers) count += layer.residual ? 1 : 0;
    return count;
  };
  SmallNetwork start;
  start.input("in", {1, 4, 8, 8}).node("Relu", {"in"}, {"x"}).conv("x", "a", 4, 4, 3);

  SmallNetwork read_later = start;
  read_later.conv("a", "b", 4, 4, 3).node("Add", {"b", "x"}, {"s"}).node("Mul", {"s", "x"}, {"y"});
  EXPECT_EQ(residuals(read_later.output("y")), 0);

  SmallNetwork is_output = start;
  is_output.conv("a", "b", 4, 4, 3).node("Add", {"b", "x"}, {"y"}).output("y").output("x");
  EXPECT_EQ(residuals(is_output), 0);

  SmallNetwork own_input = start;  // x goes into the very convolution it is added to
  own_input.node("Add", {"a", "x"}, {"y"}).output("y");
  EXPECT_EQ(residuals(own_input), 0);

  SmallNetwork graph_input;
  graph_input.input("x", {1, 4, 8, 8}).conv("x", "a", 4, 4, 3).conv("a", "b", 4, 4, 3);
  EXPECT_EQ(residuals(graph_input.node("Add", {"b", "x"}, {"y"}).output("y")), 0);

  SmallNetwork with_itself = start;
  with_itself.node("Add", {"a", "a"}, {"y"}).output("y");
  EXPECT_EQ(residuals(with_itself), 0);

  SmallNetwork product = start;
  product.conv("a", "b", 4, 4, 3).node("Mul", {"b", "x"}, {"y"}).output("y");
  EXPECT_EQ(residuals(product), 0);
}

TEST(Lower, MakesAChainOfASum) {
  SmallNetwork network;
  network.input("a", {1, 2, 3, 3}).input("b", {1, 2, 3, 3}).input("c", {1, 2, 3, 3});
  network.node("Sum", {"a", "b", "c"}, {"s"}).node("Relu", {"s"}, {"y"}).output("y");
  const LayerGraph graph = lowered(network);
  EXPECT_EQ(problems(graph), (Strings{"binary:add:n1c2h3w3", "binary:add:n1c2h3w3+relu"}));
  EXPECT_EQ(graph.layers[0].name, "n_s");
  EXPECT_EQ(graph.layers[1].name, "n_s_2");
  EXPECT_EQ(graph.layers[1].inputs[0], graph.layers[0].output);
  SmallNetwork one;
  one.input("a", {1, 2, 3, 3}).node("Sum", {"a"}, {"s"}).node("Relu", {"s"}, {"y"}).output("y");
  EXPECT_EQ(problems(lowered(one)), (Strings{"eltwise:n1c2h3w3+relu"}));
}

TEST(Lower, FlattensInsideTheFullyConnectedLayer) {
  for (const char* how : {"Flatten", "Reshape", "both"}) {
    SmallNetwork network;
    network.input("x", {2, 3, 4, 5}).constant("w", some_floats({7, 60})).ints("s", {0, -1});
    network.constant("b", some_floats({7}));
    network.node("Dropout", {"x"}, {"d"});
    if (std::string(how) == "Flatten") network.node("Flatten", {"d"}, {"f"});
    if (std::string(how) == "Reshape") network.node("Reshape", {"d", "s"}, {"f"});
    if (std::string(how) == "both") {
      network.ints("t", {2, 3, 20})
          .node("Reshape", {"d", "t"}, {"e"})
          .node("Flatten", {"e"}, {"f"});
    }
    network.node("Gemm", {"f", "w", "b"}, {"g"}, {{"transB", int64_t{1}}});
    network.node("Relu", {"g"}, {"y"}).output("y");
    const LayerGraph graph = lowered(network);
    EXPECT_EQ(problems(graph), (Strings{"fc:n2ic3ih4iw5oc7+bias+relu"})) << how;
    EXPECT_EQ(graph.layers[0].inputs, graph.inputs);
    EXPECT_EQ(graph.values[static_cast<std::size_t>(graph.outputs[0])].dims.size(), 2U);
  }
}

TEST(Lower, ReshapesWhereAFullyConnectedLayerCannot) {
  SmallNetwork network;  // the batch changes
  network.input("x", {2, 3, 4, 5}).constant("w", some_floats({20, 7})).ints("s", {6, 20});
  network.node("Reshape", {"x", "s"}, {"r"}).node("MatMul", {"r", "w"}, {"y"}).output("y");
  const LayerGraph graph = lowered(network);
  EXPECT_EQ(problems(graph), (Strings{"reshape:n2c3h4w5-n6c20h1w1", "fc:n6ic20ih1iw1oc7"}));
  EXPECT_EQ(graph.layers[0].name, "n_r");
  EXPECT_TRUE(graph.layers[1].weights.fc_transposed);
}

TEST(Lower, MakesOneReshapeForAChainAndForAllReaders) {
  SmallNetwork network;
  network.input("x", {1, 8, 2, 2}).ints("s", {1, 2, 2, 8}).ints("t", {1, 2, 4, 4});
  network.node("Reshape", {"x", "s"}, {"a"}).node("Reshape", {"a", "t"}, {"b"});
  network.node("Relu", {"b"}, {"y"}).conv("b", "z", 2, 3, 1).output("y").output("z");
  EXPECT_EQ(problems(lowered(network)),
            (Strings{"reshape:n1c8h2w2-n1c2h4w4", "eltwise:n1c2h4w4+relu",
                     "conv:n1ic2ih4iw4oc3kh1kw1sh1sw1ph0pw0dh1dw1g1"}));
}

TEST(Lower, TakesAnAddedConstantForTheBias) {
  SmallNetwork network;
  network.input("x", {2, 5}).constant("w", some_floats({5, 3})).constant("b", some_floats({3}));
  network.node("MatMul", {"x", "w"}, {"m"}).node("Add", {"b", "m"}, {"y"}).output("y");
  const LayerGraph graph = lowered(network);
  EXPECT_EQ(problems(graph), (Strings{"fc:n2ic5ih1iw1oc3+bias"}));
  EXPECT_EQ(graph.layers[0].weights.bias->to_floats(), some_floats({3}).to_floats());
  SmallNetwork alone;
  alone.input("x", {1, 3, 2, 2}).constant("c", some_floats({3, 1, 1}));
  alone.node("Mul", {"x", "c"}, {"m"}).node("Add", {"m", "c"}, {"y"}).output("y");
  EXPECT_EQ(problems(lowered(alone)), (Strings{"scale:n1c3h2w2", "scale:n1c3h2w2"}));
}

TEST(Lower, SpellsPoolingWithEndPadding) {
  const auto pool = [](const std::string& op, std::map<std::string, Attribute> attributes) {
    SmallNetwork network;
    network.input("x", {1, 2, 8, 8});
    attributes.emplace("kernel_shape", list({3, 3}));
    attributes.emplace("strides", list({2, 2}));
    network.node(op, {"x"}, {"y"}, std::move(attributes)).output("y");
    return problems(lowered(network)).at(0);
  };
  const Attribute yes = int64_t{1};
  EXPECT_EQ(pool("MaxPool", {}), "pool:max:n1c2ih8iw8kh3kw3sh2sw2ph0pw0");
  EXPECT_EQ(pool("MaxPool", {{"ceil_mode", yes}}), "pool:max:n1c2ih8iw8kh3kw3sh2sw2pt0pb1pl0pr1");
  EXPECT_EQ(pool("AveragePool", {{"ceil_mode", yes}}),
            "pool:avg:n1c2ih8iw8kh3kw3sh2sw2pt0pb1pl0pr1");
  // Without padding of the file's own, what "includes padding" includes none.
  EXPECT_EQ(pool("AveragePool", {{"ceil_mode", yes}, {"count_include_pad", yes}}),
            "pool:avg:n1c2ih8iw8kh3kw3sh2sw2pt0pb1pl0pr1");
  EXPECT_EQ(pool("AveragePool", {{"pads", list({1, 0, 0, 1})}, {"count_include_pad", yes}}),
            "pool:avgpad:n1c2ih8iw8kh3kw3sh2sw2pt1pb0pl0pr1");
  EXPECT_EQ(pool("AveragePool", {{"auto_pad", std::string("SAME_LOWER")}}),
            "pool:avg:n1c2ih8iw8kh3kw3sh2sw2pt1pb0pl1pr0");
  SmallNetwork global;
  global.input("x", {1, 2, 8, 6}).node("GlobalAveragePool", {"x"}, {"y"}).output("y");
  EXPECT_EQ(problems(lowered(global)), (Strings{"pool:avg:n1c2ih8iw6kh8kw6sh1sw1ph0pw0"}));
}

TEST(Lower, TakesSoftmaxAlongAnyAxis) {
  const auto softmax = [](int64_t opset, std::vector<int64_t> dims,
                          std::map<std::string, Attribute> attributes) {
    SmallNetwork network(opset);
    network.input("x", std::move(dims));
    network.node("Softmax", {"x"}, {"y"}, std::move(attributes)).output("y");
    return problems(lowered(network));
  };
  EXPECT_EQ(softmax(13, {2, 10}, {}), (Strings{"softmax:n2c10h1w1"}));
  EXPECT_EQ(softmax(9, {2, 10}, {}), (Strings{"softmax:n2c10h1w1"}));
  EXPECT_EQ(softmax(9, {1, 10, 1, 1}, {}), (Strings{"softmax:n1c10h1w1"}));
  EXPECT_EQ(softmax(13, {1, 10, 2, 3}, {{"axis", int64_t{1}}}), (Strings{"softmax:n1c10h2w3"}));
  EXPECT_EQ(
      softmax(9, {1, 10, 2, 3}, {}),
      (Strings{"reshape:n1c10h2w3-n1c60h1w1", "softmax:n1c60h1w1", "reshape:n1c60h1w1-n1c10h2w3"}));
  EXPECT_EQ(
      softmax(13, {1, 10, 2, 3}, {}),
      (Strings{"reshape:n1c10h2w3-n20c3h1w1", "softmax:n20c3h1w1", "reshape:n20c3h1w1-n1c10h2w3"}));
}

TEST(Lower, LeavesOutWhatNoOutputNeeds) {
  SmallNetwork network;
  network.input("x", {1, 3, 4, 4}).input("unread", {1, 2, 3}).node("Relu", {"x"}, {"y"});
  network.node("Mystery", {"x"}, {"z"}).conv("x", "c", 3, 4, 1).output("y");
  const LayerGraph graph = lowered(network);
  EXPECT_EQ(problems(graph), (Strings{"eltwise:n1c3h4w4+relu"}));
  EXPECT_EQ(graph.inputs.size(), 1U);
}

TEST(Lower, GivesEveryOutputAValueOfItsOwn) {
  SmallNetwork network;
  network.input("x", {1, 3, 1, 1}).node("Relu", {"x"}, {"a"}).node("Identity", {"a"}, {"b"});
  network.node("Flatten", {"a"}, {"c"}).output("a").output("b").output("c");
  const LayerGraph graph = lowered(network);
  ASSERT_EQ(graph.outputs.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(value_name(graph, graph.outputs[i]), network.net.outputs[i]);
    EXPECT_EQ(graph.values[static_cast<std::size_t>(graph.outputs[i])].dims.size(),
              i == 2 ? 2U : 4U);
  }
  EXPECT_NE(graph.outputs[0], graph.outputs[1]);
  SmallNetwork renamed;  // an alias alone costs nothing
  renamed.input("x", {1, 3, 1, 1}).node("Relu", {"x"}, {"a"}).node("Flatten", {"a"}, {"y"});
  const LayerGraph one = lowered(renamed.output("y"));
  EXPECT_EQ(one.layers.size(), 1U);
  EXPECT_EQ(value_name(one, one.outputs[0]), "y");
}

TEST(Lower, CopiesAnInputThatIsAnOutputToo) {
  SmallNetwork input;
  input.input("x", {1, 3, 4, 4}).ints("s", {48});
  input.node("Identity", {"x"}, {"y"}).node("Reshape", {"x", "s"}, {"z"}).output("y").output("z");
  const auto graph = lower(input.net, kPlenty);
  ASSERT_TRUE(graph.ok()) << to_string(graph.error());
  ASSERT_EQ(graph->layers.size(), 2U);
  EXPECT_EQ(to_string(graph->layers[0].problem), "reshape:n1c3h4w4-n1c3h4w4");
  EXPECT_EQ(to_string(graph->layers[1].problem), "reshape:n1c3h4w4-n1c48h1w1");
  EXPECT_EQ(graph->values[static_cast<std::size_t>(graph->outputs[1])].dims, list({48}));
}

TEST(Lower, RefusesOutputsThatNothingComputes) {
  SmallNetwork constant;
  constant.input("x", {1, 3, 4, 4}).constant("w", some_floats({2})).output("w");
  EXPECT_TRUE(says(error_of(constant, ErrorCode::kUnsupported), "output 'w' is a constant"));
}

TEST(Lower, ListsAllItRefuses) {
  SmallNetwork network;
  network.input("x", {1, 3, 4, 4}).constant("w", some_floats({2, 3, 1, 1}));
  network.node("Erf", {"x"}, {"a"}).node("Relu", {"x"}, {"r"}, {{"odd", int64_t{1}}});
  network.node("LRN", {"x"}, {"b"}, {{"size", int64_t{1}}, {"alpha", std::nanf("")}});
  const std::string inferred =
      error_of(SmallNetwork(network).output("a").output("r"), ErrorCode::kUnsupported);
  EXPECT_TRUE(says(inferred, "2 node(s) are not supported: Erf (node 'n_a'), Relu (node 'n_r'"));
  // What only the problem's own rules refuse is listed the same way, once per node.
  network.node("LRN", {"b"}, {"c"}, {{"size", int64_t{1}}, {"beta", std::nanf("")}});
  const std::string built = error_of(network.output("c"), ErrorCode::kUnsupported);
  EXPECT_TRUE(says(built, "2 node(s) are not supported: LRN (node 'n_b'"));
  EXPECT_TRUE(says(built, "LRN (node 'n_c'"));
}

TEST(Lower, HoldsTheWholeNetworkToTheLimit) {
  SmallNetwork network;  // one fill of 256 KiB, used as the weights of four layers
  network.input("x", {1, 256, 1, 1}).constant("w", ConstantTensor::filled({256, 256, 1, 1}, 1));
  network.node("Conv", {"x", "w"}, {"a"}).node("Conv", {"a", "w"}, {"b"});
  network.node("Conv", {"b", "w"}, {"c"}).node("Conv", {"c", "w"}, {"y"}).output("y");
  EXPECT_TRUE(lower(network.net, Bytes{(1 << 20) + (1 << 12)}).ok());
  const auto graph = lower(network.net, Bytes{1 << 20});
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(says(to_string(graph.error()), "--max-model-memory"));

  SmallNetwork wide;  // activations of 64 KiB: two live at a time, ten in all
  wide.input("v0", {1, 1, 128, 128});
  for (int i = 0; i < 10; ++i) {
    wide.node("LRN", {numbered("v", i)}, {numbered("v", i + 1)}, {{"size", int64_t{3}}});
  }
  EXPECT_TRUE(lower(wide.output("v10").net, Bytes{2 << 16}).ok());
  EXPECT_FALSE(lower(wide.net, Bytes{(2 << 16) - 1}).ok());
}

TEST(Lower, NamesLayersApart) {
  SmallNetwork network;
  network.input("x", {1, 3, 4, 4})
      .node("Relu", {"x"}, {"a"})
      .node("LRN", {"a"}, {"y"}, {{"size", int64_t{3}}});
  for (Node& node : network.net.nodes) node.name = "same";
  const LayerGraph graph = lowered(network.output("y"));
  EXPECT_EQ(graph.layers[0].name, "same");
  EXPECT_EQ(graph.layers[1].name, "same_2");
}

TEST(Counts, OfParametersFollowThePublishedWay) {
  SmallNetwork network;
  network.input("x", {1, 3, 4, 4}).conv("x", "c", 3, 8, 3).batch_norm("c", "b", 8);
  network.constant("low", ConstantTensor::floats({}, {0})).node("Clip", {"b", "low"}, {"r"});
  network.ints("s", {10, 128}).node("ConstantOfShape", {"s"}, {"w"}).node("Flatten", {"r"}, {"f"});
  network.node("Gemm", {"f", "w"}, {"y"}, {{"transB", int64_t{1}}}).output("y");
  network.constant("unused", some_floats({1000}));
  EXPECT_EQ(parameter_count(network.net), 8 * 3 * 9 + 8 + 8 + 1280);

  SmallNetwork shared;  // one tensor, seen twice, once through a reshape
  shared.input("x", {1, 4, 2, 2}).constant("v", some_floats({16})).ints("d", {4, 4, 1, 1});
  shared.node("Reshape", {"v", "d"}, {"w"}).node("Conv", {"x", "w"}, {"a"});
  shared.node("Conv", {"a", "w"}, {"y"}).output("y");
  EXPECT_EQ(parameter_count(shared.net), 16);
  EXPECT_EQ(total_macs(lowered(shared)).value, 2 * 16 * 4);
}

}  // namespace
}  // namespace kernwise
