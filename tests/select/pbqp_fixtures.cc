// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "pbqp_fixtures.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace kernwise {
namespace {

double random_cost(Rng& rng, CostKind kind) {
  switch (kind) {
    case CostKind::kUniform: return rng.uniform();
    case CostKind::kFewLevels: return static_cast<double>(rng.integer(0, 2));
    case CostKind::kMagnitudes: return std::pow(10.0, rng.uniform(-6, 6));
    case CostKind::kSigned: return rng.uniform(-1, 1);
  }
  return 0;
}

std::vector<double> random_costs(Rng& rng, std::size_t count, CostKind kind, double forbidden) {
  std::vector<double> costs(count);
  for (double& cost : costs) {
    cost = rng.uniform() < forbidden ? kForbidden : random_cost(rng, kind);
  }
  return costs;
}

}  // namespace

PbqpProblem random_pbqp(Rng& rng, const RandomPbqp& shape) {
  PbqpProblem problem;
  for (int v = 0; v < shape.nodes; ++v) {
    const int64_t options =
        shape.same_options ? shape.max_options : rng.integer(1, shape.max_options);
    problem.nodes.push_back(
        random_costs(rng, static_cast<std::size_t>(options), shape.costs, shape.forbidden));
  }
  for (int a = 0; a < shape.nodes; ++a) {
    for (int b = a + 1; b < shape.nodes; ++b) {
      if (rng.uniform() >= shape.density) continue;
      const bool turned = rng.integer(0, 1) == 1;
      problem.edges.push_back(
          {.a = turned ? b : a,
           .b = turned ? a : b,
           .cost = random_costs(rng, problem.nodes[a].size() * problem.nodes[b].size(), shape.costs,
                                shape.forbidden)});
    }
  }
  return problem;
}

PbqpProblem random_band(Rng& rng, int nodes, int options) {
  PbqpProblem problem;
  const auto count = static_cast<std::size_t>(options);
  for (int v = 0; v < nodes; ++v) {
    problem.nodes.push_back(random_costs(rng, count, CostKind::kUniform, 0));
    for (const int back : {1, 2}) {
      if (v < back) continue;
      problem.edges.push_back({.a = v - back,
                               .b = v,
                               .cost = random_costs(rng, count * count, CostKind::kUniform, 0.1)});
    }
  }
  return problem;
}

PbqpProblem random_formats(Rng& rng, int nodes, int options, int formats, double density) {
  PbqpProblem problem;
  std::vector<std::vector<int64_t>> format(static_cast<std::size_t>(nodes));
  for (std::vector<int64_t>& of_node : format) {
    for (int i = 0; i < options; ++i) of_node.push_back(rng.integer(0, formats - 1));
    problem.nodes.push_back(
        random_costs(rng, static_cast<std::size_t>(options), CostKind::kUniform, 0));
  }
  for (int a = 0; a < nodes; ++a) {
    for (int b = a + 1; b < nodes; ++b) {
      if (b > a + 1 && rng.uniform() >= density) continue;
      PbqpEdge edge{.a = a, .b = b, .cost = {}};
      const double scale = rng.uniform(0.05, 0.5);
      for (const int64_t from : format[static_cast<std::size_t>(a)]) {
        for (const int64_t to : format[static_cast<std::size_t>(b)]) {
          edge.cost.push_back(from == to ? 0.0 : scale * rng.uniform(0.5, 2));
        }
      }
      problem.edges.push_back(std::move(edge));
    }
  }
  return problem;
}

std::optional<double> brute_force(const PbqpProblem& problem) {
  std::vector<int> choice(problem.nodes.size(), 0);
  double best = kForbidden;
  for (;;) {
    best = std::min(best, pbqp_cost(problem, choice));
    std::size_t v = 0;
    while (v < choice.size() && ++choice[v] == static_cast<int>(problem.nodes[v].size())) {
      choice[v++] = 0;
    }
    if (v == choice.size()) break;
  }
  if (best == kForbidden) return std::nullopt;
  return best;
}

double band_optimum(const PbqpProblem& problem) {
  const std::size_t options = problem.nodes[0].size();
  const auto edge = [&](int a, int b) -> const std::vector<double>& {
    return std::find_if(problem.edges.begin(), problem.edges.end(),
                        [&](const PbqpEdge& e) { return e.a == a && e.b == b; })
        ->cost;
  };
  // best[i, j]: cheapest start of the band that ends in the choices i and j.
  std::vector<double> best(options * options);
  for (std::size_t i = 0; i < options; ++i) {
    for (std::size_t j = 0; j < options; ++j) {
      best[i * options + j] =
          problem.nodes[0][i] + problem.nodes[1][j] + edge(0, 1)[i * options + j];
    }
  }
  for (int v = 2; v < static_cast<int>(problem.nodes.size()); ++v) {
    const std::vector<double>& one_back = edge(v - 1, v);
    const std::vector<double>& two_back = edge(v - 2, v);
    std::vector<double> next(options * options, kForbidden);
    for (std::size_t i = 0; i < options; ++i) {
      for (std::size_t j = 0; j < options; ++j) {
        for (std::size_t k = 0; k < options; ++k) {
          const double cost = best[i * options + j] + problem.nodes[v][k] +
                              one_back[j * options + k] + two_back[i * options + k];
          next[j * options + k] = std::min(next[j * options + k], cost);
        }
      }
    }
    best = std::move(next);
  }
  return *std::min_element(best.begin(), best.end());
}

std::string describe(const PbqpProblem& problem) {
  std::string text;
  const auto add = [&](const std::vector<double>& costs) {
    for (const double cost : costs) text.append(1, ' ').append(std::to_string(cost));
    text += '\n';
  };
  for (const std::vector<double>& costs : problem.nodes) {
    text += "node:";
    add(costs);
  }
  for (const PbqpEdge& edge : problem.edges) {
    text.append("edge ").append(std::to_string(edge.a));
    text.append("-").append(std::to_string(edge.b)).append(":");
    add(edge.cost);
  }
  return text;
}

}  // namespace kernwise
