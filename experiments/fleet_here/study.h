// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"

namespace kernwise::experiments {

struct HereOptions {
  std::filesystem::path data;
  std::string space = "nb201";
  std::filesystem::path table;     // of the public devices; empty: the one under `data`
  std::filesystem::path accuracy;  // empty: the one under `data`
  std::string accuracy_column = "cifar100_test_acc";
  std::vector<std::string> targets = {"avx512:1", "avx512:2", "avx2:1", "sse4.1:1"};
  int designs = 300;
  int samples = 10, references = 5;
  int draws = 20;
  uint64_t seed = 1;
  int repeat = 30;
  std::string budget = "20s";
  std::filesystem::path work = "fleet_here";
  bool measure = true;  // else only what the work folder holds
};

struct HerePick {
  double quantile = 0, bound_ms = 0;
  std::string design = {};
  double accuracy = 0;
  double found_ms = 0;  // as measured during the search
  double run_ms = 0;    // run again in a process of its own
  int measurements = 0;
};

struct HereTarget {
  std::string name;
  int64_t designs = 0;                           // measured
  double spearman_mean = 0, spearman_least = 0;  // over draws of samples
  double spearman_chosen = 0;                    // samples chosen by the model
  double repeat_spearman = 0;  // designs measured twice, in another process: the noise ceiling
  int repeated = 0;
  double within_ten_percent = 0;
  std::vector<HerePick> picks = {};
};

struct HereResult {
  std::vector<HereTarget> targets;
  double spearman_mean = 0;
  std::vector<std::string> sources;
};

using Say = std::function<void(const std::string&)>;
Result<HereResult> run_here(const HereOptions& options, const Say& say);

}  // namespace kernwise::experiments
