// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "kernwise/base/rng.h"
#include "store/store_fixture.h"

namespace kernwise {
namespace {

constexpr std::array<StoreMode, 2> kModes = {StoreMode::kReadWrite, StoreMode::kReadOnly};

TEST(StoreBadFileTest, RefusesAText) {
  const TemporaryFolder folder;
  const std::string text(5000, 'x');
  write_content(folder / "notes.txt", text);
  write_content(folder / "short.txt", "no database\n");
  for (const StoreMode mode : kModes) {
    EXPECT_EQ(expect_error(open_sqlite_store(folder / "notes.txt", mode), "no kernwise store"), 0);
    EXPECT_EQ(expect_error(open_sqlite_store(folder / "short.txt", mode), "no kernwise store"), 0);
  }
  EXPECT_EQ(file_content(folder / "notes.txt"), text);
  EXPECT_EQ(file_content(folder / "short.txt"), "no database\n");
}

TEST(StoreBadFileTest, RefusesAFolder) {
  const TemporaryFolder folder;
  for (const StoreMode mode : kModes) {
    EXPECT_EQ(expect_error(open_sqlite_store(folder.path(), mode), "is a folder"), 0);
  }
  EXPECT_EQ(
      expect_error(open_sqlite_store(folder / "new/", StoreMode::kReadWrite), "names a folder"), 0);
}

// A pipe would make the first read wait for ever.
TEST(StoreBadFileTest, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const StoreMode mode : kModes) {
    EXPECT_EQ(expect_error(open_sqlite_store(folder / "pipe", mode), "neither a file nor a folder"),
              0);
    EXPECT_EQ(expect_error(open_sqlite_store("/dev/null", mode), "neither a file nor a folder"), 0);
  }
}

TEST(StoreBadFileTest, RefusesAnEmptyPath) {
  for (const StoreMode mode : kModes) {
    EXPECT_EQ(expect_error(open_sqlite_store("", mode), "path of the store is empty"), 0);
  }
}

TEST(StoreBadFileTest, SaysThatAFileToReadIsMissing) {
  const TemporaryFolder folder;
  EXPECT_EQ(
      expect_error(open_sqlite_store(folder / "none.db", StoreMode::kReadOnly), "does not exist"),
      0);
  EXPECT_EQ(expect_error(open_sqlite_store(folder / "none/none.db", StoreMode::kReadOnly),
                         "does not exist"),
            0);
  EXPECT_FALSE(std::filesystem::exists(folder / "none"));
}

TEST(StoreBadFileTest, CreatesItsFolders) {
  const TemporaryFolder folder;
  fill_store(folder / "a/b/c/s.db", 1);
  EXPECT_EQ(rows_in(folder / "a/b/c/s.db"), 1u);
}

// Below a regular file nothing can be created, whoever asks.
TEST(StoreBadFileTest, SaysThatAFolderCannotBeCreated) {
  const TemporaryFolder folder;
  write_content(folder / "file", "x");
  EXPECT_EQ(expect_error(open_sqlite_store(folder / "file/sub/s.db", StoreMode::kReadWrite),
                         "file/sub/s.db"),
            0);
  EXPECT_EQ(
      expect_error(open_sqlite_store(folder / "file/s.db", StoreMode::kReadWrite), "file/s.db"), 0);
  EXPECT_EQ(
      expect_error(open_sqlite_store(folder / "file/s.db", StoreMode::kReadOnly), "file/s.db"), 0);
}

// An empty file is what a kill right after creation leaves. To a writer it is a new store; to a
// reader it holds nothing, and it says so rather than giving an empty answer.
TEST(StoreBadFileTest, TakesAnEmptyFileAsNew) {
  const TemporaryFolder folder;
  write_content(folder / "s.db", "");
  EXPECT_EQ(expect_error(open_sqlite_store(folder / "s.db", StoreMode::kReadOnly), "is empty"), 0);
  EXPECT_EQ(file_content(folder / "s.db"), "");
  fill_store(folder / "s.db", 2);
  EXPECT_EQ(rows_in(folder / "s.db"), 2u);
}

// Cut off anywhere, a store is either refused or, never, silently short.
TEST(StoreBadFileTest, NoticesTruncation) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 200);
  const std::string whole = file_content(folder / "s.db");
  ASSERT_GT(whole.size(), 40000u);
  for (const StoreMode mode : kModes) {
    for (std::size_t size = 1; size < whole.size(); size += size < 8192 ? 509 : 1021) {
      write_content(folder / "cut.db", whole.substr(0, size));
      EXPECT_EQ(expect_error(open_sqlite_store(folder / "cut.db", mode), "cut.db"), 0) << size;
    }
    for (std::size_t size = 4096; size < whole.size(); size += 4096) {  // between two pages
      write_content(folder / "cut.db", whole.substr(0, size));
      EXPECT_EQ(expect_error(open_sqlite_store(folder / "cut.db", mode), "cut.db"), 0) << size;
    }
  }
}

// Random damage never ends the process: opening, reading and writing give a value or an error.
TEST(StoreBadFileTest, SurvivesDamage) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 40);
  const std::string whole = file_content(folder / "s.db");
  Rng rng;
  int refused = 0;
  for (int round = 0; round < 150; ++round) {
    std::string damaged = whole;
    const int64_t hits = rng.integer(1, 200);
    for (int64_t i = 0; i < hits; ++i) {
      // Half of them into the head and the schema, where they matter most.
      const int64_t last = rng.integer(0, 1) == 0 ? 8191 : static_cast<int64_t>(whole.size()) - 1;
      damaged[static_cast<std::size_t>(rng.integer(0, last))] =
          static_cast<char>(rng.integer(0, 255));
    }
    const auto path = folder / "damaged.db";
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
      std::filesystem::remove(path.string() + suffix);
    }
    write_content(path, damaged);
    auto store = open_sqlite_store(path, kModes[static_cast<std::size_t>(round % 2)]);
    if (!store.ok()) {
      ++refused;
      EXPECT_FALSE(store.error().message.empty());
      continue;
    }
    const auto rows = (*store)->query({});
    if (!rows.ok()) {
      ++refused;
      EXPECT_FALSE(rows.error().message.empty());
    }
    if (round % 2 == 0) (void)(*store)->append(sample_batch(0, 5, 1)).ok();
  }
  EXPECT_GT(refused, 50);
}

// Somebody who holds the lock for ever is named as the cause; a reader is not held up at all.
TEST(StoreBadFileTest, ReadsWhileAnotherProcessWrites) {
  const TemporaryFolder folder;
  fill_store(folder / "s.db", 3);
  SQLite::Database writer((folder / "s.db").string(), SQLite::OPEN_READWRITE);
  writer.exec("BEGIN IMMEDIATE");
  EXPECT_EQ(rows_in(folder / "s.db"), 3u);
  writer.exec("ROLLBACK");
}

}  // namespace
}  // namespace kernwise
