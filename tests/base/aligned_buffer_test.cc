// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/aligned_buffer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <utility>

namespace kernwise {
namespace {

TEST(AlignedBufferTest, BlocksAreAlignedForVectorsAndHugePages) {
  for (const int64_t size : {int64_t{1}, int64_t{63}, int64_t{65}, int64_t{4097}}) {
    AlignedBuffer buffer(Bytes{size});
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % AlignedBuffer::kAlignment, 0U);
    EXPECT_EQ(buffer.size(), Bytes{size});
    std::memset(buffer.data(), 1, static_cast<std::size_t>(size));  // a sanitizer sees a short one
  }
  AlignedBuffer large(Bytes{(2 << 20) + 1});
  EXPECT_EQ(reinterpret_cast<uintptr_t>(large.data()) % (2 << 20), 0U);
}

TEST(AlignedBufferTest, AnEmptyBufferHasNoData) {
  AlignedBuffer none, zero(Bytes{0});
  EXPECT_EQ(none.data(), nullptr);
  EXPECT_EQ(zero.data(), nullptr);
}

TEST(AlignedBufferTest, MovingKeepsTheBlock) {
  AlignedBuffer a(Bytes{256});
  a.floats()[63] = 7;
  const float* const before = a.floats();
  const AlignedBuffer b = std::move(a);
  EXPECT_EQ(b.floats(), before);
  EXPECT_EQ(b.floats()[63], 7);
}

TEST(AlignedBufferDeathTest, ANegativeSizeIsABug) {
  EXPECT_DEATH(AlignedBuffer(Bytes{-1}), "check failed");
}

}  // namespace
}  // namespace kernwise
