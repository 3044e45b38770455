// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Robust statistics of repeated timings. Of at least one value each. Thread-safety: pure functions.
#pragma once

#include <vector>

#include "kernwise/base/rng.h"

namespace kernwise {

double median(std::vector<double> values);

// Half the width of the distribution-free 95 % confidence interval of the median (order statistics
// of the binomial; David & Nagaraja, Order Statistics, section 7.1), relative to the median. Fewer
// than 6 values have no such interval: half their range is taken, and a single value counts as 1.
double median_spread(std::vector<double> values);

// Linear interpolation between order statistics; share in [0, 1].
double quantile(std::vector<double> values, double share);

// median(a) / median(b) with the 95 % percentile-bootstrap interval (Efron 1979) over resampled
// pairs: a[i] and b[i] were measured side by side, so a pair is drawn together. Same length.
struct RatioInterval {
  double median = 1, low = 1, high = 1;
};
RatioInterval paired_ratio(const std::vector<double>& a, const std::vector<double>& b, Rng& rng,
                           int resamples = 2000);

}  // namespace kernwise
