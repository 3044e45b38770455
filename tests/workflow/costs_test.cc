// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/costs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernwise/primitives/registry.h"
#include "kernwise/workflow/load.h"

namespace kernwise {
namespace {

// One convolution, two values.
LayerGraph one_layer() {
  LayerGraph graph;
  graph.values = {{"in", {1, 16, 8, 8}, {1, 16, 8, 8}}, {"out", {1, 16, 8, 8}, {1, 16, 8, 8}}};
  Layer layer;
  layer.name = "conv";
  layer.problem = *parse_problem("conv:ic16ih8oc16kh3ph1+relu");
  layer.inputs = {0};
  layer.output = 1;
  graph.layers = {layer};
  graph.inputs = {0};
  graph.outputs = {1};
  return graph;
}

// A made-up measurement for every admissible primitive: the later in the table, the faster.
std::vector<Measurement> all_measurements(const LayerGraph& graph) {
  std::vector<Measurement> rows;
  double time = 1;
  for (const Problem& problem : problems_of(graph)) {
    for (const Candidate& c : candidates(problem, {1})) {
      if (!std::holds_alternative<Admitted>(c.applicability)) continue;
      Measurement m;
      m.key.problem = to_string(problem);
      m.key.primitive = c.primitive->info().id;
      m.key.revision = c.primitive->info().revision;
      m.runs_s = {time};
      m.median_s = time;
      m.spread = 0.1;
      m.grade = 'C';
      rows.push_back(m);
      time *= 0.99;
    }
  }
  return rows;
}

TEST(MeasuredCosts, EveryMeasuredPrimitiveIsAnOptionWithItsInterval) {
  const LayerGraph graph = one_layer();
  const auto rows = all_measurements(graph);
  const auto table = cost_table(graph, known_costs(rows), Policy::kFastest, {1});
  ASSERT_TRUE(table.ok());
  std::size_t admitted = 0;
  for (const Candidate& c : candidates(graph.layers[0].problem, {1})) {
    admitted += std::holds_alternative<Admitted>(c.applicability) ? 1 : 0;
  }
  EXPECT_EQ(table->layers[0].size(), admitted);
  for (const CostOption& option : table->layers[0]) {
    EXPECT_NEAR(option.low_s, 0.9 * option.time_s, 1e-12);
    EXPECT_NEAR(option.high_s, 1.1 * option.time_s, 1e-12);
  }
  EXPECT_EQ(table->transforms[0].size(), kAllLayouts.size() * kAllLayouts.size());
  EXPECT_EQ((table->transforms[0].at({Layout::kNhwc, Layout::kNhwc}).time_s), 0);
}

TEST(MeasuredCosts, GradeFCountsOnlyWhereThereIsNothingBetter) {
  const LayerGraph graph = one_layer();
  auto rows = all_measurements(graph);
  const std::string problem = to_string(graph.layers[0].problem);
  const auto is_layer = [&](const Measurement& m) { return m.key.problem == problem; };
  const auto first = std::ranges::find_if(rows, is_layer);
  for (Measurement& m : rows) {
    if (is_layer(m)) m.grade = 'F';
  }
  const auto all_poor = cost_table(graph, known_costs(rows), Policy::kFastest, {1});
  EXPECT_GT(all_poor->layers[0].size(), 1U);
  first->grade = 'A';
  const auto one_good = cost_table(graph, known_costs(rows), Policy::kFastest, {1});
  ASSERT_EQ(one_good->layers[0].size(), 1U);
  EXPECT_EQ(one_good->layers[0][0].primitive, first->key.primitive);
}

TEST(MeasuredCosts, RefusalsFailuresAndOtherRevisionsAreNoOptions) {
  const LayerGraph graph = one_layer();
  auto rows = all_measurements(graph);
  rows[0].status = MeasurementStatus::kFailed;
  rows[1].status = MeasurementStatus::kRefused;
  rows[2].key.revision += 1;
  const auto table = cost_table(graph, known_costs(rows), Policy::kFastest, {1});
  for (const CostOption& option : table->layers[0]) {
    for (int i = 0; i < 3; ++i)
      EXPECT_NE(option.primitive, rows[static_cast<std::size_t>(i)].key.primitive);
  }
}

TEST(MeasuredCosts, OnednnAutoLeavesOneConvolutionAndOnlyOnednnTransforms) {
  const LayerGraph graph = one_layer();
  const auto table =
      cost_table(graph, known_costs(all_measurements(graph)), Policy::kOnednnAuto, {1});
  ASSERT_TRUE(table.ok()) << to_string(table.error());
  ASSERT_EQ(table->layers[0].size(), 1U);
  EXPECT_EQ(table->layers[0][0].primitive, *onednn_auto(graph.layers[0].problem, {1}));
  for (const auto& [pair, cost] : table->transforms[0]) {
    if (cost.primitive.empty()) continue;
    EXPECT_EQ(find_primitive(cost.primitive)->info().source, "onednn");
  }
}

TEST(MeasuredCosts, OnednnAutoWithoutItsMeasurementSaysWhichOneIsMissing) {
  const LayerGraph graph = one_layer();
  auto rows = all_measurements(graph);
  const std::string pick = *onednn_auto(graph.layers[0].problem, {1});
  std::erase_if(rows, [&](const Measurement& m) { return m.key.primitive == pick; });
  const auto table = cost_table(graph, known_costs(rows), Policy::kOnednnAuto, {1});
  ASSERT_FALSE(table.ok());
  EXPECT_NE(table.error().message.find(pick), std::string::npos);
}

}  // namespace
}  // namespace kernwise
