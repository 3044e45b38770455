// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "twins.h"

#include <algorithm>
#include <numeric>

namespace kernwise::experiments {

Twins::Twins(const LatencyTable& table, const std::vector<TableWarning>& warnings)
    : group_(table.devices.size()) {
  std::iota(group_.begin(), group_.end(), std::size_t{0});
  for (const TableWarning& warning : warnings) {
    if (warning.kind != TableWarningKind::kDuplicate) continue;
    join(*table.device(warning.device), *table.device(warning.other));
  }
}

void Twins::join(std::size_t a, std::size_t b) {
  const std::size_t kept = group_[a], gone = group_[b];
  std::replace(group_.begin(), group_.end(), gone, kept);
}

std::vector<std::size_t> Twins::others(std::size_t device) const {
  std::vector<std::size_t> result;
  for (std::size_t d = 0; d < group_.size(); ++d) {
    if (!are(d, device)) result.push_back(d);
  }
  return result;
}

}  // namespace kernwise::experiments
