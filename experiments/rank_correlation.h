// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <span>

namespace kernwise::experiments {

// Spearman's rank correlation: Pearson's of the ranks, ties sharing the mean of theirs. Of two
// equally long lists; 0 with fewer than two values or where a list has one value only: it orders
// nothing.
double rank_correlation(std::span<const double> a, std::span<const double> b);

}  // namespace kernwise::experiments
