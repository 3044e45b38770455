// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "branch_and_bound.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>

#include "local_search.h"
#include "soft_consistency.h"

namespace kernwise::detail {
namespace {

// Rounding of the moved costs stays far below this share of the costs that matter; without it,
// equal assignments whose bounds differ in the last bit would all be searched.
constexpr double kRelativeTolerance = 1e-10;
// The root's bound decides how much there is to search, so it may take its time.
constexpr TightenOptions kRootEffort = {.max_passes = 100, .min_gain = 1e-4};
constexpr TightenOptions kBranchEffort = {.max_passes = 4, .min_gain = 0.02};
constexpr std::size_t kMaxOpenBytes = std::size_t{1} << 30;

struct Subproblem {
  PbqpGraph graph;
  Eliminations eliminated;

  std::size_t bytes() const {
    return graph.bytes() + eliminated.size() * sizeof(Eliminations::value_type);
  }
};

double smallest_finite(const std::vector<double>& cost) {
  const double least = *std::min_element(cost.begin(), cost.end());
  return least == kForbidden ? 0.0 : least;
}

// Magnitude of the terms that make up any bound on the problem.
double scale_of(const PbqpProblem& problem) {
  double scale = 0;
  for (const std::vector<double>& cost : problem.nodes) scale += std::fabs(smallest_finite(cost));
  for (const PbqpEdge& edge : problem.edges) scale += std::fabs(smallest_finite(edge.cost));
  return scale;
}

class Search {
 public:
  Search(const PbqpProblem& problem, const PbqpOptions& options)
      : problem_(problem), options_(options), scale_(scale_of(problem)) {
    tolerance_ = kRelativeTolerance * scale_;
  }

  SearchResult run(Subproblem root);

 private:
  bool narrow(Subproblem& sub, TightenOptions effort) const;
  void descend(Subproblem sub);
  void offer(const Subproblem& leaf);
  void branch(Subproblem sub, int node, std::vector<Subproblem>& open);

  const PbqpProblem& problem_;
  const PbqpOptions& options_;
  double scale_ = 0;
  double tolerance_ = 0;
  double cutoff_ = kForbidden;
  std::size_t open_bytes_ = 0;
  SearchResult result_;
};

// Tightens and reduces until neither helps. False: nothing below the cutoff is in here.
bool Search::narrow(Subproblem& sub, TightenOptions effort) const {
  effort.cutoff = cutoff_;
  // All edges ever dropped together stay below the tolerance.
  effort.negligible =
      0.1 * tolerance_ / static_cast<double>(problem_.nodes.size() + problem_.edges.size());
  for (;;) {
    if (!reduce(sub.graph, sub.eliminated)) return false;
    if (sub.graph.constant >= cutoff_) return false;
    const Tightened tightened = tighten(sub.graph, effort);
    if (tightened == Tightened::kNothingBelowCutoff) return false;
    if (tightened == Tightened::kStable) return true;
  }
}

// Option with the least min-marginal, and by how much the second is worse.
std::pair<int, double> clearest_option(const PbqpGraph& graph, int node) {
  const std::vector<double> marginal = min_marginals(graph, node);
  const auto least = std::min_element(marginal.begin(), marginal.end());
  double second = kForbidden;
  for (auto it = marginal.begin(); it != marginal.end(); ++it) {
    if (it != least) second = std::min(second, *it);
  }
  // All forbidden: nothing is clearer than that this is a dead end (and infinity minus infinity
  // would be no number).
  const double lead = *least == kForbidden ? kForbidden : second - *least;
  return {static_cast<int>(least - marginal.begin()), lead};
}

// Which nodes to decide next, best first. High degrees, because without those nodes the rest falls
// to the reductions; few options, for each takes a branch; among equals, the node where the best
// option's lead is largest, because striking that option out raises the bound most. (Found by trial
// on random graphs and on networks of dense blocks; in a descent nothing is struck out, and the
// number of options misleads.)
enum class Rule { kDegree, kDegreePerOption };
std::vector<int> by_urgency(const PbqpGraph& graph, Rule rule) {
  struct Candidate {
    int node;
    double urgency;
    double lead;
  };
  std::vector<Candidate> candidates;
  double highest = 0;
  for (int v = 0; v < static_cast<int>(graph.nodes.size()); ++v) {
    const GraphNode& node = graph.nodes[v];
    if (node.gone) continue;
    const double urgency =
        rule == Rule::kDegree ? node.degree() : static_cast<double>(node.degree()) / node.options();
    candidates.push_back({.node = v, .urgency = urgency, .lead = 0});
    highest = std::max(highest, urgency);
  }
  for (Candidate& candidate : candidates) {
    if (candidate.urgency == highest) {
      candidate.lead = clearest_option(graph, candidate.node).second;
    }
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& x, const Candidate& y) {
    if (x.urgency != y.urgency) return x.urgency > y.urgency;
    if (x.lead != y.lead) return x.lead > y.lead;
    return x.node < y.node;
  });
  std::vector<int> nodes;
  for (const Candidate& candidate : candidates) nodes.push_back(candidate.node);
  return nodes;
}

// All nodes are decided or eliminated: what remains is to look the choices up.
void Search::offer(const Subproblem& leaf) {
  std::vector<int> choice(problem_.nodes.size(), 0);
  choose_eliminated(leaf.eliminated, choice);
  double cost = pbqp_cost(problem_, choice);
  if (cost >= result_.cost) return;
  cost = improve_locally(problem_, choice);
  result_.cost = cost;
  result_.choice = std::move(choice);
  tolerance_ = kRelativeTolerance * (scale_ + std::fabs(cost));
  cutoff_ = cost - tolerance_;
}

// Decides node after node for the best-looking option and never looks back.
void Search::descend(Subproblem sub) {
  for (;;) {
    const std::vector<int> nodes = by_urgency(sub.graph, Rule::kDegree);
    if (nodes.empty()) return offer(sub);
    // One at a time on the graphs that networks give; a share of them on huge ones, because each
    // round looks at all edges.
    const std::size_t batch = 1 + nodes.size() / 128;
    for (std::size_t k = 0; k < batch; ++k) {
      const int option = clearest_option(sub.graph, nodes[k]).first;
      decide(sub.graph, nodes[k], option, sub.eliminated);
    }
    if (!narrow(sub, kBranchEffort)) return;
  }
}

void Search::branch(Subproblem sub, int node, std::vector<Subproblem>& open) {
  const int option = clearest_option(sub.graph, node).first;
  Subproblem with{sub.graph.compacted(), sub.eliminated};
  std::vector<char> keep(sub.graph.nodes[node].cost.size(), 1);
  keep[static_cast<std::size_t>(option)] = 0;
  sub.graph.keep_options(node, keep);
  int place = 0;  // of the node in the compacted copy
  while (with.graph.nodes[place].id != sub.graph.nodes[node].id) ++place;
  decide(with.graph, place, option, with.eliminated);
  open_bytes_ += sub.bytes() + with.bytes();
  open.push_back(std::move(sub));
  open.push_back(std::move(with));
}

SearchResult Search::run(Subproblem root) {
  if (!narrow(root, kRootEffort)) {
    result_.complete = true;
    return std::move(result_);
  }
  descend({root.graph.compacted(), root.eliminated});

  std::vector<Subproblem> open;
  open_bytes_ = root.bytes();
  open.push_back(std::move(root));
  double open_bound = kForbidden;
  for (bool at_root = true; !open.empty(); at_root = false) {
    // The root is tight already, but now there is a cutoff; looking again is not a branch.
    if (!at_root && result_.branches >= options_.max_branches) break;
    if (open_bytes_ > kMaxOpenBytes) break;
    Subproblem sub = std::move(open.back());
    open.pop_back();
    open_bytes_ -= sub.bytes();
    if (!at_root) ++result_.branches;
    if (!narrow(sub, kBranchEffort)) continue;
    const std::vector<int> nodes = by_urgency(sub.graph, Rule::kDegreePerOption);
    if (nodes.empty()) {
      offer(sub);
    } else {
      branch(std::move(sub), nodes.front(), open);
    }
  }
  for (const Subproblem& sub : open) open_bound = std::min(open_bound, sub.graph.constant);
  result_.complete = open_bound >= cutoff_;
  result_.lower_bound = result_.complete ? result_.cost : open_bound - tolerance_;
  return std::move(result_);
}

}  // namespace

SearchResult branch_and_bound(const PbqpProblem& problem, PbqpGraph graph, Eliminations eliminated,
                              const PbqpOptions& options) {
  return Search(problem, options).run({graph.compacted(), std::move(eliminated)});
}

}  // namespace kernwise::detail
