// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the tests of the store share: a folder that goes away, measurements that are all different,
// SQL behind the store's back, and children with fewer rights.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "kernwise/store/store.h"

namespace kernwise {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    // In memory where that is possible: hundreds of stores are made, and disks are slow to sync.
    const bool memory = ::access("/dev/shm", W_OK | X_OK) == 0;
    const std::filesystem::path parent =
        memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string pattern = parent / "kernwise-store-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
    ::chmod(path_.c_str(), 0755);  // children without rights must get in
  }
  ~TemporaryFolder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Device sample_device() {
  Device device;
  device.fingerprint = "0123456789abcdef";
  device.cpu = "Testing CPU \"X\" 3000";
  device.vendor = "GenuineTest";
  device.family = 6;
  device.model = 207;
  device.stepping = 2;
  device.isa = Isa::kAvx512;
  device.cores = 2;
  device.l1d = {49152};
  device.l2 = {2 << 20};
  device.l3 = {260 << 20};
  device.memory = {int64_t{1} << 34};
  return device;
}

inline MachineContext sample_context() {
  MachineContext context;
  context.kernel = "Linux 6.1.0";
  context.libraries = "onednn-2.6.3";
  context.load_average = 0.25;
  context.cpus = {0, 1};
  context.timestamp = "2026-11-20T12:00:00Z";
  return context;
}

inline Measurement sample_measurement(int i, int64_t session) {
  Measurement m;
  m.key.device = "0123456789abcdef";
  m.key.problem = "conv:n1ic" + std::to_string(i % 7) + "ih56";
  m.key.primitive = "primitive-" + std::to_string(i);
  m.key.metric = "time";
  m.key.protocol = "cold-1";
  m.key.libraries = "onednn-2.6.3";
  m.runs_s = {1e-3 + 1e-9 * i, 1.1e-3, 0.9e-3};
  m.median_s = 1e-3 + 1e-9 * i;
  m.spread = 0.03;
  m.grade = 'C';
  m.workspace_bytes = 64 * i;
  m.packed_bytes = (int64_t{1} << 40) + i;
  m.reference_drift = -0.01;
  m.session = session;
  return m;
}

inline std::vector<Measurement> sample_batch(int first, int count, int64_t session) {
  std::vector<Measurement> batch;
  for (int i = first; i < first + count; ++i) batch.push_back(sample_measurement(i, session));
  return batch;
}

inline std::unique_ptr<Store> must_open(const std::filesystem::path& path,
                                        StoreMode mode = StoreMode::kReadWrite) {
  auto store = open_sqlite_store(path, mode);
  if (!store.ok()) {
    ADD_FAILURE() << to_string(store.error());
    return nullptr;
  }
  return std::move(store).value();
}

// A closed store with `count` measurements.
inline void fill_store(const std::filesystem::path& path, int count) {
  auto store = must_open(path);
  ASSERT_NE(store, nullptr);
  auto session = store->begin_session(sample_device(), sample_context());
  ASSERT_TRUE(session.ok()) << to_string(session.error());
  auto status = store->append(sample_batch(0, count, *session));
  ASSERT_TRUE(status.ok()) << to_string(status.error());
}

inline std::size_t rows_in(const std::filesystem::path& path,
                           StoreMode mode = StoreMode::kReadOnly) {
  auto store = must_open(path, mode);
  if (store == nullptr) return 0;
  auto rows = store->query({});
  if (!rows.ok()) {
    ADD_FAILURE() << to_string(rows.error());
    return 0;
  }
  return rows->size();
}

inline void execute_sql(const std::filesystem::path& path, const std::string& sql) {
  SQLite::Database database(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000);
  database.exec(sql);
}

inline std::string integrity(const std::filesystem::path& path) {
  SQLite::Database database(path.string(), SQLite::OPEN_READWRITE, 5000);
  return database.execAndGet("PRAGMA integrity_check").getString();
}

inline std::string file_content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_content(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

// Runs `body` in a child process. Its result is the exit status: 0 for success; a child that a
// signal ended gives 128 + signal.
inline int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
inline pid_t start_child(const std::function<int()>& body) {
  std::cout.flush();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  return child;
}
inline int in_child(const std::function<int()>& body) { return wait_for(start_child(body)); }

// As a user whom permission bits bind: they do not bind root.
inline int as_nobody(const std::function<int()>& body) {
  return in_child([&] {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 &&
        (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
         ::setresuid(kNobody, kNobody, kNobody) != 0)) {
      return 99;
    }
    return body();
  });
}

// 0 if `result` is an error that says `expected` and names a flag; a child reports the rest.
template <typename T>
int expect_error(const Result<T>& result, const std::string& expected,
                 const std::string& hint = "--store") {
  if (result.ok()) {
    std::cerr << "no error, where one was expected: " << expected << "\n";
    return 1;
  }
  const std::string text = to_string(result.error());
  if (result.error().code == ErrorCode::kInvalidInput && text.find(expected) != std::string::npos &&
      result.error().hint.find(hint) != std::string::npos) {
    return 0;
  }
  std::cerr << "expected '" << expected << "' and '" << hint << "' in: " << text << "\n";
  return 1;
}

}  // namespace kernwise
