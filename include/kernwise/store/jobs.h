// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Work for many machines: a table of jobs in a PostgreSQL store. A job is a list of problems to be
// measured on some class of device. Any number of workers take jobs, one each at a time:
//
//   waiting --lease--> leased --finish--> done
//      ^                 |
//      +-- fail, expiry -+----> failed, once the attempts are used up
//
// A lease ends by itself unless its worker keeps renewing it, so the job of a worker that died goes
// to another one. Results are append-only and a job has exactly one accepted one: whoever finishes
// with a lease that was given to somebody else meanwhile comes late, and its measurements are not
// stored. The measurements of an accepted result are stored in the same transaction. All times are
// the server's: clocks of workers do not matter.
//
// Every call may meet a broken connection, and repeats itself until the queue's patience ends;
// none of them does anything twice by that, but for add(), which is not repeated.
// Thread-safety: one JobQueue per thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/store/buffered_store.h"

namespace kernwise {

// Which machines may do a job; empty texts are "any".
struct JobClass {
  std::string device;    // fingerprint
  std::string isa;       // exactly this one in use: "avx2"
  int threads = 1;       // exactly so many
  std::string protocol;  // "cold-2": releases with another one pass the job over
};

struct JobWork {
  std::vector<std::string> problems;    // canonical
  std::vector<std::string> primitives;  // only these ids; empty = all
  Seconds budget{120};
  bool every_candidate = false;
  uint64_t seed = 1;
};
std::string to_json_text(const JobWork& work);
// At most 16 MiB; kInvalidInput on what is no such object.
Result<JobWork> parse_job_work(const std::string& text);

struct NewJob {
  JobClass needs;
  JobWork work;
  int most_attempts = 5;
};

enum class JobState : uint8_t { kWaiting = 0, kLeased = 1, kDone = 2, kFailed = 3, kCancelled = 4 };
inline constexpr int kJobStates = 5;
std::string_view to_string(JobState state);  // "waiting", ...: also in the database, frozen
std::optional<JobState> parse_job_state(std::string_view text);

struct JobInfo {
  int64_t id = 0;
  JobClass needs;
  JobWork work;
  JobState state = JobState::kWaiting;
  int attempts = 0, most_attempts = 0;
  std::string worker;    // who has or had it last; may be empty
  std::string reason;    // of the last failure; may be empty
  int64_t records = 0;   // that its accepted result brought
  int64_t rejected = 0;  // results that failed or came late
};

// What a worker can do.
struct WorkerAbility {
  std::string name;  // for people: host and process
  std::string device, isa;
  int threads = 1;
  std::vector<std::string> protocols;
};

struct JobLease {
  int64_t job = 0;
  int64_t number = 0;  // never given twice
  JobWork work;
  JobClass needs;
};

struct JobResult {
  std::optional<MeasuredSession> measured;  // none: everything was known already
  std::string summary;                      // JSON, for people who look
};

enum class Verdict : uint8_t { kAccepted = 0, kLate = 1 };

struct JobCounts {
  int64_t of[kJobStates] = {};
  int64_t accepted = 0, late = 0, failed = 0;  // results
  int64_t& at(JobState state) { return of[static_cast<std::size_t>(state)]; }
  int64_t at(JobState state) const { return of[static_cast<std::size_t>(state)]; }
};

class JobQueue {
 public:
  virtual ~JobQueue() = default;
  virtual std::string location() const = 0;

  // All or nothing; their numbers, ascending in order.
  virtual Result<std::vector<int64_t>> add(const std::vector<NewJob>& jobs) = 0;
  // Oldest first, at most `most`; `state`: of this one only.
  virtual Result<std::vector<JobInfo>> list(std::optional<JobState> state, int64_t most) = 0;
  virtual Result<JobCounts> count() = 0;
  // Failed or cancelled jobs wait again with all their attempts; empty: every failed one. How many.
  virtual Result<int64_t> retry(const std::vector<int64_t>& jobs) = 0;
  // Waiting or leased jobs; whoever works at one finishes late. How many.
  virtual Result<int64_t> cancel(const std::vector<int64_t>& jobs) = 0;

  // The oldest job that waits or whose lease has ended, if the worker can do it.
  virtual Result<std::optional<JobLease>> lease(const WorkerAbility& worker, Seconds length) = 0;
  // False if the lease is somebody else's by now, or the job was cancelled.
  virtual Result<bool> renew(const JobLease& lease, Seconds length) = 0;
  virtual Result<Verdict> finish(const JobLease& lease, const WorkerAbility& worker,
                                 const JobResult& result) = 0;
  // The job waits again after `pause`, or has failed if its attempts are used up.
  virtual Status fail(const JobLease& lease, const WorkerAbility& worker, const std::string& reason,
                      Seconds pause) = 0;
  // Gives the job back as if it had never been taken: the worker was told to stop.
  virtual Status release(const JobLease& lease) = 0;
  // Jobs that wait or are leased, and that the worker could do.
  virtual Result<int64_t> open_jobs(const WorkerAbility& worker) = 0;
};

// `patience`: how long the server may be away; above half a minute, opening waits for it too, for
// half a minute. `stop` (may be null, must outlive the queue) ends the waiting with kInterrupted.
// kInvalidInput for a location that is no PostgreSQL database, and as open_postgres_store.
Result<std::unique_ptr<JobQueue>> open_jobs(const std::string& location, Seconds patience,
                                            const StopFlag* stop);
Result<std::unique_ptr<JobQueue>> open_postgres_jobs(const std::string& location, Seconds patience,
                                                     const StopFlag* stop);

}  // namespace kernwise
