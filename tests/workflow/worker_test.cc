// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "kernwise/workflow/worker.h"
#include "store/postgres_fixture.h"
#include "store/store_fixture.h"
#include "workflow/worker_trial.h"

namespace kernwise {
namespace {

class WorkerTest : public PostgresTest {
 protected:
  void add_jobs(int count) {
    auto queue = open_jobs(location(), Seconds{10}, nullptr);
    ASSERT_TRUE(queue.ok()) << to_string(queue.error());
    std::vector<NewJob> jobs(static_cast<std::size_t>(count));
    for (NewJob& job : jobs) {
      job.needs.protocol = "cold-2";
      job.work.problems = {"p"};
      job.most_attempts = 2;
    }
    ASSERT_TRUE((*queue)->add(jobs).ok());
  }
  WorkerOptions options() const {
    WorkerOptions options;
    options.store = location();
    options.until_empty = true;
    options.poll = {0.02};
    options.pause = {0};
    return options;
  }
  const WorkerAbility ability{"w", sample_device().fingerprint, "avx512", 1, {"cold-2"}};
  SilentProgress progress;
};

TEST_F(WorkerTest, DoesWhatThereIsAndEnds) {
  add_jobs(5);
  const StopFlag stop{false};
  const auto runner = [](const JobLease& lease, const StopFlag&) -> Result<JobResult> {
    return JobResult{MeasuredSession{sample_device(), sample_context(),
                                     sample_batch(static_cast<int>(10 * lease.job), 2, 1)},
                     "{}"};
  };
  const auto outcome = run_worker(options(), ability, runner, progress, stop);
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_EQ(outcome->accepted, 5);
  EXPECT_EQ(outcome->records, 10);
  EXPECT_EQ(sql("SELECT count(*) FROM kernwise.measurements"), "10");
}

TEST_F(WorkerTest, AJobThatFailsIsReportedAndTheNextOneDone) {
  add_jobs(3);
  const StopFlag stop{false};
  const auto runner = [](const JobLease& lease, const StopFlag&) -> Result<JobResult> {
    if (lease.job == 2) return unsupported("this one never works");
    return JobResult{std::nullopt, "{}"};
  };
  const auto outcome = run_worker(options(), ability, runner, progress, stop);
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_EQ(outcome->accepted, 2);
  EXPECT_EQ(outcome->failed, 2);  // attempts
  EXPECT_EQ(sql("SELECT state || reason FROM kernwise.jobs WHERE id = 2").substr(0, 26),
            "failedthis one never works");
}

TEST_F(WorkerTest, ToldToStopItGivesItsJobBack) {
  add_jobs(2);
  StopFlag stop{false};
  const auto runner = [&](const JobLease&, const StopFlag&) -> Result<JobResult> {
    stop = true;
    return Error{ErrorCode::kInterrupted, "stopped", {}, {}};
  };
  const auto outcome = run_worker(options(), ability, runner, progress, stop);
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_TRUE(outcome->stopped);
  EXPECT_EQ(sql("SELECT count(*) FROM kernwise.jobs WHERE state = 'waiting' AND attempts = 0"),
            "2");
}

// The heartbeat keeps a job that takes longer than a lease, and tells when the job was taken away.
TEST_F(WorkerTest, TheHeartbeatKeepsALongJobAndNoticesACancelledOne) {
  add_jobs(2);
  WorkerOptions slow = options();
  slow.lease = {0.6};
  const StopFlag stop{false};
  bool cancelled_seen = false;
  const auto runner = [&](const JobLease& lease, const StopFlag& flag) -> Result<JobResult> {
    if (lease.job == 2) sql("UPDATE kernwise.jobs SET state = 'cancelled' WHERE id = 2");
    for (int i = 0; i < 30 && !flag; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    if (!flag) return JobResult{std::nullopt, "{}"};
    cancelled_seen = true;
    return Error{ErrorCode::kInterrupted, "stopped", {}, {}};
  };
  const auto outcome = run_worker(slow, ability, runner, progress, stop);
  ASSERT_TRUE(outcome.ok()) << to_string(outcome.error());
  EXPECT_EQ(outcome->accepted, 1);
  EXPECT_TRUE(cancelled_seen);
  EXPECT_EQ(sql("SELECT attempts FROM kernwise.jobs WHERE id = 1"), "1");
}

// Small, for every day; workers_killed_test is the large one.
TEST_F(WorkerTest, NothingIsLostOrDoubledUnderKills) {
  const TrialOptions trial{.workers = 3, .jobs = 60, .kills = 4, .crashes = 1, .cuts = 1};
  const TrialCounts counts = run_trial(server(), location(), trial);
  std::cout << counts << "\n";
  EXPECT_EQ(counts.accepted, trial.jobs);
  EXPECT_EQ(counts.lost, 0);
  EXPECT_EQ(counts.doubled, 0);
  EXPECT_EQ(counts.wrong_records, 0);
  EXPECT_EQ(counts.kills, trial.kills);
  EXPECT_EQ(counts.failed_workers, 0);
}

}  // namespace
}  // namespace kernwise
