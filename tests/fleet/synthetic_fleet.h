// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A space of six positions and four choices with devices whose costs are sums over positions, each
// kind of choice dearer or cheaper by the device, with noise and some outliers.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/fleet/latency_table.h"

namespace kernwise::testing {

struct SyntheticOptions {
  int designs = 600, devices = 8, positions = 6, choices = 4;
  double noise = 0.02, outliers = 0.02;
};

inline LatencyTable synthetic_fleet(const SyntheticOptions& options, uint64_t seed) {
  Rng rng(seed);
  LatencyTable table;
  for (int p = 0; p < options.positions; ++p) {
    table.encoding.positions.push_back(std::string("p") + static_cast<char>('a' + p % 26) +
                                       std::to_string(p));
    std::vector<std::string>& names = table.encoding.choices.emplace_back();
    for (int c = 0; c < options.choices; ++c) names.push_back(std::to_string(c));
  }
  for (int i = 0; i < options.designs; ++i) {
    table.index.push_back(i);
    for (int p = 0; p < options.positions; ++p) {
      table.choice.push_back(static_cast<uint16_t>(rng.integer(0, options.choices - 1)));
    }
  }
  std::vector<double> common;  // positions x choices
  for (int i = 0; i < options.positions * options.choices; ++i) {
    common.push_back(std::exp(rng.normal()));
  }
  for (int d = 0; d < options.devices; ++d) {
    std::vector<double> kind, cost;
    for (int c = 0; c < options.choices; ++c) kind.push_back(std::exp(0.7 * rng.normal()));
    for (std::size_t i = 0; i < table.index.size(); ++i) {
      double sum = 0.5;
      for (int p = 0; p < options.positions; ++p) {
        const std::size_t c = table.design(i)[static_cast<std::size_t>(p)];
        sum += kind[c] * common[static_cast<std::size_t>(p * options.choices) + c];
      }
      if (rng.uniform() < options.outliers) sum *= 3;
      table.cost.push_back(sum * std::exp(options.noise * rng.normal()));
    }
    table.devices.push_back("device " + std::to_string(d));
    table.failed.push_back(0);
  }
  return table;
}

}  // namespace kernwise::testing
