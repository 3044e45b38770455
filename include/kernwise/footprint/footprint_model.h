// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A learned figure of a training step (memory or latency): a physical estimate, corrected by what
// is left of it in measurements.
//
//   figure = base x exp(residual(features)),   base = sum_k w_k term_k, w_k >= 0
//
// The terms are quantities that the figure is a sum of (bytes of saved activations, multiply-adds);
// their weights are fitted by non-negative least squares on relative errors. Whoever knows the base
// from elsewhere (liveness over a graph) passes it as the one term. The residual is learnt on
// log-ratios and shrinks to nothing away from the training rows. Intervals are split-conformal
// (Lei et al. 2018) on errors of models that have not seen the row's group.
// A row that ran out of memory is censored: its figure is larger than `figure`, and it draws the
// weights up where the estimate lies below. Thread-safety: a fitted model is immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/learn/regressor.h"

namespace kernwise {

struct FootprintRow {
  std::vector<double> terms;     // >= 0, one unit for all (bytes, seconds, or any)
  std::vector<double> features;  // logarithms of sizes; the residual sees these
  double figure = 0;             // > 0: measured
  int group = 0;                 // rows of one network share it
  bool censored = false;         // ran out: the true figure is at least `figure`
};

struct FootprintOptions {
  RegressorKind residual = RegressorKind::kExtraTrees;
  FitOptions fit;
  bool learn_residual = true;
  double shrink = 1;       // what the residual is multiplied with
  double coverage = 0.9;   // of the intervals
};

struct FootprintEstimate {
  double median = 0, low = 0, high = 0;  // in the unit of the figure
  bool in_range = true;                  // every feature within its training range
};

class FootprintModel {
 public:
  // kInvalidInput without uncensored rows, or if rows differ in their numbers of terms or features,
  // or hold a number that is not finite or a figure that is not positive.
  static Result<FootprintModel> fit(std::span<const FootprintRow> rows,
                                    const FootprintOptions& options, Rng& rng);

  // The same numbers of terms and features as the rows had.
  FootprintEstimate predict(std::span<const double> terms, std::span<const double> features) const;
  // P(figure <= limit) under the errors of the calibration, in [0, 1].
  double probability_within(std::span<const double> terms, std::span<const double> features,
                            double limit) const;
  const std::vector<double>& weights() const { return weights_; }

 private:
  std::vector<double> weights_;              // per term
  std::shared_ptr<const Regressor> residual_;  // null: none
  std::vector<double> mean_, deviation_, low_, high_;  // per feature, training rows
  double residual_scale_ = 1;
  std::vector<double> errors_;  // sorted; log(measured / predicted) of rows held out
  double coverage_ = 0.9;
};

// Weights >= 0 that minimise sum_i ((terms_i . w - figure_i) / figure_i)^2 (Lawson & Hanson 1974,
// solved by coordinate descent); a censored row counts only while it is predicted too small.
std::vector<double> fit_terms(std::span<const FootprintRow> rows);

}  // namespace kernwise
