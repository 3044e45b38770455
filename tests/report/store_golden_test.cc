// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The results of `kernwise db` and `kernwise jobs` as people read them (golden_test.cc has the
// others).
#include <gtest/gtest.h>

#include "kernwise/report/store_report.h"
#include "report/golden.h"

namespace kernwise {
namespace {

constexpr TextStyle kPlain{};

Device device(const std::string& fingerprint, Isa isa) {
  Device device;
  device.fingerprint = fingerprint;
  device.cpu = "Example CPU 3000";
  device.vendor = "GenuineExample";
  device.isa = isa;
  device.cores = 8;
  device.l2 = {1 << 20};
  device.memory = {int64_t{8} << 30};
  return device;
}

TEST(StoreGolden, Statistics) {
  StoreStatistics s{
      .location = "all.db", .devices = 2, .sessions = 7, .records = 1234, .groups = {}};
  s.groups.push_back({.device = "0123456789abcdef",
                      .threads = 1,
                      .protocol = "cold-2",
                      .libraries = "onednn-2.6.3 hwy-1.0.3",
                      .records = 1000,
                      .measured = 600,
                      .refused = 390,
                      .failed = 10,
                      .problems = 40,
                      .primitives = 25,
                      .runs = 9000});
  s.groups.push_back(s.groups.front());
  s.groups.back().threads = 2;
  s.groups.back().records = 234;
  expect_golden("db_stat", statistics_text(s, kPlain));
}

TEST(StoreGolden, Merge) {
  const MergeSummary some{.devices_new = 1,
                          .devices_known = 1,
                          .sessions_new = 3,
                          .sessions_known = 2,
                          .records_new = 900,
                          .records_known = 100};
  const MergeSummary none{.devices_known = 2, .sessions_known = 5, .records_known = 1000};
  expect_golden("db_merge",
                merge_text("all.db", {{"laptop.db", some}, {"server.db", none}}, kPlain));
}

TEST(StoreGolden, Diff) {
  DiffReport diff{.left = "a.db", .right = "b.db", .difference = {}};
  diff.difference.records_in_both = 100;
  diff.difference.records_only_left = 7;
  diff.difference.records_only_right = 1;
  diff.difference.sessions_in_both = 2;
  diff.difference.sessions_only_left = 1;
  diff.difference.conflicting_keys = 1;
  diff.difference.groups.push_back({"0123456789abcdef", "onednn-2.6.3", 7, 1});
  expect_golden("db_diff", diff_text(diff, kPlain));
  expect_golden("db_diff_same",
                diff_text({.left = "a.db", .right = "a.db", .difference = {}}, kPlain));
}

TEST(StoreGolden, Nearest) {
  NearestReport nearest{.device = device("0123456789abcdef", Isa::kAvx2), .neighbours = {}};
  nearest.neighbours.push_back({nearest.device, 0, 4});
  nearest.neighbours.push_back({device("fedcba9876543210", Isa::kAvx512), 2, 1});
  expect_golden("db_nearest", nearest_text(nearest, kPlain));
}

TEST(StoreGolden, Jobs) {
  JobCounts counts;
  counts.at(JobState::kWaiting) = 3;
  counts.at(JobState::kLeased) = 1;
  counts.at(JobState::kDone) = 12;
  counts.at(JobState::kFailed) = 1;
  counts.accepted = 12;
  counts.late = 2;
  counts.failed = 5;
  JobInfo waiting;
  waiting.id = 17;
  waiting.needs = {.device = "", .isa = "avx2", .threads = 2, .protocol = "cold-2"};
  waiting.work.problems = {"conv:n1ic3ih4iw4oc3kh1kw1sh1sw1ph0pw0dh1dw1g1"};
  waiting.most_attempts = 5;
  JobInfo failed = waiting;
  failed.id = 18;
  failed.needs.device = "0123456789abcdef";
  failed.state = JobState::kFailed;
  failed.attempts = 5;
  failed.worker = "host:123";
  failed.reason = "the machine ran out of memory";
  failed.rejected = 5;
  expect_golden("jobs_list", jobs_text({waiting, failed}, counts, kPlain));
  expect_golden("jobs_add", jobs_changed_text("add", 3, counts));
  expect_golden("jobs_retry", jobs_changed_text("retry", 1, counts));
}

}  // namespace
}  // namespace kernwise
