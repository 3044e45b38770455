// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A lower bound on a PBQP, by moving cost without changing any assignment's sum: the smallest entry
// of each row of an edge goes to that option of the node, the smallest cost of each node goes to
// the constant. When every remaining entry is >= 0, the constant is a bound, and
// constant + cost(option) is a bound on every assignment that takes the option; options whose bound
// reaches `cutoff` are struck out.
//
// Cost is moved node by node, forwards and backwards, each node handing what it gathered on to the
// edges that come after it in equal shares. This is sequential tree-reweighted message passing
// (Kolmogorov, "Convergent tree-reweighted message passing for energy minimization", PAMI 2006; in
// the form of "A new look at reweighted message passing", PAMI 2015, section 4), whose bound never
// falls and whose fixed points are close to the linear relaxation. Striking options out as bounds
// rise is the node consistency of weighted constraint solvers (Cooper et al., "Soft arc consistency
// revisited", Artificial Intelligence 174, 2010).
// Complexity: one pass O(edges * options^2).
#pragma once

#include <vector>

#include "pbqp_graph.h"

namespace kernwise::detail {

struct TightenOptions {
  double cutoff = kForbidden;  // assignments that cost this much or more are of no interest
  double negligible = 0;       // edges with no entry above this are taken out
  int max_passes = 10;         // forwards and backwards together are two
  double min_gain = 0.02;      // stops when a round closes less than this share of the gap
};

enum class Tightened {
  kNothingBelowCutoff,  // no assignment of interest is left
  kReducible,           // an edge or an option has gone and a node may now be reduced
  kStable,
};

// Raises graph.constant. On return all entries are >= 0 (up to rounding).
Tightened tighten(PbqpGraph& graph, const TightenOptions& options);

// For each option of a node, the node's cost plus the smallest entry of each of its edges.
std::vector<double> min_marginals(const PbqpGraph& graph, int node);

}  // namespace kernwise::detail
