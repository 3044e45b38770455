// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/proxy_judges.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "kernwise/base/check.h"
#include "kernwise/fleet/ranking.h"
#include "thinned_rows.h"

namespace kernwise {
namespace {

constexpr std::size_t kCompared = 200;  // designs that a proxy is looked for with

}  // namespace

ProxyJudges::ProxyJudges(DevicePrior prior, const LatencyTable& table,
                         std::span<const std::size_t> devices, const ProxyRule& rule)
    : prior_(std::move(prior)), table_(&table), devices_(devices.begin(), devices.end()),
      rows_(table.rows()), rule_(rule), judges_(devices.size()) {
  std::iota(rows_.begin(), rows_.end(), std::size_t{0});
  compared_ = detail::thinned_rows(rows_, kCompared);
}

ProxyJudge& ProxyJudges::of(std::size_t i) {
  if (!judges_[i]) {
    judges_[i].emplace(prior_.alone(devices_[i]), table_->device_costs(devices_[i]), rows_, rule_);
  }
  return *judges_[i];
}

ChosenProxy ProxyJudges::choose(const DeviceSamples& samples, Rng& rng) {
  if (!plan_ || planned_ != samples.rows) {
    plan_ = prior_.plan(samples.rows, compared_);
    planned_ = samples.rows;
  }
  const std::vector<double> believed = plan_->predict(samples.costs, /*with_sd=*/false).cost;
  std::size_t best = 0;
  double most = -2;
  std::vector<double> costs(compared_.size());
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    const auto all = table_->device_costs(devices_[i]);
    for (std::size_t k = 0; k < costs.size(); ++k) costs[k] = all[compared_[k]];
    const double agrees = spearman(costs, believed);
    if (agrees > most) most = agrees, best = i;
  }
  ChosenProxy chosen{devices_[best], {}};
  const auto there = std::count_if(samples.costs.begin(), samples.costs.end(),
                                   [](double cost) { return std::isfinite(cost); });
  if (static_cast<std::size_t>(there) < kLeastSamples) {
    chosen.verdict = {ProxyUse::kAdapt, most, -1, 1, 0};
  } else {
    chosen.verdict = of(best).judge(samples, rng);
  }
  return chosen;
}

ProxyVerdict ProxyJudges::judge(std::size_t device, const DeviceSamples& samples, Rng& rng) {
  const auto found = std::find(devices_.begin(), devices_.end(), device);
  KERNWISE_CHECK(found != devices_.end());
  return of(static_cast<std::size_t>(found - devices_.begin())).judge(samples, rng);
}

}  // namespace kernwise
