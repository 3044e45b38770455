// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Parts of plan_fleet: what the sources alone decide, and what one device is told.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/fleet/design_optimizer.h"
#include "kernwise/fleet/device_aware.h"
#include "kernwise/fleet/plan_fleet.h"
#include "kernwise/fleet/prior_beliefs.h"
#include "kernwise/fleet/proxy_judges.h"

namespace kernwise::detail {

inline constexpr std::size_t kMostSamples = 64;  // of one device that a model is given

// One metric, prepared once for all devices.
struct MetricSources {
  std::vector<std::size_t> columns;  // sources
  std::vector<int32_t> promising;    // rows worth knowing about
  std::vector<int32_t> references;   // rows to measure first
  std::optional<PriorBeliefs> beliefs;
  std::optional<ProxyJudges> judges;
  // Only for the optimiser network: what it is trained on, and what it is told of a device.
  std::optional<DeviceAwareModel> model;
  std::optional<DesignOptimizer> optimizer;
  std::optional<Baselines> baselines;
  std::optional<FeaturePredictor> features;
  std::vector<std::vector<int32_t>> fronts;  // of each column, as far as asked for
};

// Columns that hold enough to learn from, and rows in common.
std::vector<std::size_t> source_columns(const LatencyTable& table);
bool is_complete(const LatencyTable& table, std::size_t column);

// The baseline that ranks by operations, or anything else: log cost = a + b log(what is given for
// each row) on the samples, b shrunk to 1; the residuals are the deviation. What was measured is
// known.
CostBelief scaled_belief(std::span<const double> by, std::span<const MeasuredRow> samples);

// By a baseline; the deviation is the root mean square error of log costs, leaving one sample out.
CostBelief baseline_belief(const Baselines& baselines, FewShotBaseline which, std::size_t rows,
                           std::span<const MeasuredRow> samples);

// The samples of a device, thinned out evenly to kMostSamples; measurements that failed are among
// them, as NaN.
std::vector<MeasuredRow> samples_of(const LatencyTable& table, std::size_t column);

CostBelief exact_belief(std::span<const double> costs);

// What a table knows of a device for sure: its costs, and that what failed is no candidate.
void know(CostBelief& belief, const LatencyTable& table, std::size_t column);

}  // namespace kernwise::detail
