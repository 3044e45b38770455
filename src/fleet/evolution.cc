// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "kernwise/fleet/pareto.h"

namespace kernwise {
namespace {

struct Individual {
  ScoredDesign scored;
  int rank = 0;
  double crowding = 0;
};

bool dominates(const ScoredDesign& a, const ScoredDesign& b) {
  return a.cost <= b.cost && a.value >= b.value && (a.cost < b.cost || a.value > b.value);
}

// Deb et al. 2002, section III. Two objectives: ranks by repeated sweeps along the cost.
void rank_and_crowd(std::vector<Individual>& all) {
  std::vector<std::size_t> order(all.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const ScoredDesign &x = all[a].scored, &y = all[b].scored;
    return x.cost != y.cost ? x.cost < y.cost : x.value > y.value;
  });
  for (int rank = 0; !order.empty(); ++rank) {
    std::vector<std::size_t> front, rest;
    double best = -std::numeric_limits<double>::infinity();
    for (const std::size_t i : order) {
      const bool kept = all[i].scored.value > best;
      if (kept) best = all[i].scored.value;
      (kept ? front : rest).push_back(i);
    }
    const double cost_range =
        std::max(all[front.back()].scored.cost - all[front.front()].scored.cost, 1e-300);
    const double value_range =
        std::max(all[front.back()].scored.value - all[front.front()].scored.value, 1e-300);
    for (std::size_t k = 0; k < front.size(); ++k) {
      Individual& one = all[front[k]];
      one.rank = rank;
      one.crowding = std::numeric_limits<double>::infinity();
      if (k == 0 || k + 1 == front.size()) continue;
      const ScoredDesign &low = all[front[k - 1]].scored, &high = all[front[k + 1]].scored;
      one.crowding = (high.cost - low.cost) / cost_range + (high.value - low.value) / value_range;
    }
    order = std::move(rest);
  }
}

bool better(const Individual& a, const Individual& b) {
  return a.rank != b.rank ? a.rank < b.rank : a.crowding > b.crowding;
}

const Design& parent(const std::vector<Individual>& all, Rng& rng) {
  const auto last = static_cast<int64_t>(all.size()) - 1;
  const Individual& a = all[static_cast<std::size_t>(rng.integer(0, last))];
  const Individual& b = all[static_cast<std::size_t>(rng.integer(0, last))];
  return (better(a, b) ? a : b).scored.design;
}

Design child(const DesignSpace& space, const Design& a, const Design& b, Rng& rng) {
  Design design(a.size());
  const double mutation = 1.0 / static_cast<double>(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    design[i] = rng.uniform() < 0.5 ? a[i] : b[i];
    if (rng.uniform() >= mutation) continue;
    const auto last = static_cast<int64_t>(space.positions[i].choices.size()) - 1;
    design[i] = static_cast<uint16_t>(rng.integer(0, last));
  }
  return design;
}

}  // namespace

std::vector<ScoredDesign> evolve_pareto(const DesignSpace& space, const DesignScorer& score,
                                        const EvolutionOptions& options, Rng& rng) {
  std::set<Design> seen;
  std::vector<ScoredDesign> archive;
  std::vector<Individual> population;
  const auto take = [&](std::vector<ScoredDesign> fresh) {
    score(fresh);
    for (ScoredDesign& scored : fresh) {
      if (std::isnan(scored.cost) || std::isnan(scored.value)) continue;
      archive.push_back(scored);
      population.push_back({std::move(scored), 0, 0});
    }
  };
  const auto size = static_cast<std::size_t>(options.population);
  std::vector<ScoredDesign> fresh;
  for (std::size_t i = 0; i < 4 * size && fresh.size() < size; ++i) {
    Design design = random_design(space, rng);
    if (design.empty()) break;
    if (seen.insert(design).second) fresh.push_back({std::move(design), 0, 0});
  }
  take(std::move(fresh));
  for (int generation = 0; generation < options.generations && !population.empty(); ++generation) {
    rank_and_crowd(population);
    fresh.clear();
    for (std::size_t i = 0; i < 4 * size && fresh.size() < size; ++i) {
      const Design& a = parent(population, rng);
      Design design = child(space, a, parent(population, rng), rng);
      if (!objection(space, design).empty()) continue;
      design = canonical(space, std::move(design));
      if (seen.insert(design).second) fresh.push_back({std::move(design), 0, 0});
    }
    if (fresh.empty()) break;
    take(std::move(fresh));
    rank_and_crowd(population);
    std::stable_sort(population.begin(), population.end(), better);
    if (population.size() > size) population.resize(size);
  }
  std::vector<ScoredDesign> front;
  for (const ScoredDesign& candidate : archive) {
    const bool beaten = std::any_of(front.begin(), front.end(), [&](const ScoredDesign& other) {
      return dominates(other, candidate) ||
             (other.cost == candidate.cost && other.value == candidate.value);
    });
    if (beaten) continue;
    std::erase_if(front, [&](const ScoredDesign& other) { return dominates(candidate, other); });
    front.push_back(candidate);
  }
  std::sort(front.begin(), front.end(),
            [](const ScoredDesign& a, const ScoredDesign& b) { return a.cost < b.cost; });
  return front;
}

}  // namespace kernwise
