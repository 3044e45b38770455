// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <cmath>
#include <limits>

#include "printing.h"

namespace kernwise::halide {

Gains gains_of(const std::vector<WorkloadResult>& workloads) {
  Gains gains;
  double logs = 0, verified_logs = 0, unscheduled_logs = 0;
  gains.least = std::numeric_limits<double>::infinity();
  for (const WorkloadResult& workload : workloads) {
    for (const Cell& cell : workload.cells) {
      if (cell.gain <= 0 || cell.verified_gain <= 0) {
        ++gains.missing;
        continue;
      }
      ++gains.cells;
      logs += std::log(cell.gain);
      verified_logs += std::log(cell.verified_gain);
      const Entry& ours = cell.entries[static_cast<std::size_t>(cell.first_predicted)];
      unscheduled_logs += std::log(cell.entries.front().median_s / ours.median_s);
      gains.most = std::max(gains.most, cell.gain);
      gains.least = std::min(gains.least, cell.gain);
      gains.verified_most = std::max(gains.verified_most, cell.verified_gain);
    }
  }
  if (gains.cells == 0) return Gains{.missing = gains.missing};
  const auto count = static_cast<double>(gains.cells);
  gains.geomean = std::exp(logs / count);
  gains.verified_geomean = std::exp(verified_logs / count);
  gains.over_unscheduled_geomean = std::exp(unscheduled_logs / count);
  return gains;
}

}  // namespace kernwise::halide
