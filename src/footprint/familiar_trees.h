// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What is learnt about one network from its own measurements: three forests of extra-trees on
//   log(figure / physical estimate)  by coordinates and estimate,
//   log(figure / batch)              by coordinates,
//   log(figure)                      by coordinates and features,
// and the range of its coordinates.
#pragma once

#include <memory>
#include <vector>

#include "kernwise/footprint/footprint_model.h"
#include "kernwise/learn/regressor.h"

namespace kernwise {

class FamiliarTrees {
 public:
  static constexpr int kFewestDesigns = 3;

  // Of the rows of one network that are not censored, with their physical estimates.
  static Result<std::shared_ptr<const FamiliarTrees>> fit(
      const std::vector<const FootprintRow*>& rows, const std::vector<double>& estimates, int trees,
      Rng& rng);

  int network() const { return network_; }
  bool in_range(const FootprintQuery& query) const;
  // Logarithms. Of the figure, given that of the estimate: corrected by the residual alone, and
  // with the two other forests.
  double corrected(const FootprintQuery& query, double log_estimate) const;
  double interpolated(const FootprintQuery& query, double log_estimate) const;

 private:
  int network_ = -1;
  std::vector<double> low_, high_;  // of each coordinate
  std::unique_ptr<Regressor> residual_, per_image_, figure_;
};

}  // namespace kernwise
