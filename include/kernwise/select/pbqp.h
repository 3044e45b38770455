// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Partitioned Boolean Quadratic Problem (Scholz & Eckstein 2002; Anderson & Gregg 2018 for the
// selection of primitives): every node picks one of its options; the cost is the sum of the chosen
// options' costs and, for every edge, of the entry of its matrix at the two ends' choices.
// Infinite entries forbid.
//
// In words: nodes are decisions, an edge is what two decisions cost each other. In kernwise a node
// is a layer, its options are ways to run it, and an edge holds the layout transforms between a
// layer and its reader. A chain is a shortest path problem; a general graph is NP-hard.
//
// Solved exactly:
//  - A node without edges takes its cheapest option (R0). A node with one neighbour is removed, and
//    each option of the neighbour is charged what the node would then cost at best (R1). A node
//    with two neighbours becomes an edge between them in the same way (R2). Nothing is lost, so
//    chains, residual blocks and inception modules are solved by this alone.
//  - If nodes with three and more neighbours remain, a lower bound is raised by moving costs
//    between nodes and edges; options whose bound exceeds the best known assignment are struck
//    out, one option of one node is tried, and the reductions go on (branch and bound).
// It stops early only at the node budget (or when open subproblems would take over 1 GiB), and then
// states a lower bound, hence a gap. "Optimal" is up to rounding: 1e-10 of the costs involved.
// Thread-safety: pure function, deterministic. Complexity: reductions O(edges * options^3);
// branching exponential only in the number of nodes that no reduction removes.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise {

inline constexpr double kForbidden = std::numeric_limits<double>::infinity();
inline constexpr double kMaxPbqpCost = 1e100;  // of a finite cost, so that no sum overflows

struct PbqpEdge {
  int a = 0, b = 0;          // a != b; parallel edges are added up
  std::vector<double> cost;  // row-major, options(a) x options(b)
};

struct PbqpProblem {
  std::vector<std::vector<double>> nodes;  // cost of each option; >= 1 option each
  std::vector<PbqpEdge> edges;
};

struct PbqpOptions {
  int64_t max_branches = 1'000'000;  // branch-and-bound nodes before it stops early; 0: the first
                                     // assignment found and the bound at the root
};

struct PbqpSolution {
  std::vector<int> choice;  // option of each node
  double cost = 0;
  double lower_bound = 0;  // == cost when optimal
  bool optimal = false;
  int64_t branches = 0;  // 0: solved by reductions and the bound alone
};

// Where a node's options come out equal, the lower index is taken. No finite assignment (or none
// found within the budget, as the message says): kUnsupported. NaN, negative infinity or a finite
// cost beyond kMaxPbqpCost in the input, or shapes that do not match: kInvalidInput.
Result<PbqpSolution> solve_pbqp(const PbqpProblem& problem, const PbqpOptions& options = {});

// Cost of an assignment of a valid problem, from the definition.
double pbqp_cost(const PbqpProblem& problem, const std::vector<int>& choice);

}  // namespace kernwise
