// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The search for a pruned network under limits: what it finds holds them, what it says is what the
// pruned network is predicted to take, and importance moves channels to the layers that matter.
#include "kernwise/footprint/adapt.h"

#include <gtest/gtest.h>

#include "graph/small_network.h"
#include "kernwise/base/file.h"
#include "kernwise/base/temporary_folder.h"

namespace kernwise {
namespace {

constexpr Bytes kMost{int64_t{1} << 40};

// Two stages: images of 16 x 16 and of 8 x 8.
Network two_stages() {
  test::SmallNetwork network;
  network.input("x", {4, 3, 16, 16});
  network.conv("x", "early1", 3, 32, 3).node("Relu", {"early1"}, {"a"});
  network.conv("a", "early2", 32, 32, 3).node("Relu", {"early2"}, {"b"});
  network.node(
      "MaxPool", {"b"}, {"c"},
      {{"kernel_shape", std::vector<int64_t>{2, 2}}, {"strides", std::vector<int64_t>{2, 2}}});
  network.conv("c", "late1", 32, 32, 3).node("Relu", {"late1"}, {"d"});
  network.conv("d", "late2", 32, 32, 3).node("Relu", {"late2"}, {"e"});
  network.node("GlobalAveragePool", {"e"}, {"pooled"}).node("Flatten", {"pooled"}, {"flat"});
  network.constant("fc_w", test::some_floats({32, 10}));
  network.node("Gemm", {"flat", "fc_w"}, {"y"}).output("y");
  return network.net;
}

AdaptOptions options_for(double share) {
  AdaptOptions options;
  options.step.batch = 4;
  const LayerGraph graph = *unfolded_graph(two_stages(), 4, kMost);
  const double whole =
      predict_step(graph, options.step, plain_step_device(16, 1)).allocated_bytes.high;
  options.limits.memory = Bytes{static_cast<int64_t>(share * whole)};
  options.generations = 8;
  options.population = 12;
  return options;
}

Result<AdaptResult> search(const AdaptOptions& options) {
  Rng rng(1);
  SilentProgress silent;
  const StopFlag stop{false};
  return adapt(two_stages(), options, plain_step_device(16, 1), rng, kMost, silent, stop);
}

TEST(Adapt, TheBestDesignHoldsTheLimitAndIsWhatItSaysItIs) {
  const AdaptOptions options = options_for(0.6);
  const Result<AdaptResult> result = search(options);
  ASSERT_TRUE(result.ok()) << to_string(result.error());
  ASSERT_TRUE(result->best.fits);
  EXPECT_FALSE(result->whole.fits);
  EXPECT_DOUBLE_EQ(result->whole.kept, 1);
  EXPECT_GT(result->best.kept, 0.1);
  const Result<PrunedNetwork> pruned =
      apply_design(two_stages(), options, result->best.ratios, kMost);
  ASSERT_TRUE(pruned.ok());
  const LayerGraph graph = *unfolded_graph(pruned->network, 4, kMost);
  const StepPrediction again = predict_step(graph, options.step, plain_step_device(16, 1));
  EXPECT_EQ(again.allocated_bytes.median, result->best.memory_bytes.median);
  EXPECT_LE(again.allocated_bytes.high, static_cast<double>(options.limits.memory.value));
}

TEST(Adapt, NothingOnTheFrontIsBettered) {
  const Result<AdaptResult> result = search(options_for(0.7));
  ASSERT_TRUE(result.ok());
  ASSERT_FALSE(result->front.empty());
  EXPECT_EQ(result->front.front().kept, result->best.kept);
  for (std::size_t i = 1; i < result->front.size(); ++i) {
    EXPECT_LE(result->front[i].kept, result->front[i - 1].kept);
    EXPECT_TRUE(result->front[i].fits);
  }
  for (const AdaptedDesign& a : result->front) {
    for (const AdaptedDesign& b : result->front) {
      // No time is known of this device.
      const bool as_good = b.kept >= a.kept && b.memory_bytes.median <= a.memory_bytes.median;
      const bool more = b.kept > a.kept || b.memory_bytes.median < a.memory_bytes.median;
      EXPECT_FALSE(as_good && more) << a.kept << " and " << b.kept;
    }
  }
}

// A split of a convolution's channels: what each part keeps depends on which channels go, and with
// high ratios a part can lose all of them.
Network with_a_split() {
  test::SmallNetwork network;
  network.input("x", {4, 3, 16, 16});
  network.conv("x", "first", 3, 8, 3).node("Relu", {"first"}, {"a"});
  network.net.nodes.push_back(
      {"Split", "n_split", {"a"}, {"left", "right"}, {{"axis", int64_t{1}}}});
  network.conv("left", "l", 4, 16, 3).conv("right", "r", 4, 16, 3);
  network.node("Add", {"l", "r"}, {"sum"});
  network.node("GlobalAveragePool", {"sum"}, {"pooled"}).node("Flatten", {"pooled"}, {"flat"});
  network.constant("fc_w", test::some_floats({16, 10}));
  network.node("Gemm", {"flat", "fc_w"}, {"y"}).output("y");
  return network.net;
}

TEST(Adapt, WhatIsReportedIsWhatIsWritten) {
  const Network network = with_a_split();
  AdaptOptions options = options_for(1);
  const StepDevice device = plain_step_device(16, 1);
  const LayerGraph whole = *unfolded_graph(network, 4, kMost);
  const double high = predict_step(whole, options.step, device).allocated_bytes.high;
  options.limits.memory = Bytes{static_cast<int64_t>(0.6 * high)};
  Rng rng(1);
  SilentProgress silent;
  const StopFlag stop{false};
  Result<AdaptResult> result = adapt(network, options, device, rng, kMost, silent, stop);
  ASSERT_TRUE(result.ok()) << to_string(result.error());
  const Result<WrittenDesign> written = written_design(network, options, device, *result, kMost);
  ASSERT_TRUE(written.ok()) << to_string(written.error());
  ASSERT_TRUE(written->network);
  EXPECT_TRUE(result->best.fits);
  const LayerGraph graph = *unfolded_graph(written->network->network, 4, kMost);
  const StepPrediction again = predict_step(graph, options.step, device);
  EXPECT_EQ(again.allocated_bytes.median, result->best.memory_bytes.median);
  EXPECT_LE(again.allocated_bytes.high, static_cast<double>(options.limits.memory.value));
}

TEST(Adapt, WhatNothingHoldsIsSaid) {
  const Result<AdaptResult> result = search(options_for(0.001));
  ASSERT_TRUE(result.ok());
  EXPECT_FALSE(result->best.fits);
  EXPECT_TRUE(result->front.empty());
}

TEST(Adapt, ImportantLayersKeepTheirChannels) {
  AdaptOptions options = options_for(0.6);
  options.importance = {{"n_late1", 1}, {"n_late2", 1}};
  const Result<AdaptResult> late = search(options);
  ASSERT_TRUE(late.ok()) << to_string(late.error());
  options.importance = {{"n_early1", 1}, {"n_early2", 1}};
  const Result<AdaptResult> early = search(options);
  ASSERT_TRUE(early.ok());
  ASSERT_EQ(late->stages.size(), 2U);
  ASSERT_EQ(late->stages[0].height, 16);
  EXPECT_LT(late->best.ratios[1], late->best.ratios[0]);
  // The early layers hold the memory: something of them goes whatever counts, but no more than
  // must.
  EXPECT_LE(early->best.ratios[0], late->best.ratios[0]);
  EXPECT_GT(early->best.ratios[1], late->best.ratios[1]);
  EXPECT_LE(late->best.kept, 1);
  options.importance = {{"nowhere", 1}};
  const Result<AdaptResult> wrong = search(options);
  ASSERT_FALSE(wrong.ok());
  EXPECT_TRUE(test::says(to_string(wrong.error()), "nowhere"));
}

TEST(Adapt, TablesOfImportanceAreChecked) {
  const TemporaryFolder folder = *TemporaryFolder::make();
  const auto file = folder.path() / "importance.csv";
  const auto read = [&](const std::string& text) {
    EXPECT_TRUE(write_file(file, text).ok());
    return read_importance(file);
  };
  const auto good = read("layer,importance\nconv1,2.5\n\"a,b\",0\n");
  ASSERT_TRUE(good.ok()) << to_string(good.error());
  EXPECT_EQ(good->at("conv1"), 2.5);
  EXPECT_EQ(good->at("a,b"), 0);
  for (const char* bad :
       {"", "layer,worth\na,1\n", "layer,importance\na,-1\n", "layer,importance\na,nan\n",
        "layer,importance\na,1x\n", "layer,importance\na,1\na,2\n", "layer,importance\na,0\n",
        "layer,importance\n"}) {
    const auto result = read(bad);
    ASSERT_FALSE(result.ok()) << bad;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
    EXPECT_TRUE(test::says(to_string(result.error()), "importance.csv"));
  }
  EXPECT_FALSE(read_importance(folder.path() / "missing.csv").ok());
}

}  // namespace
}  // namespace kernwise
