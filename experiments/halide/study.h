// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The study of one pipeline: draw a random part of its schedule space, measure a spread-out sample
// of it, learn, measure what the model thinks fast and learn again, then judge.
//
// Three sets of schedules that never mix:
//   training   the spread-out sample, and what the rounds of the model added
//   held out   drawn at random before anything was measured; used for the rank correlation only
//   the rest   ranked by prediction; its predicted best runs beside the autoschedulers
// No figure of the held-out set or of the comparison leads to any decision.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cache.h"
#include "kernwise/device/device.h"
#include "picture.h"
#include "workload.h"

namespace kernwise::halide {

struct Options {
  std::vector<int64_t> sides = {1024, 2048, 4096, 8192};
  std::vector<int> threads = {1, 2};
  int pool = 2500;        // random schedules of the space that are looked at
  int first = 280;        // of them measured to begin with, at most: a share of the time bounds it
  int rounds = 3;         // in which the model asks for more
  int round_size = 24;    // schedules of a round
  int held_out = 60;      // measured to judge the order
  int top = 5;            // predicted best of each cell that are run
  int largest_every = 4;  // of the first ones, each how manieth is measured at the largest side too
  int held_out_largest = 40;  // of the held-out ones, measured at the largest side too
  uint64_t seed = 1;
};

// One side on one number of threads.
struct Entry {
  std::string name, schedule, failure;
  double median_s = 0, compile_s = 0, predicted_s = 0;
  int64_t runs = 0;
};
struct Cell {
  int64_t n = 0;
  int threads = 1;
  int64_t held_out = 0, ranked = 0;
  double rank_correlation = 0;
  double mdrae = 0;            // over the held-out schedules
  double held_out_regret = 0;  // of the predicted best of them
  std::vector<Entry> entries;  // unscheduled, the autoschedulers, predicted 1 ... top
  int best_auto = -1;          // index into entries, -1 if all failed
  int first_predicted = -1;
  int verified = -1;  // the fastest of the top when measured alone, before the comparison
  double gain = 0, verified_gain = 0;  // best autoscheduler's time over ours; 0 if there is none
};

struct WorkloadResult {
  std::string name, describes;
  int64_t pool = 0, training = 0, held_out = 0, top_measured = 0, failed = 0;
  // Of each network, for each number of threads: one network, or one for each structure.
  std::vector<std::vector<int64_t>> parameters;
  std::vector<int64_t> training_times;
  double compile_s = 0, run_s = 0;
  bool complete = true;  // else the budget cut the rounds or the held-out sample
  std::vector<Cell> cells;
};

struct Clock {
  std::function<double()> elapsed_s;  // since the start of the program
  double begin_s = 0, end_s = 0;      // the share of this workload
  std::function<void(const std::string& what, double share)> say;
};

Result<WorkloadResult> study_workload(const Workload& workload, const Picture& picture,
                                      const Options& options, const Device& device, Cache& cache,
                                      const Clock& clock);

}  // namespace kernwise::halide
