// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The ways of choosing that fleet_search compares. Every one meets a target device without having
// seen it, asks for measurements by row, and every one asked for is counted.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data.h"
#include "judge.h"
#include "kernwise/base/rng.h"
#include "kernwise/fleet/design_optimizer.h"
#include "kernwise/fleet/device_aware.h"
#include "kernwise/fleet/prior_beliefs.h"

namespace kernwise::experiments {

struct SearchProtocol {
  int samples = 10;       // measurements in all for one choice
  int references = 5;     // of them before the search begins
  int verify = 5;         // of them kept for what the optimiser network chooses
  double margin = 1.645;  // of choices that are not measured, in deviations
  std::vector<double> quantiles = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
};

// What is believed of accuracies: exact (deviation empty), or predicted.
struct Values {
  std::vector<double> mean, deviation;
  ValueBelief view() const { return {mean, deviation}; }
};

// The rows that a device has a cost for, as a measuring function.
Measure measuring(const SearchData& data, std::size_t column);

// Approach 1. The Pareto set of the proxy, found once; on the target only its members are measured.
class ProxySearch {
 public:
  ProxySearch(const SearchData& data, const DevicePrior& prior, std::size_t proxy,
              const Values& values, int layers);
  ConstrainedChoice choose(const SearchData& data, std::size_t target, const Values& values,
                           double bound, const SearchProtocol& protocol);
  std::size_t candidates() const { return front_.size(); }

 private:
  std::vector<int32_t> front_;
  int32_t first_;         // its median by cost: what is measured before anything is believed
  PriorBeliefs beliefs_;  // of the proxy alone
};

// The few-shot predictor with its samples spent where they help the choice. `references`: measured
// first; beliefs are about the designs that may be chosen.
ConstrainedChoice adapted_choice(const SearchData& data, PriorBeliefs& beliefs,
                                 std::span<const int32_t> references, std::size_t target,
                                 const Values& values, double bound,
                                 const SearchProtocol& protocol);

// The same predictor with all samples on reference designs, once for all bounds of a device, and no
// measurement of what is chosen.
std::vector<ConstrainedChoice> unverified_choices(const SearchData& data, PriorBeliefs& beliefs,
                                                  std::span<const int32_t> references,
                                                  std::size_t target, const Values& values,
                                                  std::span<const double> bounds,
                                                  const SearchProtocol& protocol);

// The optimiser network on embeddings from reference designs; what it answers is projected to the
// likeliest of `relevant` designs, and repaired among them by what the few-shot predictor believes.
struct OptimizerChoice {
  int32_t forward = -1;                                  // row, each position by itself
  int32_t projected = -1, repaired = -1, verified = -1;  // rows
  // As `verified`, but from a random relevant design in place of what the network answers.
  int32_t from_random = -1;
  // Each from the samples to the design: embedding, forward pass and projection; belief and repair
  // besides; beliefs and climbs of all rounds.
  double projected_s = 0, repaired_s = 0, verified_s = 0;
};
OptimizerChoice optimizer_choice(const SearchData& data, const DeviceAwareModel& model,
                                 const DesignOptimizer& optimizer, PriorBeliefs& beliefs,
                                 std::span<const int32_t> relevant, std::size_t target,
                                 std::span<const MeasuredRow> references, const Values& values,
                                 double bound, const SearchProtocol& protocol, Rng& rng);

// The device that the others rank most like, on average.
std::size_t medoid(const SearchData& data, std::span<const std::size_t> devices);

std::vector<MeasuredRow> measure_rows(const SearchData& data, std::size_t target,
                                      std::span<const int32_t> rows);

}  // namespace kernwise::experiments
