// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A learned figure of a training step (memory or latency), for tables of measured networks whose
// graphs are not there; experiments use it, no command does. Three cases, by what was measured:
//
//   a network never measured         the physical estimate (physical_form.h), nothing else
//   a measured network, out of range the estimate times a residual learnt from that network
//   a measured network, in range     the geometric mean of that and of two forests that know the
//                                    network's own figures
//
// Trees interpolate, physics extrapolates. A network counts as measured with at least three designs
// (pruned versions) of it, and a query is in range if each of its coordinates is. Whoever knows an
// estimate from elsewhere (liveness over a graph) fits a form of one term, which is that estimate.
//
// Intervals are split-conformal in the logarithm, on errors of models that had not seen the row's
// network (for networks never measured) or its design (for measured ones). With one network,
// designs take the networks' place; with one design nothing is known about the error, and the
// interval is that of a normal distribution with the errors that the fit assumes
// (physical_form.h); `calibrated` then is false. Rows of one network are off together, so coverage
// holds for the average over networks, not for each of them.
//
// A row that ran out of memory is censored: its figure is larger than stated. It raises the
// estimate where that lies below, and no tree sees it. Thread-safety: a fitted model is immutable;
// predict allocates.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/footprint/physical_form.h"

namespace kernwise {

struct FootprintQuery {
  std::vector<double> terms;  // of the form
  // What tells rows of one network apart; the logarithm of the batch comes first. For pruned
  // networks: the pruning level, the logarithm of the number of parameters.
  std::vector<double> coordinates;
  std::vector<double> features;  // further logarithms of sizes, for the trees (step_features)
  int network = -1;              // -1: none that was measured
};

struct FootprintRow {
  FootprintQuery at;
  double figure = 0;  // > 0
  int design = 0;     // one network pruned one way; numbers are of the caller's choice
  bool censored = false;
};

struct FootprintOptions {
  bool trees = true;
  int trees_each = 100;  // of three forests for each measured network
  // Figures do not exceed it, because the device then takes back what it had cached: estimates are
  // cut there, and rows within 6 % of it are censored. 0: no such limit.
  double ceiling = 0;
  double coverage = 0.9;
};

struct FootprintEstimate {
  double median = 0, low = 0, high = 0;
  bool measured_network = false;  // trees of this network had a say
  bool in_range = false;          // of that network's coordinates
  bool calibrated = false;        // the interval comes from errors that were seen
};

class FamiliarTrees;  // forests of one measured network

class FootprintModel {
 public:
  // kInvalidInput without an uncensored row, if rows differ in their numbers of terms, coordinates
  // or features, or hold a number that is not finite, a negative term, or a figure not above 0.
  static Result<FootprintModel> fit(const PhysicalForm& form, std::span<const FootprintRow> rows,
                                    const FootprintOptions& options, Rng& rng);

  // Sizes as in the rows of the fit.
  FootprintEstimate predict(const FootprintQuery& query) const;
  // The physical estimate alone, not cut at the ceiling: what would be taken if there were more.
  double demand(const FootprintQuery& query) const;
  // The share of calibration errors under which the figure is at most `limit`; uncalibrated, the
  // probability under the assumed ones.
  double probability_within(const FootprintQuery& query, double limit) const;
  const std::vector<double>& weights() const { return weights_; }

  FootprintModel(FootprintModel&&) noexcept;
  FootprintModel& operator=(FootprintModel&&) noexcept;
  FootprintModel(const FootprintModel&);
  FootprintModel& operator=(const FootprintModel&);
  ~FootprintModel();

 private:
  FootprintModel();
  double median(const FootprintQuery& query, FootprintEstimate* notes) const;
  Status calibrate(std::span<const FootprintRow> rows, const FootprintOptions& options, Rng& rng);

  PhysicalForm form_;
  std::vector<double> weights_;
  double ceiling_ = 0;
  double coverage_ = 0.9;
  std::vector<std::shared_ptr<const FamiliarTrees>> familiar_;
  // log(figure / prediction), sorted: of networks never measured, and of measured ones.
  std::vector<double> errors_new_, errors_familiar_;
};

}  // namespace kernwise
