// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include "store/store_fixture.h"

namespace kernwise {
namespace {

TEST(StoreReadOnlyTest, RefusesToWrite) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 2);
  auto store = must_open(folder / "s.db", StoreMode::kReadOnly);
  EXPECT_FALSE(store->begin_session(sample_device(), sample_context()).ok());
  EXPECT_FALSE(store->append(sample_batch(0, 1, 1)).ok());
  EXPECT_EQ(store->query({})->size(), 2u);
}

// The rest needs a folder that cannot be written, as on a read-only file system; permission bits
// do that for everyone but root, so root becomes nobody first.
class StoreReadOnlyFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) ::chmod(folder_.path().c_str(), 0755);
  }
  void close_folder() {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      ::chmod(entry.path().c_str(), 0444);
    }
    ::chmod(folder_.path().c_str(), 0555);
  }
  void TearDown() override { ::chmod(folder_.path().c_str(), 0755); }

  // Rows that a process without rights reads, or 250 and a message.
  int rows_as_nobody() {
    return as_nobody([&] {
      auto store = open_sqlite_store(folder_ / "s.db", StoreMode::kReadOnly);
      if (!store.ok()) {
        std::cerr << to_string(store.error()) << "\n";
        return 250;
      }
      const auto rows = (*store)->query({});
      if (!rows.ok()) std::cerr << to_string(rows.error()) << "\n";
      return rows.ok() ? static_cast<int>(rows->size()) : 250;
    });
  }

  TemporaryFolder folder_;
};

TEST_F(StoreReadOnlyFolderTest, ReadsAClosedStore) {
  fill_store(folder_ / "s.db", 5);
  ASSERT_FALSE(std::filesystem::exists(folder_ / "s.db-wal"));
  close_folder();
  EXPECT_EQ(rows_as_nobody(), 5);
}

// A reader with rights leaves an empty log behind.
TEST_F(StoreReadOnlyFolderTest, ReadsAStoreWithAnEmptyLog) {
  fill_store(folder_ / "s.db", 5);
  write_content(folder_ / "s.db-wal", "");
  close_folder();
  EXPECT_EQ(rows_as_nobody(), 5);
}

// A store whose last batches stand only in the log, as after a kill, copied without its index.
TEST_F(StoreReadOnlyFolderTest, ReadsWhatStandsOnlyInTheLog) {
  {
    const TemporaryFolder elsewhere;
    fill_store(elsewhere / "s.db", 5);
    auto store = must_open(elsewhere / "s.db");
    ASSERT_TRUE(store->append(sample_batch(5, 6, 1)).ok());
    std::filesystem::copy(elsewhere / "s.db", folder_ / "s.db");
    std::filesystem::copy(elsewhere / "s.db-wal", folder_ / "s.db-wal");
  }
  ASSERT_GT(std::filesystem::file_size(folder_ / "s.db-wal"), 0u);
  close_folder();
  EXPECT_EQ(rows_as_nobody(), 11);
}

// While somebody with rights writes, somebody without them reads.
TEST_F(StoreReadOnlyFolderTest, ReadsBesideAWriter) {
  fill_store(folder_ / "s.db", 5);
  auto writer = must_open(folder_ / "s.db");
  ASSERT_TRUE(writer->append(sample_batch(5, 2, 1)).ok());
  close_folder();
  EXPECT_EQ(rows_as_nobody(), 7);
}

TEST_F(StoreReadOnlyFolderTest, RefusesToOpenForWriting) {
  fill_store(folder_ / "s.db", 1);
  close_folder();
  EXPECT_EQ(as_nobody([&] {
              return expect_error(open_sqlite_store(folder_ / "s.db", StoreMode::kReadWrite),
                                  "cannot be written");
            }),
            0);
  EXPECT_EQ(as_nobody([&] {
              return expect_error(open_sqlite_store(folder_ / "new.db", StoreMode::kReadWrite),
                                  "new.db");
            }),
            0);
  EXPECT_EQ(as_nobody([&] {
              return expect_error(open_sqlite_store(folder_ / "sub/new.db", StoreMode::kReadWrite),
                                  "folder cannot be created");
            }),
            0);
}

// A file that may be written in a folder that may not: there is no place for the log.
TEST_F(StoreReadOnlyFolderTest, RefusesAWritableFileInAReadOnlyFolder) {
  fill_store(folder_ / "s.db", 1);
  close_folder();
  ::chmod((folder_ / "s.db").c_str(), 0666);
  EXPECT_EQ(as_nobody([&] {
              return expect_error(open_sqlite_store(folder_ / "s.db", StoreMode::kReadWrite),
                                  "s.db");
            }),
            0);
}

TEST_F(StoreReadOnlyFolderTest, SaysThatAFileCannotBeRead) {
  fill_store(folder_ / "s.db", 1);
  ::chmod((folder_ / "s.db").c_str(), 0000);
  for (const StoreMode mode : {StoreMode::kReadWrite, StoreMode::kReadOnly}) {
    EXPECT_EQ(as_nobody([&] {
                return expect_error(open_sqlite_store(folder_ / "s.db", mode), "cannot be opened");
              }),
              0);
  }
}

// A folder on the way that may not be searched.
TEST_F(StoreReadOnlyFolderTest, SaysThatAFolderCannotBeSearched) {
  fill_store(folder_ / "closed/s.db", 1);
  ::chmod((folder_ / "closed").c_str(), 0000);
  for (const StoreMode mode : {StoreMode::kReadWrite, StoreMode::kReadOnly}) {
    EXPECT_EQ(as_nobody([&] {
                return expect_error(open_sqlite_store(folder_ / "closed/s.db", mode),
                                    "cannot be opened");
              }),
              0);
  }
  ::chmod((folder_ / "closed").c_str(), 0755);
}

}  // namespace
}  // namespace kernwise
