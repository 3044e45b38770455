// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Spearman's rank correlation: Pearson's of the ranks, ties sharing the mean of theirs. Of two
// equally long lists; NaN with fewer than two values or where a list has one value only.
#pragma once

#include <vector>

namespace kernwise::halide {

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace kernwise::halide
