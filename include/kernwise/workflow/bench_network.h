// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise bench`: whole-network runs side by side, interleaved in one process run, so that all
// contestants see the same weather.
//
//  onednn        the same graph in the same executor, each choice oneDNN's (Policy::kOnednnAuto)
//  onnxruntime   the onnxruntime-node package in a child process (bench/onnxruntime.mjs)
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kernwise/base/statistics.h"
#include "kernwise/workflow/plan_network.h"

namespace kernwise {

struct BenchRequest {
  PlanRequest plan;                          // model, threads, store, budget
  std::filesystem::path plan_file;           // empty: plans first
  std::vector<std::string> against;          // contestants
  int rounds = 30;                           // of one run of each contestant
  Seconds max_time{120};                     // ends the rounds early, not below 10
  std::filesystem::path onnxruntime_script;  // empty: bench/onnxruntime.mjs near the program
  uint64_t seed = 1;
};

struct Contestant {
  std::string name;  // "kernwise", "onednn", "onnxruntime"
  std::string version;
  std::vector<double> runs_s;
  double median_s = 0, spread = 0;
  RatioInterval ratio;           // its time over kernwise's; 1 for kernwise
  double output_difference = 0;  // relative, against kernwise's output
  int64_t peak_bytes = 0;        // of its executor, exact; 0: unknown (onnxruntime)
  // Peak of its process, for a contestant that has one of its own (onnxruntime); else 0. Those of
  // this process share it with the planning: `kernwise run` tells theirs.
  int64_t process_peak_bytes = 0;
};

struct BenchOutcome {
  Plan plan;
  std::vector<Contestant> contestants;  // kernwise first
  int rounds = 0;
  double predicted_s = 0;  // of kernwise's plan
  std::vector<std::string> warnings;
};

Result<BenchOutcome> bench_network(const BenchRequest& request, Progress& progress,
                                   const StopFlag& stop);

}  // namespace kernwise
