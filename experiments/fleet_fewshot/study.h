// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Costs of designs on devices that are met with a few samples, under HELP's protocol: samples come
// from the first `pool` designs of the table, figures from the next `query` ones.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/fleet/latency_table.h"
#include "kernwise/fleet/table_checks.h"
#include "kernwise/fleet/task.h"

namespace kernwise::fewshot {

struct Options {
  std::vector<int64_t> samples = {10};  // measurements of a target, all counted; the first leads
  int draws = 20;
  uint64_t seed = 1;
  int64_t pool = 900, query = 1000;  // designs; less where the table has fewer
  bool all_known = true;  // whether costs of known devices may be looked at outside of the pool
  int64_t among = 300;    // designs of the pool that a draw offers to be chosen from
  int threads = 1;
  std::vector<double> flops;  // of each row, to compare with; empty if not given
};

// Means over draws (and over devices, in totals).
struct Scores {
  double spearman = 0, kendall = 0, within_5 = 0, within_10 = 0;
  double spearman_low = 0, spearman_high = 0;  // 10th and 90th percentile of draws
  double spearman_worst = 0;                   // worst device, in totals; worst draw, of a device
};

struct DeviceScores {
  Scores untrimmed, trimmed;
};

struct MethodResult {
  std::string method;
  bool is_default = false;
  std::vector<DeviceScores> devices;  // in the order of the task
  DeviceScores total;
};

struct Ceiling {
  double ties = 1;  // what a prediction without ties can reach
  double fully_measured =
      1;  // what a model of all other designs' costs on this very device reaches
};

struct SampleResult {
  int64_t samples = 0;
  std::vector<MethodResult> methods;
};

struct StudyResult {
  std::vector<std::string> devices;
  std::vector<Ceiling> ceilings;
  std::vector<SampleResult> by_samples;
  std::vector<TableWarning> warnings;
  int64_t designs = 0, pool = 0, query = 0, known = 0;
  std::string prior;
  double learn_s = 0;
};

using Say = std::function<void(const std::string&)>;

Result<StudyResult> run_study(const LatencyTable& table, const FleetTask& task,
                              const Options& options, const Say& say);

}  // namespace kernwise::fewshot
