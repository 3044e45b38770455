// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// store_bench FOLDER [RECORDS] [postgresql://...]: what it takes to merge stores of so many records
// (a million), to compare them, and to find the device that is most like another. The stores are
// made up, in FOLDER, and removed at the end; a database must be empty, and keeps what it is given.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "kernwise/base/rng.h"
#include "kernwise/base/statistics.h"
#include "kernwise/store/compare.h"

namespace kernwise {
namespace {

constexpr int kDevices = 1000;
constexpr int kRecordsPerSession = 100;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Device made_up_device(int64_t number) {
  Rng rng(static_cast<uint64_t>(number));
  Device device;
  device.fingerprint = fmt::format("{:016x}", rng.bits());
  device.cpu = fmt::format("Processor {}", number % 97);
  device.vendor = number % 3 == 0 ? "AuthenticAMD" : "GenuineIntel";
  device.family = 6;
  device.model = static_cast<int>(number % 40);
  device.isa = static_cast<Isa>(rng.integer(1, 3));
  device.cores = 1 << rng.integer(0, 6);
  device.l1d = {32768};
  device.l2 = {int64_t{1} << rng.integer(18, 22)};
  device.l3 = {int64_t{1} << rng.integer(22, 28)};
  return device;
}

// Sessions [first, first + count), each decided by its number: the same in every store.
Status fill(Store& store, int64_t first, int64_t count) {
  std::vector<Measurement> batch;
  for (int64_t s = first; s < first + count; ++s) {
    const Device device = made_up_device(s % kDevices);
    MachineContext context;
    context.kernel = "Linux 6.1.0-44-amd64";
    context.compiler = "g++ 12.2.0 -O3 -DNDEBUG";
    context.libraries = "onednn-2.6.3 hwy-1.0.3 xnnpack-2022-10 libxsmm-1.17 openblas-0.3.21";
    context.timestamp = fmt::format("session {}", s);
    KERNWISE_ASSIGN(const int64_t id, store.begin_session(device, context));
    Rng rng(static_cast<uint64_t>(s) + 7);
    for (int i = 0; i < kRecordsPerSession; ++i) {
      Measurement m;
      m.key = {device.fingerprint,
               fmt::format("conv:n1ic{}ih56iw56oc{}kh3kw3sh1sw1ph1pw1dh1dw1g1",
                           16 * rng.integer(1, 64), 16 * rng.integer(1, 64)),
               fmt::format("winograd-f4x3-nhwc-{}", rng.integer(0, 60)),
               1,
               1,
               "time",
               "cold-2",
               context.libraries};
      for (int run = 0; run < 7; ++run) m.runs_s.push_back(rng.uniform(1e-3, 2e-3));
      m.median_s = median(m.runs_s);
      m.grade = 'B';
      m.session = id;
      batch.push_back(std::move(m));
    }
    if (batch.size() >= 50000 || s + 1 == first + count) {
      KERNWISE_TRY(store.append(batch));
      batch.clear();
    }
  }
  return Ok{};
}

Status timed_merge(const char* what, const Store& source, Store& target) {
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t processor = std::clock();
  KERNWISE_ASSIGN(const MergeSummary summary, target.absorb(source));
  fmt::print("{:<44}{:8.2f} s   {} new, {} known ({:.2f} s of the processor)\n", what,
             seconds_since(start), summary.records_new, summary.records_known,
             static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC);
  return Ok{};
}

Status timed_nearest(const char* what, const std::string& location) {
  std::vector<double> all;
  std::size_t found = 0;
  for (int i = 0; i < 11; ++i) {
    const auto start = std::chrono::steady_clock::now();
    KERNWISE_ASSIGN(const auto store, open_store(location, StoreMode::kReadOnly));
    KERNWISE_ASSIGN(const auto nearest, nearest_devices(*store, made_up_device(-1 - i), 5));
    all.push_back(seconds_since(start));
    found = nearest.size();
  }
  fmt::print("{:<44}{:8.2f} ms  {} found, opening included, median of {}\n", what,
             1e3 * median(all), found, all.size());
  return Ok{};
}

Status run(const std::filesystem::path& folder, int64_t records, const std::string& database) {
  const int64_t sessions = std::max<int64_t>(2, records / kRecordsPerSession);
  const auto file = [&](const char* name) { return (folder / name).string(); };
  KERNWISE_ASSIGN(const auto left, open_store(file("left.db"), StoreMode::kReadWrite));
  KERNWISE_ASSIGN(const auto right, open_store(file("right.db"), StoreMode::kReadWrite));
  const auto start = std::chrono::steady_clock::now();
  KERNWISE_TRY(fill(*left, 0, sessions));
  KERNWISE_TRY(fill(*right, sessions / 2, sessions));
  fmt::print("two stores of {} records, {} sessions, {} devices; half in both; made in {:.1f} s\n",
             sessions * kRecordsPerSession, sessions, kDevices, seconds_since(start));
  KERNWISE_ASSIGN(const auto merged, open_store(file("merged.db"), StoreMode::kReadWrite));
  KERNWISE_TRY(timed_merge("merge into an empty store", *left, *merged));
  KERNWISE_TRY(timed_merge("merge the same again", *left, *merged));
  KERNWISE_TRY(timed_merge("merge one that is half known", *right, *merged));
  const auto diff_start = std::chrono::steady_clock::now();
  KERNWISE_ASSIGN(const StoreDifference difference, diff_stores(*left, *right));
  fmt::print("{:<44}{:8.2f} s   {} in both\n", "diff", seconds_since(diff_start),
             difference.records_in_both);
  const auto stat_start = std::chrono::steady_clock::now();
  KERNWISE_ASSIGN(const StoreStatistics statistics, store_statistics(*merged));
  fmt::print("{:<44}{:8.2f} s   {} records\n", "stat of the merged", seconds_since(stat_start),
             statistics.records);
  KERNWISE_TRY(timed_nearest("nearest device in the merged", merged->location()));
  if (database.empty()) return Ok{};
  KERNWISE_ASSIGN(const auto shared, open_store(database, StoreMode::kReadWrite));
  KERNWISE_TRY(timed_merge("PostgreSQL: merge into an empty store", *left, *shared));
  KERNWISE_TRY(timed_merge("PostgreSQL: merge the same again", *left, *shared));
  KERNWISE_TRY(timed_merge("PostgreSQL: merge one that is half known", *right, *shared));
  return timed_nearest("PostgreSQL: nearest device", database);
}

int main_of(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: store_bench FOLDER [RECORDS] [postgresql://...]\n");
    return 2;
  }
  const std::filesystem::path folder = std::filesystem::path(argv[1]) / "kernwise-store-bench";
  std::filesystem::create_directories(folder);
  const int64_t records = argc > 2 ? std::atoll(argv[2]) : 1000000;
  const Status done = run(folder, records, argc > 3 ? argv[3] : "");
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  if (done.ok()) return 0;
  fmt::print(stderr, "error: {}\n", to_string(done.error()));
  return static_cast<int>(done.error().code);
}

}  // namespace
}  // namespace kernwise

int main(int argc, char** argv) { return kernwise::main_of(argc, argv); }
