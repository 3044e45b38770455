// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "kernwise/profile/protocol.h"

namespace kernwise {
namespace {

using Clock = std::chrono::steady_clock;

// Tells the server every third of a lease that the worker lives, on a connection of its own, and
// passes on when the work at a job is to end: because the person says so, or the lease is gone. Its
// thread is made before the process is bound to processors, so that it need not run on those that
// are being timed.
class Heartbeat {
 public:
  Heartbeat(const WorkerOptions& options, const StopFlag& stop)
      : store_(options.store), length_(options.lease), stop_(stop), thread_([this] { run(); }) {}
  ~Heartbeat() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  // Sets `end` when the work is to end; until unwatch().
  void watch(const JobLease& lease, StopFlag& end) {
    const std::lock_guard lock(mutex_);
    lease_ = lease;
    end_ = &end;
    next_beat_ = Clock::now() + third();
  }
  void unwatch() {
    const std::lock_guard lock(mutex_);
    end_ = nullptr;
  }

 private:
  Clock::duration third() const {
    return std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(length_.value / 3));
  }

  void run() {
    constexpr std::chrono::milliseconds kLook{100};
    std::unique_lock lock(mutex_);
    while (!ended_) {
      changed_.wait_for(lock, kLook);
      if (ended_ || end_ == nullptr) continue;
      if (stop_) *end_ = true;
      if (Clock::now() < next_beat_) continue;
      next_beat_ = Clock::now() + third();
      const JobLease lease = lease_;
      lock.unlock();
      const bool gone = renewal_refused(lease);
      lock.lock();
      if (gone && end_ != nullptr && lease.number == lease_.number) *end_ = true;
    }
  }

  // A server that is away tells nothing; it is asked again at the next beat.
  bool renewal_refused(const JobLease& lease) {
    if (queue_ == nullptr) {
      auto opened = open_jobs(store_, Seconds{0}, &stop_);
      if (opened.ok()) queue_ = std::move(opened).value();
    }
    if (queue_ == nullptr) return false;
    const auto kept = queue_->renew(lease, length_);
    return kept.ok() && !*kept;
  }

  std::string store_;
  Seconds length_;
  std::unique_ptr<JobQueue> queue_;  // of the thread
  const StopFlag& stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  JobLease lease_;
  Clock::time_point next_beat_;
  StopFlag* end_ = nullptr;
  bool ended_ = false;
  std::thread thread_;  // the last member: it uses the others
};

void sleep_for(Seconds length, const StopFlag& stop) {
  const auto end = Clock::now() + std::chrono::duration<double>(length.value);
  while (!stop && Clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

std::string job_title(const JobLease& lease) {
  return fmt::format("job {}, {} problem{}", lease.job, lease.work.problems.size(),
                     lease.work.problems.size() == 1 ? "" : "s");
}

}  // namespace

Result<WorkerOutcome> run_worker(const WorkerOptions& options, const WorkerAbility& ability,
                                 const JobRunner& runner, Progress& progress,
                                 const StopFlag& stop) {
  WorkerOutcome out;
  out.name = ability.name;
  KERNWISE_ASSIGN(const auto queue, open_jobs(options.store, options.patience, &stop));
  Heartbeat heartbeat(options, stop);

  while (!stop &&
         (options.most_jobs == 0 || out.accepted + out.failed + out.late < options.most_jobs)) {
    auto leased = queue->lease(ability, options.lease);
    if (!leased.ok()) {
      if (stop) break;
      return std::move(leased).error();
    }
    if (!*leased) {
      if (options.until_empty) {
        KERNWISE_ASSIGN(const int64_t open, queue->open_jobs(ability));
        if (open == 0) return out;
      }
      sleep_for(options.poll, stop);
      continue;
    }
    const JobLease lease = **std::move(leased);
    progress.update("Working", 0, job_title(lease));
    StopFlag end{false};
    heartbeat.watch(lease, end);
    auto result = runner(lease, end);
    heartbeat.unwatch();

    if (!result.ok() && result.error().code == ErrorCode::kInterrupted) {
      if (stop) {
        // Best effort: a lease that is not given back ends by itself.
        if (auto released = queue->release(lease); !released.ok()) break;
      } else {
        ++out.late;
      }
      continue;
    }
    if (!result.ok()) {
      ++out.failed;
      const std::string reason = to_string(result.error());
      progress.warn(fmt::format("{} failed: {}", job_title(lease), result.error().message));
      KERNWISE_TRY(queue->fail(lease, ability, reason, options.pause));
      continue;
    }
    KERNWISE_ASSIGN(const Verdict verdict, queue->finish(lease, ability, *result));
    const std::size_t records = result->measured ? result->measured->measurements.size() : 0;
    if (verdict == Verdict::kAccepted) {
      ++out.accepted;
      out.records += static_cast<int64_t>(records);
    } else {
      ++out.late;
    }
    progress.finish(
        "Working",
        fmt::format("{}: {} measurements{}", job_title(lease), records,
                    verdict == Verdict::kLate ? ", too late: another worker has it" : ""));
  }
  out.stopped = stop;
  return out;
}

WorkerAbility ability_of_this_machine(const WorkerOptions& options) {
  const Device device = describe_this_device();
  char host[256] = "";
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  WorkerAbility ability;
  ability.name = options.name.empty() ? fmt::format("{}:{}", host, ::getpid()) : options.name;
  ability.device = device.fingerprint;
  ability.isa = to_string(device.isa);
  ability.threads = options.threads;
  ability.protocols = {std::string(kColdProtocol), std::string(kWarmProtocol)};
  return ability;
}

}  // namespace kernwise
