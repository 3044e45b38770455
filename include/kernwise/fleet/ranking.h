// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How well a prediction orders designs, and how near it comes. All functions take pairs of equal
// length and pass over those in which either is NaN; with fewer than two pairs left, or with one
// side constant, a rank correlation is 0. Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace kernwise {

// Ranks from 1; equal values share the mean of theirs. No NaN.
std::vector<double> mid_ranks(std::span<const double> values);

// Spearman's rank correlation with mid-ranks (the Pearson correlation of the ranks). O(n log n).
double spearman(std::span<const double> a, std::span<const double> b);

// Kendall's tau-b, which accounts for ties in both (Kendall 1945), in O(n log n) by Knight 1966.
double kendall(std::span<const double> a, std::span<const double> b);

// Share of pairs with |predicted / truth - 1| <= tolerance. 0 where there is none.
double share_within(std::span<const double> predicted, std::span<const double> truth,
                    double tolerance);

// The largest Spearman correlation that a prediction without ties can have with `truth`, whose ties
// (coarse rounding) no prediction can undo: sqrt(1 - sum(t^3 - t) / (n^3 - n)) over groups of t
// equal values. It is attained by the order of `truth` with ties broken at will.
double tie_ceiling(std::span<const double> truth);

// The rows left when the fastest and the slowest `share` of those that are there (not NaN) are
// dropped, as HELP (Lee et al. 2021) does with 0.1 on each side of each pool: floor(share * n) from
// either end of the order. In order of row.
std::vector<std::size_t> trimmed_rows(std::span<const double> costs, double share);

}  // namespace kernwise
