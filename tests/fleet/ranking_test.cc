// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/ranking.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "kernwise/base/rng.h"

namespace kernwise {
namespace {

using Values = std::vector<double>;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Ranking, TiesShareTheirRank) {
  EXPECT_EQ(mid_ranks(Values{3, 1, 3, 2}), (Values{3.5, 1, 3.5, 2}));
}

// Worked by hand: ranks {1, 2, 3, 4} against {1, 3, 2, 4}: 1 - 6 * 2 / (4 * 15).
TEST(Ranking, SpearmanOfASmallExample) {
  EXPECT_NEAR(spearman(Values{10, 20, 30, 40}, Values{1, 3, 2, 4}), 0.8, 1e-12);
  EXPECT_NEAR(spearman(Values{1, 2, kNan, 4}, Values{5, 4, 9, 1}), -1, 1e-12);
  EXPECT_EQ(spearman(Values{1, 1, 1}, Values{1, 2, 3}), 0);
  EXPECT_EQ(spearman(Values{1}, Values{1}), 0);
}

// The fast way against the definition, on values with many ties.
TEST(Ranking, KendallAgreesWithItsDefinition) {
  Rng rng(3);
  for (int repeat = 0; repeat < 50; ++repeat) {
    const int n = 2 + repeat;
    Values a, b;
    for (int i = 0; i < n; ++i) {
      a.push_back(static_cast<double>(rng.integer(0, 9)));
      b.push_back(a.back() * 0.3 + static_cast<double>(rng.integer(0, 5)));
    }
    double s = 0, ties_a = 0, ties_b = 0, all = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double x = a[i] - a[j], y = b[i] - b[j];
        s += (x * y > 0) - (x * y < 0);
        ties_a += x == 0, ties_b += y == 0, ++all;
      }
    }
    const double scale = std::sqrt((all - ties_a) * (all - ties_b));
    EXPECT_NEAR(kendall(a, b), scale > 0 ? s / scale : 0, 1e-12);
  }
}

TEST(Ranking, ShareWithinCountsBothSides) {
  EXPECT_DOUBLE_EQ(share_within(Values{1.04, 0.96, 1.06, kNan}, Values{1, 1, 1, 1}, 0.05), 2.0 / 3);
  EXPECT_EQ(share_within(Values{}, Values{}, 0.05), 0);
}

// The ceiling is what the order before rounding attains.
TEST(Ranking, TheTieCeilingIsAttainedByTheUnroundedOrder) {
  Rng rng(5);
  Values fine, rounded;
  for (int i = 0; i < 500; ++i) {
    fine.push_back(rng.uniform(0, 8));
    rounded.push_back(std::floor(fine.back()));
  }
  EXPECT_NEAR(spearman(fine, rounded), tie_ceiling(rounded), 1e-9);
  EXPECT_NEAR(tie_ceiling(fine), 1, 1e-12);
}

TEST(Ranking, TrimmingDropsBothEnds) {
  EXPECT_EQ(trimmed_rows(Values{5, 1, kNan, 3, 4, 2, 9, 8, 7, 6, 10}, 0.1),
            (std::vector<std::size_t>{0, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_TRUE(trimmed_rows(Values{}, 0.1).empty());
}

}  // namespace
}  // namespace kernwise
