// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise profile --training`: real steps of networks, pruned to several degrees, with several
// batches and optimizers, run by kernwise-torch, one process each, into the store; and what a
// device file can be learned from them. What the store holds is not measured again, so the same
// command goes on where it was stopped. The order is random, so that any part of it covers
// everything.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/footprint/step_device.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/graph/prune.h"

namespace kernwise {

struct TrainingProfileRequest {
  std::vector<std::filesystem::path> networks;
  std::vector<double> ratios = {0};  // of channels removed
  PruneStrategy strategy = PruneStrategy::kRandom;
  std::vector<int64_t> batches = {8};
  std::vector<Optimizer> optimizers = {Optimizer::kSgd};
  bool inference = false;  // forward passes, in the place of training steps
  double weight_decay = 0;
  int threads = 1;
  int steps = 5;   // timed, behind one that is not
  Bytes limit{0};  // of allocated memory; 0: none. Running out is an outcome
  Seconds budget{120};
  Seconds timeout{600};  // of one job
  uint64_t seed = 1;
  std::filesystem::path store;   // empty: default_store_path()
  std::filesystem::path worker;  // empty: beside this program, or in PATH
  std::string device;            // fingerprint
  KernelRules rules;
  OnnxOptions onnx;
};

struct TrainingProfileRow {
  std::string network;  // as given
  double ratio = 0;
  StepOptions step;
  StepStatus status = StepStatus::kFailed;
  std::string reason;
  bool measured_now = false;
  int64_t predicted_bytes = 0;  // played through
  int64_t allocated_bytes = 0, reserved_bytes = 0, used_bytes = 0;
  double median_s = 0, spread = 0;
};

struct TrainingProfileOutcome {
  std::vector<TrainingProfileRow> rows;  // in order of networks, ratios, batches, optimizers
  std::vector<StepRecord> records;       // of the rows that ran, or ran out under the limit
  int64_t unmeasured = 0;                // by the budget
  int64_t unanswered = 0;                // the worker was killed or too slow; not in the store
  Seconds spent;
  std::string store, library;
  std::vector<std::string> warnings;
};

// kUnsupported if there is no worker; kInterrupted when `stop` was set (what was measured is kept).
Result<TrainingProfileOutcome> profile_training(const TrainingProfileRequest& request,
                                                Progress& progress, const StopFlag& stop);

// One job in a process of its own. An error only if there is no answer to it; kInterrupted if a
// signal came first.
Result<TrainingOutcome> run_training_job(const TrainingJob& job,
                                         const std::filesystem::path& worker, Seconds timeout);
// Where the worker is, and what it runs on: "libtorch 1.13.0".
Result<std::filesystem::path> find_torch_worker(const std::filesystem::path& given);
Result<std::string> torch_worker_library(const std::filesystem::path& worker);

}  // namespace kernwise
