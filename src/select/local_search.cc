// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "local_search.h"

#include <algorithm>
#include <cstddef>

namespace kernwise::detail {

double improve_locally(const PbqpProblem& problem, std::vector<int>& choice) {
  // A bound on the work, not on the quality: few sweeps change anything.
  constexpr int kMaxSweeps = 50;
  std::vector<std::vector<const PbqpEdge*>> incident(problem.nodes.size());
  for (const PbqpEdge& edge : problem.edges) {
    incident[edge.a].push_back(&edge);
    incident[edge.b].push_back(&edge);
  }
  double cost = pbqp_cost(problem, choice);
  for (int sweep = 0; sweep < kMaxSweeps; ++sweep) {
    std::vector<int> trial = choice;
    for (int v = 0; v < static_cast<int>(problem.nodes.size()); ++v) {
      std::vector<double> total = problem.nodes[v];
      for (const PbqpEdge* edge : incident[v]) {
        const std::size_t columns = problem.nodes[edge->b].size();
        for (std::size_t i = 0; i < total.size(); ++i) {
          total[i] += edge->a == v ? edge->cost[i * columns + trial[edge->b]]
                                   : edge->cost[trial[edge->a] * columns + i];
        }
      }
      const auto best = std::min_element(total.begin(), total.end());
      if (*best < total[trial[v]]) trial[v] = static_cast<int>(best - total.begin());
    }
    const double trial_cost = pbqp_cost(problem, trial);
    if (!(trial_cost < cost)) break;
    cost = trial_cost;
    choice = std::move(trial);
  }
  return cost;
}

}  // namespace kernwise::detail
