// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Networks of real size are solved to proven optimality, and those without dense concatenations
// without any branching. Times are printed, not judged.
#include <gtest/gtest.h>

#include <cstdio>

#include "kernwise/select/cost_table.h"
#include "layer_graph_fixtures.h"

namespace kernwise {
namespace {

Selection solve(const char* name, Case made, uint64_t seed, double transform) {
  Rng rng(seed);
  fill_table(rng, {.options = 30, .layouts = 4, .transform = transform, .exact_options = true},
             made);
  Result<Selection> selected = select_primitives(made.graph, made.table);
  EXPECT_TRUE(selected.ok()) << (selected.ok() ? "" : to_string(selected.error()));
  if (!selected.ok()) return {};
  std::printf("  %s, transforms x%g: %zu layers, %d nodes, %d edges, %lld branches, %.1f ms\n",
              name, transform, made.graph.layers.size(), selected->pbqp_nodes, selected->pbqp_edges,
              static_cast<long long>(selected->branches), 1e3 * selected->solve_s);
  return *selected;
}

constexpr double kTransformScales[] = {0.03, 0.3, 3};

TEST(SelectionScaleTest, ResNet50NeedsNoBranching) {
  for (const double scale : kTransformScales) {
    const Selection selection = solve("resnet50", resnet50(), 1, scale);
    EXPECT_TRUE(selection.optimal);
    EXPECT_EQ(selection.branches, 0);
  }
}

TEST(SelectionScaleTest, GoogLeNetNeedsNoBranching) {
  for (const double scale : kTransformScales) {
    const Selection selection = solve("googlenet", googlenet(), 2, scale);
    EXPECT_TRUE(selection.optimal);
    EXPECT_EQ(selection.branches, 0);
  }
}

TEST(SelectionScaleTest, DenseNet121IsSolvedWithFewBranches) {
  for (const double scale : kTransformScales) {
    for (const uint64_t seed : {3, 4}) {
      const Selection selection = solve("densenet121", densenet121(), seed, scale);
      EXPECT_TRUE(selection.optimal);
      EXPECT_LT(selection.branches, 5000);
    }
  }
}

}  // namespace
}  // namespace kernwise
