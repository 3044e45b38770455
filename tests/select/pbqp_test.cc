// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/select/pbqp.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

#include "pbqp_fixtures.h"

namespace kernwise {
namespace {

constexpr double kNone = kForbidden;

// Every pair of equal options costs 1: two groups are split as evenly as can be.
PbqpProblem complete_graph_that_wants_to_differ(int nodes) {
  PbqpProblem problem;
  problem.nodes.assign(static_cast<std::size_t>(nodes), {0, 0});
  for (int a = 0; a < nodes; ++a) {
    for (int b = a + 1; b < nodes; ++b) problem.edges.push_back({a, b, {1, 0, 0, 1}});
  }
  return problem;
}

TEST(PbqpTest, NothingToDecideCostsNothing) {
  const Result<PbqpSolution> solved = solve_pbqp({});
  ASSERT_TRUE(solved.ok());
  EXPECT_TRUE(solved->choice.empty());
  EXPECT_EQ(solved->cost, 0);
  EXPECT_TRUE(solved->optimal);
}

TEST(PbqpTest, ANodeAloneTakesItsCheapestOption) {
  const Result<PbqpSolution> solved = solve_pbqp({.nodes = {{3, 1, 2}}, .edges = {}});
  ASSERT_TRUE(solved.ok());
  EXPECT_EQ(solved->choice, (std::vector<int>{1}));
  EXPECT_EQ(solved->cost, 1);
  EXPECT_EQ(solved->lower_bound, 1);
}

// Cheapest options apart cost 0 + 0 + 9; the edge makes both give way.
TEST(PbqpTest, AnEdgeOutweighsItsEnds) {
  const PbqpProblem problem{.nodes = {{0, 2}, {0, 3}}, .edges = {{0, 1, {9, 9, 9, 1}}}};
  const Result<PbqpSolution> solved = solve_pbqp(problem);
  ASSERT_TRUE(solved.ok());
  EXPECT_EQ(solved->choice, (std::vector<int>{1, 1}));
  EXPECT_EQ(solved->cost, 6);
  EXPECT_EQ(solved->branches, 0);
}

TEST(PbqpTest, ParallelEdgesAreAddedUpWhicheverWayTheyPoint) {
  // 0-1 forbids equal options; 1-0 (rows are node 1) makes (0, 1) dear.
  const PbqpProblem problem{.nodes = {{0, 0}, {0, 0}},
                            .edges = {{0, 1, {kNone, 0, 0, kNone}}, {1, 0, {0, 0, 5, 0}}}};
  const Result<PbqpSolution> solved = solve_pbqp(problem);
  ASSERT_TRUE(solved.ok());
  EXPECT_EQ(solved->choice, (std::vector<int>{1, 0}));
  EXPECT_EQ(solved->cost, 0);
}

TEST(PbqpTest, EqualCostsGoToTheLowerOption) {
  PbqpProblem chain{.nodes = {5, {1, 1, 1}}, .edges = {}};
  for (int v = 0; v + 1 < 5; ++v) chain.edges.push_back({v, v + 1, std::vector<double>(9, 2)});
  PbqpProblem dense = chain;
  for (int v = 0; v + 2 < 5; ++v) {
    for (int w = v + 2; w < 5; ++w) dense.edges.push_back({v, w, std::vector<double>(9, 2)});
  }
  for (const PbqpProblem& problem : {chain, dense}) {
    const Result<PbqpSolution> solved = solve_pbqp(problem);
    ASSERT_TRUE(solved.ok());
    EXPECT_EQ(solved->choice, (std::vector<int>{0, 0, 0, 0, 0}));
  }
}

TEST(PbqpTest, NegativeCostsAreCosts) {
  const PbqpProblem problem{.nodes = {{-1, -2}, {0, -1}}, .edges = {{0, 1, {0, 0, 0, 5}}}};
  const Result<PbqpSolution> solved = solve_pbqp(problem);
  ASSERT_TRUE(solved.ok());
  EXPECT_EQ(solved->cost, -2);
}

TEST(PbqpTest, NoFiniteAssignmentIsUnsupported) {
  // A node with nothing but forbidden options; an edge that forbids all; three nodes that must
  // differ pairwise with two options each; the same among five, where no reduction helps.
  std::vector<PbqpProblem> problems = {
      {.nodes = {{kNone, kNone}}, .edges = {}},
      {.nodes = {{0, 0}, {0}}, .edges = {{0, 1, {kNone, kNone}}}},
  };
  for (const int nodes : {3, 5}) {
    PbqpProblem& problem = problems.emplace_back(complete_graph_that_wants_to_differ(nodes));
    for (PbqpEdge& edge : problem.edges) edge.cost = {kNone, 0, 0, kNone};
  }
  for (const PbqpProblem& problem : problems) {
    const Result<PbqpSolution> solved = solve_pbqp(problem);
    ASSERT_FALSE(solved.ok());
    EXPECT_EQ(solved.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(solved.error().message.find("no assignment has a finite cost"), std::string::npos);
  }
}

TEST(PbqpTest, MalformedProblemsAreInvalidInputThatNamesThePlace) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  struct Case {
    PbqpProblem problem;
    std::string place;
  };
  const std::vector<Case> cases = {
      {{.nodes = {{0}, {}}, .edges = {}}, "node 1"},
      {{.nodes = {{0, nan}}, .edges = {}}, "node 0"},
      {{.nodes = {{0, -kNone}}, .edges = {}}, "node 0"},
      {{.nodes = {{0, 1e101}}, .edges = {}}, "node 0"},
      {{.nodes = {{0}, {0}}, .edges = {{0, 1, {0}}, {0, 2, {0}}}}, "edge 1"},
      {{.nodes = {{0}, {0}}, .edges = {{-1, 1, {0}}}}, "edge 0"},
      {{.nodes = {{0}, {0}}, .edges = {{1, 1, {0}}}}, "edge 0"},
      {{.nodes = {{0}, {0, 1}}, .edges = {{0, 1, {0, 0, 0}}}}, "edge 0"},
      {{.nodes = {{0}, {0, 1}}, .edges = {{0, 1, {0, nan}}}}, "edge 0"},
  };
  for (const Case& c : cases) {
    const Result<PbqpSolution> solved = solve_pbqp(c.problem);
    ASSERT_FALSE(solved.ok()) << describe(c.problem);
    EXPECT_EQ(solved.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(solved.error().context, (std::vector<std::string>{c.place}));
  }
}

// Node 0 looks best at option 0 as long as each neighbour is asked alone: all of them can join it
// at no cost. Together they cannot, and the usual heuristic for nodes of high degree (RN: the least
// sum of own cost and each neighbour's best answer) walks into it.
TEST(PbqpTest, AChoiceThatLooksBestToEachNeighbourAloneIsNotTaken) {
  PbqpProblem problem;
  problem.nodes.assign(6, {0, 0});
  problem.nodes[0] = {0, 1};
  for (int a = 0; a < 6; ++a) {
    for (int b = a + 1; b < 6; ++b) {
      problem.edges.push_back(
          {a, b, a == 0 ? std::vector<double>{0, 10, 0, 0} : std::vector<double>{10, 10, 10, 0}});
    }
  }
  PbqpProblem misled = problem;
  misled.nodes[0][1] = kNone;
  ASSERT_EQ(brute_force(misled), std::optional(50.0));

  const Result<PbqpSolution> solved = solve_pbqp(problem);
  ASSERT_TRUE(solved.ok());
  EXPECT_TRUE(solved->optimal);
  EXPECT_EQ(solved->cost, 1);
  EXPECT_EQ(solved->choice[0], 1);
}

// No bound on pairs sees that five nodes cannot all differ (the linear relaxation is 0), so
// branching is needed: 3 + 2 nodes leave 3 + 1 pairs alike.
TEST(PbqpTest, BranchingProvesWhatNoBoundShows) {
  const Result<PbqpSolution> solved = solve_pbqp(complete_graph_that_wants_to_differ(5));
  ASSERT_TRUE(solved.ok());
  EXPECT_TRUE(solved->optimal);
  EXPECT_EQ(solved->cost, 4);
  EXPECT_EQ(solved->lower_bound, 4);
  EXPECT_GT(solved->branches, 0);
}

TEST(PbqpTest, StoppingEarlyLeavesAnAssignmentAndABoundBelowTheOptimum) {
  const PbqpProblem problem = complete_graph_that_wants_to_differ(12);
  const double optimum = 2 * 15;  // two groups of six
  double last_bound = -1;
  for (const int64_t budget : {0, 1, 10}) {
    const Result<PbqpSolution> solved = solve_pbqp(problem, {.max_branches = budget});
    ASSERT_TRUE(solved.ok());
    EXPECT_FALSE(solved->optimal);
    EXPECT_LE(solved->branches, budget);
    EXPECT_LT(solved->lower_bound, solved->cost);
    EXPECT_LE(solved->lower_bound, optimum);
    EXPECT_GE(solved->lower_bound, last_bound);
    EXPECT_GE(solved->cost, optimum);
    EXPECT_EQ(solved->cost, pbqp_cost(problem, solved->choice));
    last_bound = solved->lower_bound;
  }
}

// With no budget and no luck, "not found" must not be told as "there is none".
TEST(PbqpTest, StoppingBeforeAnyAssignmentIsFoundSaysSo) {
  Rng rng(3);
  int said = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const PbqpProblem problem = random_pbqp(
        rng, {.nodes = 8, .max_options = 3, .same_options = true, .density = 1, .forbidden = 0.3});
    const Result<PbqpSolution> cut = solve_pbqp(problem, {.max_branches = 0});
    if (cut.ok() || cut.error().message.find("found in 0 branches") == std::string::npos) continue;
    ++said;
    EXPECT_EQ(cut.error().code, ErrorCode::kUnsupported);
    EXPECT_NE(cut.error().hint.find("max_branches"), std::string::npos);
  }
  EXPECT_GT(said, 0);
}

TEST(PbqpTest, TheSameProblemGivesTheSameSolution) {
  Rng rng(5);
  const PbqpProblem problem =
      random_pbqp(rng, {.nodes = 12, .max_options = 6, .density = 0.7, .forbidden = 0.1});
  const Result<PbqpSolution> first = solve_pbqp(problem);
  const Result<PbqpSolution> second = solve_pbqp(problem);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->choice, second->choice);
  EXPECT_EQ(first->branches, second->branches);
}

// The size of a large network after its cheapest primitives per layout pair are kept.
TEST(PbqpTest, TwoHundredNodesInABandAreSolvedByReductionsAlone) {
  Rng rng(7);
  const PbqpProblem problem = random_band(rng, 200, 30);
  const auto start = std::chrono::steady_clock::now();
  const Result<PbqpSolution> solved = solve_pbqp(problem);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  std::printf("  200 nodes, 30 options: %.1f ms\n", took.count());
  ASSERT_TRUE(solved.ok());
  EXPECT_EQ(solved->branches, 0);
  EXPECT_TRUE(solved->optimal);
  EXPECT_NEAR(solved->cost, band_optimum(problem), 1e-9);
}

// Neither recursion nor a search over all nodes at each step.
TEST(PbqpTest, AChainOfAHundredThousandNodesIsSolved) {
  PbqpProblem problem;
  const int count = 100'000;
  for (int v = 0; v < count; ++v) {
    problem.nodes.push_back({0, 1});
    if (v > 0) problem.edges.push_back({v - 1, v, {kNone, 0, 0, 0.5}});
  }
  const Result<PbqpSolution> solved = solve_pbqp(problem);
  ASSERT_TRUE(solved.ok());
  EXPECT_EQ(solved->cost, count / 2);  // every other node
}

}  // namespace
}  // namespace kernwise
