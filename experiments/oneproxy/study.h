// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One proxy device for another: how often the order of designs carries over, whether that can be
// told from a few measurements, and what a few measurements make of a proxy that does not fit.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/fleet/latency_table.h"
#include "kernwise/fleet/proxy_decision.h"
#include "kernwise/fleet/table_checks.h"
#include "kernwise/fleet/task.h"

namespace kernwise::oneproxy {

struct Options {
  std::vector<int64_t> samples = {10, 20, 70};
  int draws = 20;
  int decision_draws = 3;
  int64_t decision_samples = 10;
  uint64_t seed = 1;
  int64_t among = 300;  // designs that a draw offers; figures are over all others
  ProxyRule rule;
  bool product_only = false;  // only the decision as `kernwise fleet` takes it
};

struct MethodResult {
  std::string method;
  bool is_default = false, all_sources = false;
  int64_t samples = 0;
  std::vector<double> pairs;  // Spearman of each pair, mean over draws
  double mean = 0, worst = 0;
  double above = 0;  // share of (pair, draw) with 0.9 or more
};

// Of the decision reuse / not, over all ordered pairs of devices that are no twins.
struct DecisionResult {
  std::string known;                        // what the prior was learned from, or "product, ..."
  int64_t decisions = 0, good_proxies = 0;  // with a true correlation >= rule.enough
  double reused_good = 0;                   // share of good proxies that were reused
  double wrongly_reused = 0;                // share of the other proxies that were reused
  double wrong_of_reused = 0;               // share of the reused ones that are not good
  double balanced_accuracy = 0, constant_accuracy = 0.5;
  double within_interval = 0;  // share of true correlations inside of the 90 % interval
  double rejected = 0, median_error = 0;
};

struct StudyResult {
  std::vector<std::string> devices;
  std::vector<std::vector<double>> spearman;  // devices x devices
  int64_t pairs = 0, monotone_pairs = 0;      // unordered; with 0.9 or more
  std::vector<DecisionResult> decisions;
  std::vector<MethodResult> methods;
  std::vector<TableWarning> warnings;
};

using Say = std::function<void(const std::string&)>;

Result<StudyResult> run_study(const LatencyTable& table, const FleetTask& task,
                              const Options& options, const Say& say);

std::string as_text(const StudyResult& result, const FleetTask& task, double took_s);
// kernwise.experiment.oneproxy/1
std::string as_json(const StudyResult& result, const FleetTask& task, const Options& options,
                    double took_s);

}  // namespace kernwise::oneproxy
