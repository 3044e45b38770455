// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "device/loops.h"

#include <gtest/gtest.h>

#include "kernwise/base/aligned_buffer.h"

namespace kernwise::detail {
namespace {

// x -> x/2 + 1/2 tends to 1 in every lane of every chain: 12 times the number of lanes in the end,
// and that number is what the count of multiply-adds is made of.
TEST(LoopsTest, DoTheMultiplyAddsTheyCount) {
  float sink = 0;
  const int64_t count = multiply_add_loop(200, &sink);
  EXPECT_EQ(count % (12 * 200), 0);
  EXPECT_FLOAT_EQ(sink, static_cast<float>(count / 200));
  multiply_add_loop(0, &sink);
  EXPECT_EQ(multiply_add_loop(400, &sink), 2 * count);
}

// Small whole numbers add up exactly in any order, so a part that was not read would show.
TEST(LoopsTest, SumEverything) {
  AlignedBuffer buffer{Bytes{3072 * 4}};
  for (const int64_t count : {1024, 2048, 3072}) {
    double expected = 0;
    for (int64_t i = 0; i < 3072; ++i) {
      buffer.floats()[i] = static_cast<float>(i % 97);
      if (i < count) expected += static_cast<double>(i % 97);
    }
    EXPECT_EQ(static_cast<double>(sum_loop(buffer.floats(), count)), expected);
  }
}

}  // namespace
}  // namespace kernwise::detail
