// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/base/file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace kernwise {
namespace {

namespace fs = std::filesystem;

constexpr Bytes kPlenty{1 << 20};

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "kernwise_file_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_)) found.insert(entry.path().filename());
    return found;
  }
  static void plain_write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }

  fs::path folder_;
};

TEST_F(FileTest, WhatIsWrittenIsRead) {
  const fs::path path = folder_ / "a.bin";
  for (const std::string& text :
       {std::string(), std::string("x"), std::string("\0\n\xff", 3), std::string(300'000, 'y')}) {
    ASSERT_TRUE(write_file(path, text).ok());
    const auto back = read_file(path, kPlenty);
    ASSERT_TRUE(back.ok()) << to_string(back.error());
    EXPECT_EQ(*back, text);
  }
  EXPECT_EQ(names(), std::set<std::string>{"a.bin"});
}

TEST_F(FileTest, ReadingAMissingFileNamesIt) {
  const auto missing = read_file(folder_ / "missing", kPlenty);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(missing.error().context.at(0), (folder_ / "missing").string());
}

TEST_F(FileTest, ReadingAFolderSaysSo) {
  const auto folder = read_file(folder_, kPlenty);
  ASSERT_FALSE(folder.ok());
  EXPECT_NE(folder.error().message.find("folder"), std::string::npos);
}

TEST_F(FileTest, TheLimitIsInclusive) {
  const fs::path path = folder_ / "a";
  plain_write(path, "12345");
  EXPECT_TRUE(read_file(path, Bytes{5}).ok());
  const auto over = read_file(path, Bytes{4});
  ASSERT_FALSE(over.ok());
  EXPECT_NE(over.error().message.find("limit of 4 B"), std::string::npos);
  plain_write(path, "");
  EXPECT_TRUE(read_file(path, Bytes{0}).ok());
}

// A pipe has no size: the limit must hold for what arrives, even less than one block of it.
TEST_F(FileTest, TheLimitHoldsForPipes) {
  const fs::path path = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  for (const int64_t limit : {4, 5, 100}) {
    std::thread writer([&] { plain_write(path, "12345"); });
    const auto got = read_file(path, Bytes{limit});
    writer.join();
    ASSERT_EQ(got.ok(), limit >= 5) << limit;
    if (got.ok()) {
      EXPECT_EQ(*got, "12345");
    }
  }
}

TEST_F(FileTest, FilesWithoutASizeAreReadWhole) {
  const auto status = read_file("/proc/self/status", kPlenty);
  ASSERT_TRUE(status.ok());
  EXPECT_NE(status->find("VmPeak"), std::string::npos);
}

TEST_F(FileTest, WritingIntoAMissingFolderFailsAndNamesTheFile) {
  const fs::path path = folder_ / "none" / "a";
  const Status status = write_file(path, "x");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(status.error().context.at(0), path.string());
  EXPECT_FALSE(write_file("/proc/kernwise_test", "x").ok());
}

TEST_F(FileTest, WritingToAFolderFailsAndLeavesIt) {
  const Status status = write_file(folder_, "x");
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("folder"), std::string::npos);
  EXPECT_TRUE(fs::is_directory(folder_));
}

// Root may write anywhere, so root becomes nobody for the time of the attempt.
TEST_F(FileTest, AnUnwritableFolderOrFileIsRefused) {
  plain_write(folder_ / "a", "old");
  fs::create_directory(folder_ / "open");
  plain_write(folder_ / "open" / "read-only", "old");
  ASSERT_EQ(::chmod((folder_ / "open" / "read-only").c_str(), 0444), 0);
  ASSERT_EQ(::chmod((folder_ / "open").c_str(), 0777), 0);
  ASSERT_EQ(::chmod(folder_.c_str(), 0555), 0);
  const uid_t user = ::geteuid();
  if (user == 0) {
    ASSERT_EQ(::seteuid(65534), 0);
  }
  const Status replaced = write_file(folder_ / "a", "new");
  const Status created = write_file(folder_ / "b", "new");
  const Status read_only = write_file(folder_ / "open" / "read-only", "new");
  if (user == 0) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_EQ(::chmod(folder_.c_str(), 0755), 0);
  for (const Status& status : {replaced, created, read_only}) {
    ASSERT_FALSE(status.ok());
    EXPECT_NE(status.error().message.find("Permission denied"), std::string::npos);
  }
  EXPECT_EQ(*read_file(folder_ / "a", kPlenty), "old");
  EXPECT_EQ(*read_file(folder_ / "open" / "read-only", kPlenty), "old");
  EXPECT_EQ(names(), (std::set<std::string>{"a", "open"}));
}

// A disk that fills up in the middle of writing: an error, the old content, no leftover. The size
// limit of the process plays the disk.
TEST_F(FileTest, AFailedWriteLeavesTheOldContentAndNothingElse) {
  const fs::path path = folder_ / "a";
  ASSERT_TRUE(write_file(path, "old").ok());
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 100'000;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status status = write_file(path, std::string(200'000, 'z'));
  const Status fresh = write_file(folder_ / "b", std::string(200'000, 'z'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(status.ok());
  EXPECT_FALSE(fresh.ok());
  EXPECT_EQ(*read_file(path, kPlenty), "old");
  EXPECT_EQ(names(), std::set<std::string>{"a"});
}

TEST_F(FileTest, AReaderNeverSeesHalfAFile) {
  const fs::path path = folder_ / "a";
  const std::string ones(100'000, '1'), twos(100'000, '2');
  ASSERT_TRUE(write_file(path, ones).ok());
  std::thread writer([&] {
    for (int i = 0; i < 40; ++i) EXPECT_TRUE(write_file(path, i % 2 == 0 ? twos : ones).ok());
  });
  for (int i = 0; i < 200; ++i) {
    const auto seen = read_file(path, kPlenty);
    ASSERT_TRUE(seen.ok());
    EXPECT_TRUE(*seen == ones || *seen == twos);
  }
  writer.join();
}

// Several threads writing one file at once: each write is whole, the last one stays.
TEST_F(FileTest, WritersOfOneFileDoNotMix) {
  const fs::path path = folder_ / "a";
  std::vector<std::thread> writers;
  for (char c = 'a'; c < 'e'; ++c) {
    writers.emplace_back([&path, c] {
      for (int i = 0; i < 10; ++i) EXPECT_TRUE(write_file(path, std::string(50'000, c)).ok());
    });
  }
  for (std::thread& writer : writers) writer.join();
  const auto seen = read_file(path, kPlenty);
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(*seen, std::string(50'000, seen->at(0)));
  EXPECT_EQ(names(), std::set<std::string>{"a"});
}

// What a killed process left behind neither blocks a write nor is overwritten.
TEST_F(FileTest, ALeftoverIsPassedBy) {
  const std::string leftover = "a.tmp" + std::to_string(::getpid()) + ".0";
  plain_write(folder_ / leftover, "half");
  ASSERT_TRUE(write_file(folder_ / "a", "whole").ok());
  EXPECT_EQ(*read_file(folder_ / "a", kPlenty), "whole");
  EXPECT_EQ(*read_file(folder_ / leftover, kPlenty), "half");
}

TEST_F(FileTest, ALinkStaysALink) {
  plain_write(folder_ / "target", "old");
  fs::create_symlink("target", folder_ / "link");
  ASSERT_TRUE(write_file(folder_ / "link", "new").ok());
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(*read_file(folder_ / "target", kPlenty), "new");
}

TEST_F(FileTest, PermissionsAreKept) {
  plain_write(folder_ / "private", "old");
  fs::permissions(folder_ / "private", fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(write_file(folder_ / "private", "new").ok());
  EXPECT_EQ(fs::status(folder_ / "private").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

// Renaming over a pipe or a device would replace it by a file (for root: /dev/null, too).
TEST_F(FileTest, PipesAreWrittenInPlace) {
  const fs::path path = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { EXPECT_TRUE(write_file(path, "through").ok()); });
  const auto got = read_file(path, kPlenty);
  writer.join();
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(*got, "through");
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_F(FileTest, AFullDeviceIsReportedAndStaysADevice) {
  const fs::path path = folder_ / "full";  // a twin of /dev/full, which a defect must not destroy
  if (::mknod(path.c_str(), S_IFCHR | 0600, makedev(1, 7)) != 0) GTEST_SKIP() << "needs root";
  if (::access("/dev/full", W_OK) != 0 || !std::ifstream(path)) GTEST_SKIP() << "no devices here";
  const Status full = write_file(path, "no room");
  ASSERT_FALSE(full.ok());
  EXPECT_NE(full.error().message.find("No space"), std::string::npos);
  EXPECT_TRUE(fs::is_character_file(path));
}

}  // namespace
}  // namespace kernwise
