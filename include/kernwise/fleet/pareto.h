// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Designs that no other one beats in both cost (less is better) and value (more is better): exact
// where all designs are listed, evolutionary where a space is too large for that.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/fleet/latency_table.h"
#include "kernwise/fleet/space.h"

namespace kernwise {

// Rows that are not dominated, by rising cost. A row dominates another if it is at least as good in
// both and better in one; of equal rows the first stays. Rows with NaN in either take no part.
// With `layers` > 1 the set is taken away and the next one is added, and so on; layers stay in one
// list, by rising cost.
std::vector<int32_t> pareto_set(std::span<const double> cost, std::span<const double> value,
                                int layers = 1);

// The rows worth knowing about when good designs are looked for on a device like these: the union
// of their Pareto sets of several layers, in order of row. Device-major costs as in LatencyTable.
std::vector<int32_t> promising_rows(const LatencyTable& table, std::span<const std::size_t> devices,
                                    std::span<const double> value, int layers = 3);

struct ScoredDesign {
  Design design;
  double cost = 0, value = 0;
};

struct EvolutionOptions {
  int population = 96;
  int generations = 120;
};

// Scores designs; all of them are valid and canonical.
using DesignScorer = std::function<void(std::span<ScoredDesign> designs)>;

// NSGA-II (Deb et al. 2002): fast non-dominated sorting, crowding distance, binary tournaments;
// uniform crossover, each position drawn anew with probability 1 / positions. Gives the Pareto set
// of all designs that were scored, by rising cost. A space whose rules leave (almost) no design
// gives fewer designs, in the extreme none.
std::vector<ScoredDesign> evolve_pareto(const DesignSpace& space, const DesignScorer& score,
                                        const EvolutionOptions& options, Rng& rng);

// Uniform over the combinations, drawn again while invalid; canonical. Empty after 1000 failures.
Design random_design(const DesignSpace& space, Rng& rng);

}  // namespace kernwise
