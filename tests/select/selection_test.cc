// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "kernwise/select/cost_table.h"
#include "kernwise/select/pbqp.h"
#include "layer_graph_fixtures.h"

namespace kernwise {
namespace {

constexpr Layout kA = Layout::kNchw, kB = Layout::kNhwc, kC = Layout::kNchw16c;

Selection select(const Case& made) {
  Result<Selection> selected = select_primitives(made.graph, made.table);
  EXPECT_TRUE(selected.ok()) << (selected.ok() ? "" : to_string(selected.error()));
  return selected.ok() ? *selected : Selection{};
}

// The faster primitive of the middle layer wants a layout whose transforms cost more than it gains,
// until it gains more.
TEST(SelectionTest, AFasterPrimitiveIsTakenOnlyIfItPaysForItsTransforms) {
  for (const bool pays : {false, true}) {
    Case made = chain(3);
    for (const ValueId v : {1, 3}) made.option(v, "plain", kA, kA, 1.0);
    made.option(2, "plain", kA, kA, 1.0);
    made.option(2, "fast", kB, kB, pays ? 0.3 : 0.5);
    made.transform(1, kA, kB, 0.3);
    made.transform(2, kB, kA, 0.3);
    const Selection selection = select(made);
    EXPECT_EQ(selection.option, (std::vector<int>{0, pays ? 1 : 0, 0}));
    EXPECT_DOUBLE_EQ(selection.total_s, pays ? 2.9 : 3.0);
    EXPECT_EQ(selection.transforms.size(), pays ? 2U : 0U);
    EXPECT_DOUBLE_EQ(selection.transforms_s, pays ? 0.6 : 0.0);
    EXPECT_TRUE(selection.optimal);
    EXPECT_EQ(selection.gap_ratio, 0);
  }
}

TEST(SelectionTest, OfEachLayoutPairTheCheapestPrimitiveStaysAndTheFirstOfEquals) {
  Case made = chain(1);
  made.option(1, "slow", kA, kA, 3);
  made.option(1, "first", kA, kA, 1);
  made.option(1, "second", kA, kA, 1);
  const Selection selection = select(made);
  EXPECT_EQ(selection.option, (std::vector<int>{1}));
  EXPECT_EQ(selection.pbqp_nodes, 1);
}

// Two readers want nhwc of a value made in nchw: one transform serves both.
TEST(SelectionTest, AValueIsTransformedOncePerLayout) {
  Case made;
  const ValueId x = made.layer("make", {made.input("in")});
  const ValueId p = made.layer("p", {x});
  const ValueId q = made.layer("q", {x});
  made.output(p);
  made.output(q);
  made.option(x, "make", kA, kA, 1);
  for (const ValueId v : {p, q}) {
    made.option(v, "plain", kA, kA, 1.0);
    made.option(v, "fast", kB, kA, 0.7);
  }
  made.transform(x, kA, kB, 0.5);  // too dear for one reader's gain of 0.3, not for two
  const Selection selection = select(made);
  EXPECT_EQ(selection.option, (std::vector<int>{0, 1, 1}));
  ASSERT_EQ(selection.transforms.size(), 1U);
  EXPECT_EQ(selection.transforms[0].value, x);
  EXPECT_EQ(selection.transforms[0].from, kA);
  EXPECT_EQ(selection.transforms[0].to, kB);
  EXPECT_EQ(selection.transforms[0].primitive, "nchw-nhwc");
  EXPECT_DOUBLE_EQ(selection.total_s, 1 + 2 * 0.7 + 0.5);
  EXPECT_EQ(selection.pbqp_nodes, 4);  // three layers and the shared value
}

TEST(SelectionTest, TwoLayoutsOfOneValueAreTwoTransforms) {
  Case made;
  const ValueId x = made.layer("make", {made.input("in")});
  const ValueId p = made.layer("p", {x});
  const ValueId q = made.layer("q", {x});
  made.output(p);
  made.output(q);
  made.option(x, "make", kA, kA, 1);
  made.option(p, "p", kB, kA, 1);
  made.option(q, "q", kC, kA, 1);
  made.transform(x, kA, kB, 0.25);
  made.transform(x, kA, kC, 0.5);
  const Selection selection = select(made);
  EXPECT_DOUBLE_EQ(selection.total_s, 3.75);
  ASSERT_EQ(selection.transforms.size(), 2U);
  EXPECT_EQ(selection.transforms[0].to, kB);
  EXPECT_EQ(selection.transforms[1].to, kC);
}

TEST(SelectionTest, AResidualIsReadInTheOutputLayout) {
  Case made;
  const ValueId x = made.layer("make", {made.input("in")});
  const ValueId y = made.layer("inner", {x});
  const ValueId z = made.layer("join", {y}, x);
  made.output(z);
  made.table.output_layout = kB;
  made.option(x, "make", kA, kA, 1);
  made.option(y, "inner", kA, kA, 1);
  made.option(z, "join", kA, kB, 1);  // reads y in nchw, writes nhwc, so wants x in nhwc
  made.transform(x, kA, kB, 0.5);
  const Selection selection = select(made);
  EXPECT_DOUBLE_EQ(selection.total_s, 3.5);
  ASSERT_EQ(selection.transforms.size(), 1U);
  EXPECT_EQ(selection.transforms[0].value, x);
  EXPECT_EQ(selection.transforms[0].to, kB);
}

TEST(SelectionTest, ALayerThatReadsAValueTwiceTransformsItOnce) {
  Case made;
  const ValueId x = made.layer("make", {made.input("in")});
  const ValueId y = made.layer("add", {x, x});
  made.output(y);
  made.option(x, "make", kA, kA, 1);
  made.option(y, "add", kB, kA, 1);
  made.transform(x, kA, kB, 0.5);
  const Selection selection = select(made);
  EXPECT_DOUBLE_EQ(selection.total_s, 2.5);
  EXPECT_EQ(selection.transforms.size(), 1U);
  EXPECT_EQ(selection.pbqp_nodes, 2);  // one reader: no node for the value
}

TEST(SelectionTest, OneLayerMayWantAValueInTwoLayouts) {
  Case made;
  const ValueId x = made.layer("make", {made.input("in")});
  const ValueId y = made.layer("join", {x}, x);
  made.output(y);
  made.table.output_layout = kC;
  made.option(x, "make", kA, kA, 1);
  made.option(y, "join", kB, kC, 1);
  made.transform(x, kA, kB, 0.25);
  made.transform(x, kA, kC, 0.5);
  EXPECT_DOUBLE_EQ(select(made).total_s, 2.75);
}

TEST(SelectionTest, GraphInputsAndOutputsHaveTheirLayouts) {
  Case made = chain(1);
  made.table.input_layout = kB;
  made.table.output_layout = kC;
  made.option(1, "only", kA, kA, 1);
  made.transform(0, kB, kA, 0.25);
  made.transform(1, kA, kC, 0.5);
  const Selection selection = select(made);
  EXPECT_DOUBLE_EQ(selection.total_s, 1.75);
  ASSERT_EQ(selection.transforms.size(), 2U);
  EXPECT_EQ(selection.transforms[0].value, 0);
  EXPECT_EQ(selection.transforms[1].value, 1);
}

TEST(SelectionTest, AGraphInputReadTwiceIsTransformedOnce) {
  Case made;
  const ValueId in = made.input("in");
  const ValueId p = made.layer("p", {in});
  const ValueId q = made.layer("q", {in});
  made.output(p);
  made.output(q);
  made.option(p, "p", kB, kA, 1);
  made.option(q, "q", kB, kA, 1);
  made.transform(in, kA, kB, 0.5);
  EXPECT_DOUBLE_EQ(select(made).total_s, 2.5);
}

TEST(SelectionTest, AnOutputThatIsAlsoReadCountsAsAUse) {
  Case made;
  const ValueId x = made.layer("make", {made.input("in")});
  const ValueId y = made.layer("next", {x});
  made.output(x);
  made.output(y);
  made.option(x, "nhwc", kA, kB, 1.0);  // would suit the reader, but the output wants nchw
  made.option(x, "nchw", kA, kA, 1.1);
  made.option(y, "next", kB, kA, 1);
  made.transform(x, kB, kA, 0.5);
  made.transform(x, kA, kB, 0.2);
  const Selection selection = select(made);
  EXPECT_EQ(selection.option[0], 1);
  EXPECT_DOUBLE_EQ(selection.total_s, 2.3);
}

TEST(SelectionTest, AnInputThatIsAnOutputIsOnlyTransformed) {
  Case made;
  made.output(made.input("in"));
  made.table.output_layout = kB;
  made.transform(0, kA, kB, 0.5);
  const Selection selection = select(made);
  EXPECT_DOUBLE_EQ(selection.total_s, 0.5);
  EXPECT_EQ(selection.transforms.size(), 1U);
}

TEST(SelectionTest, ATransformThatNeedsNothingIsListedWithoutAPrimitive) {
  Case made = chain(2);
  made.option(1, "a", kA, kA, 1);
  made.option(2, "b", kB, kA, 1);
  made.table.transforms[1][{kA, kB}] = TransformCost{};
  const Selection selection = select(made);
  EXPECT_DOUBLE_EQ(selection.total_s, 2);
  ASSERT_EQ(selection.transforms.size(), 1U);
  EXPECT_EQ(selection.transforms[0].primitive, "");
  EXPECT_EQ(selection.transforms[0].time_s, 0);
}

TEST(SelectionTest, AGraphWithoutLayersIsEmptyWork) {
  const Selection selection = select(Case{});
  EXPECT_TRUE(selection.option.empty());
  EXPECT_EQ(selection.total_s, 0);
  EXPECT_TRUE(selection.optimal);
}

TEST(SelectionTest, AllLayersWithoutAPrimitiveAreNamed) {
  Case made = chain(4);
  made.option(2, "only", kA, kA, 1);
  const Result<Selection> selected = select_primitives(made.graph, made.table);
  ASSERT_FALSE(selected.ok());
  EXPECT_EQ(selected.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(selected.error().message,
            "no primitive is known for 3 of 4 layers: conv0, conv2, conv3");
}

TEST(SelectionTest, UsesThatNoTransformReachesAreNamed) {
  Case made = chain(3);
  made.option(1, "a", kA, kA, 1);
  made.option(2, "b", kB, kB, 1);
  made.option(3, "c", kB, kC, 1);
  const Result<Selection> selected = select_primitives(made.graph, made.table);
  ASSERT_FALSE(selected.ok());
  EXPECT_EQ(selected.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(selected.error().message,
            "no layout transform leads from 'conv0' into 'conv1', 'conv2' into the nchw of the "
            "graph's output");
}

// Every use alone could be served, but not all together.
TEST(SelectionTest, LayoutsThatContradictEachOtherAreUnsupported) {
  Case made;
  const ValueId x = made.layer("make", {made.input("in")});
  const ValueId p = made.layer("p", {x});
  const ValueId q = made.layer("q", {x});
  made.output(p);
  made.output(q);
  made.option(x, "a", kA, kA, 1);
  made.option(x, "b", kA, kB, 1);
  made.option(p, "p", kA, kA, 1);
  made.option(q, "q", kB, kA, 1);
  const Result<Selection> selected = select_primitives(made.graph, made.table);
  ASSERT_FALSE(selected.ok());
  EXPECT_EQ(selected.error().code, ErrorCode::kUnsupported);
}

TEST(SelectionTest, TablesAndGraphsThatDoNotFitAreInvalidInput) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  Case good = chain(2);
  good.option(1, "a", kA, kA, 1);
  good.option(2, "b", kA, kA, 1);
  ASSERT_TRUE(select_primitives(good.graph, good.table).ok());

  std::vector<Case> bad(10, good);
  bad[0].table.layers.pop_back();
  bad[1].table.transforms.pop_back();
  bad[2].table.layers[1][0].time_s = nan;
  bad[3].table.layers[1][0].time_s = -1;
  bad[4].table.layers[1][0].time_s = kForbidden;
  bad[5].transform(1, kA, kB, nan);
  bad[6].graph.layers[1].inputs = {7};
  bad[7].graph.layers[1].output = 1;
  bad[8].graph.inputs.clear();
  bad[9].graph.layers[0].inputs = {2};
  for (std::size_t i = 0; i < bad.size(); ++i) {
    const Result<Selection> selected = select_primitives(bad[i].graph, bad[i].table);
    ASSERT_FALSE(selected.ok()) << i;
    EXPECT_EQ(selected.error().code, ErrorCode::kInvalidInput) << i;
  }
}

TEST(SelectionCostTest, AnImpossibleTransformIsForbidden) {
  Case made = chain(2);
  made.option(1, "a", kA, kA, 1);
  made.option(2, "b", kB, kA, 1);
  EXPECT_EQ(selection_cost(made.graph, made.table, {0, 0}), kForbidden);
  made.transform(1, kA, kB, 0.5);
  EXPECT_DOUBLE_EQ(selection_cost(made.graph, made.table, {0, 0}), 2.5);
}

}  // namespace
}  // namespace kernwise
