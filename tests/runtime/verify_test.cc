// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/runtime/verify.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kernwise/runtime/input.h"
#include "runtime/table_order_plan.h"

namespace kernwise {
namespace {

constexpr Shape4 kShape{1, 3, 64, 64};

// So many 1x1 convolutions, one after the other.
LayerGraph chain(int length) {
  const std::vector<int64_t> dims = {kShape.n, kShape.c, kShape.h, kShape.w};
  LayerGraph graph;
  graph.values.push_back({"v0", kShape, dims});
  graph.inputs = {0};
  for (int i = 0; i < length; ++i) {
    Layer layer;
    layer.name = "layer" + std::to_string(i);
    layer.problem = parse_problem("conv:ic3ih64oc3kh1").value();
    layer.inputs = {i};
    layer.output = i + 1;
    layer.weights.weight =
        ConstantTensor::floats({3, 3, 1, 1}, {0.9F, -0.1F, 0, 0.2F, 0.8F, 0.1F, 0, 0.3F, 0.7F});
    graph.layers.push_back(std::move(layer));
    graph.values.push_back({"v" + std::to_string(i + 1), kShape, dims});
  }
  graph.outputs = {length};
  return graph;
}

Executor make_executor(const LayerGraph& graph) {
  const Plan plan = test::plan_by_table_order(graph).value();
  Executor executor = Executor::create(graph, plan).value();
  std::ranges::copy(random_input(kShape, 1), executor.input(0).begin());
  return executor;
}

// The most that the program holds over what it held at the first layer.
class Meter final : public Progress {
 public:
  void update(std::string_view, double, std::string_view) override {
    const struct mallinfo2 info = mallinfo2();
    const auto held = static_cast<int64_t>(info.uordblks + info.hblkhd);
    if (first_ < 0) first_ = held;
    most_ = std::max(most_, held - first_);
  }
  void finish(std::string_view, std::string_view) override {}
  void warn(std::string_view) override {}
  int64_t most() const { return most_; }

 private:
  int64_t first_ = -1, most_ = 0;
};

// Values are held until their last reader has been checked, so the length of a chain costs nothing.
TEST(Verify, HoldsNoMoreThanItSays) {
  for (const int length : {2, 20}) {
    const LayerGraph graph = chain(length);
    Executor executor = make_executor(graph);
    Meter meter;
    const auto verification = verify(graph, executor, meter, StopFlag{false});
    ASSERT_TRUE(verification.ok()) << to_string(verification.error());
    EXPECT_EQ(verification->layers.size(), graph.layers.size());
    EXPECT_LE(verification->worst_relative_error, 1e-5);
    // Two copies of what a layer reads and makes, and its output a third time; nine weights.
    const Bytes stated = verification_memory(graph);
    EXPECT_EQ(stated.value, 5 * 8 * kShape.elements() + 4 * 9);
    EXPECT_LE(meter.most(), stated.value);
  }
}

TEST(Verify, AnInterruptedVerificationIsNoVerification) {
  const LayerGraph graph = chain(2);
  Executor executor = make_executor(graph);
  SilentProgress silent;
  const auto verification = verify(graph, executor, silent, StopFlag{true});
  ASSERT_FALSE(verification.ok());
  EXPECT_EQ(verification.error().code, ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace kernwise
