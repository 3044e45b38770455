// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Spaces and their designs: text, files, rules, and when two cells are one network.
#include "kernwise/fleet/space.h"
#include "kernwise/fleet/space_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <set>

#include "kernwise/fleet/design_network.h"
#include "kernwise/fleet/pareto.h"

namespace kernwise {
namespace {

DesignSpace space(const std::string& name) {
  Result<DesignSpace> loaded = load_space(name);
  EXPECT_TRUE(loaded.ok());
  return std::move(loaded).value();
}

TEST(Space, BuiltInSpacesHaveTheirPublishedSizes) {
  EXPECT_EQ(combinations(space("nb201")), 15625);
  EXPECT_EQ(space("fbnet").positions.size(), 22U);
  EXPECT_EQ(one_hot_size(space("fbnet")), 198U);
  EXPECT_EQ(space("ofa-mbv3").positions.size(), 46U);
  EXPECT_EQ(combinations(space("fbnet")), std::nullopt);  // 9^22 is beyond 2^62
}

// A file says all there is to a space: what is written is read back the same.
TEST(Space, TextsAreReadBack) {
  for (const std::string& name : built_in_spaces()) {
    const DesignSpace original = space(name);
    const Result<DesignSpace> back = parse_space(space_text(original));
    ASSERT_TRUE(back.ok()) << name << ": " << to_string(back.error());
    EXPECT_EQ(*back, original) << name;
  }
}

TEST(Space, BrokenFilesAreRefused) {
  const std::string good = space_text(space("nb201"));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return parse_space(text);
  };
  EXPECT_FALSE(parse_space("").ok());
  EXPECT_FALSE(parse_space("[1]").ok());
  EXPECT_FALSE(with("kernwise.space/1", "kernwise.space/2").ok());
  EXPECT_FALSE(with("\"e20\"", "\"e10\"").ok());
  EXPECT_FALSE(with("\"skip_connect\"", "\"none\"").ok());
  EXPECT_FALSE(with("\"positions\"", "\"places\"").ok());
  EXPECT_FALSE(with("\"operation\"", "\"depth\"").ok());  // its choices are no numbers
}

TEST(Space, NasBench201StringsAreThePublicOnes) {
  const DesignSpace nb = space("nb201");
  const Design design = {3, 3, 4, 1, 3, 1};
  const std::string text =
      "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|"
      "skip_connect~2|";
  EXPECT_EQ(design_string(nb, design), text);
  const Result<Design> back = parse_design(nb, text);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, design);
  EXPECT_FALSE(parse_design(nb, text + "|").ok());
  EXPECT_FALSE(parse_design(nb, "|nor_conv_3x3~1|").ok());
}

TEST(Space, DesignsOfEverySpaceSurviveTheirText) {
  Rng rng(3);
  for (const std::string& name : built_in_spaces()) {
    const DesignSpace s = space(name);
    for (int i = 0; i < 50; ++i) {
      const Design design = random_design(s, rng);
      const Result<Design> back = parse_design(s, design_string(s, design));
      ASSERT_TRUE(back.ok()) << name << ": " << to_string(back.error());
      EXPECT_EQ(*back, design) << name;
    }
  }
}

TEST(Space, IndicesCountAllDesigns) {
  const DesignSpace nb = space("nb201");
  for (const int64_t index : {0, 1, 777, 15624}) {
    EXPECT_EQ(index_of(nb, design_at(nb, index)), index);
  }
}

// A block that the depth leaves out has no kernel: whatever stands there, the design is the same.
TEST(Space, InactivePositionsDoNotCount) {
  const DesignSpace ofa = space("ofa-mbv3");
  Design a(ofa.positions.size(), 0);
  Design b = a;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (ofa.positions[i].name == "unit1.block4.kernel") b[i] = 2;
  }
  EXPECT_NE(a, b);
  EXPECT_EQ(canonical(ofa, a), canonical(ofa, b));
  std::vector<float> ca(one_hot_size(ofa)), cb(ca.size());
  one_hot(ofa, a, ca.data());
  one_hot(ofa, b, cb.data());
  EXPECT_EQ(ca, cb);
}

TEST(Space, ForbiddenCombinationsAreObjectedTo) {
  const Result<DesignSpace> s = parse_space(R"({"schema": "kernwise.space/1", "name": "t",
    "positions": [{"name": "a", "choices": ["x", "y"]}, {"name": "b", "choices": ["x", "y"]}],
    "rules": [{"forbid": {"a": ["x"], "b": ["y"]}}]})");
  ASSERT_TRUE(s.ok()) << to_string(s.error());
  EXPECT_EQ(objection(*s, {0, 0}), "");
  EXPECT_NE(objection(*s, {0, 1}).find("a = x and b = y"), std::string::npos);
  EXPECT_NE(objection(*s, {0, 2}), "");
  EXPECT_NE(objection(*s, {0}), "");
  EXPECT_FALSE(parse_design(*s, "a=x b=y").ok());
}

TEST(Cell, OneNetworkHasOneIdentity) {
  const DesignSpace nb = space("nb201");
  // An identity in front of a convolution or behind it.
  EXPECT_EQ(cell_identity(nb, {1, 0, 3, 0, 0, 1}), cell_identity(nb, {3, 0, 1, 0, 0, 1}));
  // What hangs on a zero edge does not exist.
  EXPECT_EQ(cell_identity(nb, {0, 3, 2, 0, 4, 1}), cell_identity(nb, {0, 3, 0, 0, 3, 1}));
  EXPECT_NE(cell_identity(nb, {3, 0, 0, 0, 3, 0}), cell_identity(nb, {3, 0, 0, 0, 2, 0}));
  EXPECT_EQ(cell_identity(nb, {0, 0, 0, 0, 0, 0}), "");
}

// Its authors count 6466 (Dong & Yang 2020, section 2.1, without identities); contracting those
// across sums can only join more.
TEST(Cell, IdentitiesOfTheWholeSpaceAreAboutAsManyAsItsAuthorsCount) {
  const DesignSpace nb = space("nb201");
  std::set<std::string> distinct;
  for (int64_t index = 0; index < 15625; ++index) {
    distinct.insert(cell_identity(nb, design_at(nb, index)));
  }
  EXPECT_LE(distinct.size(), 6466U);
  EXPECT_GE(distinct.size(), 4000U);
}

TEST(DesignNetwork, WritesMobileNetsWithRoundedWeights) {
  const DesignSpace mobile = space("mobilenet-v2");
  Rng rng(5);
  Design design = random_design(mobile, rng);
  for (std::size_t i = 0; i < design.size(); ++i) {
    if (mobile.positions[i].name == "stage2.bits") design[i] = 2;  // 4 bits
    if (mobile.positions[i].name == "width") design[i] = 0;
    if (mobile.positions[i].name == "resolution") design[i] = 0;
  }
  const Result<Network> network = design_network(mobile, design);
  ASSERT_TRUE(network.ok()) << to_string(network.error());
  const std::vector<float> weights =
      network->constants.at("features.2.conv.0.0.weight").to_floats();
  const auto per_channel = network->constants.at("features.2.conv.0.0.weight").elements() /
                           network->constants.at("features.2.conv.0.0.weight").dims()[0];
  const std::set<float> levels(weights.begin(), weights.begin() + per_channel);
  EXPECT_LE(levels.size(), 15U);
  EXPECT_FALSE(design_network(space("fbnet"), Design(22, 0)).ok());
}

// e10, e20, e21, e30, e31, e32: what leads to node 2 is dead if nothing leads from it to node 3.
TEST(Space, WhatReachesNothingIsPruned) {
  const DesignSpace space = load_space("nb201").value();
  EXPECT_EQ(without_dead_edges(space, {3, 2, 1, 0, 3, 0}), (Design{3, 0, 0, 0, 3, 0}));
  EXPECT_EQ(without_dead_edges(space, {0, 3, 4, 0, 2, 1}), (Design{0, 3, 0, 0, 0, 1}));
  EXPECT_EQ(without_dead_edges(space, {3, 3, 3, 0, 0, 0}), (Design{0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(without_dead_edges(space, {3, 1, 2, 4, 3, 2}), (Design{3, 1, 2, 4, 3, 2}));
  const std::vector<Design> all = {{0, 0, 0, 1, 0, 0}, {3, 0, 0, 1, 0, 0}, {0, 2, 0, 1, 0, 3}};
  EXPECT_EQ(table_of(space, all).pruned, (std::vector<std::size_t>{0, 0, 2}));
}

// A small file must not ask for more than a small amount of work.
TEST(SpaceFile, RefusesGraphsThatGrowOutOfHand) {
  const auto file = [](int nodes, int twice, int choices, const char* name = "mine") {
    std::vector<std::string> labels, positions, edges;
    for (int c = 0; c < choices; ++c) labels.push_back(fmt::format("\"c{}\"", c));
    for (int to = 1; to < nodes; ++to) {
      for (int from = 0; from < to; ++from) {
        for (int copy = 0; copy < twice; ++copy) {
          positions.push_back(fmt::format(R"({{"name": "e{}_{}_{}", "choices": [{}]}})", to, from,
                                          copy, fmt::join(labels, ", ")));
          edges.push_back(fmt::format("[{}, {}]", to, from));
        }
      }
    }
    return fmt::format(
        R"({{"schema": "kernwise.space/1", "name": "{}", "positions": [{}],
            "graph": {{"edges": [{}], "zero": "c0", "identity": "c1"}}}})",
        name, fmt::join(positions, ", "), fmt::join(edges, ", "));
  };
  EXPECT_TRUE(parse_space(file(5, 1, 5)).ok()) << to_string(parse_space(file(5, 1, 5)).error());
  EXPECT_FALSE(parse_space(file(4, 2, 5)).ok());
  EXPECT_FALSE(parse_space(file(16, 1, 3)).ok());
  EXPECT_FALSE(parse_space(file(4, 1, 40)).ok());
  for (const char* name : {"../../x", ".", "..", "", "a b"}) {
    EXPECT_FALSE(parse_space(file(4, 1, 5, name)).ok()) << name;
  }
}

}  // namespace
}  // namespace kernwise
