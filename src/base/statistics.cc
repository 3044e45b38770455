// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/statistics.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernwise/base/check.h"

namespace kernwise {

double median(std::vector<double> values) {
  KERNWISE_CHECK(!values.empty());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double median_spread(std::vector<double> values) {
  KERNWISE_CHECK(!values.empty());
  const std::size_t n = values.size();
  if (n == 1) return 1;
  std::sort(values.begin(), values.end());
  const double middle = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
  if (!(middle > 0)) return 1;
  // Largest k with P(Binomial(n, 1/2) < k) <= 0.025: the interval is [x_(k), x_(n+1-k)], 1-based.
  // In logarithms: 0.5^n itself leaves double from n = 1075 on.
  std::size_t k = 0;
  double below = 0;
  double log_term = -static_cast<double>(n) * std::numbers::ln2;
  while (k < n / 2 && below + std::exp(log_term) <= 0.025) {
    below += std::exp(log_term);
    log_term += std::log(static_cast<double>(n - k) / static_cast<double>(k + 1));
    ++k;
  }
  const double low = values[k == 0 ? 0 : k - 1];
  const double high = values[k == 0 ? n - 1 : n - k];
  return (high - low) / 2 / middle;
}

double quantile(std::vector<double> values, double share) {
  KERNWISE_CHECK(!values.empty() && share >= 0 && share <= 1);
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (at - static_cast<double>(below)) * (values[above] - values[below]);
}

RatioInterval paired_ratio(const std::vector<double>& a, const std::vector<double>& b, Rng& rng,
                           int resamples) {
  KERNWISE_CHECK(!a.empty() && a.size() == b.size());
  std::vector<double> ratios;
  std::vector<double> drawn_a(a.size());
  std::vector<double> drawn_b(b.size());
  for (int i = 0; i < resamples; ++i) {
    for (std::size_t j = 0; j < a.size(); ++j) {
      const auto pick =
          static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(a.size()) - 1));
      drawn_a[j] = a[pick];
      drawn_b[j] = b[pick];
    }
    ratios.push_back(median(drawn_a) / median(drawn_b));
  }
  return {median(a) / median(b), quantile(ratios, 0.025), quantile(ratios, 0.975)};
}

}  // namespace kernwise
