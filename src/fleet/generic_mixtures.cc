// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <cmath>

#include "mixture_search.h"

namespace kernwise::detail {

std::vector<Mixture> generic_mixtures(const PriorBasis& basis) {
  std::vector<Mixture> mixtures;
  // The known pattern's share against how far the target may be from it.
  for (const double away : {0.003, 0.03, 0.1, 0.3, 1.0, 3.0}) {
    for (const double noise : {0.002, 0.02}) {
      for (const double bent : {0.2, 0.8}) {  // share of bent patterns in the rest
        Mixture mixture;
        const auto set = [&](Block block, double weight) {
          if (!basis.empty(block)) mixture.weight[static_cast<std::size_t>(block)] = weight;
        };
        set(Block::kDevices, 1);
        set(Block::kKinds, away * bent);
        set(Block::kPlaces, 0.2 * away * bent);
        set(Block::kModulated, 0.5 * away * bent);
        set(Block::kOneHot, away * (1 - bent));
        set(Block::kSmooth, 0.5 * away * (1 - bent));
        set(Block::kRich, 0.3 * away * (1 - bent));
        set(Block::kResidual, 0.02);
        mixture.noise = noise;
        mixtures.push_back(mixture);
      }
    }
  }
  for (Mixture& mixture : mixtures) {
    mixture.log_prior = -std::log(static_cast<double>(mixtures.size()));
  }
  return mixtures;
}

}  // namespace kernwise::detail
