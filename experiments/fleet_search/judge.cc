// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "judge.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "kernwise/base/statistics.h"

namespace kernwise::experiments {

std::vector<double> bounds_of(const SearchData& data, std::size_t column,
                              std::span<const double> quantiles) {
  std::vector<double> known;
  for (const double cost : data.table.device_costs(column)) {
    if (!std::isnan(cost)) known.push_back(cost);
  }
  std::vector<double> bounds;
  for (const double share : quantiles) bounds.push_back(quantile(known, share));
  return bounds;
}

Verdict judge(const SearchData& data, std::size_t column, double bound, int32_t row,
              int measurements) {
  const auto costs = data.table.device_costs(column);
  double best = 0;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (costs[i] <= bound && data.accuracy[i] > best) best = data.accuracy[i];
  }
  if (row < 0) return {best, HUGE_VAL, true, measurements};
  const auto i = static_cast<std::size_t>(row);
  // What nobody knows the accuracy of is worth nothing.
  const double worth = std::isnan(data.accuracy[i]) ? 0 : data.accuracy[i];
  Verdict verdict{std::max(0.0, best - worth), costs[i] / bound - 1, false, measurements};
  // A design whose cost nobody knows cannot be judged feasible.
  if (std::isnan(verdict.over)) verdict.over = HUGE_VAL;
  verdict.violates = verdict.over > 0.02;
  return verdict;
}

void Tally::add(const std::string& device, const Verdict& verdict) {
  verdicts_.emplace_back(device, verdict);
}

Score Tally::score() const {
  Score score{.method = method_, .choices = static_cast<int>(verdicts_.size())};
  std::map<std::string, std::pair<double, int>> devices;
  score.over_worst = -1;
  if (timed_ > 0) score.seconds_per_device = seconds_ / timed_;
  int kept = 0;
  for (const auto& [device, v] : verdicts_) {
    score.regret_mean += v.regret;
    if (v.over <= 0) ++kept, score.regret_kept_mean += v.regret;
    score.regret_worst = std::max(score.regret_worst, v.regret);
    score.violation_share += v.violates ? 1 : 0;
    score.over_ten_share += v.over > 0.1 ? 1 : 0;
    score.over_worst = std::max(score.over_worst, v.over);
    score.measurements_mean += v.measurements;
    score.measurements_most = std::max(score.measurements_most, v.measurements);
    devices[device].first += v.regret;
    ++devices[device].second;
  }
  const double n = std::max<double>(1, static_cast<double>(verdicts_.size()));
  score.regret_mean /= n;
  score.regret_kept_mean /= std::max(1, kept);
  score.violation_share /= n;
  score.over_ten_share /= n;
  score.measurements_mean /= n;
  for (const auto& [device, sum] : devices) {
    const double mean = sum.first / sum.second;
    if (mean < score.worst_device_regret && !score.worst_device.empty()) continue;
    score.worst_device = device;
    score.worst_device_regret = mean;
  }
  return score;
}

}  // namespace kernwise::experiments
