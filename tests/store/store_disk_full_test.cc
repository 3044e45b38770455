// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <csignal>

#include "store/store_fixture.h"

namespace kernwise {
namespace {

// Appends until that fails, in a process for which little space is left. The error must come as an
// error (SIGXFSZ keeps its deadly default here), leave the earlier batches readable to the same
// process, and not stop it from closing the store.
int append_until_full(const std::filesystem::path& path) {
  auto store = open_sqlite_store(path, StoreMode::kReadWrite);
  if (!store.ok()) {
    std::cerr << to_string(store.error()) << "\n";
    return 2;
  }
  auto session = (*store)->begin_session(sample_device(), sample_context());
  if (!session.ok()) {
    std::cerr << to_string(session.error()) << "\n";
    return 3;
  }
  for (int batch = 0; batch < 2000; ++batch) {
    auto status = (*store)->append(sample_batch(10 * batch, 10, *session));
    if (status.ok()) continue;
    if (expect_error(status, "cannot be written") != 0 || batch == 0) return 4;
    // Refused again, not half done.
    if ((*store)->append(sample_batch(0, 10, *session)).ok()) return 5;
    const auto rows = (*store)->query({});
    if (!rows.ok() || rows->size() != static_cast<std::size_t>(10 * batch)) return 6;
    write_content(path.string() + ".count", std::to_string(rows->size()));
    return 0;
  }
  return 7;
}

void expect_intact(const std::filesystem::path& path) {
  EXPECT_EQ(std::to_string(rows_in(path, StoreMode::kReadWrite)),
            file_content(path.string() + ".count"));
  EXPECT_EQ(integrity(path), "ok");
  fill_store(path, 3);  // with space it goes on
}

TEST(StoreDiskFullTest, KeepsWhatWasStoredWhenFilesMayNotGrow) {
  const TemporaryFolder folder;
  EXPECT_EQ(in_child([&] {
              std::signal(SIGXFSZ, SIG_DFL);
              // Enough for the schema and the log's index; the soft limit only, so that the
              // test can write its note.
              const rlimit limit{200 << 10, RLIM_INFINITY};
              if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 98;
              return append_until_full(folder / "s.db");
            }),
            0);
  expect_intact(folder / "s.db");
}

// Opening, too, needs space: for the file, or for the log's index.
TEST(StoreDiskFullTest, SaysSoWhenThereIsNoSpaceAtAll) {
  const TemporaryFolder folder;
  fill_store(folder / "old.db", 3);
  for (const std::string name : {"new.db", "old.db"}) {
    EXPECT_EQ(in_child([&] {
                const rlimit limit{0, RLIM_INFINITY};
                if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 98;
                return expect_error(open_sqlite_store(folder / name, StoreMode::kReadWrite), name);
              }),
              0);
  }
  EXPECT_EQ(rows_in(folder / "old.db"), 3u);
}

// The block of the signal is over when the call is: a program that relies on it still gets it. The
// pipe tells that the process came through the call alive.
TEST(StoreDiskFullTest, LeavesTheSignalToTheProgram) {
  const TemporaryFolder folder;
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  EXPECT_EQ(in_child([&] {
              std::signal(SIGXFSZ, SIG_DFL);
              auto store = open_sqlite_store(folder / "s.db", StoreMode::kReadWrite);
              const rlimit limit{0, RLIM_INFINITY};
              if (!store.ok() || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 98;
              if ((*store)->begin_session(sample_device(), sample_context()).ok()) return 97;
              sigset_t pending;
              sigpending(&pending);
              if (sigismember(&pending, SIGXFSZ) != 0) return 96;
              if (::write(pipe_ends[1], "x", 1) != 1) return 95;
              std::raise(SIGXFSZ);
              return 94;
            }),
            128 + SIGXFSZ);
  ::close(pipe_ends[1]);
  char c = 0;
  EXPECT_EQ(::read(pipe_ends[0], &c, 1), 1);
  ::close(pipe_ends[0]);
}

// A really full file system, where this process may mount one of its own (in a name space that ends
// with it); elsewhere the limit on file sizes stands in, which fails the same calls.
TEST(StoreDiskFullTest, KeepsWhatWasStoredOnAFullFileSystem) {
  const TemporaryFolder folder;
  const auto mounted = folder / "small";
  std::filesystem::create_directory(mounted);
  EXPECT_EQ(in_child([&] {
              const bool own = ::unshare(CLONE_NEWNS) == 0 &&
                               ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                               ::mount("none", mounted.c_str(), "tmpfs", 0, "size=256k") == 0;
              const rlimit limit{128 << 10, RLIM_INFINITY};
              if (!own && ::setrlimit(RLIMIT_FSIZE, &limit) != 0) return 98;
              const int result = append_until_full(mounted / "s.db");
              if (result != 0) return result;
              auto store = open_sqlite_store(mounted / "s.db", StoreMode::kReadOnly);
              if (!store.ok()) {
                std::cerr << to_string(store.error()) << "\n";
                return 20;
              }
              const auto rows = (*store)->query({});
              return rows.ok() && !rows->empty() && rows->size() % 10 == 0 ? 0 : 21;
            }),
            0);
}

}  // namespace
}  // namespace kernwise
