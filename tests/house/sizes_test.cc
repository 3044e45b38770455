// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Short files keep one concept each. The caps are a house rule: 800 lines, tests 1000; half of all
// sources stay within 150.
#include <gtest/gtest.h>

#include <algorithm>

#include "source_tree.h"

namespace kernwise::house {
namespace {

const std::vector<std::string> kText = {".cc", ".h", ".cmake", ".txt", ".mjs", ".sh", ".md"};

TEST(Sizes, NoFileIsLongerThanEightHundredLines) {
  for (const SourceFile& file : source_files(
           {"src", "include", "fuzz", "bench", "examples", "tools", "cmake", "docs"}, kText)) {
    EXPECT_LE(file.lines.size(), 800U) << file.path;
  }
}

TEST(Sizes, NoTestIsLongerThanAThousandLines) {
  for (const SourceFile& file : source_files({"tests"}, kText)) {
    EXPECT_LE(file.lines.size(), 1000U) << file.path;
  }
}

TEST(Sizes, HalfOfTheSourcesStayWithinOneHundredAndFiftyLines) {
  std::vector<std::size_t> sizes;
  for (const SourceFile& file : source_files({"src", "include"}, {".cc", ".h"})) {
    sizes.push_back(file.lines.size());
  }
  ASSERT_GT(sizes.size(), 50U) << "the sources were not found";
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
  std::nth_element(sizes.begin(), middle, sizes.end());
  EXPECT_LE(*middle, 150U);
}

TEST(Sizes, NoLineIsLongerThanOneHundredColumns) {
  for (const SourceFile& file :
       source_files({"src", "include", "tests", "fuzz", "examples"}, {".cc", ".h"})) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      // Columns, not bytes: continuation bytes of UTF-8 take none.
      const auto columns = std::count_if(file.lines[i].begin(), file.lines[i].end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
      });
      EXPECT_LE(columns, 100) << file.path << ":" << i + 1;
    }
  }
}

}  // namespace
}  // namespace kernwise::house
