// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cover.h"

#include <algorithm>

namespace kernwise {

void Cover::add(std::size_t device, std::vector<int32_t> rows) {
  for (const int32_t row : rows) ++count_[static_cast<std::size_t>(row)];
  devices_.push_back({device, std::move(rows)});
}

std::vector<CoverDesign> Cover::choose(std::span<const double> accuracy) const {
  std::vector<CoverDesign> chosen;
  std::vector<int32_t> count = count_;
  std::vector<bool> served(devices_.size(), false);
  std::size_t left = devices_.size();
  while (left > 0) {
    std::size_t best = 0;
    for (std::size_t row = 1; row < count.size(); ++row) {
      if (count[row] > count[best] ||
          (count[row] == count[best] && accuracy[row] > accuracy[best])) {
        best = row;
      }
    }
    if (count[best] == 0) break;
    CoverDesign design{static_cast<int32_t>(best), {}};
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      const std::vector<int32_t>& rows = devices_[i].rows;
      if (served[i] || !std::binary_search(rows.begin(), rows.end(), design.row)) continue;
      served[i] = true;
      --left;
      design.devices.push_back(devices_[i].device);
      for (const int32_t row : rows) --count[static_cast<std::size_t>(row)];
    }
    chosen.push_back(std::move(design));
  }
  return chosen;
}

}  // namespace kernwise
