// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How good predictions are, as Mulder et al. 2020 and this project judge them. Regret is the
// figure of merit: what a choice costs, in measured time. No entry is ever left out of a mean.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernwise/learn/model.h"
#include "kernwise/learn/samples.h"

namespace kernwise {

struct Scores {
  int64_t rows = 0, entries = 0;
  double mdrae = 0;              // median over all measured entries of |predicted - true| / true
  double mape = 0;               // mean of it
  double pairwise_accuracy = 0;  // share of pairs within a row that are put in the right order
  double top1 = 0;               // share of rows where the fastest was predicted fastest
  double regret_total = 0;       // sum of chosen times over sum of best times, minus one
  double regret_geomean = 0;     // geometric mean of the ratio, minus one
  double regret_p95 = 0, regret_max = 0;
  double bias = 0;  // predicted total of the chosen over their measured total, minus one
};

// predicted: logarithms, rows x outputs as in `truth`. Rows without any measured entry are skipped;
// a predicted NaN is never chosen and, if it was measured, counts as an error of 100 %.
Scores score(std::span<const double> predicted, const Samples& truth);
std::vector<OutputError> errors_by_output(std::span<const double> predicted, const Samples& truth);
// Share of measured entries within the model's intervals.
double interval_coverage(const PerformanceModel& model, const Samples& truth);

// Index of the output with the least value among the measured ones of the row; -1 without any.
int64_t best_output(std::span<const double> values, std::span<const double> measured);

}  // namespace kernwise
