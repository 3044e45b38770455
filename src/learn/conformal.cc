// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/conformal.h"

#include <algorithm>
#include <cmath>

#include "kernwise/base/check.h"

namespace kernwise {

double conformal_half_width(std::vector<double> magnitudes, double coverage) {
  KERNWISE_CHECK(!magnitudes.empty());
  std::sort(magnitudes.begin(), magnitudes.end());
  const auto rank =
      static_cast<std::size_t>(std::ceil(coverage * (static_cast<double>(magnitudes.size()) + 1)));
  return magnitudes[std::min(rank, magnitudes.size()) - 1];
}

}  // namespace kernwise
