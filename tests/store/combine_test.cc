// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "kernwise/base/statistics.h"
#include "kernwise/store/store.h"

namespace kernwise {
namespace {

Measurement timed(std::vector<double> runs, int64_t session = 1, std::string primitive = "p") {
  Measurement m;
  m.key.primitive = std::move(primitive);
  m.session = session;
  m.median_s = median(runs);
  m.spread = median_spread(runs);
  m.grade = grade_of(m.spread);
  m.runs_s = std::move(runs);
  return m;
}

Measurement refused(std::string reason) {
  Measurement m;
  m.key.primitive = "p";
  m.status = MeasurementStatus::kRefused;
  m.reason = std::move(reason);
  return m;
}

TEST(CombineTest, LeavesASingleMeasurementAsItIs) {
  const Measurement m = timed({1.0, 1.5, 0.9});
  const auto joined = combine_repetitions({m});
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].runs_s, m.runs_s);
  EXPECT_EQ(joined[0].median_s, m.median_s);
  EXPECT_EQ(joined[0].spread, m.spread);
  EXPECT_EQ(joined[0].grade, m.grade);
}

TEST(CombineTest, OfNothingIsNothing) { EXPECT_TRUE(combine_repetitions({}).empty()); }

// Sorted by key, each key once.
TEST(CombineTest, SortsByKey) {
  const auto joined = combine_repetitions(
      {timed({1, 1}, 1, "b"), timed({1, 1}, 1, "c"), timed({1, 1}, 1, "a"), timed({1, 1}, 2, "b")});
  ASSERT_EQ(joined.size(), 3u);
  EXPECT_EQ(joined[0].key.primitive, "a");
  EXPECT_EQ(joined[1].key.primitive, "b");
  EXPECT_EQ(joined[2].key.primitive, "c");
}

// A long session does not outvote a short one.
TEST(CombineTest, TakesTheMedianOfTheSessionsMedians) {
  const auto joined =
      combine_repetitions({timed(std::vector<double>(100, 1.0), 1), timed({1.02, 1.02, 1.02}, 2),
                           timed({1.04, 1.04, 1.04}, 3)});
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_DOUBLE_EQ(joined[0].median_s, 1.02);
  EXPECT_EQ(joined[0].runs_s.size(), 106u);
  EXPECT_EQ(joined[0].session, 3);
}

// A profile writes pieces as it goes. Pieces of one run each are graded F, yet nothing is wrong
// with them; together they are as good as if written at once.
TEST(CombineTest, JoinsThePiecesOfASession) {
  const std::vector<double> runs = {1.0, 1.01, 0.99, 1.0, 1.005, 0.995, 1.0, 1.002, 0.998, 5.0};
  std::vector<Measurement> pieces;
  for (const double run : runs) pieces.push_back(timed({run}));
  ASSERT_EQ(pieces[0].grade, 'F');
  const auto joined = combine_repetitions(pieces);
  const Measurement whole = timed(runs);
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].runs_s, runs);
  EXPECT_DOUBLE_EQ(joined[0].median_s, whole.median_s);
  EXPECT_DOUBLE_EQ(joined[0].spread, whole.spread);
  EXPECT_EQ(joined[0].grade, whole.grade);
  EXPECT_NE(joined[0].grade, 'F');
}

// Measured while something else ran: left out as soon as there is something better.
TEST(CombineTest, LeavesOutDriftedOnes) {
  Measurement drifted = timed({2.0, 2.0}, 1);
  drifted.reference_drift = 0.5;
  drifted.grade = 'F';
  auto joined = combine_repetitions({drifted, timed({1.0, 1.0}, 2)});
  EXPECT_EQ(joined[0].runs_s, (std::vector<double>{1.0, 1.0}));
  EXPECT_EQ(joined[0].grade, 'A');
  Measurement other = drifted;
  other.session = 2;
  other.reference_drift = -0.7;
  joined = combine_repetitions({drifted, other});  // nothing better: kept, and marked
  EXPECT_EQ(joined[0].runs_s.size(), 4u);
  EXPECT_EQ(joined[0].grade, 'F');
  EXPECT_EQ(joined[0].reference_drift, -0.7);
}

// Many runs that scatter wildly are not a piece but noise.
TEST(CombineTest, LeavesOutNoisyOnes) {
  const Measurement noisy = timed({1, 9, 2, 8, 3, 7, 4}, 1);
  ASSERT_EQ(noisy.grade, 'F');
  const auto joined = combine_repetitions({noisy, timed({1.0, 1.0}, 2)});
  EXPECT_EQ(joined[0].runs_s.size(), 2u);
}

// Sessions that disagree make the result uncertain, however sure each was of itself.
TEST(CombineTest, CountsDisagreementOfSessions) {
  const auto joined = combine_repetitions(
      {timed(std::vector<double>(10, 1.0), 1), timed(std::vector<double>(10, 1.3), 2)});
  EXPECT_GE(joined[0].grade, 'E');
  EXPECT_GT(joined[0].spread, 0.1);
}

// Success counts more than an earlier or later failure; of failures the latest reason counts.
TEST(CombineTest, PrefersSuccess) {
  auto joined = combine_repetitions({refused("old"), timed({1.0, 1.0}), refused("new")});
  EXPECT_EQ(joined[0].status, MeasurementStatus::kOk);
  EXPECT_EQ(joined[0].runs_s.size(), 2u);
  joined = combine_repetitions({refused("old"), refused("new")});
  EXPECT_EQ(joined[0].status, MeasurementStatus::kRefused);
  EXPECT_EQ(joined[0].reason, "new");
}

// Whatever is joined: one result per key, the median within the runs used, runs taken from the
// input in order, and joining again changes neither median nor runs.
TEST(CombineTest, HoldsForAnything) {
  rc::check([] {
    std::vector<Measurement> all;
    const int count = *rc::gen::inRange(0, 12);
    for (int i = 0; i < count; ++i) {
      std::vector<double> runs;
      for (int64_t n = *rc::gen::inRange(1, 9); n > 0; --n)
        runs.push_back(*rc::gen::inRange(1, 1000) * 1e-3);
      all.push_back(timed(runs, *rc::gen::inRange(1, 4), *rc::gen::element<std::string>("a", "b")));
      all.back().reference_drift = *rc::gen::element(0.0, 0.2);
      if (*rc::gen::inRange(0, 4) == 0) all.back().status = MeasurementStatus::kFailed;
    }
    const auto joined = combine_repetitions(all);
    RC_ASSERT(std::is_sorted(joined.begin(), joined.end(),
                             [](const auto& a, const auto& b) { return a.key < b.key; }));
    for (const Measurement& m : joined) {
      RC_ASSERT(!m.runs_s.empty());
      RC_ASSERT(m.median_s >= *std::min_element(m.runs_s.begin(), m.runs_s.end()));
      RC_ASSERT(m.median_s <= *std::max_element(m.runs_s.begin(), m.runs_s.end()));
    }
    const auto again = combine_repetitions(joined);
    RC_ASSERT(again.size() == joined.size());
    for (std::size_t i = 0; i < joined.size(); ++i) {
      RC_ASSERT(again[i].median_s == joined[i].median_s);
      RC_ASSERT(again[i].runs_s == joined[i].runs_s);
    }
  });
}

}  // namespace
}  // namespace kernwise
