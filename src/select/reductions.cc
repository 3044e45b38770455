// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "reductions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace kernwise::detail {
namespace {

// Nodes that may be removable, cheapest reduction first. Entries are not taken back when a node
// changes; whoever pops one looks again. A node's degree never grows, so none is missed.
class Candidates {
 public:
  explicit Candidates(const PbqpGraph& graph) {
    // Pushed in reverse, because the last in comes out first.
    for (int v = static_cast<int>(graph.nodes.size()) - 1; v >= 0; --v) offer(graph, v);
  }

  void offer(const PbqpGraph& graph, int v) {
    if (graph.nodes[v].gone) return;
    if (graph.nodes[v].options() == 1) {
      by_degree_[0].push_back(v);
    } else if (graph.nodes[v].degree() <= 2) {
      by_degree_[graph.nodes[v].degree()].push_back(v);
    }
  }

  // -1 when there is none left.
  int pop(const PbqpGraph& graph) {
    for (std::vector<int>& bucket : by_degree_) {
      while (!bucket.empty()) {
        const int v = bucket.back();
        bucket.pop_back();
        if (!graph.nodes[v].gone) return v;
      }
    }
    return -1;
  }

 private:
  std::array<std::vector<int>, 3> by_degree_;
};

// E_vw(j, k) = min_i c(i) + E_v(i, j) + E_w(i, k)
std::vector<double> joined(const Elimination& node) {
  const std::vector<double>& to_v = node.links[0].cost;
  const std::vector<double>& to_w = node.links[1].cost;
  const std::size_t options = node.cost.size();
  const std::size_t rows = node.links[0].option.size(), columns = node.links[1].option.size();
  std::vector<double> result(rows * columns, kForbidden);
  for (std::size_t j = 0; j < rows; ++j) {
    double* row = result.data() + j * columns;
    for (std::size_t i = 0; i < options; ++i) {
      const double base = node.cost[i] + to_v[i * rows + j];
      if (base == kForbidden) continue;
      const double* entry = to_w.data() + i * columns;
      for (std::size_t k = 0; k < columns; ++k) {
        row[k] = base + entry[k] < row[k] ? base + entry[k] : row[k];
      }
    }
  }
  return result;
}

}  // namespace

void decide(PbqpGraph& graph, int node, int option_index, Eliminations& eliminated) {
  Elimination record;
  record.id = graph.nodes[node].id;
  record.cost = {0.0};
  record.option = {graph.nodes[node].option[option_index]};
  eliminated.push_back(std::make_shared<const Elimination>(std::move(record)));
  graph.decide(node, option_index);
}

bool reduce(PbqpGraph& graph, Eliminations& eliminated) {
  Candidates candidates(graph);
  for (int v = candidates.pop(graph); v >= 0; v = candidates.pop(graph)) {
    GraphNode& node = graph.nodes[v];
    std::vector<int> neighbours;
    for (const int e : node.edges) neighbours.push_back(graph.edges[e].other(v));
    if (node.options() == 1) {
      decide(graph, v, 0, eliminated);
      if (graph.constant == kForbidden) return false;
      for (const int w : neighbours) candidates.offer(graph, w);
      continue;
    }
    Elimination record;
    record.id = node.id;
    for (const int w : neighbours) {
      const int edge = node.edges.front();
      record.links.push_back({.id = graph.nodes[w].id,
                              .option = graph.nodes[w].option,
                              .cost = graph.take_edge(edge, v)});
    }
    record.cost = std::exchange(node.cost, {});
    record.option = std::exchange(node.option, {});
    node.gone = true;
    if (neighbours.empty()) {
      graph.constant += *std::min_element(record.cost.begin(), record.cost.end());
      if (graph.constant == kForbidden) return false;
    } else if (neighbours.size() == 1) {
      std::vector<double>& cost = graph.nodes[neighbours[0]].cost;
      std::vector<double> best(cost.size(), kForbidden);
      for (std::size_t i = 0; i < record.cost.size(); ++i) {
        for (std::size_t j = 0; j < cost.size(); ++j) {
          best[j] = std::min(best[j], record.cost[i] + record.links[0].cost[i * cost.size() + j]);
        }
      }
      for (std::size_t j = 0; j < cost.size(); ++j) cost[j] += best[j];
    } else {
      graph.add_edge(neighbours[0], neighbours[1], joined(record));
    }
    eliminated.push_back(std::make_shared<const Elimination>(std::move(record)));
    for (const int w : neighbours) candidates.offer(graph, w);
  }
  return true;
}

void choose_eliminated(const Eliminations& eliminated, std::vector<int>& choice) {
  for (auto it = eliminated.rbegin(); it != eliminated.rend(); ++it) {
    const Elimination& record = **it;
    std::vector<double> total = record.cost;
    for (const Elimination::Link& link : record.links) {
      const auto place = std::find(link.option.begin(), link.option.end(), choice[link.id]);
      const auto column = static_cast<std::size_t>(place - link.option.begin());
      for (std::size_t i = 0; i < total.size(); ++i) {
        total[i] += link.cost[i * link.option.size() + column];
      }
    }
    const auto best = std::min_element(total.begin(), total.end());
    choice[record.id] = record.option[static_cast<std::size_t>(best - total.begin())];
  }
}

}  // namespace kernwise::detail
