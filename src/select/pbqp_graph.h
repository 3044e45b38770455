// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A PBQP while it is being solved: nodes and edges disappear, options are struck out, cost moves
// between nodes, edges and a constant. The sum over any assignment stays what it was.
//
// Invariants: at most one edge between two nodes, none from a node to itself; every entry is finite
// or +infinity; options of a node keep the order of the problem. Nodes and edges have indices that
// hold until the next compacted(); `id` and `option` say what they are in the problem.
// Thread-safety: a plain value.
#pragma once

#include <cstddef>
#include <vector>

#include "kernwise/select/pbqp.h"

namespace kernwise::detail {

struct GraphNode {
  int id = 0;  // in the problem
  bool gone = false;
  std::vector<double> cost;  // of each remaining option
  std::vector<int> option;   // which option of the problem each one is; ascending
  std::vector<int> edges;

  int options() const { return static_cast<int>(cost.size()); }
  int degree() const { return static_cast<int>(edges.size()); }
};

struct GraphEdge {
  int a = 0, b = 0;
  bool gone = false;
  std::vector<double> cost;  // row-major, options(a) x options(b)

  int other(int node) const { return node == a ? b : a; }
};

class PbqpGraph {
 public:
  PbqpGraph() = default;
  // The problem must be valid (see solve_pbqp).
  explicit PbqpGraph(const PbqpProblem& problem);

  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
  double constant = 0;

  // A copy without what is gone; the order of nodes is kept.
  PbqpGraph compacted() const;
  std::size_t bytes() const;  // of the cost vectors and matrices
  int live_nodes() const;

  // Adds the matrix (options(a) x options(b)) to the edge between the two, made if there is none.
  void add_edge(int a, int b, std::vector<double> cost);
  // Takes an edge out of the graph; its matrix is returned with `node`'s options as rows.
  std::vector<double> take_edge(int edge, int node);
  // Strikes out all options of a node whose flag is zero.
  void keep_options(int node, const std::vector<char>& keep);
  // Adds each entry of one row of every edge to the neighbour, then removes the node. Its own cost
  // goes to the constant.
  void decide(int node, int option_index);

  // Smallest entry of an edge for each option of `node`.
  std::vector<double> smallest_per_option(int edge, int node) const;
  // Adds amount[i] to all entries of an edge that belong to option i of `node`.
  void add_per_option(int edge, int node, const std::vector<double>& amount);
};

// rows x columns -> columns x rows
std::vector<double> transposed(const std::vector<double>& matrix, std::size_t rows,
                               std::size_t columns);

}  // namespace kernwise::detail
