// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "profile/halving.h"
#include "kernwise/profile/profiler.h"

#include <gtest/gtest.h>

#include <vector>

namespace kernwise {
namespace {

std::vector<double> steady(double seconds, int runs) {
  return std::vector<double>(static_cast<std::size_t>(runs), seconds);
}

// Half of the runs are a tenth slower: the median may be either.
std::vector<double> noisy(double seconds, int runs) {
  std::vector<double> all;
  for (int i = 0; i < runs; ++i) all.push_back(i % 2 == 0 ? seconds : 1.1 * seconds);
  return all;
}

bool finished(const std::vector<std::vector<double>>& rivals) {
  std::vector<const std::vector<double>*> pointers;
  for (const auto& runs : rivals) pointers.push_back(&runs);
  return halving_finished(pointers);
}

TEST(Halving, NobodyIsFinishedBeforeEverybodyHasRun) {
  EXPECT_FALSE(finished({steady(1, 16), {}}));
  EXPECT_FALSE(finished({steady(1, 8), steady(3, 2)}));
}

TEST(Halving, AClearWinnerEndsIt) { EXPECT_TRUE(finished({steady(1, 16), steady(1.4, 4)})); }

TEST(Halving, AnUncertainRivalOfTheLastRoundDoesNot) {
  EXPECT_FALSE(finished({steady(1, 16), noisy(1.02, 16)}));
  EXPECT_FALSE(finished({noisy(1, 16), steady(1.4, 4)}));
  EXPECT_TRUE(finished({steady(1, 16), steady(1.02, 16)}));
  EXPECT_TRUE(finished({steady(1, 16), noisy(1.02, 40)}));
}

// One slow run may be a spike; the fastest says whether the candidate is slow.
TEST(Halving, WithoutAContestTheSlowRunLessOften) {
  EXPECT_EQ(runs_of_each({}), kRunsOfEach);
  EXPECT_EQ(runs_of_each({0.04, 0.04}), kRunsOfEach);
  EXPECT_EQ(runs_of_each({0.04, 3}), kRunsOfEach);
  EXPECT_EQ(runs_of_each({2, 3}), kRunsOfEachSlow);
  EXPECT_EQ(runs_of_each({0.04}, 3), 3);
  EXPECT_EQ(runs_of_each({2}, 1), 1);
}

}  // namespace
}  // namespace kernwise
