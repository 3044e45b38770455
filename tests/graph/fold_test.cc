// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Folding and fusing change which layers there are, never what comes out.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "interpreter.h"
#include "kernwise/graph/layer_graph.h"
#include "small_network.h"

namespace kernwise {
namespace {

using test::Interpreter;
using test::kPlenty;
using test::numbered;
using test::SmallNetwork;
using test::some_floats;
using test::Tensor;

std::vector<Tensor> run(const Network& network, const LoweringOptions& options,
                        const std::vector<Tensor>& inputs) {
  const auto graph = lower(network, kPlenty, options);
  if (!graph.ok()) {
    ADD_FAILURE() << to_string(graph.error());
    return {};
  }
  return Interpreter(*graph).run(inputs);
}

std::vector<Tensor> some_inputs(const Network& network) {
  std::vector<Tensor> inputs;
  for (const ValueShape& input : network.inputs) {
    const auto values = some_floats(input.dims, inputs.size() + 50).to_floats();
    inputs.emplace_back(values.begin(), values.end());
  }
  return inputs;
}

void expect_close(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    ASSERT_EQ(a[i].size(), b[i].size());
    double largest = 0, difference = 0;
    for (std::size_t j = 0; j < a[i].size(); ++j) {
      largest = std::max(largest, std::fabs(a[i][j]));
      difference = std::max(difference, std::fabs(a[i][j] - b[i][j]));
    }
    EXPECT_LE(difference, 1e-5 * std::max(largest, 1e-3)) << "output " << i;
  }
}

void expect_same_meaning(const Network& network) {
  const auto inputs = some_inputs(network);
  expect_close(run(network, {false, false, false, false}, inputs), run(network, {}, inputs));
}

// By the definition: gamma * (conv + bias - mean) / sqrt(var + eps) + beta, one channel at a time.
TEST(FoldWeights, FoldsNormalisationIntoAConvolution) {
  Layer layer;
  layer.problem.op = ConvProblem{.ic = 4, .oc = 2, .kh = 1, .kw = 3, .g = 2};
  layer.problem.post_ops.bias = true;
  layer.weights.weight = some_floats({2, 2, 1, 3});
  layer.weights.bias = ConstantTensor::floats({2}, {0.5F, -1});
  layer.weights.batch_norm = LayerWeights::BatchNorm{
      ConstantTensor::floats({2}, {2, 0.5F}), ConstantTensor::floats({2}, {-1, 3}),
      ConstantTensor::floats({2}, {0.25F, 4}), ConstantTensor::floats({2}, {3.75F, 0}), 0.25F};
  const FoldedWeights folded = fold_weights(layer);
  const auto weight = layer.weights.weight.to_floats();
  ASSERT_EQ(folded.weights.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_FLOAT_EQ(folded.weights[i], weight[i] * (i < 6 ? 2 / 2.0F : 0.5F / 0.5F));
  }
  ASSERT_EQ(folded.bias.size(), 2U);
  EXPECT_FLOAT_EQ(folded.bias[0], (0.5F - 0.25F) * 1 - 1);
  EXPECT_FLOAT_EQ(folded.bias[1], (-1 - 4) * 1 + 3);
}

TEST(FoldWeights, AppliesTheFactorsOfGemm) {
  Layer layer;
  layer.problem.op = FcProblem{.ic = 3, .oc = 2};
  layer.problem.post_ops.bias = true;
  layer.weights.weight = ConstantTensor::floats({3, 2}, {1, 2, 3, 4, 5, 6});
  layer.weights.bias = ConstantTensor::floats({}, {10});
  layer.weights.fc_transposed = true;
  layer.weights.fc_alpha = 2;
  layer.weights.fc_beta = 0.5F;
  const FoldedWeights folded = fold_weights(layer);
  EXPECT_EQ(folded.weights, (std::vector<float>{2, 6, 10, 4, 8, 12}));
  EXPECT_EQ(folded.bias, (std::vector<float>{5, 5}));
}

// Larger than a tile of the transposition, and no multiple of it.
TEST(FoldWeights, TransposesWholeMatrices) {
  Layer layer;
  layer.problem.op = FcProblem{.ic = 5, .ih = 3, .iw = 7, .oc = 67};
  layer.weights.weight = some_floats({105, 67});
  layer.weights.fc_transposed = true;
  const auto given = layer.weights.weight.to_floats();
  const FoldedWeights folded = fold_weights(layer);
  ASSERT_EQ(folded.weights.size(), given.size());
  for (std::size_t i = 0; i < 105; ++i) {
    for (std::size_t o = 0; o < 67; ++o) ASSERT_EQ(folded.weights[o * 105 + i], given[i * 67 + o]);
  }
  EXPECT_TRUE(folded.bias.empty());
}

TEST(FoldWeights, GivesAScaleItsFactorAndShift) {
  Layer layer;
  layer.problem.op = ScaleProblem{{1, 2, 3, 3}};
  layer.weights.bias = ConstantTensor::floats({2, 1, 1}, {3, 4});
  EXPECT_EQ(fold_weights(layer).weights, (std::vector<float>{1, 1}));
  EXPECT_EQ(fold_weights(layer).bias, (std::vector<float>{3, 4}));
  layer.weights = {};
  layer.weights.weight = ConstantTensor::filled({1}, 2.5F);
  EXPECT_EQ(fold_weights(layer).weights, (std::vector<float>{2.5F, 2.5F}));
  EXPECT_EQ(fold_weights(layer).bias, (std::vector<float>{0, 0}));
  layer.problem.op = PoolProblem{};
  EXPECT_TRUE(fold_weights(layer).weights.empty());
}

TEST(Folding, KeepsTheMeaningOfEveryCombination) {
  SmallNetwork network;
  network.input("x", {2, 4, 6, 5}).constant("k", some_floats({4, 1, 1}));
  network.conv("x", "c1", 4, 4, 3).node("Add", {"c1", "k"}, {"c2"}).batch_norm("c2", "c3", 4);
  network.node("Mul", {"c3", "k"}, {"c4"}).batch_norm("c4", "c5", 4).node("Relu", {"c5"}, {"c6"});
  network.constant("w", some_floats({120, 9})).constant("b", some_floats({9}));
  network.node("Flatten", {"c6"}, {"f"});
  network.node("Gemm", {"f", "w", "b"}, {"g"}, {{"alpha", 0.5F}, {"beta", -2.0F}});
  network.batch_norm("g", "h", 9).node("Clip", {"h"}, {"y"}).output("y");
  const auto graph = lower(network.net, kPlenty);
  ASSERT_TRUE(graph.ok()) << to_string(graph.error());
  EXPECT_EQ(graph->layers.size(), 4U);  // conv, scale (Mul), scale (BN), fc
  expect_same_meaning(network.net);
}

// A random network of tensors of one shape: each step convolves, normalises, cuts off or adds what
// exists already. Some of the tensors are outputs.
SmallNetwork random_network(Rng& rng) {
  SmallNetwork network;
  network.input("v0", {1, 3, 4, 4});
  int count = 1;
  const auto pick = [&] {  // recent values more often, so that chains and blocks form
    const int64_t back = std::min<int64_t>(rng.integer(0, 3) * rng.integer(0, 2), count - 1);
    return numbered("v", count - 1 - back);
  };
  const int64_t steps = rng.integer(3, 16);
  for (int64_t i = 0; i < steps; ++i) {
    const std::string from = pick(), to = numbered("v", count);
    switch (rng.integer(0, 6)) {
      case 0: network.node("Relu", {from}, {to}); break;
      case 1: network.batch_norm(from, to, 3); break;
      case 2: network.node("Sum", {from, pick(), pick()}, {to}); break;
      case 3: network.node("Identity", {from}, {to}); break;
      case 4:
      case 5: network.conv(from, to, 3, 3, rng.integer(0, 1) == 0 ? 1 : 3); break;
      default: network.node("Add", {from, pick()}, {to}); break;
    }
    ++count;
  }
  network.node("Relu", {numbered("v", count - 1)}, {"y"}).output("y");
  if (rng.integer(0, 2) == 0 && network.net.nodes[0].op_type != "Identity") network.output("v1");
  return network;
}

// Invariants 1 and 2 of LayerGraph.
void check_invariants(const LayerGraph& graph) {
  std::set<ValueId> made(graph.inputs.begin(), graph.inputs.end());
  std::set<std::string> names;
  const auto reads = [](const Layer& layer, ValueId value) {
    return std::find(layer.inputs.begin(), layer.inputs.end(), value) != layer.inputs.end() ||
           layer.residual == value;
  };
  for (std::size_t at = 0; at < graph.layers.size(); ++at) {
    const Layer& layer = graph.layers[at];
    for (const ValueId input : layer.inputs) EXPECT_TRUE(made.contains(input));
    EXPECT_TRUE(validate(layer.problem).ok()) << to_string(layer.problem);
    EXPECT_EQ(layer.residual.has_value(), layer.problem.post_ops.residual);
    EXPECT_TRUE(names.insert(layer.name).second) << layer.name;
    if (layer.residual) {
      const ValueId value = *layer.residual;
      const auto is_value = [&](const ValueId other) { return other == value; };
      EXPECT_TRUE(made.contains(value));
      EXPECT_TRUE(std::none_of(graph.inputs.begin(), graph.inputs.end(), is_value));
      EXPECT_TRUE(std::none_of(graph.outputs.begin(), graph.outputs.end(), is_value));
      EXPECT_TRUE(std::none_of(layer.inputs.begin(), layer.inputs.end(), is_value));
      for (std::size_t later = at + 1; later < graph.layers.size(); ++later) {
        EXPECT_FALSE(reads(graph.layers[later], value));
      }
    }
    EXPECT_TRUE(made.insert(layer.output).second) << "made twice";
  }
  for (const ValueId output : graph.outputs) EXPECT_TRUE(made.contains(output));
  EXPECT_EQ(made.size(), graph.values.size());
}

// The interpreter takes a residual away when it is added in place, so a network that still needed
// it would not get through.
RC_GTEST_PROP(Folding, KeepsTheMeaningOfRandomNetworks, ()) {
  Rng rng(*rc::gen::arbitrary<uint64_t>());
  for (int i = 0; i < 10; ++i) {
    const Network network = random_network(rng).net;
    const auto graph = lower(network, kPlenty);
    RC_ASSERT(graph.ok());
    check_invariants(*graph);
    expect_same_meaning(network);
    RC_ASSERT(!::testing::Test::HasFailure());
  }
}

// The property above is worth nothing if nothing is ever fused in such networks.
TEST(Folding, HappensInRandomNetworks) {
  int residuals = 0, norms = 0, activations = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed);
    const auto graph = lower(random_network(rng).net, kPlenty);
    ASSERT_TRUE(graph.ok()) << to_string(graph.error());
    for (const Layer& layer : graph->layers) {
      residuals += layer.residual ? 1 : 0;
      norms += layer.problem.kind() == ProblemKind::kConv && layer.weights.batch_norm ? 1 : 0;
      activations += layer.problem.kind() != ProblemKind::kEltwise &&
                             layer.problem.post_ops.activation.kind != ActivationKind::kNone
                         ? 1
                         : 0;
    }
  }
  EXPECT_GT(residuals, 30);
  EXPECT_GT(norms, 10);
  EXPECT_GT(activations, 30);
}

}  // namespace
}  // namespace kernwise
