// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Layers that write onto their input: where nobody needs it any more they do and save its memory;
// where somebody does, they must not, whatever the plan.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "graph/small_network.h"
#include "kernwise/primitives/reference.h"
#include "kernwise/runtime/executor.h"
#include "kernwise/runtime/input.h"
#include "kernwise/runtime/verify.h"
#include "runtime/random_plan.h"
#include "runtime/table_order_plan.h"

namespace kernwise::test {
namespace {

// Nothing folded or fused: every node stays a layer of its own.
LayerGraph lowered(const SmallNetwork& network) {
  auto graph = lower(network.net, kPlenty,
                     {.fold_batch_norm = false,
                      .fold_pads = false,
                      .fuse_activation = false,
                      .fuse_residual = false});
  EXPECT_TRUE(graph.ok()) << to_string(graph.error());
  return std::move(graph).value();
}

Executor made(const LayerGraph& graph, const Plan& plan) {
  auto executor = Executor::create(graph, plan);
  EXPECT_TRUE(executor.ok()) << (executor.ok() ? "" : to_string(executor.error()));
  const Value& input = graph.values[static_cast<std::size_t>(graph.inputs.front())];
  std::ranges::copy(random_input(input.shape, 3), executor->input(0).begin());
  return std::move(executor).value();
}

int64_t activations_by_table_order(const SmallNetwork& network) {
  const LayerGraph graph = lowered(network);
  const auto plan = plan_by_table_order(graph);
  EXPECT_TRUE(plan.ok()) << to_string(plan.error());
  return made(graph, *plan).memory().activations.value;
}

void expect_right(const LayerGraph& graph, const Plan& plan) {
  Executor executor = made(graph, plan);
  SilentProgress silent;
  const std::vector<float> before(executor.input(0).begin(), executor.input(0).end());
  const auto verification = verify(graph, executor, silent, StopFlag{false});
  ASSERT_TRUE(verification.ok());
  ASSERT_LE(verification->worst_relative_error, 1e-4) << plan_to_json(plan);
  ASSERT_TRUE(std::ranges::equal(executor.input(0), before));
  // What was verified was read as soon as it was made; the network's outputs must stay so.
  std::map<ValueId, std::vector<float>> fresh;
  executor.run_observed([&](const StepInfo& step, const float* data) {
    const std::span<const float> values(
        data, static_cast<std::size_t>(physical_elements(step.shape, step.layout)));
    const Layer& layer = graph.layers[static_cast<std::size_t>(step.layer)];
    fresh[layer.output] = from_layout(values, step.shape, step.layout);
  });
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    ASSERT_TRUE(std::ranges::equal(executor.output(static_cast<int>(i)), fresh[graph.outputs[i]]));
  }
}

constexpr int64_t kImage = 16 * 12 * 12 * int64_t{sizeof(float)};  // 16 channels of 12x12

TEST(InPlace, AChainOfElementwiseLayersNeedsOneTensor) {
  SmallNetwork network;
  network.input("x", {1, 1, 12, 12}).conv("x", "a", 1, 16, 3).batch_norm("a", "b", 16);
  network.node("Sigmoid", {"b"}, {"c"}).node("Tanh", {"c"}, {"d"});
  network.node("GlobalAveragePool", {"d"}, {"y"}).output("y");
  const int64_t activations = activations_by_table_order(network);
  EXPECT_GE(activations, kImage);
  EXPECT_LT(activations, 2 * kImage);
}

TEST(InPlace, ASumIsMadeOnItsFirstInput) {
  SmallNetwork network;
  network.input("x", {1, 1, 12, 12}).conv("x", "a", 1, 16, 3).conv("x", "b", 1, 16, 3);
  network.node("Add", {"a", "b"}, {"c"}).node("GlobalAveragePool", {"c"}, {"y"}).output("y");
  const int64_t activations = activations_by_table_order(network);
  EXPECT_GE(activations, 2 * kImage);
  EXPECT_LT(activations, 3 * kImage);
}

// One trap after the other: each value below is needed once more after a layer that could write
// onto it.
SmallNetwork traps() {
  SmallNetwork network;
  network.input("x", {1, 16, 12, 12});
  network.node("Relu", {"x"}, {"r"});  // of the network's input
  network.conv("r", "a", 16, 16, 3).node("Sigmoid", {"a"}, {"b"});
  network.node("Add", {"b", "a"}, {"c"});  // a is read again
  network.node("Add", {"c", "c"}, {"d"});  // twice by one layer
  network.node("Tanh", {"d"}, {"e"});      // d is an output of the network
  network.conv("e", "f", 16, 16, 1).conv("e", "g", 16, 16, 3);
  network.node("Concat", {"f", "g"}, {"h"}, {{"axis", int64_t{1}}});
  network.node("Tanh", {"h"}, {"i"});     // f, which may lie inside h, is read again
  network.node("Sigmoid", {"f"}, {"j"});  // and so is h, around f
  network.conv("h", "k", 32, 16, 1).conv("i", "l", 32, 16, 1);
  network.node("Mul", {"k", "l"}, {"m"}).node("Sub", {"m", "j"}, {"n"});
  network.node("Tanh", {"n"}, {"o"});  // nobody needs n
  network.node("Concat", {"o", "k"}, {"p"}, {{"axis", int64_t{1}}});
  network.batch_norm("p", "y", 32);
  network.output("d").output("y");
  return network;
}

TEST(InPlace, NothingThatIsStillNeededIsOverwritten) {
  const LayerGraph graph = lowered(traps());
  Rng rng(12);
  for (int i = 0; i < 40; ++i) {
    ASSERT_NO_FATAL_FAILURE(expect_right(graph, random_plan(graph, 1, rng)));
  }
  for (const Layout layout : {Layout::kNchw, Layout::kNhwc, Layout::kNchw16c}) {
    const auto no_view = [&](const PrimitiveInfo& info) {
      return info.in == layout && info.out == layout && !info.view;
    };
    const auto views = [&](const PrimitiveInfo& info) {
      const bool concat = info.kind == ProblemKind::kConcat && layout != Layout::kNhwc;
      return info.in == layout && info.out == layout && info.view == concat;
    };
    for (int i = 0; i < 5; ++i) {
      ASSERT_NO_FATAL_FAILURE(expect_right(graph, random_plan(graph, 1, rng, no_view)));
      ASSERT_NO_FATAL_FAILURE(expect_right(graph, random_plan(graph, 1, rng, views)));
    }
  }
}

// The same network with everything fused, so that residuals are written onto too.
TEST(InPlace, ResidualsAndLayersInPlaceKeepOutOfEachOthersWay) {
  const auto graph = lower(traps().net, kPlenty);
  ASSERT_TRUE(graph.ok()) << to_string(graph.error());
  Rng rng(13);
  for (int i = 0; i < 40; ++i) {
    ASSERT_NO_FATAL_FAILURE(expect_right(*graph, random_plan(*graph, 1, rng)));
  }
}

}  // namespace
}  // namespace kernwise::test
