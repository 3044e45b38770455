// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/runtime/memory_plan.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace kernwise {
namespace {

// The one property that matters: two tensors that are needed at the same step never share a byte.
TEST(MemoryPlan, TensorsAliveTogetherDoNotOverlap) {
  EXPECT_TRUE(rc::check([] {
    const auto count = *rc::gen::inRange(0, 24);
    std::vector<TensorLifetime> tensors;
    for (int i = 0; i < count; ++i) {
      const int first = *rc::gen::inRange(0, 20);
      tensors.push_back(
          {*rc::gen::inRange<int64_t>(0, 5000), first, first + *rc::gen::inRange(0, 8)});
    }
    const MemoryPlan plan = plan_memory(tensors);
    RC_ASSERT(plan.offsets.size() == tensors.size());
    RC_ASSERT(plan.arena.value >= plan.lower_bound.value);
    for (std::size_t a = 0; a < tensors.size(); ++a) {
      RC_ASSERT(plan.offsets[a] % 64 == 0);
      RC_ASSERT(plan.offsets[a] + tensors[a].bytes <= plan.arena.value);
      for (std::size_t b = 0; b < a; ++b) {
        const bool together = tensors[a].first_step <= tensors[b].last_step &&
                              tensors[b].first_step <= tensors[a].last_step;
        const bool apart = plan.offsets[a] + tensors[a].bytes <= plan.offsets[b] ||
                           plan.offsets[b] + tensors[b].bytes <= plan.offsets[a];
        RC_ASSERT(!together || apart);
      }
    }
  }));
}

TEST(MemoryPlan, AChainNeedsItsTwoLargestNeighbours) {
  // 0 -> 1 -> 2 -> 3: only neighbours are alive together.
  const MemoryPlan plan = plan_memory({{640, 0, 1}, {1280, 1, 2}, {320, 2, 3}, {64, 3, 4}});
  EXPECT_EQ(plan.lower_bound.value, 640 + 1280);
  EXPECT_EQ(plan.arena.value, 640 + 1280);
}

}  // namespace
}  // namespace kernwise
