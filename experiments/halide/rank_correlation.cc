// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "rank_correlation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernwise/base/check.h"

namespace kernwise::halide {
namespace {

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  std::vector<double> rank(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    for (std::size_t i = first; i < end; ++i) {
      rank[order[i]] = static_cast<double>(first + end - 1) / 2;
    }
    first = end;
  }
  return rank;
}

}  // namespace

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  KERNWISE_CHECK(a.size() == b.size());
  const std::vector<double> p = ranks(a), q = ranks(b);
  const double middle = (static_cast<double>(a.size()) - 1) / 2;
  double both = 0, one = 0, other = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    both += (p[i] - middle) * (q[i] - middle);
    one += (p[i] - middle) * (p[i] - middle);
    other += (q[i] - middle) * (q[i] - middle);
  }
  return both / std::sqrt(one * other);
}

}  // namespace kernwise::halide
