// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "workflow/worker_trial.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ostream>
#include <thread>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/workflow/worker.h"
#include "store/store_fixture.h"

namespace kernwise {
namespace {

constexpr int kRecords = 3;

WorkerAbility trial_worker(int number) {
  return {"worker-" + std::to_string(number) + ":" + std::to_string(::getpid()),
          sample_device().fingerprint,
          "avx512",
          1,
          {"cold-2"}};
}

// Takes some milliseconds. What it brings names the job, and differs from process to process.
Result<JobResult> pretend(const JobLease& lease, const StopFlag& stop) {
  std::this_thread::sleep_for(std::chrono::milliseconds(1 + lease.number % 13));
  if (stop) return Error{ErrorCode::kInterrupted, "stopped", {}, {}};
  MeasuredSession session{sample_device(), sample_context(), sample_batch(0, kRecords, 1)};
  for (Measurement& m : session.measurements) {
    m.key.problem = lease.work.problems.front();
    m.runs_s = {1e-3 + 1e-9 * static_cast<double>(lease.number), 1e-6 * ::getpid()};
  }
  return JobResult{std::move(session), "{}"};
}

pid_t start_worker(const std::string& location, int number) {
  return start_child([&] {
    const StopFlag stop{false};
    SilentProgress progress;
    WorkerOptions options;
    options.store = location;
    options.until_empty = true;
    options.lease = {1.5};
    options.poll = {0.05};
    options.patience = {60};
    options.pause = {0.05};
    const auto outcome = run_worker(options, trial_worker(number), pretend, progress, stop);
    if (!outcome.ok()) std::cerr << to_string(outcome.error()) << "\n";
    return outcome.ok() ? 0 : 1;
  });
}

// Moments as shares of the jobs that are done.
std::vector<double> moments(int count, Rng& rng) {
  std::vector<double> at;
  for (int i = 0; i < count; ++i) at.push_back(rng.uniform(0, 0.97));
  std::ranges::sort(at);
  return at;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const TrialCounts& c) {
  return out << "accepted " << c.accepted << ", lost " << c.lost << ", doubled " << c.doubled
             << ", jobs with wrong records " << c.wrong_records << "; taken more than once "
             << c.repeated << ", late results " << c.late << "; " << c.kills << " kills, "
             << c.crashes << " server crashes, " << c.cuts << " cuts, " << c.failed_workers
             << " failed workers, " << c.seconds << " s";
}

TrialCounts run_trial(PostgresServer& server, const std::string& location,
                      const TrialOptions& options) {
  TrialCounts counts;
  Rng rng(options.seed);
  {
    auto queue = open_jobs(location, Seconds{10}, nullptr);
    if (!queue.ok()) return counts;
    std::vector<NewJob> jobs;
    for (int i = 0; i < options.jobs; ++i) {
      NewJob job;
      job.needs.protocol = "cold-2";
      job.work.problems = {"job-" + std::to_string(i)};
      job.most_attempts = 20;
      jobs.push_back(job);
    }
    if (!(*queue)->add(jobs).ok()) return counts;
  }
  const auto begin = std::chrono::steady_clock::now();
  std::vector<pid_t> workers;
  for (int i = 0; i < options.workers; ++i) workers.push_back(start_worker(location, i));

  const std::vector<double> kill_at = moments(options.kills, rng);
  const std::vector<double> crash_at = moments(options.crashes, rng);
  const std::vector<double> cut_at = moments(options.cuts, rng);
  const auto due = [](const std::vector<double>& at, int done, double share) {
    return done < static_cast<int>(at.size()) && share >= at[static_cast<std::size_t>(done)];
  };
  for (int64_t done = 0; done < options.jobs;) {
    done = std::stoll(server.sql(location,
                                 "SELECT count(*) FROM kernwise.job_results WHERE "
                                 "outcome = 'accepted'"));
    const double share = static_cast<double>(done) / options.jobs;
    while (due(kill_at, counts.kills, share)) {
      std::this_thread::sleep_for(std::chrono::microseconds(rng.integer(0, 15000)));
      const auto victim = static_cast<std::size_t>(rng.integer(0, options.workers - 1));
      ::kill(workers[victim], SIGKILL);
      if (wait_for(workers[victim]) == 128 + SIGKILL) ++counts.kills;
      workers[victim] = start_worker(location, static_cast<int>(victim));
    }
    if (due(crash_at, counts.crashes, share) && server.crash_and_restart()) ++counts.crashes;
    if (due(cut_at, counts.cuts, share)) {
      server.sql(location,
                 "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                 "WHERE application_name = 'kernwise'");
      ++counts.cuts;
    }
    for (pid_t& worker : workers) {  // one that gave up would leave its work to the others
      int status = 0;
      if (::waitpid(worker, &status, WNOHANG) == worker) {
        if (status != 0) ++counts.failed_workers;
        worker = start_worker(location, 0);
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
    counts.seconds = spent.count();
    if (counts.seconds > 500) break;  // a hang is a failure, not a test without an end
  }
  for (const pid_t worker : workers) {
    if (wait_for(worker) != 0) ++counts.failed_workers;
  }

  const auto number = [&](const char* query) { return std::stoll(server.sql(location, query)); };
  counts.accepted = number("SELECT count(*) FROM kernwise.job_results WHERE outcome = 'accepted'");
  counts.lost = number(
      "SELECT count(*) FROM kernwise.jobs j WHERE NOT EXISTS (SELECT 1 FROM kernwise.job_results r "
      "WHERE r.job = j.id AND outcome = 'accepted')");
  counts.doubled =
      counts.accepted - number(
                            "SELECT count(DISTINCT job) FROM kernwise.job_results WHERE outcome = "
                            "'accepted'");
  counts.wrong_records = number(
      "SELECT count(*) FROM kernwise.jobs j WHERE (SELECT count(*) FROM kernwise.measurements m "
      "WHERE m.problem = (j.work::json -> 'problems' ->> 0)) <> 3");
  counts.repeated = number("SELECT count(*) FROM kernwise.jobs WHERE attempts > 1");
  counts.late = number("SELECT count(*) FROM kernwise.job_results WHERE outcome = 'late'");
  return counts;
}

}  // namespace kernwise
