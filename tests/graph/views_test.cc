// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/views.h"

#include <gtest/gtest.h>

#include "graph/small_network.h"

namespace kernwise {
namespace {

using test::SmallNetwork;

std::vector<bool> views_of(const SmallNetwork& network) {
  const auto graph = lower(network.net, test::kPlenty);
  EXPECT_TRUE(graph.ok()) << (graph.ok() ? "" : to_string(graph.error()));
  std::vector<bool> views;
  const std::vector<bool> possible = possible_views(*graph);
  for (std::size_t i = 0; i < possible.size(); ++i) {
    if (graph->layers[i].problem.kind() == ProblemKind::kConcat) {
      views.push_back(possible[i]);
    } else {
      EXPECT_FALSE(possible[i]) << graph->layers[i].name;
    }
  }
  return views;
}

SmallNetwork& join(SmallNetwork& network, std::vector<std::string> parts, const std::string& to) {
  return network.node("Concat", std::move(parts), {to}, {{"axis", int64_t{1}}});
}

// Two convolutions "a" and "b" of an input of this shape, 16 channels each.
SmallNetwork two_branches(int64_t batch = 1, int64_t size = 8) {
  SmallNetwork network;
  network.input("x", {batch, 8, size, size});
  network.conv("x", "a", 8, 16, 1).conv("x", "b", 8, 16, 1);
  return network;
}

TEST(Views, BranchesOfTheirOwnMeetWithoutCopies) {
  SmallNetwork network = two_branches();
  join(network, {"a", "b"}, "c").conv("c", "y", 32, 8, 1).output("y");
  EXPECT_EQ(views_of(network), std::vector<bool>{true});
}

TEST(Views, EachConcatenationOfADenseNetContainsTheOneBefore) {
  SmallNetwork network = two_branches();
  join(network, {"a", "b"}, "c1").conv("c1", "d", 32, 16, 1);
  join(network, {"a", "b", "d"}, "c2").conv("c2", "e", 48, 16, 1);
  join(network, {"a", "b", "d", "e"}, "c3").conv("c3", "y", 64, 8, 1).output("y");
  EXPECT_EQ(views_of(network), (std::vector<bool>{true, true, true}));
}

TEST(Views, AConcatenationMayLieInsideAnother) {
  SmallNetwork network = two_branches();
  join(network, {"a", "b"}, "c1").conv("c1", "d", 32, 16, 1);
  join(network, {"d", "c1"}, "c2").conv("c2", "y", 48, 8, 1).output("y");
  EXPECT_EQ(views_of(network), (std::vector<bool>{true, true}));
}

TEST(Views, OneTensorHasOnePlace) {
  SmallNetwork network = two_branches();
  join(network, {"a", "b"}, "c1").conv("c1", "d", 32, 16, 1);
  join(network, {"b", "a"}, "turned").conv("turned", "e", 32, 16, 1);
  join(network, {"a", "d"}, "torn").conv("torn", "f", 32, 16, 1);
  join(network, {"e", "e"}, "twice").conv("twice", "g", 32, 16, 1);
  join(network, {"f", "g"}, "last").conv("last", "y", 32, 8, 1).output("y");
  EXPECT_EQ(views_of(network), (std::vector<bool>{true, false, false, false, true}));
}

TEST(Views, WhatOthersDecideStaysWhereItIs) {
  SmallNetwork of_input = two_branches();
  join(of_input, {"a", "x"}, "c").conv("c", "y", 24, 8, 1).output("y");
  of_input.output("b");
  EXPECT_EQ(views_of(of_input), std::vector<bool>{false});

  SmallNetwork to_output = two_branches();
  join(to_output, {"a", "b"}, "y").output("y");
  EXPECT_EQ(views_of(to_output), std::vector<bool>{false});

  SmallNetwork batch = two_branches(/*batch=*/2);
  join(batch, {"a", "b"}, "c").conv("c", "y", 32, 8, 1).output("y");
  EXPECT_EQ(views_of(batch), std::vector<bool>{false});

  SmallNetwork pixels = two_branches(1, /*size=*/1);
  join(pixels, {"a", "b"}, "c").conv("c", "y", 32, 8, 1).output("y");
  EXPECT_EQ(views_of(pixels), std::vector<bool>{false});
}

TEST(Views, WhatAResidualOverwritesIsNoPart) {
  SmallNetwork network = two_branches();
  join(network, {"a", "b"}, "c");
  network.conv("c", "d", 32, 16, 1).node("Add", {"d", "a"}, {"s"}).conv("s", "y", 16, 8, 1);
  network.output("y");
  EXPECT_EQ(views_of(network), std::vector<bool>{false});
}

}  // namespace
}  // namespace kernwise
