// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The only source of randomness: passed by reference, seeded by the caller, printed with results.
// The engine is std::mt19937_64, whose output the standard fixes; the distributions are written
// out here because the standard's are not the same in every library. Same seed, same numbers,
// everywhere. Thread-safety: one Rng per thread.
#pragma once

#include <cstdint>
#include <random>

namespace kernwise {

class Rng {
 public:
  static constexpr uint64_t kDefaultSeed = 1;

  explicit Rng(uint64_t seed = kDefaultSeed) : engine_(seed) {}

  uint64_t bits() { return engine_(); }
  double uniform();                            // in [0, 1), 53 random bits
  double uniform(double low, double high);     // in [low, high)
  int64_t integer(int64_t low, int64_t high);  // in [low, high], unbiased (rejection)
  double normal();                             // mean 0, variance 1 (ziggurat)

 private:
  std::mt19937_64 engine_;
};

}  // namespace kernwise
