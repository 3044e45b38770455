// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "nnc/points.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace kernwise::nnc {
namespace {

TEST(Points, AreDistinctAndWithinThePublishedRanges) {
  for (const std::string_view kind : kKinds) {
    Rng rng(5);
    std::vector<Point> points;
    draw_points(kind, Design::kUniform, 300, 2, rng, points);
    draw_points(kind, Design::kLog, 100, 2, rng, points);
    ASSERT_EQ(points.size(), 400U);
    std::set<Problem> seen;
    std::set<int> threads;
    for (const Point& point : points) {
      EXPECT_TRUE(validate(point.problem).ok()) << to_string(point.problem);
      EXPECT_EQ(to_string(point.problem.kind()), kind);
      EXPECT_TRUE(seen.insert(point.problem).second);
      EXPECT_LE(point.smallest, point.largest);
      EXPECT_LE(point.largest, 1033);
      threads.insert(point.threads);
    }
    EXPECT_EQ(threads, (std::set<int>{1, 2}));
  }
}

TEST(Points, TheLogDesignGivesEveryOctaveItsShare) {
  Rng rng(6);
  std::vector<Point> points;
  draw_points("gemv", Design::kLog, 200, 1, rng, points);
  std::array<int, 2> halves{};
  for (const Point& point : points) ++halves[point.problem.as<GemvProblem>()->m > 32 ? 1 : 0];
  EXPECT_NEAR(halves[0], 100, 12);
  draw_points("gemv", Design::kUniform, 200, 1, rng, points);
  int small = 0;
  for (std::size_t i = 200; i < 400; ++i) small += points[i].problem.as<GemvProblem>()->m <= 32;
  EXPECT_LT(small, 20);
}

TEST(Points, TheSameSeedGivesTheSamePoints) {
  std::vector<Point> a, b;
  Rng first(9), second(9);
  draw_points("pool", Design::kLog, 50, 4, first, a);
  draw_points("pool", Design::kLog, 50, 4, second, b);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].problem, b[i].problem);
    EXPECT_EQ(a[i].threads, b[i].threads);
  }
}

}  // namespace
}  // namespace kernwise::nnc
