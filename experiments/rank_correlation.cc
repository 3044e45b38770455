// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernwise/base/check.h"

namespace kernwise::experiments {
namespace {

std::vector<double> ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> rank(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
    for (std::size_t i = first; i <= last; ++i) {
      rank[order[i]] = 0.5 * static_cast<double>(first + last);
    }
    first = last + 1;
  }
  return rank;
}

}  // namespace

double rank_correlation(std::span<const double> a, std::span<const double> b) {
  KERNWISE_CHECK(a.size() == b.size());
  if (a.size() < 2) return 0;
  const std::vector<double> p = ranks(a), q = ranks(b);
  const double mean = 0.5 * static_cast<double>(p.size() - 1);
  double both = 0, first = 0, second = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    both += (p[i] - mean) * (q[i] - mean);
    first += (p[i] - mean) * (p[i] - mean);
    second += (q[i] - mean) * (q[i] - mean);
  }
  return first > 0 && second > 0 ? both / std::sqrt(first * second) : 0;
}

}  // namespace kernwise::experiments
