// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The state of plan_fleet: the input, and what the sources of each metric have taught.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cover.h"
#include "fleet_device.h"
#include "kernwise/fleet/plan_fleet.h"

namespace kernwise::detail {

class Planner {
 public:
  Planner(const FleetInput& input, const FleetOptions& options, uint64_t seed)
      : input_(input), options_(options),
        rng_(seed), value_{input.accuracy, input.accuracy_deviation} {
    for (std::size_t row = 0; row < input.designs.size(); ++row) {
      row_of_[input.designs[row]] = static_cast<int32_t>(row);
    }
  }
  Status prepare(Rng& rng, Progress& progress);
  Result<DevicePick> pick(std::size_t device, Cover& cover);
  const std::vector<MetricSources>& sources() const { return sources_; }

 private:
  struct Metric {
    CostBelief belief;
    std::vector<int32_t> candidates;  // empty: all
    std::string why_not;
    MetricSources* sources = nullptr;  // what it stands on; none where nothing had to be learnt
  };
  // Only devices that are not known completely need a model.
  bool needs_model(std::size_t m) const;
  Result<MetricSources> learn(std::size_t m, std::vector<std::size_t> columns, Rng& rng,
                              Progress& progress) const;
  // What a device is told by: nobody is a source of its own, so for a device that is one the others
  // are learnt from anew (valid until the next call). Null: there is no other.
  Result<MetricSources*> sources_for(std::size_t m, const FleetDevice& asked);
  bool is_asked(const std::string& name) const;
  // What is believed of one metric on a device, by the method that suits it.
  Result<Metric> inform(std::size_t m, const FleetDevice& asked, DevicePick& pick, bool leads,
                        std::vector<MeasuredRow>& samples);
  // Of a device without samples.
  static Metric by_features(MetricSources& sources, const FleetDevice& asked, DevicePick& pick,
                            bool leads);
  std::string reason(const DevicePick& pick) const;
  // Leaves the candidates that keep the bounds of the metrics behind the first; whether there are
  // such bounds.
  bool narrow(const FleetDevice& asked, const std::vector<CostBelief>& beliefs, std::size_t first,
              std::vector<int32_t>& candidates) const;
  bool keeps(const CostBelief& belief, std::size_t row, double bound) const;
  bool keeps_others(const FleetDevice& asked, const std::vector<CostBelief>& beliefs,
                    std::size_t first, std::size_t row) const;
  // The network's answer among the candidates, repaired within the bounds of all metrics.
  ConstrainedChoice by_network(const MetricSources& sources, const FleetDevice& asked,
                               std::size_t first, std::span<const MeasuredRow> samples,
                               const std::vector<CostBelief>& beliefs,
                               std::span<const int32_t> candidates) const;
  CostPrediction prediction(std::size_t m, std::size_t row, const CostBelief& belief,
                            const FleetDevice& asked,
                            const std::vector<MeasuredRow>& samples) const;
  std::vector<int32_t> first_references(const MetricSources& sources,
                                        std::span<const MeasuredRow> samples) const;
  // References as long as little is known, then the choice itself and what might beat it.
  std::vector<int32_t> next_rows(const MetricSources& sources, std::vector<MeasuredRow> samples,
                                 const CostBelief& belief, std::span<const int32_t> candidates,
                                 double bound, const DevicePick& pick) const;
  // Designs that would do for this device too.
  std::vector<int32_t> acceptable(const FleetDevice& asked, const std::vector<CostBelief>& beliefs,
                                  const DevicePick& pick) const;
  const FleetInput& input_;
  const FleetOptions& options_;
  Rng rng_;
  ValueBelief value_;
  std::vector<MetricSources> sources_;
  std::map<Design, int32_t> row_of_;
  std::vector<std::vector<std::size_t>> known_;      // columns of each metric that can be sources
  std::map<std::size_t, MetricSources> without_it_;  // of each metric
};

}  // namespace kernwise::detail
