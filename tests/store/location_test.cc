// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include "store/store_fixture.h"

namespace kernwise {
namespace {

TEST(LocationTest, ShowsNoPassword) {
  EXPECT_EQ(shown_location("measurements.db"), "measurements.db");
  EXPECT_EQ(shown_location("postgresql://me:secret@host:5432/db"),
            "postgresql://me:***@host:5432/db");
  EXPECT_EQ(shown_location("postgres://me@host/db?password=secret&sslmode=require"),
            "postgres://me@host/db?password=***&sslmode=require");
  EXPECT_EQ(shown_location("postgresql://me:se@cret@host/db"), "postgresql://me:***@host/db");
  EXPECT_EQ(shown_location("postgresql://host:5432/db"), "postgresql://host:5432/db");
  EXPECT_EQ(shown_location("postgresql:///db?sslpassword=x"), "postgresql:///db?sslpassword=***");
}

TEST(LocationTest, FilesAndDatabasesAreToldApart) {
  EXPECT_TRUE(is_database_location("postgresql://host/db"));
  EXPECT_TRUE(is_database_location("postgres://host/db"));
  EXPECT_FALSE(is_database_location("postgresql"));
  EXPECT_FALSE(is_database_location("/data/measurements.db"));
  const TemporaryFolder folder;
  EXPECT_TRUE(open_store((folder / "s.db").string(), StoreMode::kReadWrite).ok());
  EXPECT_EQ(expect_error(open_store("mysql://host/db", StoreMode::kReadOnly), "no stores"), 0);
}

}  // namespace
}  // namespace kernwise
