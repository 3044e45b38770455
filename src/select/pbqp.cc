// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/select/pbqp.h"

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "branch_and_bound.h"
#include "pbqp_graph.h"
#include "reductions.h"

namespace kernwise {
namespace {

bool usable(double cost) { return cost == kForbidden || std::fabs(cost) <= kMaxPbqpCost; }

Status check_costs(const std::vector<double>& costs, const std::string& where) {
  for (const double cost : costs) {
    if (usable(cost)) continue;
    return invalid_input(
               "a cost must be a number of at most 1e100 in magnitude, or +infinity, not " +
               std::to_string(cost))
        .within(where);
  }
  return Ok{};
}

Status check(const PbqpProblem& problem) {
  const auto node_count = static_cast<int64_t>(problem.nodes.size());
  for (std::size_t v = 0; v < problem.nodes.size(); ++v) {
    const std::string where = "node " + std::to_string(v);
    if (problem.nodes[v].empty()) return invalid_input("has no option").within(where);
    KERNWISE_TRY(check_costs(problem.nodes[v], where));
  }
  for (std::size_t e = 0; e < problem.edges.size(); ++e) {
    const PbqpEdge& edge = problem.edges[e];
    const std::string where = "edge " + std::to_string(e);
    for (const int end : {edge.a, edge.b}) {
      if (end >= 0 && end < node_count) continue;
      return invalid_input("ends at node " + std::to_string(end) + " of " +
                           std::to_string(node_count))
          .within(where);
    }
    if (edge.a == edge.b) {
      return invalid_input("joins node " + std::to_string(edge.a) + " to itself",
                           "add its diagonal to the node's costs")
          .within(where);
    }
    const std::size_t entries = problem.nodes[edge.a].size() * problem.nodes[edge.b].size();
    if (edge.cost.size() != entries) {
      return invalid_input("has " + std::to_string(edge.cost.size()) + " entries, but its nodes' " +
                           "options make " + std::to_string(entries))
          .within(where);
    }
    KERNWISE_TRY(check_costs(edge.cost, where));
  }
  return Ok{};
}

}  // namespace

double pbqp_cost(const PbqpProblem& problem, const std::vector<int>& choice) {
  double sum = 0;
  for (std::size_t v = 0; v < problem.nodes.size(); ++v) sum += problem.nodes[v][choice[v]];
  for (const PbqpEdge& edge : problem.edges) {
    const std::size_t columns = problem.nodes[edge.b].size();
    sum += edge.cost[choice[edge.a] * columns + choice[edge.b]];
  }
  return sum;
}

Result<PbqpSolution> solve_pbqp(const PbqpProblem& problem, const PbqpOptions& options) {
  KERNWISE_TRY(check(problem));
  const Error infeasible = unsupported("no assignment has a finite cost");
  detail::PbqpGraph graph(problem);
  detail::Eliminations eliminated;
  if (!detail::reduce(graph, eliminated)) return infeasible;

  PbqpSolution solution;
  if (graph.live_nodes() == 0) {
    solution.choice.resize(problem.nodes.size());
    detail::choose_eliminated(eliminated, solution.choice);
    solution.cost = solution.lower_bound = pbqp_cost(problem, solution.choice);
    solution.optimal = true;
    return solution;
  }
  detail::SearchResult found =
      detail::branch_and_bound(problem, std::move(graph), std::move(eliminated), options);
  if (found.choice.empty()) {
    if (found.complete) return infeasible;
    return unsupported(
        "no assignment of finite cost found in " + std::to_string(found.branches) + " branches",
        "there may be one; raise max_branches");
  }
  solution.choice = std::move(found.choice);
  solution.cost = found.cost;
  solution.lower_bound = found.lower_bound;
  solution.optimal = found.complete;
  solution.branches = found.branches;
  return solution;
}

}  // namespace kernwise
