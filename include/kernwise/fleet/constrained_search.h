// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The most valuable design whose costs on a device stay within their bounds, when costs there are
// predictions and a few designs may be measured.
//
// Each measurement goes to the candidate with the largest expected improvement over the best design
// that is known to be feasible, weighted with the probability that the candidate is feasible itself
// (constrained expected improvement: Schonlau, Welch & Jones 1998; Gardner et al. 2014). In the end
// a measured feasible design is chosen, so that the choice cannot break its bound; only if none was
// found, a predicted one is, and says so.
//
// Rows are designs of one list; costs are positive, beliefs are about their logarithms.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace kernwise {

// A normal belief about log(cost) of each row. NaN: nothing is known, the row is no candidate.
// Doubles, so that a known cost that is exactly a bound keeps it.
struct CostBelief {
  std::vector<double> mean, deviation;
};

struct ValueBelief {
  std::span<const double> mean;       // NaN: no candidate
  std::span<const double> deviation;  // empty: exact
};

struct MeasuredRow {
  int32_t row = 0;
  double cost = 0;  // > 0; NaN if the measurement failed (it counts, the row is then out)
};

// What is believed after these measurements; called again after each one.
using BeliefUpdate = std::function<CostBelief(std::span<const MeasuredRow> measured)>;
using Measure = std::function<double(int32_t row)>;

struct ConstrainedSearchOptions {
  double bound = 0;
  int budget = 10;  // measurements in all, those in `start` included
  // Without a measured feasible design: the choice's upper bound, mean + margin * deviation, must
  // hold. 1.28 is the 90 % quantile.
  double margin = 1.28;
};

struct ConstrainedChoice {
  int32_t row = -1;                       // -1: no candidate at all
  bool measured = false;                  // its cost was measured and holds
  bool feasible = false;                  // measured, or its upper bound holds
  double cost = 0;                        // measured or expected
  double low = 0, high = 0;               // 90 % interval; the cost itself where it was measured
  std::vector<MeasuredRow> measurements;  // all, in order
};

// `candidates`: rows that may be measured and chosen; empty: all. `start`: measured before.
ConstrainedChoice constrained_search(const ValueBelief& value, std::span<const int32_t> candidates,
                                     std::vector<MeasuredRow> start, const BeliefUpdate& believe,
                                     const Measure& measure,
                                     const ConstrainedSearchOptions& options);

// Without any measurement: the most valuable candidate whose upper bound holds; if there is none,
// the one most likely to be feasible, marked infeasible.
ConstrainedChoice choose_predicted(const ValueBelief& value, std::span<const int32_t> candidates,
                                   const CostBelief& belief, double bound, double margin);

// The row that `constrained_search` would measure next; -1 if nothing promises an improvement.
// `best`: value of the best design known to be feasible, or -infinity.
int32_t next_measurement(const ValueBelief& value, std::span<const int32_t> candidates,
                         const CostBelief& belief, std::span<const MeasuredRow> measured,
                         double bound, double best);

}  // namespace kernwise
