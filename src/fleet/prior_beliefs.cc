// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/prior_beliefs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace kernwise {

DeviceSamples samples_from(std::span<const MeasuredRow> measured) {
  DeviceSamples samples;
  for (const MeasuredRow& m : measured) {
    samples.rows.push_back(static_cast<std::size_t>(m.row));
    samples.costs.push_back(m.cost);
  }
  return samples;
}

PriorBeliefs::PriorBeliefs(DevicePrior prior, std::span<const int32_t> rows, std::size_t table_rows)
    : prior_(std::move(prior)), rows_(rows.begin(), rows.end()), table_rows_(table_rows) {
  if (!rows_.empty()) return;
  rows_.resize(table_rows);
  std::iota(rows_.begin(), rows_.end(), std::size_t{0});
}

CostBelief PriorBeliefs::believe(std::span<const MeasuredRow> measured) {
  CostBelief belief;
  belief.mean.assign(table_rows_, std::numeric_limits<double>::quiet_NaN());
  belief.deviation.assign(table_rows_, 0);
  const DeviceSamples samples = samples_from(measured);
  const bool any = std::any_of(samples.costs.begin(), samples.costs.end(),
                               [](double cost) { return std::isfinite(cost); });
  if (!any) return belief;
  if (!plan_ || planned_ != samples.rows) {
    plan_ = prior_.plan(samples.rows, rows_);
    planned_ = samples.rows;
  }
  const DeviceForecast forecast = plan_->predict(samples.costs);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    belief.mean[rows_[i]] = std::log(forecast.cost[i]);
    belief.deviation[rows_[i]] = forecast.log_sd[i];
  }
  for (const MeasuredRow& m : measured) {
    if (!std::isfinite(m.cost)) continue;
    belief.mean[static_cast<std::size_t>(m.row)] = std::log(m.cost);
    belief.deviation[static_cast<std::size_t>(m.row)] = 0;
  }
  return belief;
}

}  // namespace kernwise
