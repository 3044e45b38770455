// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/profile/witness.h"

#include <gtest/gtest.h>
#include <sched.h>

namespace kernwise {
namespace {

TEST(Witness, NothingIsFasterThanTheFastest) {
  Witness witness;
  for (int i = 0; i < 20; ++i) {
    EXPECT_GE(witness.slowdown(1), 0);
    EXPECT_GE(witness.slowdown(2), 0);
    EXPECT_GE(witness.slowdown_of_each(), 0);
  }
}

TEST(Witness, ItCountsWhatItWasAskedAndWhatItRefused) {
  Witness witness;
  long refused = 0;
  for (int i = 0; i < 20; ++i) refused += witness.disturbed(1);
  for (int i = 0; i < 5; ++i) refused += witness.disturbed_anywhere();
  EXPECT_EQ(witness.asked(), 25);
  EXPECT_EQ(witness.refused(), refused);
}

// It goes from processor to processor, and leaves the thread where it may run as it was.
TEST(Witness, TheThreadIsBoundAsBefore) {
  cpu_set_t before, after;
  CPU_ZERO(&before);
  CPU_ZERO(&after);
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  Witness witness;
  witness.slowdown_of_each();
  ASSERT_EQ(sched_getaffinity(0, sizeof after, &after), 0);
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

}  // namespace
}  // namespace kernwise
