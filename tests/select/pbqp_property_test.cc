// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The solver against trying every assignment, and the steps it is made of against what each must
// keep.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>

#include "kernwise/select/pbqp.h"
#include "pbqp_fixtures.h"
#include "select/branch_and_bound.h"
#include "select/local_search.h"
#include "select/pbqp_graph.h"
#include "select/reductions.h"
#include "select/soft_consistency.h"

namespace kernwise {
namespace {

struct Drawn {
  PbqpProblem problem;
  double magnitude = 0;  // of the costs, for comparing sums
};

// Sparse to complete, from no forbidden entry to so many that most problems are infeasible.
Drawn draw_problem(int max_nodes, int max_options) {
  RandomPbqp shape;
  shape.nodes = *rc::gen::inRange(1, max_nodes + 1);
  shape.max_options = *rc::gen::inRange(1, max_options + 1);
  shape.same_options = *rc::gen::arbitrary<bool>();
  shape.density = *rc::gen::element(0.3, 0.6, 1.0, 1.0);
  shape.forbidden = *rc::gen::element(0.0, 0.0, 0.1, 0.3, 0.6);
  shape.costs = *rc::gen::element(CostKind::kUniform, CostKind::kFewLevels, CostKind::kMagnitudes,
                                  CostKind::kSigned);
  Rng rng(*rc::gen::arbitrary<uint32_t>());
  Drawn drawn{.problem = random_pbqp(rng, shape)};
  drawn.magnitude = shape.costs == CostKind::kMagnitudes ? 0.0 : 1.0;
  RC_LOG() << describe(drawn.problem);
  return drawn;
}

bool close(double x, double y, double magnitude) {
  return std::fabs(x - y) <= 1e-9 * std::max({std::fabs(x), std::fabs(y), magnitude});
}

RC_GTEST_PROP(PbqpProperty, TheSolutionIsTheBestOfAllAssignments, ()) {
  const Drawn drawn = draw_problem(6, 4);
  const std::optional<double> best = brute_force(drawn.problem);
  const Result<PbqpSolution> solved = solve_pbqp(drawn.problem);
  RC_TAG(best.has_value());
  if (!best) {
    RC_ASSERT(!solved.ok());
    RC_ASSERT(solved.error().code == ErrorCode::kUnsupported);
    return;
  }
  RC_ASSERT(solved.ok());
  RC_ASSERT(solved->optimal);
  RC_ASSERT(solved->cost == pbqp_cost(drawn.problem, solved->choice));
  RC_ASSERT(solved->lower_bound == solved->cost);
  RC_ASSERT(close(solved->cost, *best, drawn.magnitude));
}

RC_GTEST_PROP(PbqpProperty, AnEarlyStopEnclosesTheOptimum, ()) {
  const Drawn drawn = draw_problem(7, 4);
  const std::optional<double> best = brute_force(drawn.problem);
  const Result<PbqpSolution> solved =
      solve_pbqp(drawn.problem, {.max_branches = *rc::gen::inRange(0, 4)});
  RC_PRE(best && solved.ok());
  RC_ASSERT(solved->lower_bound <= *best + 1e-12 * std::fabs(*best));
  RC_ASSERT(solved->cost >= *best - 1e-12 * std::fabs(*best));
  RC_ASSERT(solved->cost == pbqp_cost(drawn.problem, solved->choice));
  if (solved->optimal) RC_ASSERT(close(solved->cost, *best, drawn.magnitude));
}

// Cost of an assignment (in the problem's options) as the graph holds it.
double graph_cost(const detail::PbqpGraph& graph, const std::vector<int>& choice) {
  const auto place = [&](const detail::GraphNode& node) {
    const auto it = std::find(node.option.begin(), node.option.end(), choice[node.id]);
    return static_cast<std::size_t>(it - node.option.begin());
  };
  double sum = graph.constant;
  for (const detail::GraphNode& node : graph.nodes) {
    if (!node.gone) sum += node.cost[place(node)];
  }
  for (const detail::GraphEdge& edge : graph.edges) {
    if (edge.gone) continue;
    const detail::GraphNode& b = graph.nodes[edge.b];
    sum += edge.cost[place(graph.nodes[edge.a]) * b.cost.size() + place(b)];
  }
  return sum;
}

bool has_options(const detail::PbqpGraph& graph, const std::vector<int>& choice) {
  return std::all_of(graph.nodes.begin(), graph.nodes.end(), [&](const detail::GraphNode& node) {
    return node.gone ||
           std::find(node.option.begin(), node.option.end(), choice[node.id]) != node.option.end();
  });
}

std::vector<std::vector<int>> all_assignments(const PbqpProblem& problem) {
  std::vector<std::vector<int>> all = {{}};
  for (const std::vector<double>& node : problem.nodes) {
    std::vector<std::vector<int>> longer;
    for (const std::vector<int>& start : all) {
      for (int i = 0; i < static_cast<int>(node.size()); ++i) {
        longer.push_back(start);
        longer.back().push_back(i);
      }
    }
    all = std::move(longer);
  }
  return all;
}

RC_GTEST_PROP(PbqpProperty, TighteningKeepsEverySumAndBoundsThemAll, ()) {
  const Drawn drawn = draw_problem(5, 3);
  detail::PbqpGraph graph(drawn.problem);
  const detail::Tightened tightened = detail::tighten(graph, {.max_passes = 20, .min_gain = 0});
  const std::optional<double> best = brute_force(drawn.problem);
  if (tightened == detail::Tightened::kNothingBelowCutoff) {
    RC_ASSERT(!best.has_value());
    return;
  }
  if (best) RC_ASSERT(graph.constant <= *best + 1e-9 * std::max(std::fabs(*best), 1e-3));
  for (const std::vector<int>& choice : all_assignments(drawn.problem)) {
    const double before = pbqp_cost(drawn.problem, choice);
    if (!has_options(graph, choice)) {
      RC_ASSERT(before == kForbidden);  // without a cutoff only the impossible is struck out
      continue;
    }
    const double after = graph_cost(graph, choice);
    RC_ASSERT(before == after || close(before, after, 1.0));
  }
}

RC_GTEST_PROP(PbqpProperty, TighteningStrikesOutNothingThatBeatsTheCutoff, ()) {
  const Drawn drawn = draw_problem(5, 3);
  const double cutoff = *rc::gen::inRange(0, 60) / 10.0;
  detail::PbqpGraph graph(drawn.problem);
  const detail::Tightened tightened =
      detail::tighten(graph, {.cutoff = cutoff, .max_passes = 20, .min_gain = 0});
  for (const std::vector<int>& choice : all_assignments(drawn.problem)) {
    if (pbqp_cost(drawn.problem, choice) >= cutoff - 1e-9) continue;
    RC_ASSERT(tightened != detail::Tightened::kNothingBelowCutoff);
    RC_ASSERT(has_options(graph, choice));
  }
}

// The bound is useful only if it comes near what is known to be reachable: on a tree, all of it.
RC_GTEST_PROP(PbqpProperty, TighteningFindsTheOptimumOfAChain, ()) {
  Rng rng(*rc::gen::arbitrary<uint32_t>());
  PbqpProblem problem = random_pbqp(rng, {.nodes = 6, .max_options = 4, .density = 0});
  for (int v = 0; v + 1 < 6; ++v) {
    PbqpEdge edge{.a = v, .b = v + 1, .cost = {}};
    edge.cost.resize(problem.nodes[v].size() * problem.nodes[v + 1].size());
    for (double& cost : edge.cost) cost = rng.uniform();
    problem.edges.push_back(std::move(edge));
  }
  detail::PbqpGraph graph(problem);
  (void)detail::tighten(graph, {.negligible = -1, .max_passes = 4, .min_gain = 0});
  // An option left alone ends the passes early; the reductions finish the chain either way.
  detail::Eliminations eliminated;
  RC_ASSERT(detail::reduce(graph, eliminated));
  RC_ASSERT(close(graph.constant, *brute_force(problem), 1.0));
}

RC_GTEST_PROP(PbqpProperty, ReducingKeepsTheOptimumAndLeavesOnlyHighDegrees, ()) {
  const Drawn drawn = draw_problem(6, 3);
  detail::PbqpGraph graph(drawn.problem);
  detail::Eliminations eliminated;
  const std::optional<double> best = brute_force(drawn.problem);
  if (!detail::reduce(graph, eliminated)) {
    RC_ASSERT(!best.has_value());
    return;
  }
  PbqpProblem rest;
  std::vector<int> place(graph.nodes.size(), -1);
  for (std::size_t v = 0; v < graph.nodes.size(); ++v) {
    const detail::GraphNode& node = graph.nodes[v];
    if (node.gone) continue;
    RC_ASSERT(node.degree() >= 3);
    RC_ASSERT(node.options() >= 2);
    place[v] = static_cast<int>(rest.nodes.size());
    rest.nodes.push_back(node.cost);
  }
  for (const detail::GraphEdge& edge : graph.edges) {
    if (!edge.gone) rest.edges.push_back({place[edge.a], place[edge.b], edge.cost});
  }
  const std::optional<double> left = brute_force(rest);
  RC_ASSERT(left.has_value() == best.has_value());
  if (best) RC_ASSERT(close(graph.constant + *left, *best, drawn.magnitude));
}

RC_GTEST_PROP(PbqpProperty, LocalSearchNeverMakesAnAssignmentWorse, ()) {
  const Drawn drawn = draw_problem(6, 4);
  std::vector<int> choice;
  for (const std::vector<double>& node : drawn.problem.nodes) {
    choice.push_back(*rc::gen::inRange(0, static_cast<int>(node.size())));
  }
  const double before = pbqp_cost(drawn.problem, choice);
  RC_PRE(before < kForbidden);
  const double after = detail::improve_locally(drawn.problem, choice);
  RC_ASSERT(after <= before);
  RC_ASSERT(after == pbqp_cost(drawn.problem, choice));
}

}  // namespace
}  // namespace kernwise
