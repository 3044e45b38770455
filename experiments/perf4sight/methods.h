// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The two methods that are compared: perf4sight's own, as its code has it, and ours.
#pragma once

#include <cstdint>
#include <vector>

#include "kernwise/base/rng.h"
#include "tables.h"

namespace kernwise::perf4sight {

// What of a row is to be predicted; 0 where the row has none.
double figure(const Row& row, FootprintTarget target);

struct Predicted {
  double figure = 0;
  double low = 0, high = 0;  // ours only
  // What would be taken if there were room (ours; perf4sight has no such notion: the figure).
  double demand = 0;
};

using Rows = std::vector<const Row*>;
using Predict = Result<std::vector<Predicted>> (*)(const Tables&, const Rows& train,
                                                   const Rows& test, FootprintTarget, Rng&);

// From `train` (passed and failed rows) to the rows of `test`. Both are given the same rows. Ours
// does not train on those that look like swapping, and takes failed ones as censored (of used and
// reserved memory); perf4sight trains on the former, because its code has no such step, and drops
// the latter.
Result<std::vector<Predicted>> predict_ours(const Tables& tables,
                                            const std::vector<const Row*>& train,
                                            const std::vector<const Row*>& test,
                                            FootprintTarget target, Rng& rng);
// 56 features, 300 extra-trees without bootstrap, bytes and seconds as they are.
Result<std::vector<Predicted>> predict_compat(const Tables& tables,
                                              const std::vector<const Row*>& train,
                                              const std::vector<const Row*>& test,
                                              FootprintTarget target, Rng& rng);

}  // namespace kernwise::perf4sight
