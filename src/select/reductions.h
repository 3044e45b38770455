// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The exact reductions of a PBQP (Scholz & Eckstein, "Register allocation for irregular
// architectures", LCTES 2002, section 4): a node of degree 0, 1 or 2 is removed, and what it would
// cost at best under each choice of its neighbours is added to them:
//   R0  constant      += min_i c(i)
//   R1  c_v(j)        += min_i c(i) + E_v(i, j)
//   R2  E_vw(j, k)    += min_i c(i) + E_v(i, j) + E_w(i, k)
// A node with one option left is removed whatever its degree. Nothing of the optimum is lost; the
// choice of a removed node follows from those of its neighbours, looked up in reverse order.
#pragma once

#include <memory>
#include <vector>

#include "pbqp_graph.h"

namespace kernwise::detail {

// What must be known to choose the option of a removed node once its neighbours are chosen.
struct Elimination {
  struct Link {
    int id = 0;                // the neighbour
    std::vector<int> option;   // its options when the node was removed
    std::vector<double> cost;  // row-major, options of the removed node x options of the neighbour
  };
  int id = 0;
  std::vector<double> cost;
  std::vector<int> option;
  std::vector<Link> links;
};
// Shared because subproblems of one branch-and-bound path have their first eliminations in common.
using Eliminations = std::vector<std::shared_ptr<const Elimination>>;

// Removes nodes until all that remain have degree 3 or more and at least two options. False: some
// node has no option of finite cost, so the graph has no finite assignment.
bool reduce(PbqpGraph& graph, Eliminations& eliminated);

// Decides one node, with the record that says so.
void decide(PbqpGraph& graph, int node, int option_index, Eliminations& eliminated);

// Fills in choice[id] of all eliminated nodes, last first. Equal costs: the lower option.
void choose_eliminated(const Eliminations& eliminated, std::vector<int>& choice);

}  // namespace kernwise::detail
