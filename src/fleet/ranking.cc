// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/ranking.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace kernwise {
namespace {

struct Pairs {
  std::vector<double> a, b;
};

Pairs pairs_of(std::span<const double> a, std::span<const double> b) {
  Pairs pairs;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) || std::isnan(b[i])) continue;
    pairs.a.push_back(a[i]);
    pairs.b.push_back(b[i]);
  }
  return pairs;
}

double pearson(std::span<const double> a, std::span<const double> b) {
  const auto n = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / n;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / n;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

// Sum of `f(t)` over the groups of t neighbours that are equal.
template <typename Equal, typename F>
double over_ties(std::size_t n, const Equal& equal, const F& f) {
  double sum = 0;
  for (std::size_t i = 0; i < n;) {
    std::size_t end = i + 1;
    while (end < n && equal(i, end)) ++end;
    sum += f(static_cast<double>(end - i));
    i = end;
  }
  return sum;
}

// Sorts [begin, end) by merging and counts the exchanges of neighbours that it would take.
int64_t sort_and_count(std::span<double> values, std::span<double> scratch) {
  if (values.size() < 2) return 0;
  const std::size_t half = values.size() / 2;
  int64_t count = sort_and_count(values.first(half), scratch.first(half)) +
                  sort_and_count(values.subspan(half), scratch.subspan(half));
  std::size_t i = 0, j = half, k = 0;
  while (i < half && j < values.size()) {
    if (values[j] < values[i]) {
      count += static_cast<int64_t>(half - i);
      scratch[k++] = values[j++];
    } else {
      scratch[k++] = values[i++];
    }
  }
  while (i < half) scratch[k++] = values[i++];
  while (j < values.size()) scratch[k++] = values[j++];
  std::copy(scratch.begin(), scratch.end(), values.begin());
  return count;
}

}  // namespace

std::vector<double> mid_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    // Ranks i + 1 ... end share their mean.
    const double rank = 0.5 * static_cast<double>(i + 1 + end);
    for (; i < end; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

double spearman(std::span<const double> a, std::span<const double> b) {
  const Pairs pairs = pairs_of(a, b);
  if (pairs.a.size() < 2) return 0;
  return pearson(mid_ranks(pairs.a), mid_ranks(pairs.b));
}

double kendall(std::span<const double> a, std::span<const double> b) {
  const Pairs pairs = pairs_of(a, b);
  const std::size_t n = pairs.a.size();
  if (n < 2) return 0;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) {
    return std::pair(pairs.a[i], pairs.b[i]) < std::pair(pairs.a[j], pairs.b[j]);
  });
  std::vector<double> x(n), y(n), scratch(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = pairs.a[order[i]], y[i] = pairs.b[order[i]];
  const auto couples = [](double t) { return t * (t - 1) / 2; };
  const double all = couples(static_cast<double>(n));
  const double tied_a = over_ties(
      n, [&](std::size_t i, std::size_t j) { return x[i] == x[j]; }, couples);
  const double tied_both = over_ties(
      n, [&](std::size_t i, std::size_t j) { return x[i] == x[j] && y[i] == y[j]; }, couples);
  const auto discordant = static_cast<double>(sort_and_count(y, scratch));
  const double tied_b = over_ties(
      n, [&](std::size_t i, std::size_t j) { return y[i] == y[j]; }, couples);
  const double scale = std::sqrt((all - tied_a) * (all - tied_b));
  return scale > 0 ? (all - tied_a - tied_b + tied_both - 2 * discordant) / scale : 0;
}

double share_within(std::span<const double> predicted, std::span<const double> truth,
                    double tolerance) {
  std::size_t within = 0, all = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (std::isnan(predicted[i]) || std::isnan(truth[i])) continue;
    ++all;
    if (std::abs(predicted[i] / truth[i] - 1) <= tolerance) ++within;
  }
  return all == 0 ? 0 : static_cast<double>(within) / static_cast<double>(all);
}

double tie_ceiling(std::span<const double> truth) {
  std::vector<double> sorted;
  for (const double value : truth) {
    if (!std::isnan(value)) sorted.push_back(value);
  }
  if (sorted.size() < 2) return 0;
  std::sort(sorted.begin(), sorted.end());
  const auto cube = [](double t) { return t * t * t - t; };
  const double ties = over_ties(
      sorted.size(), [&](std::size_t i, std::size_t j) { return sorted[i] == sorted[j]; }, cube);
  return std::sqrt(std::max(0.0, 1 - ties / cube(static_cast<double>(sorted.size()))));
}

std::vector<std::size_t> trimmed_rows(std::span<const double> costs, double share) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (!std::isnan(costs[i])) rows.push_back(i);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t i, std::size_t j) { return costs[i] < costs[j]; });
  const auto cut = static_cast<std::ptrdiff_t>(share * static_cast<double>(rows.size()));
  std::vector<std::size_t> kept(rows.begin() + cut, rows.end() - cut);
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace kernwise
