// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <iostream>

#include "cli/kill_trial.h"

namespace kernwise {
namespace {

TEST(Killed, NothingIsLostAndNothingHalfWrittenIsRead) {
  const KillCounts counts = run_kill_trial(KERNWISE_KILLS, 1);
  std::cout << counts << "\n";
  EXPECT_GE(counts.kills, KERNWISE_KILLS);
  EXPECT_EQ(counts.lost, 0);
  EXPECT_EQ(counts.broken, 0);
  EXPECT_EQ(counts.half_merged, 0);
  EXPECT_EQ(counts.refused, 0);
}

}  // namespace
}  // namespace kernwise
