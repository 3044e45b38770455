// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One combination under one seed: every model under both protocols.
#pragma once

#include <set>
#include <vector>

#include "study.h"

namespace kernwise::nnc {

inline constexpr int64_t kFewest = 60;  // points to train on that a combination must have

struct ShapeSplit {
  std::set<int64_t> train, test, log_train, extrapolation_train, extrapolation_test;
};

ShapeSplit split_shapes(const KindData& kind, const StudyOptions& options, Rng rng);

// The rows of a combination whose shape is among `shapes`.
std::vector<int64_t> rows_in(const Combination& combination, const std::set<int64_t>& shapes);

struct SeedResult {
  CombinationResult part;            // its lists hold one entry each
  std::vector<int64_t> test_shapes;  // of the honest protocol
  std::vector<double> predicted;     // of nn-c for them, seconds
};
Result<SeedResult> judge(const KindData& kind, const Combination& c, const ShapeSplit& shapes,
                         const StudyOptions& options, int seed, Rng rng);

}  // namespace kernwise::nnc
