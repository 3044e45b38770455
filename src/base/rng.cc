// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/rng.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "kernwise/base/check.h"

namespace kernwise {

double Rng::uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

double Rng::uniform(double low, double high) { return low + (high - low) * uniform(); }

int64_t Rng::integer(int64_t low, int64_t high) {
  KERNWISE_CHECK(low <= high);
  const uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
  if (span == 0) return static_cast<int64_t>(bits());  // the whole range of int64
  const uint64_t limit = std::numeric_limits<uint64_t>::max() / span * span;
  uint64_t draw = bits();
  while (draw >= limit) draw = bits();
  return static_cast<int64_t>(static_cast<uint64_t>(low) + draw % span);
}

double Rng::normal() {
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

}  // namespace kernwise
