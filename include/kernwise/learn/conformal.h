// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Split-conformal intervals (Lei et al. 2018, algorithm 2). Thread-safety: pure functions.
#pragma once

#include <vector>

namespace kernwise {

// Of errors' magnitudes on rows that were not trained on (at least one): the one that a further
// row of their kind exceeds with probability 1 - coverage at most, the ceil((n + 1) coverage)-th
// smallest; the largest where that does not exist.
double conformal_half_width(std::vector<double> magnitudes, double coverage);

}  // namespace kernwise
