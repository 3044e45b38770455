// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/fit_limit.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace kernwise {

Result<double> learn_fit_limit(std::span<const FitOutcome> outcomes, double false_fits) {
  std::vector<FitOutcome> sorted(outcomes.begin(), outcomes.end());
  std::sort(sorted.begin(), sorted.end(),
            [](const FitOutcome& a, const FitOutcome& b) { return a.demand < b.demand; });
  const auto failed = std::count_if(sorted.begin(), sorted.end(),
                                    [](const FitOutcome& outcome) { return !outcome.passed; });
  if (failed == 0 || failed == std::ssize(sorted)) {
    return invalid_input("a limit of memory needs runs that passed and runs that ran out of it",
                         "measure larger batches until one fails");
  }
  // With the limit above the first `i` outcomes, these are called fitting.
  int64_t right = failed, wrongly_fitting = 0, best = -1;
  double limit = 0;
  for (std::size_t i = 0; i <= sorted.size(); ++i) {
    const bool between = i == 0 || i == sorted.size() || sorted[i - 1].demand < sorted[i].demand;
    if (between && right >= best &&
        static_cast<double>(wrongly_fitting) <= false_fits * static_cast<double>(failed)) {
      best = right;
      const double below = sorted[i > 0 ? i - 1 : 0].demand;
      const double above = sorted[std::min(i, sorted.size() - 1)].demand;
      limit = i == 0 ? std::nextafter(below, -INFINITY) : (below + above) / 2;
    }
    if (i == sorted.size()) break;
    right += sorted[i].passed ? 1 : -1;
    wrongly_fitting += sorted[i].passed ? 0 : 1;
  }
  return limit;
}

}  // namespace kernwise
