// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Branch and bound over what the reductions leave of a PBQP: raise the lower bound, strike out
// options, reduce again; if nodes remain, take the most promising option of one node, once as
// decided and once as struck out. Depth first, so that good assignments are found early.
//
// Before the first branch, one descent without return and a local search give an assignment, so
// that there is one whenever the search has to stop.
// Deterministic. Memory: a copy of the remaining graph per open subproblem, 1 GiB in all; beyond
// that it stops as at the node budget.
#pragma once

#include <cstdint>
#include <vector>

#include "kernwise/select/pbqp.h"
#include "pbqp_graph.h"
#include "reductions.h"

namespace kernwise::detail {

struct SearchResult {
  std::vector<int> choice;  // empty: none found
  double cost = kForbidden;
  double lower_bound = kForbidden;  // no assignment costs less
  bool complete = false;            // nothing left that could be better (by more than rounding)
  int64_t branches = 0;
};

// `graph` and `eliminated` as left by reduce() on the problem, whose costs judge what is found.
SearchResult branch_and_bound(const PbqpProblem& problem, PbqpGraph graph, Eliminations eliminated,
                              const PbqpOptions& options);

}  // namespace kernwise::detail
