// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Partitioned Boolean Quadratic Problem (Scholz & Eckstein 2002; Anderson & Gregg 2018 for primitive
// selection): every node picks one of its options; the cost is the sum of the chosen options' costs
// and, for every edge, of the entry of its matrix at the two ends' choices. Infinite entries forbid.
//
// Solved exactly: nodes of degree 0, 1 and 2 are reduced away without loss (R0, R1, R2); if nodes of
// higher degree remain, branch and bound decides one of them and reduces again. It stops early only
// at the node budget, and then states a lower bound, hence a gap.
// Thread-safety: pure function. Complexity: reductions O(edges * options^3); branching exponential
// only in the number of nodes that no reduction removes.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise {

inline constexpr double kForbidden = std::numeric_limits<double>::infinity();

struct PbqpEdge {
  int a = 0, b = 0;           // a != b; parallel edges are added up
  std::vector<double> cost;   // row-major, options(a) x options(b)
};

struct PbqpProblem {
  std::vector<std::vector<double>> nodes;  // cost of each option; >= 1 option each
  std::vector<PbqpEdge> edges;
};

struct PbqpOptions {
  int64_t max_branches = 1'000'000;  // branch-and-bound nodes before it stops early
};

struct PbqpSolution {
  std::vector<int> choice;  // option of each node
  double cost = 0;
  double lower_bound = 0;   // == cost when optimal
  bool optimal = false;
  int64_t branches = 0;     // 0: solved by reductions alone
};

// Equal costs are broken towards the lower option index. No finite assignment: kUnsupported.
// NaN or negative infinity in the input, or shapes that do not match: kInvalidInput.
Result<PbqpSolution> solve_pbqp(const PbqpProblem& problem, const PbqpOptions& options = {});

// Cost of an assignment, from the definition.
double pbqp_cost(const PbqpProblem& problem, const std::vector<int>& choice);

}  // namespace kernwise
