// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise run`: executes a plan, times it, verifies it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/device/device.h"
#include "kernwise/runtime/executor.h"
#include "kernwise/runtime/verify.h"
#include "kernwise/select/plan.h"
#include "kernwise/workflow/load.h"

namespace kernwise {

struct RunRequest {
  std::filesystem::path plan;   // or a pack (runtime/pack.h), which holds its network
  std::filesystem::path model;  // empty: the path in the plan, also looked up beside the plan
  OnnxOptions onnx;
  std::vector<std::filesystem::path> inputs;  // one per graph input; empty: random
  uint64_t seed = 1;
  int repeat = 10;  // timed runs, after one that is not
  bool verify = false;
  double tolerance = 1e-4;  // of verify: worst_relative_error above it is kCriterionFailed
  bool profile = false;     // time every layer and transform, in runs of their own
  int traced = 0;           // runs of their own to record step by step
  bool any_device = false;  // run a plan that was made on another machine
  bool bind = true;         // the process to as many processors as the plan has threads
  // .npy of the graph output; with several of them name.1.npy, name.2.npy ...; empty: none
  std::filesystem::path output;
};

// A plan with its network, ready to run. The executor has packed its weights already.
struct OpenedPlan {
  Plan plan;
  LoadedModel model;
  Executor executor;
};

// `warnings` gets what does not keep it from running. Of `request` the fields that are about timing
// and output mean nothing here.
Result<OpenedPlan> open_plan(const RunRequest& request, std::vector<std::string>& warnings);

struct StepTime {
  StepInfo step;
  double median_s = 0;
  double planned_s = 0;
  double planned_low_s = 0, planned_high_s = 0;  // its interval; both 0 where none is stated
  Macs macs;      // as a direct algorithm counts them, whatever the primitive does
  Bytes traffic;  // the least that must move (least_traffic); 0 for a view
};

// The time that the roofline allows (Williams, Waterman, Patterson 2009): the longer of computing
// at the peak and moving at the bandwidth. An algorithm that does with fewer multiplications than
// the direct one, such as Winograd's, may beat it, and so may data that still lie in a cache.
double roofline_s(const StepTime& step, const Ceilings& ceilings);

// Runs as they happened, one after the other. A step begins where the one before it ends; the time
// between two runs is not recorded.
struct RunTrace {
  std::vector<StepInfo> steps;
  std::vector<std::vector<double>> runs_s;  // per run, the time of every step
};

struct RunOutcome {
  Plan plan;
  MemoryUse memory;
  // Of the whole process up to the last timed run: reading the file and packing included, --profile
  // and --verify not.
  Bytes process_peak;
  std::vector<double> runs_s;
  double median_s = 0, spread = 0;
  std::vector<StepTime> steps;    // with profile
  Ceilings ceilings;              // with profile: of this machine with the plan's threads
  std::optional<RunTrace> trace;  // where it was asked for
  std::optional<Verification> verification;
  std::string output_hash;  // of the bytes of all outputs: replay is bit-identical
  std::vector<std::string> warnings;
};

// A failed verification is an outcome, not an error: look at verification->worst_relative_error.
Result<RunOutcome> run_plan(const RunRequest& request, Progress& progress, const StopFlag& stop);

}  // namespace kernwise
