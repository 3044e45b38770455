// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Samples of a target, and priors from those devices that may be known beside it.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "../twins.h"
#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/fleet/device_prior.h"
#include "kernwise/fleet/table_checks.h"
#include "study.h"

namespace kernwise::oneproxy {

using Rows = std::vector<std::size_t>;

Rows every_row(const LatencyTable& table);
Rows shuffled(Rows rows, Rng& rng);  // a copy

bool usable(const DeviceSamples& samples);  // at least one did not fail
DeviceSamples random_samples(std::span<const double> costs, const Rows& offered, int64_t count);
// Those that the prior asks for, a few at a time.
DeviceSamples chosen_samples(const DevicePrior& prior, std::span<const double> costs,
                             const Rows& offered, int64_t count);

using experiments::Twins;

// Priors are learned once per set of known devices.
class Priors {
 public:
  Priors(const LatencyTable& table, uint64_t seed)
      : table_(table), rows_(every_row(table)), seed_(seed) {}
  Result<DevicePrior> of(const std::vector<std::size_t>& devices);

 private:
  const LatencyTable& table_;
  Rows rows_;
  uint64_t seed_;
  std::map<std::vector<std::size_t>, DevicePrior> priors_;
};

// Of the decision to reuse a proxy; `truth`: Spearman of all pairs of devices over all designs.
Result<std::vector<DecisionResult>> judge_decisions(const LatencyTable& table, const Twins& twins,
                                                    Priors& priors, const Options& options,
                                                    const std::vector<std::vector<double>>& truth,
                                                    const Say& say);

}  // namespace kernwise::oneproxy
