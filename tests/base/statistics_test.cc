// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/statistics.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace kernwise {
namespace {

std::vector<double> normals(int count, double mean, double deviation, Rng& rng) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(mean + deviation * rng.normal());
  return values;
}

TEST(StatisticsTest, MedianIsTheMiddleOrTheMeanOfTheTwoMiddleValues) {
  EXPECT_EQ(median({5}), 5);
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({1, 1, 1, 100}), 1);
}

RC_GTEST_PROP(StatisticsTest, MedianIsThatOfTheSortedValues, ()) {
  auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<double>>(
      rc::gen::map(rc::gen::inRange(-1000, 1000), [](int x) { return x / 8.0; })));
  const double result = median(values);
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  RC_ASSERT(result == (values[(n - 1) / 2] + values[n / 2]) / 2);
  RC_ASSERT(result == quantile(values, 0.5));
}

TEST(StatisticsTest, QuantilesInterpolate) {
  EXPECT_EQ(quantile({3, 1, 2}, 0), 1);
  EXPECT_EQ(quantile({3, 1, 2}, 1), 3);
  EXPECT_EQ(quantile({0, 10}, 0.25), 2.5);
  EXPECT_EQ(quantile({7}, 0.9), 7);
}

// Ranks of the 95 % interval of the median, from the binomial tables: 1 to 6 of 6, 2 to 9 of 10,
// 6 to 15 of 20, 40 to 61 of 100.
TEST(StatisticsTest, SpreadTakesTheRanksOfTheBinomialTables) {
  const auto spread_of_ranks = [](int n) {
    std::vector<double> values;
    for (int i = 1; i <= n; ++i) values.push_back(i);
    return median_spread(values) * median(values) * 2;  // distance of the two ranks
  };
  EXPECT_NEAR(spread_of_ranks(6), 5, 1e-9);
  EXPECT_NEAR(spread_of_ranks(10), 7, 1e-9);
  EXPECT_NEAR(spread_of_ranks(20), 9, 1e-9);
  EXPECT_NEAR(spread_of_ranks(100), 21, 1e-9);
}

TEST(StatisticsTest, FewValuesTakeTheirRangeAndOneIsUnknown) {
  EXPECT_EQ(median_spread({4}), 1);
  EXPECT_NEAR(median_spread({4, 6}), 0.2, 1e-12);
  EXPECT_NEAR(median_spread({10, 9, 11, 10, 10}), 0.1, 1e-12);
  EXPECT_EQ(median_spread({0, 0, 0}), 1);  // no relative spread of nothing
}

// 0.5^n leaves double at n = 1075: the interval must go on shrinking like 1 / sqrt(n), no faster.
TEST(StatisticsTest, SpreadOfThousandsOfRunsShrinksAsItShould) {
  Rng rng;
  for (const int n : {1000, 1100, 5000, 20000}) {
    // Of normal values: 1.96 * sqrt(pi / 2) * deviation / sqrt(n).
    const double expected = 1.96 * std::sqrt(std::numbers::pi / 2) * 0.1 / std::sqrt(n);
    EXPECT_NEAR(median_spread(normals(n, 1, 0.1, rng)) / expected, 1, 0.4) << n;
  }
}

// The interval's promise: it holds the true median in at least 95 % of repetitions (97.5 % level is
// kept on each side, so more for few values).
TEST(StatisticsTest, SpreadCoversTheTrueMedian) {
  Rng rng;
  int covered = 0;
  constexpr int kRepetitions = 2000;
  for (int i = 0; i < kRepetitions; ++i) {
    const auto values = normals(15, 100, 5, rng);
    const double middle = median(values);
    if (std::fabs(middle - 100) <= median_spread(values) * middle) ++covered;
  }
  EXPECT_GE(covered, 0.93 * kRepetitions);
}

TEST(StatisticsTest, PairedRatioRemovesWhatBothShare) {
  Rng rng;
  std::vector<double> a, b;
  for (int i = 0; i < 40; ++i) {  // the machine's speed wanders by a factor of two
    const double shared = 1 + rng.uniform();
    a.push_back(1.2 * shared * (1 + 0.001 * rng.normal()));
    b.push_back(shared * (1 + 0.001 * rng.normal()));
  }
  const RatioInterval ratio = paired_ratio(a, b, rng);
  EXPECT_NEAR(ratio.median, 1.2, 0.02);
  EXPECT_LE(ratio.low, ratio.median);
  EXPECT_GE(ratio.high, ratio.median);
  EXPECT_LT(ratio.high - ratio.low, 0.05);
}

TEST(StatisticsTest, PairedRatioOfConstantTimesIsExact) {
  Rng rng;
  const RatioInterval ratio = paired_ratio({3, 3, 3}, {2, 2, 2}, rng);
  EXPECT_EQ(ratio.median, 1.5);
  EXPECT_EQ(ratio.low, 1.5);
  EXPECT_EQ(ratio.high, 1.5);
}

TEST(StatisticsDeathTest, NothingHasNoMedian) { EXPECT_DEATH(median({}), "check failed"); }

}  // namespace
}  // namespace kernwise
