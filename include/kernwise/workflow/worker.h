// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise worker`: takes jobs of a shared store (store/jobs.h) that this machine can do, one at a
// time, and does them. The server is asked for a job, told now and then that the worker lives, and
// given the result; between two timed runs nobody talks to it. A worker that is killed loses the
// job in its hands, which goes to another one when the lease ends.
//
// Two workers on one machine disturb each other's measurements.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/graph/problem.h"
#include "kernwise/store/jobs.h"

namespace kernwise {

struct WorkerOptions {
  std::string store;         // postgresql://...
  std::string name;          // empty: host name and process number
  int threads = 1;           // takes jobs of exactly so many
  bool until_empty = false;  // end when no job is left that it could do
  int64_t most_jobs = 0;     // end after so many; 0: no limit
  Seconds lease{60};         // after so long without a sign of life a job goes to another worker
  Seconds poll{2};           // between two looks where there is nothing to do
  Seconds patience{600};     // how long the server may be away
  Seconds pause{5};          // before a failed job is tried again
};

struct WorkerOutcome {
  std::string name;
  int64_t accepted = 0, late = 0, failed = 0;
  int64_t records = 0;   // measurements of the accepted
  bool stopped = false;  // by the stop flag
};

// What doing a job means. An error is reported at the job; kInterrupted gives it back. `stop` is
// also set when the lease was lost: then nobody waits for the result.
using JobRunner = std::function<Result<JobResult>(const JobLease& lease, const StopFlag& stop)>;

// Returns when there is nothing left (until_empty), enough was done, or `stop` was set; an error if
// the server stayed away for longer than the patience.
Result<WorkerOutcome> run_worker(const WorkerOptions& options, const WorkerAbility& ability,
                                 const JobRunner& runner, Progress& progress, const StopFlag& stop);

// What this machine can do, as it is held by --isa.
WorkerAbility ability_of_this_machine(const WorkerOptions& options);

// Measures the problems of the job, past what the store knows of them for this device.
Result<JobResult> profile_job(const JobLease& lease, const Store& known, Progress& progress,
                              const StopFlag& stop);

// Both together.
Result<WorkerOutcome> work_on_jobs(const WorkerOptions& options, Progress& progress,
                                   const StopFlag& stop);

struct JobsRequest {
  std::vector<std::filesystem::path> networks;  // every problem that planning them needs
  std::vector<Problem> problems;                // and these
  OnnxOptions onnx;
  JobClass needs;  // `protocol` is decided by warm_weights
  bool warm_weights = false;
  JobWork work;     // `problems` is decided by the above
  int per_job = 4;  // problems
  int most_attempts = 5;
};
// The distinct problems, so many a job, in order of first mention. kInvalidInput for an unknown
// primitive, an unreadable network, or nothing to do.
Result<std::vector<NewJob>> jobs_for(const JobsRequest& request);

}  // namespace kernwise
