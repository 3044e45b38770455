// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Devices made up from a law: log cost = constant + sum over positions of a price for each choice,
// prices being mixtures of two kinds of machine.
#pragma once

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/fleet/space_table.h"

namespace kernwise {

struct MadeUpFleet {
  DesignSpace space;
  std::vector<Design> designs;
  LatencyTable table;
  std::vector<double> value;  // "accuracy": grows with what costs
};

// `with_pruned`: also what is left of each design without its dead edges.
inline MadeUpFleet made_up_fleet(int devices, uint64_t seed, bool with_pruned = false) {
  MadeUpFleet fleet;
  fleet.space = load_space("nb201").value();
  Rng rng(seed);
  for (int64_t i = 0; i < 15625; i += 7) fleet.designs.push_back(design_at(fleet.space, i));
  if (with_pruned) {
    std::set<Design> all(fleet.designs.begin(), fleet.designs.end());
    for (const Design& design : fleet.designs) {
      all.insert(without_dead_edges(fleet.space, design));
    }
    fleet.designs.assign(all.begin(), all.end());
  }
  fleet.table = table_of(fleet.space, fleet.designs);
  const double kinds[2][5] = {{0, 0.02, 0.15, 0.45, 0.1}, {0, 0.1, 0.2, 0.25, 0.35}};
  for (int d = 0; d < devices; ++d) {
    const double share = rng.uniform(), level = rng.uniform(-1, 3);
    fleet.table.devices.push_back(std::to_string(d));
    fleet.table.failed.push_back(0);
    for (const Design& design : fleet.designs) {
      double log_cost = level + 0.01 * rng.normal();
      for (std::size_t p = 0; p < design.size(); ++p) {
        const double place = 1 + 0.1 * static_cast<double>(p) * (share - 0.5);
        log_cost += place * (share * kinds[0][design[p]] + (1 - share) * kinds[1][design[p]]);
      }
      fleet.table.cost.push_back(std::exp(log_cost));
    }
  }
  const double worth[5] = {0, 3, 5, 9, 2};
  for (const Design& design : fleet.designs) {
    double sum = 50;
    for (std::size_t p = 0; p < design.size(); ++p) sum += worth[design[p]] * (1 - 0.05 * p);
    fleet.value.push_back(sum + 0.2 * rng.normal());
  }
  return fleet;
}

}  // namespace kernwise
