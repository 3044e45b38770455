// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "soft_consistency.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace kernwise::detail {
namespace {

class Tightener {
 public:
  Tightener(PbqpGraph& graph, const TightenOptions& options) : graph_(graph), options_(options) {}

  Tightened run() {
    const int count = static_cast<int>(graph_.nodes.size());
    lift_negative();
    for (int pass = 0; pass < options_.max_passes && !reducible_; pass += 2) {
      const double before = graph_.constant;
      for (int v = 0; v < count; ++v) {
        if (!visit(v, /*forwards=*/true)) return Tightened::kNothingBelowCutoff;
      }
      for (int v = count - 1; v >= 0; --v) {
        if (!visit(v, /*forwards=*/false)) return Tightened::kNothingBelowCutoff;
      }
      const double gap = options_.cutoff == kForbidden ? std::fabs(graph_.constant)
                                                       : options_.cutoff - graph_.constant;
      if (pass > 0 && graph_.constant - before <= options_.min_gain * gap) break;
    }
    return reducible_ ? Tightened::kReducible : Tightened::kStable;
  }

 private:
  // The constant bounds anything only while nothing else is negative.
  void lift_negative() {
    const auto lift = [&](std::vector<double>& cost) {
      const double least = *std::min_element(cost.begin(), cost.end());
      if (least >= 0) return;
      for (double& c : cost) c -= least;
      graph_.constant += least;
    };
    for (GraphNode& node : graph_.nodes) {
      if (!node.gone) lift(node.cost);
    }
    for (GraphEdge& edge : graph_.edges) {
      if (!edge.gone) lift(edge.cost);
    }
  }

  bool visit(int v, bool forwards) {
    if (graph_.nodes[v].gone) return true;
    if (!gather(v)) return false;
    hand_on(v, forwards);
    return true;
  }

  // Moves to the node all that its edges can spare, and to the constant what the node can spare.
  bool gather(int v) {
    GraphNode& node = graph_.nodes[v];
    for (const int e : node.edges) {
      std::vector<double> smallest = graph_.smallest_per_option(e, v);
      bool any = false;
      for (std::size_t i = 0; i < smallest.size(); ++i) {
        node.cost[i] += smallest[i];
        // A row that is forbidden throughout stays as it is: its option goes below, and
        // infinity minus infinity would be no number.
        smallest[i] = smallest[i] == kForbidden ? 0.0 : -smallest[i];
        any = any || smallest[i] != 0;
      }
      if (any) graph_.add_per_option(e, v, smallest);
    }
    const double least = *std::min_element(node.cost.begin(), node.cost.end());
    if (least == kForbidden) return false;
    graph_.constant += least;
    if (graph_.constant >= options_.cutoff) return false;

    std::vector<char> keep(node.cost.size());
    std::size_t kept = 0;
    for (std::size_t i = 0; i < node.cost.size(); ++i) {
      node.cost[i] -= least;
      keep[i] = graph_.constant + node.cost[i] < options_.cutoff;
      kept += keep[i] != 0;
    }
    if (kept < node.cost.size()) {
      graph_.keep_options(v, keep);
      if (kept == 1) reducible_ = true;
    }
    drop_negligible_edges(v);
    return true;
  }

  void drop_negligible_edges(int v) {
    const std::vector<int> incident = graph_.nodes[v].edges;
    for (const int e : incident) {
      const std::vector<double>& cost = graph_.edges[e].cost;
      const bool small =
          std::all_of(cost.begin(), cost.end(), [&](double c) { return c <= options_.negligible; });
      if (!small) continue;
      const int w = graph_.edges[e].other(v);
      graph_.take_edge(e, v);
      if (graph_.nodes[v].degree() <= 2 || graph_.nodes[w].degree() <= 2) reducible_ = true;
    }
  }

  // Spreads the node's cost over the edges that lead on, keeping a share where fewer lead on than
  // led here (the weights of Kolmogorov 2015, equation 24).
  void hand_on(int v, bool forwards) {
    GraphNode& node = graph_.nodes[v];
    int onward = 0;
    for (const int e : node.edges) onward += (graph_.edges[e].other(v) > v) == forwards;
    const int most = std::max(onward, node.degree() - onward);
    if (onward == 0) return;
    std::vector<double> amount(node.cost.size());
    for (std::size_t i = 0; i < amount.size(); ++i) amount[i] = node.cost[i] / most;
    for (const int e : node.edges) {
      if ((graph_.edges[e].other(v) > v) == forwards) graph_.add_per_option(e, v, amount);
    }
    for (std::size_t i = 0; i < amount.size(); ++i) {
      // Exactly nothing, not a rounding error, is left where all was handed on.
      node.cost[i] = onward == most ? 0.0 : node.cost[i] - onward * amount[i];
    }
  }

  PbqpGraph& graph_;
  const TightenOptions& options_;
  bool reducible_ = false;
};

}  // namespace

Tightened tighten(PbqpGraph& graph, const TightenOptions& options) {
  return Tightener(graph, options).run();
}

std::vector<double> min_marginals(const PbqpGraph& graph, int node) {
  std::vector<double> total = graph.nodes[node].cost;
  for (const int e : graph.nodes[node].edges) {
    const std::vector<double> smallest = graph.smallest_per_option(e, node);
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += smallest[i];
  }
  return total;
}

}  // namespace kernwise::detail
