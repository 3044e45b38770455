// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Pruning keeps a network whole: the pruned one lowers, computes, and computes the same where what
// was taken out had no say.
#include "kernwise/graph/prune.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "graph/small_network.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/graph/zoo.h"
#include "kernwise/primitives/reference.h"

namespace kernwise {
namespace {

using test::kPlenty;
using test::SmallNetwork;

// Every kind of tie: a residual, a depthwise and a grouped convolution, a concatenation, a channel
// shuffle, a split, a factor for each channel, a flattened tensor before a matrix.
Network tied_network() {
  SmallNetwork n;
  n.input("x", {2, 3, 6, 6});
  n.conv("x", "a", 3, 8, 3).batch_norm("a", "a_bn", 8).node("Relu", {"a_bn"}, {"a_r"});
  n.conv("a_r", "b", 8, 8, 3).node("Add", {"b", "a_r"}, {"sum"});
  n.constant("dw_w", test::some_floats({8, 1, 3, 3}, 31));
  n.node("Conv", {"sum", "dw_w"}, {"dw"},
         {{"group", int64_t{8}}, {"pads", std::vector<int64_t>{1, 1, 1, 1}}});
  n.constant("g_w", test::some_floats({12, 4, 1, 1}, 32))
      .constant("g_b", test::some_floats({12}, 33));
  n.node("Conv", {"dw", "g_w", "g_b"}, {"g"}, {{"group", int64_t{2}}});
  n.ints("split_shape", {2, 2, 6, 6, 6}).ints("join_shape", {2, 12, 6, 6});
  n.node("Reshape", {"g", "split_shape"}, {"g5"});
  n.node("Transpose", {"g5"}, {"g5t"}, {{"perm", std::vector<int64_t>{0, 2, 1, 3, 4}}});
  n.node("Reshape", {"g5t", "join_shape"}, {"shuffled"});
  n.conv("a_r", "c", 8, 6, 1);
  n.node("Concat", {"shuffled", "c"}, {"cat"}, {{"axis", int64_t{1}}});
  n.constant("factor", test::some_floats({18, 1, 1}, 34));
  n.node("Mul", {"cat", "factor"}, {"scaled"});
  n.ints("halves", {9, 9});
  n.node("Split", {"scaled", "halves"}, {"left", "right"}, {{"axis", int64_t{1}}});
  n.conv("left", "l", 9, 5, 1).conv("right", "r", 9, 5, 1).node("Add", {"l", "r"}, {"lr"});
  n.node("Flatten", {"lr"}, {"flat"}, {{"axis", int64_t{1}}});
  n.constant("fc_w", test::some_floats({4, 180}, 35)).constant("fc_b", test::some_floats({4}, 36));
  n.node("Gemm", {"flat", "fc_w", "fc_b"}, {"y"}, {{"transB", int64_t{1}}});
  n.net.outputs = {"y"};
  return n.net;
}

using Tensor = std::vector<double>;

// Layer by layer in double precision.
std::vector<Tensor> run(const Network& network) {
  const Result<LayerGraph> graph = lower(network, kPlenty);
  EXPECT_TRUE(graph.ok()) << to_string(graph.error());
  std::vector<Tensor> values(graph->values.size());
  const auto value = [&](ValueId id) -> Tensor& { return values[static_cast<std::size_t>(id)]; };
  for (const ValueId input : graph->inputs) {
    const int64_t count = graph->values[static_cast<std::size_t>(input)].shape.elements();
    for (int64_t i = 0; i < count; ++i) {
      value(input).push_back(static_cast<double>(i % 17) / 17 - 0.4);
    }
  }
  for (const Layer& layer : graph->layers) {
    const FoldedWeights weights = fold_weights(layer);
    std::vector<std::span<const double>> inputs;
    for (const ValueId input : layer.inputs) inputs.emplace_back(value(input));
    Tensor residual;
    if (layer.residual) residual = value(*layer.residual);
    value(layer.output) =
        reference_run(layer.problem, inputs, residual, {weights.weights, weights.bias});
  }
  std::vector<Tensor> outputs;
  for (const ValueId output : graph->outputs) outputs.push_back(value(output));
  return outputs;
}

Macs macs_of(const Network& network) { return total_macs(*lower(network, kPlenty)); }

TEST(Prune, ATiedNetworkStaysWhole) {
  const Network network = tied_network();
  const Macs before = macs_of(network);
  for (const PruneStrategy strategy : {PruneStrategy::kRandom, PruneStrategy::kL1}) {
    Macs last = before;
    for (const double ratio : {0.3, 0.5, 0.7}) {
      Rng rng(3);
      const Result<PrunedNetwork> pruned =
          prune_channels(network, {ratio, {}, strategy}, rng, kPlenty);
      ASSERT_TRUE(pruned.ok()) << to_string(pruned.error());
      EXPECT_LT(macs_of(pruned->network), last);
      last = macs_of(pruned->network);
      const std::vector<Tensor> outputs = run(pruned->network);
      ASSERT_EQ(outputs.size(), 1U);
      EXPECT_EQ(outputs[0].size(), 8U);  // outputs of the network are not pruned
    }
  }
}

// A channel whose filter, shift and every use are zero has no say; L1 finds it.
TEST(Prune, SmallestFiltersGoAndWhatHadNoSayIsNotMissed) {
  SmallNetwork n;
  n.input("x", {1, 2, 5, 5}).conv("x", "a", 2, 4, 3);
  std::vector<float> weights = n.net.constants.at("a_w").to_floats();
  for (const std::size_t channel : {1U, 2U}) {
    std::fill_n(weights.begin() + static_cast<std::ptrdiff_t>(channel * 18), 18, 0.0F);
  }
  n.net.constants.at("a_w") = ConstantTensor::floats({4, 2, 3, 3}, weights);
  n.node("Relu", {"a"}, {"r"}).constant("dw_w", test::some_floats({4, 1, 3, 3}, 5));
  n.node("Conv", {"r", "dw_w"}, {"d"}, {{"group", int64_t{4}}});
  n.conv("d", "y", 4, 3, 1);
  n.net.outputs = {"y"};
  // The depthwise filters of those channels must be small too: norms add up over all layers.
  std::vector<float> depthwise = n.net.constants.at("dw_w").to_floats();
  for (std::size_t i = 9; i < 27; ++i) depthwise[i] *= 0.01F;
  n.net.constants.at("dw_w") = ConstantTensor::floats({4, 1, 3, 3}, depthwise);

  Rng rng(1);
  const Result<PrunedNetwork> pruned =
      prune_channels(n.net, {0.5, {}, PruneStrategy::kL1}, rng, kPlenty);
  ASSERT_TRUE(pruned.ok()) << to_string(pruned.error());
  EXPECT_EQ(pruned->network.constants.at("a_w").dims(), (std::vector<int64_t>{2, 2, 3, 3}));
  const Tensor whole = run(n.net)[0], small = run(pruned->network)[0];
  ASSERT_EQ(whole.size(), small.size());
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(whole[i], small[i], 1e-6) << i;
}

TEST(Prune, NothingRemovedIsTheSameNetwork) {
  const Network network = tied_network();
  Rng rng(1);
  const Result<PrunedNetwork> pruned = prune_channels(network, {}, rng, kPlenty);
  ASSERT_TRUE(pruned.ok());
  EXPECT_EQ(run(pruned->network), run(network));
}

TEST(Prune, GroupsSayWhatTheirLayersLose) {
  const Network network = tied_network();
  const Result<std::vector<ChannelGroup>> groups = channel_groups(network, kPlenty);
  ASSERT_TRUE(groups.ok());
  // The residual's channels are made by two convolutions and the depthwise one behind them; the
  // grouped one ties them in pairs.
  EXPECT_EQ((*groups)[0].layers, (std::vector<std::string>{"n_a", "n_b", "n_dw"}));
  EXPECT_EQ((*groups)[0].units, 4);
  EXPECT_EQ((*groups)[0].channels, 24);
}

TEST(Prune, RatiosOfGroupsAreTheirOwn) {
  const Network network = tied_network();
  const std::size_t count = channel_groups(network, kPlenty)->size();
  std::vector<double> ratios(count, 0);
  ratios.back() = 0.5;
  Rng rng(1);
  const Result<PrunedNetwork> pruned = prune_channels(network, {0, ratios}, rng, kPlenty);
  ASSERT_TRUE(pruned.ok()) << to_string(pruned.error());
  for (std::size_t g = 0; g + 1 < count; ++g) EXPECT_EQ(pruned->groups[g].removed, 0);
  EXPECT_EQ(pruned->groups.back().removed, pruned->groups.back().units / 2);
  ratios.push_back(0);
  EXPECT_FALSE(prune_channels(network, {0, ratios}, rng, kPlenty).ok());
  EXPECT_FALSE(prune_channels(network, {1.0, {}}, rng, kPlenty).ok());
}

// Work falls about with the square of what stays; every network still lowers, and one image and
// eight take the same channels.
TEST(Prune, EveryZooNetworkCanBePruned) {
  for (const ZooEntry& entry : zoo_entries()) {
    if (entry.parameters > 30'000'000) continue;  // time
    const Network network = without_weights(*build_zoo_network(entry.name));
    const Macs before = macs_of(network);
    Rng rng(2);
    const Result<PrunedNetwork> pruned = prune_channels(network, {0.5, {}}, rng, kPlenty);
    ASSERT_TRUE(pruned.ok()) << entry.name << ": " << to_string(pruned.error());
    const double share =
        static_cast<double>(macs_of(pruned->network).value) / static_cast<double>(before.value);
    EXPECT_GT(share, 0.15) << entry.name;
    EXPECT_LT(share, 0.45) << entry.name;
  }
}

TEST(Prune, TheSameSeedRemovesTheSameChannels) {
  const Network network = tied_network();
  Rng one(5), same(5);
  const PrunedNetwork a = *prune_channels(network, {0.5, {}}, one, kPlenty);
  const PrunedNetwork b = *prune_channels(network, {0.5, {}}, same, kPlenty);
  EXPECT_EQ(a.network.constants.at("a_w").to_floats(), b.network.constants.at("a_w").to_floats());
}

TEST(Prune, ThePrunedFileReadsBack) {
  Rng rng(4);
  const PrunedNetwork pruned = *prune_channels(tied_network(), {0.5, {}}, rng, kPlenty);
  const auto file = std::filesystem::temp_directory_path() / "kernwise_prune_test.onnx";
  ASSERT_TRUE(write_onnx(pruned.network, file).ok());
  const Result<Network> read = read_onnx(file);
  std::filesystem::remove(file);
  ASSERT_TRUE(read.ok()) << to_string(read.error());
  EXPECT_EQ(run(*read), run(pruned.network));
}

}  // namespace
}  // namespace kernwise
