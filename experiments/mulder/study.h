// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What is asked of one pair of platforms, and what came out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "../in_parallel.h"
#include "kernwise/learn/metrics.h"
#include "kernwise/learn/transfer.h"
#include "networks.h"
#include "tables.h"

namespace kernwise::mulder {

struct Options {
  std::string source, target;
  std::vector<double> fractions = {0.001, 0.01, 0.02, 0.05, 0.10, 0.25};
  int draws = 30;  // of methods that take a second or less; a third of it for the others
  int seeds = 5;   // of the split and the model
  uint64_t seed = 1;
  int threads = 2;
  int top = 3;  // candidates per layer in verification
  std::vector<RegressorKind> regressors;
};

struct SplitResult {
  std::vector<Scores> seeds;
  std::vector<double> coverage;                // of the 90 % intervals, per seed
  std::map<std::string, double> family_mdrae;  // first seed
};
struct RegressorResult {
  std::string name;
  Scores scores;
  int64_t parameters = 0;  // of the largest output where it has its own net, else of all
  double fit_s = 0;
};
struct Quantiles {
  double median = 0, p10 = 0, p90 = 0;
};
struct TransferResult {
  std::string method;
  bool is_default = false;
  double fraction = 0;
  int64_t samples = 0, draws = 0;
  Quantiles regret_total, mdrae, coverage, cost_s;
};
struct StudyResult {
  SplitResult target_group, target_row, source_group;
  std::vector<RegressorResult> regressors;
  std::vector<TransferResult> transfers;
  double source_winner_regret = 0, best_single_regret = 0;
  std::string best_single;
  std::vector<NetworkResult> networks;
  std::vector<std::string> networks_missing;
  double predict_us = 0;  // all primitives of one layer, one core
  int64_t train_rows = 0, test_rows = 0;
};

using Say = std::function<void(const std::string&)>;

Result<StudyResult> run_study(const Platform& source, const Platform& target,
                              const Formats& formats, const Options& options, const Say& say);

// The curves of every method over the fractions; `test` and the samples come from `target`.
Result<std::vector<TransferResult>> transfer_curves(const PerformanceModel& source,
                                                    const PerformanceModel& source_network,
                                                    const Samples& pool, const Samples& test,
                                                    const Formats& formats, const Options& options,
                                                    const Say& say);

using experiments::in_parallel;

}  // namespace kernwise::mulder
