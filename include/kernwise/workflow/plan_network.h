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
#include "kernwise/select/memory_front.h"
#include "kernwise/select/plan.h"
#include "kernwise/store/store.h"
#include "kernwise/workflow/costs.h"
#include "kernwise/workflow/load.h"
#include "kernwise/workflow/recorded_device.h"

namespace kernwise {

// Where costs come from.
//  kMeasured   measurements only
//  kPredicted  a model of the device, and what this very command measures to adapt and verify it
//  kMixed      measurements where the store has them, predictions for the rest
//  kAuto       measured if the store covers the network or no model came with the program, else
//              mixed: a machine without a profile is planned for in seconds
enum class CostSource : uint8_t { kMeasured = 0, kPredicted = 1, kMixed = 2, kAuto = 3 };
std::string_view to_string(CostSource source);  // "measured", "predicted", "mixed", "auto"

// What becomes of a problem that the model cannot predict.
//  kMeasure   it is measured, within the budget
//  kRoofline  a bound from the machine's ceilings stands in, and its share of the total is stated
//  kError     planning fails and names it
enum class Fallback : uint8_t { kMeasure = 0, kRoofline = 1, kError = 2 };
std::string_view to_string(Fallback fallback);  // "measure", "roofline", "error"

// For predicted and mixed costs.
struct LearnedCostOptions {
  std::filesystem::path model;  // empty: the shipped one nearest to this device
  // For measuring some of the network's problems first, to carry the model to this device; not
  // spent on a model that is of this device already. 0: predictions of the other device stand.
  Seconds probe{10};
  int verify_top = 3;  // candidates of each problem that may be measured before the plan stands
  Seconds verify{10};  // time for that; the riskiest come first
  Fallback fallback = Fallback::kMeasure;
};

struct PlanRequest {
  std::filesystem::path model;
  OnnxOptions onnx;
  std::filesystem::path store;  // empty: default_store_path()
  // Plans for this one from its store alone; `store`, `budget`, `refine` and `calibrate` mean
  // nothing then, and costs are measured ones.
  std::optional<RecordedDevice> recorded;
  int threads = 1;
  Policy policy = Policy::kFastest;
  bool warm_weights = false;
  std::vector<std::string> primitives;  // only these ids may be measured and chosen; empty = all
  Seconds budget{120};                  // for measuring; 0 = never measure
  CostSource costs = CostSource::kMeasured;
  LearnedCostOptions learned;
  bool refine = false;  // measure on although the store covers the network
  // Run the whole network when something new was measured, or the store has no steady run of it
  // (grade C or better) yet.
  // Takes part of no choice.
  bool calibrate = true;
  // Peak of activations, workspace and packed weights, as the runtime allocates them; the fastest
  // selection found under it is planned, and none: kCriterionFailed.
  std::optional<Bytes> memory;
  bool pareto = false;  // trace the whole front of time against memory too
  // Layers may run in int8 as long as no layer's error and not the network's goes beyond this: max
  // |difference| over max |reference|, on inputs that are sampled, or on the given ones. None: all
  // in fp32. Costs are then measured ones, for no model knows int8; the policy is kFastest.
  std::optional<double> max_error;
  std::vector<std::filesystem::path> calibration;  // inputs, as of `run`; empty: random ones
  uint64_t calibration_seed = 1;
};

struct PhaseTimes {
  double read_s = 0, profile_s = 0, select_s = 0, calibrate_s = 0;
};

// What learned costs did for a plan.
struct LearnedCostSummary {
  std::string model;         // its file
  std::string model_device;  // label of the device that it was trained on
  int model_threads = 1;     // of that device
  bool transferred = false;  // it was carried to this device
  int probed = 0;            // problems whose measurements carried it
  int64_t probe_measurements = 0;
  double probe_s = 0;
  // Median relative error for convolutions: cross-validated on the probe, or the model's own on
  // problems held out where it is of this device; NaN where nobody knows.
  double expected_error = 0;
  int problems = 0, predicted = 0;      // distinct ones, those that the model predicted
  std::vector<std::string> fallbacks;   // those that it did not: "conv:...: reason"
  double fallback_share = 0;            // of the plan's total that is a roofline bound
  std::vector<std::string> unmodelled;  // primitives that would apply but that the model knows not
  int64_t verified = 0;                 // candidates measured to verify the plan
  double verify_s = 0;
  bool verified_all = false;     // the plan stands on measurements alone
  double predicted_share = 0;    // of the plan's total that no measurement stands behind
  double low_s = 0, high_s = 0;  // of the total: the sums of the bounds of its parts
};

// What int8 did for a plan.
struct Int8Summary {
  double max_relative_error = 0;         // the bound
  double end_to_end_relative_error = 0;  // of the plan; 0 where no layer is in int8
  std::string calibration;
  int able = 0;             // layers that some int8 primitive takes here
  int beyond_alone = 0;     // of those, whose own error is beyond the bound
  int sent_back = 0;        // to fp32, for the error at the end
  int chosen = 0;           // layers that run in int8
  int trials = 0;           // selections that were run for it
  double fp32_total_s = 0;  // predicted, of the plan without int8
  double spent_s = 0;       // calibrating and looking
};

struct PlanOutcome {
  Plan plan;
  LoadedModel model;
  CostTable table;
  Selection selection;
  MemoryUse memory;
  std::vector<StepInfo> steps;                // of a run, in order, with what each of them holds
  std::optional<ProfileSummary> profile;      // absent: the store sufficed
  std::optional<LearnedCostSummary> learned;  // with predicted or mixed costs
  std::optional<MemoryFront> front;           // where it was asked for
  std::optional<Int8Summary> int8;            // where it was asked for
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
