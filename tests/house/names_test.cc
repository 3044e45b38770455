// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A name says what is inside, so there are no drawers for the rest; every source states its
// licence.
#include <gtest/gtest.h>

#include <array>
#include <regex>

#include "source_tree.h"

namespace kernwise::house {
namespace {

const std::vector<std::string> kEverySource = {"src", "include", "tests", "fuzz", "examples"};

TEST(Names, NoFolderIsADrawer) {
  constexpr std::array<std::string_view, 6> kDrawers = {"utils",  "util",    "misc",
                                                        "common", "helpers", "stuff"};
  for (const SourceFile& file : source_files(kEverySource, {})) {
    std::vector<std::string> folders = path_parts(file.path);
    folders.pop_back();
    for (const std::string& folder : folders) {
      for (const std::string_view drawer : kDrawers) EXPECT_NE(folder, drawer) << file.path;
    }
  }
}

TEST(Names, SourcesAreInSnakeCase) {
  const std::regex snake("[a-z][a-z0-9]*(_[a-z0-9]+)*\\.(cc|h)");
  for (const SourceFile& file : source_files(kEverySource, {".cc", ".h", ".cpp", ".hpp", ".cxx"})) {
    EXPECT_TRUE(std::regex_match(path_parts(file.path).back(), snake)) << file.path;
  }
}

TEST(Names, FoldersBelowSrcAreAtMostTwoDeep) {
  for (const SourceFile& file : source_files({"src"}, {".cc", ".h"})) {
    EXPECT_LE(path_parts(file.path).size(), 4U) << file.path;
  }
}

TEST(Names, EverySourceStatesItsLicence) {
  int checked = 0;
  for (const SourceFile& file : source_files(kEverySource, {".cc", ".h"})) {
    ASSERT_GE(file.lines.size(), 2U) << file.path;
    EXPECT_EQ(file.lines[0], "// SPDX-License-Identifier: Apache-2.0") << file.path;
    EXPECT_EQ(file.lines[1], "// SPDX-FileCopyrightText: 2026 The kernwise authors") << file.path;
    ++checked;
  }
  EXPECT_GT(checked, 100) << "the sources were not found";
}

// Save the ones named _inl.h, which Highway includes once for each instruction set.
TEST(Names, EveryHeaderIsGuardedTheSameWay) {
  for (const SourceFile& file : source_files(kEverySource, {".h"})) {
    bool guarded = false;
    const bool per_target = file.path.ends_with("_inl.h");
    for (const std::string& line : file.lines) {
      guarded = guarded || (per_target ? line.find("HWY_TARGET_TOGGLE") != std::string::npos
                                       : line == "#pragma once");
    }
    EXPECT_TRUE(guarded) << file.path;
  }
}

}  // namespace
}  // namespace kernwise::house
