// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "kernwise/store/jobs.h"
#include "store/postgres_fixture.h"
#include "store/store_fixture.h"

namespace kernwise {
namespace {

class PostgresJobsTest : public PostgresTest {
 protected:
  std::unique_ptr<JobQueue> open() {
    auto queue = open_jobs(location(), Seconds{10}, nullptr);
    if (!queue.ok()) {
      ADD_FAILURE() << to_string(queue.error());
      return nullptr;
    }
    return std::move(queue).value();
  }
};

NewJob sample_job(int i = 0) {
  NewJob job;
  job.needs.protocol = "cold-2";
  job.work.problems = {"conv:n1ic" + std::to_string(i)};
  job.most_attempts = 3;
  return job;
}

WorkerAbility sample_worker(const std::string& name = "w1") {
  return {name, sample_device().fingerprint, "avx512", 1, {"cold-2", "warm-2"}};
}

JobResult sample_result(int records, int first = 0) {
  JobResult result;
  result.measured =
      MeasuredSession{sample_device(), sample_context(), sample_batch(first, records, 1)};
  result.summary = "{}";
  return result;
}

constexpr Seconds kLong{60};

TEST_F(PostgresJobsTest, OneJobGoesAllTheWay) {
  auto queue = open();
  ASSERT_EQ(queue->add({sample_job(1), sample_job(2)})->size(), 2u);
  auto lease = queue->lease(sample_worker(), kLong).value();
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->work.problems, sample_job(1).work.problems);
  EXPECT_TRUE(*queue->renew(*lease, kLong));
  EXPECT_EQ(queue->count()->at(JobState::kLeased), 1);
  EXPECT_EQ(*queue->finish(*lease, sample_worker(), sample_result(3)), Verdict::kAccepted);
  EXPECT_FALSE(*queue->renew(*lease, kLong));
  const auto done = queue->list(JobState::kDone, 10).value();
  ASSERT_EQ(done.size(), 1u);
  EXPECT_EQ(done[0].records, 3);
  EXPECT_EQ(done[0].worker, "w1");
  EXPECT_EQ(open_store(location(), StoreMode::kReadOnly).value()->query({})->size(), 3u);
  EXPECT_EQ(*queue->open_jobs(sample_worker()), 1);
}

TEST_F(PostgresJobsTest, AWorkerTakesOnlyWhatItsDeviceCanDo) {
  auto queue = open();
  std::vector<NewJob> jobs(6, sample_job());
  jobs[0].needs.device = "another device";
  jobs[1].needs.isa = "avx2";
  jobs[2].needs.threads = 2;
  jobs[3].needs.protocol = "cold-99";
  jobs[4].needs.device = sample_device().fingerprint;
  jobs[5].needs.isa = "avx512";
  const auto ids = queue->add(jobs).value();
  EXPECT_EQ(*queue->open_jobs(sample_worker()), 2);
  EXPECT_EQ(queue->lease(sample_worker(), kLong).value()->job, ids[4]);
  EXPECT_EQ(queue->lease(sample_worker(), kLong).value()->job, ids[5]);
  EXPECT_FALSE(queue->lease(sample_worker(), kLong).value());
}

TEST_F(PostgresJobsTest, AJobOfALostWorkerGoesToAnotherAndTheFirstComesLate) {
  auto queue = open();
  ASSERT_TRUE(queue->add({sample_job()}).ok());
  const auto first = queue->lease(sample_worker("w1"), Seconds{0.05}).value();
  ASSERT_TRUE(first);
  EXPECT_FALSE(queue->lease(sample_worker("w2"), kLong).value());
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto second = queue->lease(sample_worker("w2"), kLong).value();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->job, first->job);
  EXPECT_NE(second->number, first->number);
  EXPECT_FALSE(*queue->renew(*first, kLong));
  EXPECT_EQ(*queue->finish(*first, sample_worker("w1"), sample_result(3)), Verdict::kLate);
  EXPECT_EQ(*queue->finish(*second, sample_worker("w2"), sample_result(4, 100)),
            Verdict::kAccepted);
  EXPECT_EQ(*queue->finish(*first, sample_worker("w1"), sample_result(3)), Verdict::kLate);
  EXPECT_EQ(open_store(location(), StoreMode::kReadOnly).value()->query({})->size(), 4u);
  const auto counts = queue->count().value();
  EXPECT_EQ(counts.accepted, 1);
  EXPECT_EQ(counts.late, 1);
}

// A lease that ended while nobody else wanted the job still counts.
TEST_F(PostgresJobsTest, AnEndedLeaseIsGoodUntilSomebodyTakesTheJob) {
  auto queue = open();
  ASSERT_TRUE(queue->add({sample_job()}).ok());
  const auto lease = queue->lease(sample_worker(), Seconds{0.01}).value();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(*queue->finish(*lease, sample_worker(), sample_result(2)), Verdict::kAccepted);
}

// The answer to a commit can be lost: the worker asks again, and nothing is there twice.
TEST_F(PostgresJobsTest, FinishingTwiceIsFinishingOnce) {
  auto queue = open();
  ASSERT_TRUE(queue->add({sample_job()}).ok());
  const auto lease = queue->lease(sample_worker(), kLong).value();
  EXPECT_EQ(*queue->finish(*lease, sample_worker(), sample_result(3)), Verdict::kAccepted);
  EXPECT_EQ(*queue->finish(*lease, sample_worker(), sample_result(3)), Verdict::kAccepted);
  EXPECT_EQ(open_store(location(), StoreMode::kReadOnly).value()->query({})->size(), 3u);
  EXPECT_EQ(sql("SELECT count(*) FROM kernwise.job_results"), "1");
  EXPECT_EQ(sql("SELECT count(*) FROM kernwise.sessions"), "1");
}

TEST_F(PostgresJobsTest, AFailedJobIsTriedAgainUpToItsLimit) {
  auto queue = open();
  ASSERT_TRUE(queue->add({sample_job()}).ok());
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto lease = queue->lease(sample_worker(), kLong).value();
    ASSERT_TRUE(lease) << attempt;
    ASSERT_TRUE(queue->fail(*lease, sample_worker(), "it broke", Seconds{0}).ok());
    ASSERT_TRUE(queue->fail(*lease, sample_worker(), "it broke", Seconds{0}).ok());  // told twice
  }
  EXPECT_FALSE(queue->lease(sample_worker(), kLong).value());
  const auto failed = queue->list(JobState::kFailed, 10).value();
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].reason, "it broke");
  EXPECT_EQ(failed[0].rejected, 3);
  EXPECT_EQ(*queue->retry({}), 1);
  EXPECT_TRUE(queue->lease(sample_worker(), kLong).value());
}

TEST_F(PostgresJobsTest, AJobThatEndsEveryWorkerFails) {
  auto queue = open();
  ASSERT_TRUE(queue->add({sample_job()}).ok());
  for (int attempt = 0; attempt < 3; ++attempt) {
    ASSERT_TRUE(queue->lease(sample_worker(), Seconds{0.01}).value());
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
  }
  EXPECT_EQ(*queue->open_jobs(sample_worker()), 0);
  const auto failed = queue->list(JobState::kFailed, 10).value();
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_NE(failed[0].reason.find("lost"), std::string::npos);
}

TEST_F(PostgresJobsTest, APauseKeepsAFailedJobBack) {
  auto queue = open();
  ASSERT_TRUE(queue->add({sample_job()}).ok());
  const auto lease = queue->lease(sample_worker(), kLong).value();
  ASSERT_TRUE(queue->fail(*lease, sample_worker(), "busy", kLong).ok());
  EXPECT_FALSE(queue->lease(sample_worker(), kLong).value());
  EXPECT_EQ(*queue->open_jobs(sample_worker()), 1);
}

TEST_F(PostgresJobsTest, CancelledAndReleasedJobs) {
  auto queue = open();
  const auto ids = queue->add({sample_job(), sample_job()}).value();
  const auto lease = queue->lease(sample_worker(), kLong).value();
  ASSERT_TRUE(queue->release(*lease).ok());
  EXPECT_EQ(queue->list(JobState::kWaiting, 10).value()[0].attempts, 0);
  const auto again = queue->lease(sample_worker(), kLong).value();
  EXPECT_EQ(again->job, ids[0]);
  EXPECT_EQ(*queue->cancel(ids), 2);
  EXPECT_FALSE(*queue->renew(*again, kLong));
  EXPECT_EQ(*queue->finish(*again, sample_worker(), sample_result(1)), Verdict::kLate);
  EXPECT_EQ(*queue->retry({ids[1]}), 1);
  EXPECT_EQ(queue->count()->at(JobState::kWaiting), 1);
}

TEST_F(PostgresJobsTest, AJobOfAnotherReleaseFailsWithAReason) {
  auto queue = open();
  ASSERT_TRUE(queue->add({sample_job(), sample_job(2)}).ok());
  sql("UPDATE kernwise.jobs SET work = '{\"problems\": 7}' WHERE id = 1");
  EXPECT_FALSE(queue->lease(sample_worker(), kLong).value());
  EXPECT_TRUE(queue->lease(sample_worker(), kLong).value());
  EXPECT_EQ(sql("SELECT state FROM kernwise.jobs WHERE id = 1"), "failed");
}

TEST(JobsTest, WorkAsTextAndBack) {
  JobWork work;
  work.problems = {"conv:\"x\"", "b"};
  work.primitives = {"p"};
  work.budget = {12.5};
  work.every_candidate = true;
  work.seed = 18446744073709551615ULL;
  const auto back = parse_job_work(to_json_text(work)).value();
  EXPECT_EQ(back.problems, work.problems);
  EXPECT_EQ(back.primitives, work.primitives);
  EXPECT_EQ(back.budget.value, 12.5);
  EXPECT_TRUE(back.every_candidate);
  EXPECT_EQ(back.seed, work.seed);
  for (const char* bad : {"", "[]", "{}",
                          "{\"problems\":[1],\"primitives\":[],\"budget_s\":1,"
                          "\"every_candidate\":false,\"seed\":1}"}) {
    EXPECT_FALSE(parse_job_work(bad).ok()) << bad;
  }
}

TEST(JobsTest, StatesAreFrozen) {
  EXPECT_EQ(to_string(JobState::kWaiting), "waiting");
  EXPECT_EQ(to_string(JobState::kLeased), "leased");
  EXPECT_EQ(to_string(JobState::kDone), "done");
  EXPECT_EQ(to_string(JobState::kFailed), "failed");
  EXPECT_EQ(to_string(JobState::kCancelled), "cancelled");
  EXPECT_EQ(parse_job_state("done"), JobState::kDone);
  EXPECT_FALSE(parse_job_state("lost"));
  EXPECT_EQ(expect_error(open_jobs("file.db", Seconds{0}, nullptr), "machines can share"), 0);
}

}  // namespace
}  // namespace kernwise
