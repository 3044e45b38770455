// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/ceilings.h"

#include "kernwise/fleet/ranking.h"
#include "source_smoother.h"

namespace kernwise {

std::vector<double> fully_measured_spearman(const LatencyTable& table,
                                            std::span<const std::size_t> devices,
                                            std::span<const std::size_t> query) {
  std::vector<bool> asked(table.rows(), false);
  for (const std::size_t row : query) asked[row] = true;
  std::vector<std::size_t> known;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (!asked[row]) known.push_back(row);
  }
  const detail::DesignKernels kernels(table);
  const detail::SmoothedSources smoothed = detail::smooth_sources(kernels, devices, known, {});
  std::vector<double> result;
  for (std::size_t d = 0; d < devices.size(); ++d) {
    const auto costs = table.device_costs(devices[d]);
    std::vector<double> predicted, truth;
    for (const std::size_t row : query) {
      predicted.push_back(
          smoothed.fitted(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(d)));
      truth.push_back(costs[row]);
    }
    result.push_back(spearman(predicted, truth));
  }
  return result;
}

}  // namespace kernwise
