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

namespace kernwise::detail {

inline constexpr std::size_t kMostSamples = 64;  // of one device that a model is given

// One metric, prepared once for all devices.
struct MetricSources {
  std::vector<std::size_t> columns;  // sources
  std::vector<int32_t> promising;    // rows worth knowing about
  std::vector<int32_t> references;   // rows to measure first
  std::optional<DeviceAwareModel> model;
  std::optional<DesignOptimizer> optimizer;
  std::optional<Baselines> baselines;
  std::vector<std::vector<int32_t>> fronts;  // of each source, as far as asked for
};

// Columns that hold enough to learn from, and rows in common.
std::vector<std::size_t> source_columns(const LatencyTable& table);
bool is_complete(const LatencyTable& table, std::size_t column);

struct ProxyLikeness {
  std::size_t source = 0;  // index into MetricSources::columns
  double correlation = 0, low = 0;
  bool reuse = false;
};
// The source whose order agrees best with the samples, and the rank correlation that it would show
// over many designs by what is believed of the device (DeviceAwareModel::rank_correlation). A proxy
// is reused if that is at least kReuse with the probability kSure. Fewer than four samples decide
// nothing.
inline constexpr double kReuse = 0.9, kSure = 0.75;
ProxyLikeness find_proxy(const LatencyTable& table, const MetricSources& sources,
                         std::span<const MeasuredRow> samples, Rng& rng);

// log cost = a + b log proxy cost on the samples, b shrunk to 1; the residuals are the deviation.
CostBelief scaled_proxy(std::span<const double> proxy, std::span<const MeasuredRow> samples);

// By a baseline; the deviation is the root mean square error of log costs, leaving one sample out.
CostBelief baseline_belief(const Baselines& baselines, FewShotBaseline which, std::size_t rows,
                           std::span<const MeasuredRow> samples);

// The samples of a device, thinned out evenly to kMostSamples.
std::vector<MeasuredRow> samples_of(const LatencyTable& table, std::size_t column);

CostBelief exact_belief(std::span<const double> costs);

}  // namespace kernwise::detail
