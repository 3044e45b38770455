// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "pbqp_graph.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace kernwise::detail {

std::vector<double> transposed(const std::vector<double>& matrix, std::size_t rows,
                               std::size_t columns) {
  std::vector<double> result(matrix.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) result[j * rows + i] = matrix[i * columns + j];
  }
  return result;
}

PbqpGraph::PbqpGraph(const PbqpProblem& problem) {
  nodes.resize(problem.nodes.size());
  for (std::size_t v = 0; v < nodes.size(); ++v) {
    nodes[v].id = static_cast<int>(v);
    nodes[v].cost = problem.nodes[v];
    nodes[v].option.resize(problem.nodes[v].size());
    std::iota(nodes[v].option.begin(), nodes[v].option.end(), 0);
  }
  for (const PbqpEdge& edge : problem.edges) add_edge(edge.a, edge.b, edge.cost);
}

PbqpGraph PbqpGraph::compacted() const {
  PbqpGraph result;
  result.constant = constant;
  std::vector<int> place(nodes.size(), -1);
  for (std::size_t v = 0; v < nodes.size(); ++v) {
    if (nodes[v].gone) continue;
    place[v] = static_cast<int>(result.nodes.size());
    GraphNode& node = result.nodes.emplace_back();
    node.id = nodes[v].id;
    node.cost = nodes[v].cost;
    node.option = nodes[v].option;
    node.edges.reserve(nodes[v].edges.size());
  }
  for (const GraphEdge& edge : edges) {
    if (edge.gone) continue;
    const int index = static_cast<int>(result.edges.size());
    GraphEdge& copy = result.edges.emplace_back();
    copy.a = place[edge.a];
    copy.b = place[edge.b];
    copy.cost = edge.cost;
    result.nodes[copy.a].edges.push_back(index);
    result.nodes[copy.b].edges.push_back(index);
  }
  return result;
}

std::size_t PbqpGraph::bytes() const {
  std::size_t count = 0;
  for (const GraphNode& node : nodes) count += node.cost.size();
  for (const GraphEdge& edge : edges) count += edge.cost.size();
  return count * sizeof(double);
}

int PbqpGraph::live_nodes() const {
  return static_cast<int>(
      std::count_if(nodes.begin(), nodes.end(), [](const GraphNode& n) { return !n.gone; }));
}

void PbqpGraph::add_edge(int a, int b, std::vector<double> cost) {
  const int shorter = nodes[a].degree() <= nodes[b].degree() ? a : b;
  for (const int e : nodes[shorter].edges) {
    GraphEdge& edge = edges[e];
    if (edge.other(shorter) != (shorter == a ? b : a)) continue;
    if (edge.a != a) cost = transposed(cost, nodes[a].cost.size(), nodes[b].cost.size());
    for (std::size_t k = 0; k < cost.size(); ++k) edge.cost[k] += cost[k];
    return;
  }
  const int index = static_cast<int>(edges.size());
  edges.push_back({.a = a, .b = b, .gone = false, .cost = std::move(cost)});
  nodes[a].edges.push_back(index);
  nodes[b].edges.push_back(index);
}

std::vector<double> PbqpGraph::take_edge(int edge_index, int node) {
  GraphEdge& edge = edges[edge_index];
  for (const int end : {edge.a, edge.b}) std::erase(nodes[end].edges, edge_index);
  edge.gone = true;
  std::vector<double> matrix = std::exchange(edge.cost, {});
  if (edge.a == node) return matrix;
  return transposed(matrix, nodes[edge.a].cost.size(), nodes[edge.b].cost.size());
}

void PbqpGraph::keep_options(int node_index, const std::vector<char>& keep) {
  GraphNode& node = nodes[node_index];
  const std::size_t old_count = node.cost.size();
  for (const int e : node.edges) {
    GraphEdge& edge = edges[e];
    const std::size_t columns = nodes[edge.b].cost.size();
    std::size_t filled = 0;
    if (edge.a == node_index) {
      for (std::size_t i = 0; i < old_count; ++i) {
        if (!keep[i]) continue;
        std::copy_n(edge.cost.begin() + static_cast<std::ptrdiff_t>(i * columns), columns,
                    edge.cost.begin() + static_cast<std::ptrdiff_t>(filled));
        filled += columns;
      }
    } else {
      const std::size_t rows = nodes[edge.a].cost.size();
      for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < old_count; ++j) {
          if (keep[j]) edge.cost[filled++] = edge.cost[i * old_count + j];
        }
      }
    }
    edge.cost.resize(filled);
  }
  std::size_t filled = 0;
  for (std::size_t i = 0; i < old_count; ++i) {
    if (!keep[i]) continue;
    node.cost[filled] = node.cost[i];
    node.option[filled] = node.option[i];
    ++filled;
  }
  node.cost.resize(filled);
  node.option.resize(filled);
}

void PbqpGraph::decide(int node_index, int option_index) {
  GraphNode& node = nodes[node_index];
  constant += node.cost[option_index];
  while (!node.edges.empty()) {
    const int e = node.edges.back();
    GraphNode& neighbour = nodes[edges[e].other(node_index)];
    const std::vector<double> matrix = take_edge(e, node_index);
    const std::size_t columns = neighbour.cost.size();
    for (std::size_t j = 0; j < columns; ++j) {
      neighbour.cost[j] += matrix[static_cast<std::size_t>(option_index) * columns + j];
    }
  }
  node.gone = true;
  node.cost.clear();
  node.option.clear();
}

std::vector<double> PbqpGraph::smallest_per_option(int edge_index, int node) const {
  const GraphEdge& edge = edges[edge_index];
  const std::size_t rows = nodes[edge.a].cost.size(), columns = nodes[edge.b].cost.size();
  const double* entry = edge.cost.data();
  std::vector<double> smallest(nodes[node].cost.size(), kForbidden);
  if (edge.a == node) {
    for (std::size_t i = 0; i < rows; ++i, entry += columns) {
      smallest[i] = *std::min_element(entry, entry + columns);
    }
  } else {
    for (std::size_t i = 0; i < rows; ++i, entry += columns) {
      for (std::size_t j = 0; j < columns; ++j) {
        smallest[j] = entry[j] < smallest[j] ? entry[j] : smallest[j];
      }
    }
  }
  return smallest;
}

void PbqpGraph::add_per_option(int edge_index, int node, const std::vector<double>& amount) {
  GraphEdge& edge = edges[edge_index];
  const std::size_t rows = nodes[edge.a].cost.size(), columns = nodes[edge.b].cost.size();
  double* entry = edge.cost.data();
  for (std::size_t i = 0; i < rows; ++i, entry += columns) {
    if (edge.a == node) {
      for (std::size_t j = 0; j < columns; ++j) entry[j] += amount[i];
    } else {
      for (std::size_t j = 0; j < columns; ++j) entry[j] += amount[j];
    }
  }
}

}  // namespace kernwise::detail
