// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise plan`: model in, plan out. Measures what the store does not hold yet (within the
// budget), builds the cost table, solves it, and checks the sum of the parts against a run of the
// whole network.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/runtime/executor.h"
#include "kernwise/select/cost_table.h"
#include "kernwise/select/plan.h"
#include "kernwise/store/store.h"
#include "kernwise/workflow/load.h"
#include "kernwise/workflow/measured_costs.h"

namespace kernwise {

struct PlanRequest {
  std::filesystem::path model;
  OnnxOptions onnx;
  std::filesystem::path store;  // empty: default_store_path()
  int threads = 1;
  Policy policy = Policy::kFastest;
  bool warm_weights = false;
  std::vector<std::string> primitives;  // only these ids may be measured and chosen; empty = all
  Seconds budget{120};                  // for measuring; 0 = never measure
  bool refine = false;                  // measure on although the store covers the network
  // Run the whole network when something new was measured, or the store has no steady run of it
  // (grade C or better) yet.
  // Takes part of no choice.
  bool calibrate = true;
};

struct PhaseTimes {
  double read_s = 0, profile_s = 0, select_s = 0, calibrate_s = 0;
};

struct PlanOutcome {
  Plan plan;
  LoadedModel model;
  CostTable table;
  Selection selection;
  MemoryUse memory;
  std::optional<ProfileSummary> profile;  // absent: the store sufficed
  PhaseTimes times;
  std::vector<std::string> warnings;
};

Result<PlanOutcome> plan_network(const PlanRequest& request, Progress& progress,
                                 const StopFlag& stop);

// The plan that a policy gives for a model whose measurements are in the store already; measures
// nothing. For side-by-side runs.
Result<Plan> plan_from_store(const LoadedModel& model, const PlanRequest& request,
                             const Store& store);

}  // namespace kernwise
