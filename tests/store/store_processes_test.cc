// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <csignal>
#include <ctime>
#include <map>

#include "kernwise/base/rng.h"
#include "store/store_fixture.h"

namespace kernwise {
namespace {

// Appends `batches` batches of 5 under primitive ids of its own. 0 = all of them.
int write_batches(const std::filesystem::path& path, int writer, int batches) {
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
  for (int batch = 0; batch < batches; ++batch) {
    auto status = (*store)->append(sample_batch(1000000 * writer + 5 * batch, 5, *session));
    if (!status.ok()) {
      std::cerr << to_string(status.error()) << "\n";
      return 4;
    }
  }
  return 0;
}

// Two processes create one store at the same moment and fill it at once: nobody fails, nothing is
// missing, nothing is there twice. Repeated, since the race is in the first milliseconds.
TEST(StoreProcessesTest, WriteTogether) {
  constexpr int kWriters = 2;
  constexpr int kBatches = 40;
  for (int round = 0; round < 8; ++round) {
    const TemporaryFolder folder;
    std::vector<pid_t> children;
    for (int writer = 0; writer < kWriters; ++writer) {
      children.push_back(
          start_child([&] { return write_batches(folder / "d/s.db", writer, kBatches); }));
    }
    for (const pid_t child : children) EXPECT_EQ(wait_for(child), 0);
    auto rows = must_open(folder / "d/s.db", StoreMode::kReadOnly)->query({});
    ASSERT_TRUE(rows.ok());
    EXPECT_EQ(rows->size(), static_cast<std::size_t>(kWriters * kBatches * 5));
    std::map<std::string, int64_t> session_of;
    for (const Measurement& m : *rows) session_of[m.key.primitive] = m.session;
    EXPECT_EQ(session_of.size(), rows->size());
    for (const auto& [primitive, session] : session_of) {  // each writer kept to its own session
      const auto first =
          session_of["primitive-" + std::string(primitive.size() > 15 ? "1000000" : "0")];
      EXPECT_EQ(session, first) << primitive;
    }
  }
}

// Killed at a random moment, again and again, over the life of one store: it stays readable, it
// holds whole batches only, and every batch whose append had returned is there. The writer tells
// through a pipe how many that are.
TEST(StoreProcessesTest, SurviveKills) {
  const TemporaryFolder folder;
  Rng rng;
  std::size_t promised = 0;
  int killed = 0;
  for (int round = 0; round < 25; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = start_child([&] {
      ::close(pipe_ends[0]);
      auto store = open_sqlite_store(folder / "s.db", StoreMode::kReadWrite);
      if (!store.ok()) return 2;
      auto session = (*store)->begin_session(sample_device(), sample_context());
      if (!session.ok()) return 3;
      for (int batch = 0;; ++batch) {
        if (!(*store)->append(sample_batch(5 * batch, 5, *session)).ok()) return 4;
        if (::write(pipe_ends[1], "x", 1) != 1) return 5;
      }
    });
    ::close(pipe_ends[1]);
    // From before the file is there to after a few hundred batches.
    const timespec pause{0, static_cast<long>(rng.uniform(0, round % 5 == 0 ? 3e6 : 4e7))};
    ::nanosleep(&pause, nullptr);
    ::kill(child, SIGKILL);
    EXPECT_EQ(wait_for(child), 128 + SIGKILL);
    ++killed;
    char c;
    while (::read(pipe_ends[0], &c, 1) == 1) promised += 5;
    ::close(pipe_ends[0]);

    if (!std::filesystem::exists(folder / "s.db")) continue;
    // Readable as it lies, by a reader first where there is something to read.
    auto reader = open_sqlite_store(folder / "s.db", StoreMode::kReadOnly);
    EXPECT_TRUE(reader.ok() || promised == 0);
    auto store = must_open(folder / "s.db");
    ASSERT_NE(store, nullptr);
    auto rows = store->query({});
    ASSERT_TRUE(rows.ok()) << to_string(rows.error());
    EXPECT_EQ(rows->size() % 5, 0u);
    EXPECT_GE(rows->size(), promised);
    EXPECT_LE(rows->size(), promised + static_cast<std::size_t>(5 * killed));
    promised = rows->size();
    killed = 0;
  }
  EXPECT_GT(promised, 0u);
  EXPECT_EQ(integrity(folder / "s.db"), "ok");
}

}  // namespace
}  // namespace kernwise
