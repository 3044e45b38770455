// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "approaches.h"

namespace kernwise::experiments {

struct StudyOptions {
  SearchFiles files;
  SearchProtocol protocol;
  int accuracy_designs = 300;
  int draws = 5;
  uint64_t seed = 1;
  bool spread = false;  // references are of all designs, not only of those that may be chosen
  int layers = 5;       // of the known devices' Pareto sets: designs that may be chosen
  bool all_devices = true, optimizer = true;
  bool validate = false;  // train devices only
};

struct AccuracyStudy {
  int designs = 0, draws = 0;
  double kendall_mean = 0, kendall_least = 1, spearman_mean = 0, error_mean = 0, coverage_mean = 0;
  double own_kendall_mean = 0;
};

// The decision to reuse a proxy as it is, over pairs of devices; the truth is the rank correlation
// over all designs.
struct ProxyStudy {
  int pairs = 0, like = 0;                 // like: truly at least 0.9
  int reused_like = 0, reused_unlike = 0;  // decided so
  double balanced_accuracy() const;
  // As in oneproxy: the share of the other proxies that were reused, and the share of the reused ones
  // that are not good.
  double wrongly_reused() const;
  double wrong_of_reused() const;
};

struct GroupResult {
  std::string name;
  std::vector<std::string> targets;
  std::vector<Score> scores;
};

struct StudyResult {
  AccuracyStudy accuracy;
  std::vector<GroupResult> groups;
  ProxyStudy decisions;
  std::string proxy;
  std::vector<std::string> train;
  std::vector<std::string> warnings;
};

using Say = std::function<void(const std::string&)>;
Result<StudyResult> run_study(const StudyOptions& options, const Say& say);

// Accuracies by a predictor from a draw of designs; with their own truth at those drawn.
struct PredictedValues {
  Values values;
  double kendall = 0, spearman = 0, error = 0, coverage = 0;  // on designs whose kin was not drawn
  double own_kendall = 0;
};
Result<PredictedValues> predict_values(const SearchData& data, int designs, Rng& rng);

}  // namespace kernwise::experiments
