// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/temporary_folder.h"

#include <gtest/gtest.h>

#include "kernwise/base/file.h"

namespace kernwise {
namespace {

TEST(TemporaryFolder, GoesAwayWithAllInIt) {
  std::filesystem::path path;
  {
    Result<TemporaryFolder> made = TemporaryFolder::make();
    ASSERT_TRUE(made.ok()) << to_string(made.error());
    const TemporaryFolder folder = std::move(made).value();  // moved from: removes nothing
    path = folder.path();
    ASSERT_TRUE(write_file(path / "file", "text").ok());
    EXPECT_TRUE(std::filesystem::exists(path / "file"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace kernwise
