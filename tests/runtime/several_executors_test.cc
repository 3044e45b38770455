// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Several executors at once, each made and run by a thread of its own, from one graph and one plan
// that all of them read. Each has one OpenMP thread and primitives of our own, so ThreadSanitizer
// can follow all of it: oneDNN, which shares what it made between threads, is not instrumented.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "graph/small_network.h"
#include "kernwise/runtime/executor.h"
#include "kernwise/runtime/input.h"
#include "runtime/random_plan.h"

namespace kernwise::test {
namespace {

constexpr int kThreads = 4;

// A residual, a concatenation that may be a view, an activation in place and a classifier.
Result<LayerGraph> small_graph() {
  SmallNetwork network;
  network.input("x", {1, 3, 12, 12}).conv("x", "a", 3, 16, 3).node("Relu", {"a"}, {"b"});
  network.conv("b", "c", 16, 16, 3).node("Add", {"c", "b"}, {"d"});
  network.conv("d", "e", 16, 16, 5).conv("d", "f", 16, 32, 3);
  network.node("Concat", {"e", "f"}, {"g"}, {{"axis", int64_t{1}}}).node("Tanh", {"g"}, {"h"});
  network.node("Flatten", {"h"}, {"i"}).constant("w", some_floats({48 * 144, 10}));
  network.node("Gemm", {"i", "w"}, {"y"}).output("y");
  return lower(network.net, kPlenty);
}

bool is_ours(const PrimitiveInfo& info) {
  return info.source == "kernwise" && info.in == Layout::kNchw && info.out == Layout::kNchw;
}

void check(const LayerGraph& graph, const Plan& plan) {
  const std::vector<float> image = random_input({1, 3, 12, 12}, 3);
  std::vector<std::vector<float>> outputs(kThreads);
  std::vector<std::string> errors(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, own = static_cast<std::size_t>(i)] {
      auto executor = Executor::create(graph, plan);
      if (!executor.ok()) {
        errors[own] = to_string(executor.error());
        return;
      }
      std::ranges::copy(image, executor->input(0).begin());
      for (int run = 0; run < 3; ++run) executor->run();
      outputs[own].assign(executor->output(0).begin(), executor->output(0).end());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& error : errors) EXPECT_EQ(error, "");
  ASSERT_EQ(outputs.front().size(), 10U);
  for (const std::vector<float>& output : outputs) EXPECT_EQ(output, outputs.front());
}

TEST(SeveralExecutors, OnThreadsOfTheirOwnGiveTheSameBits) {
  const auto graph = small_graph();
  ASSERT_TRUE(graph.ok()) << to_string(graph.error());
  Rng rng(8);
  for (int i = 0; i < 10; ++i) {
    const Plan plan = random_plan(*graph, 1, rng, is_ours);
    for (const PlannedLayer& layer : plan.layers) {
      ASSERT_TRUE(is_ours(find_primitive(layer.primitive)->info())) << layer.primitive;
    }
    check(*graph, plan);
  }
}

}  // namespace
}  // namespace kernwise::test
