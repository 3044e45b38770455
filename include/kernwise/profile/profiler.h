// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Measures every admissible primitive of a list of problems into a store, within a time budget that
// is spent by successive halving (Jamieson & Talwalkar 2016): all candidates run once, the hopeless
// ones are cut, the survivors run more often, and so on. What the store already holds counts, so an
// interrupted profile resumes where it was; finished runs are written as it goes. However short the
// budget, one candidate of each problem runs once, so that there is a plan at all.
//
// A fixed reference convolution runs between the measurements; stretches of time in which it is
// slower than usual mark the runs around it as drifted.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/device/device.h"
#include "kernwise/graph/problem.h"
#include "kernwise/primitives/primitive.h"
#include "kernwise/profile/witness.h"
#include "kernwise/store/store.h"

namespace kernwise {

inline constexpr int kProfileRounds = 5;
inline constexpr int kRunsOfEach = 5, kRunsOfEachSlow = 2;  // with every_candidate

struct ProfileOptions {
  Execution execution;
  bool warm_weights = false;
  Seconds budget{120};
  std::vector<std::string> primitives;  // only these ids; empty = all
  // Per problem (canonical) only these ids; empty = whatever `primitives` leaves. A problem that is
  // not in it is not measured.
  std::map<std::string, std::set<std::string>> pairs;
  int rounds = 0;  // of kProfileRounds; 0 = all
  // No contest: nothing is cut, and every candidate gets kRunsOfEach runs (kRunsOfEachSlow if its
  // fastest takes more than 50 ms), in as many passes over all of them. For training models of
  // slow candidates too. The store's key is the same, and what it holds counts as ever.
  bool every_candidate = false;
  // With every_candidate: at most so many runs, those that the store holds counted in. Asking for
  // one more at a time, over a long list of problems, spreads the runs of each over the whole time:
  // a slow stretch of the machine then spoils single runs, not medians.
  int runs = kRunsOfEach;
  // With every_candidate: keeps no run of less than 20 ms after which the witness says that the
  // processor was disturbed. After two attempts the candidate is left with the runs it has; a later
  // call finds it wanting. Not owned; null: every run is kept.
  Witness* witness = nullptr;
  Bytes max_memory{int64_t{4} << 30};  // of prepared kernels held at once, and of workspace
  uint64_t seed = 1;                   // of the random inputs and weights
};

struct ProfileSummary {
  int problems = 0;
  int candidates = 0;  // admissible (problem, primitive) pairs
  int refused = 0;
  int failed = 0;
  int unmeasured = 0;     // pairs that the budget left without a single run
  int64_t runs = 0;       // timed in this call, repeated ones not counted
  int64_t disturbed = 0;  // not kept: the scheduler interrupted them, or the witness said so
  int rounds_completed = 0;
  int rounds = kProfileRounds;  // that there are; one with every_candidate
  bool complete = false;        // every round done for every problem
  Seconds spent;
  double worst_drift = 0;  // of the reference convolution
};

// True when profiling these problems would measure nothing: every primitive that belongs to the
// execution's class of resource has a record, and each problem's fastest one has been through the
// rounds. `measurements` are combined repetitions.
bool profile_complete(const std::vector<Measurement>& measurements,
                      const std::vector<Problem>& problems, const MeasurementKey& key_template,
                      const Execution& execution = {});

// On options.execution.resource: kInvalidInput if there is none of that name, and a failure of a
// device as it is. kInterrupted when `stop` was set (what was measured is in the store); a store
// error as it is.
Result<ProfileSummary> profile(const std::vector<Problem>& problems, const Device& device,
                               const MachineContext& context, const ProfileOptions& options,
                               Store& store, Progress& progress, const StopFlag& stop);

// Without a contest (every_candidate): how many runs a candidate gets, `most` at most, judged by
// those made so far.
int runs_of_each(const std::vector<double>& runs, int most = kRunsOfEach);

// Key fields that all measurements of a profile share (problem and primitive left empty).
MeasurementKey key_template(const Device& device, const ProfileOptions& options);

// Binds the process to as many processors as there are threads (the highest-numbered ones it may
// use), so that runs do not migrate. Returns the processors, empty if the system refuses.
std::vector<int> pin_to_cpus(int threads);

}  // namespace kernwise
