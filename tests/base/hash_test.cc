// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/hash.h"

#include <gtest/gtest.h>

namespace kernwise {
namespace {

// Stores and plans hold these. The first is XXH3's published hash of nothing.
TEST(HashTest, ValuesAreFrozen) {
  EXPECT_EQ(content_hash(""), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(content_hash("kernwise"), "4b619cd5ec64f4bf15668eeaab359628");
}

TEST(HashTest, TextAndBytesOfTheSameContentAgree) {
  const std::string_view text("\0a\xff", 3);
  EXPECT_EQ(content_hash(text), content_hash(std::as_bytes(std::span(text.data(), text.size()))));
}

TEST(HashTest, OneChangedBitChangesTheHash) {
  std::string text(1000, 'x');
  const std::string before = content_hash(text);
  text[999] = 'y';
  EXPECT_NE(content_hash(text), before);
}

}  // namespace
}  // namespace kernwise
