// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// `kernwise compare A B`: what is different between two plans, runs, models of devices or stores.
// Everything is said from A to B: a ratio is B over A, above 1 is slower or larger.
//
// What counts as a changed time: intervals (95 %) that do not overlap where both sides state one,
// 5 % and more where one of them does not.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/learn/device_model.h"
#include "kernwise/select/plan.h"
#include "kernwise/store/store.h"
#include "kernwise/workflow/run_plan.h"

namespace kernwise {

enum class ComparedKind : uint8_t { kPlans = 0, kRuns = 1, kModels = 2, kStores = 3 };
std::string_view to_string(ComparedKind kind);  // "plans", "runs", "models", "stores"

enum class Change : uint8_t {
  kOnlyA = 0,  // B has no such row
  kOnlyB = 1,
  kPrimitive = 2,
  kLayout = 3,
  kTime = 4,
  kMemory = 5,
  kError = 6,   // of a model's predictions
  kStatus = 7,  // measured here, refused or failed there
};
std::string_view to_string(Change change);  // "only-a", "only-b", "primitive", "layout", ...

// One side of a row. What it does not have is empty.
struct ComparedEntry {
  std::string primitive;
  std::string layout;  // "nhwc", or "nchw > nhwc"
  std::string status;  // stores: "measured", "refused", "failed"
  std::optional<double> time_s, low_s, high_s;
  // Plans: the workspace. Runs: output, workspace and packed weights of the step.
  std::optional<Bytes> memory;
  std::optional<double> error;  // models: median of |predicted - measured| / measured
  friend bool operator==(const ComparedEntry&, const ComparedEntry&) = default;
};

// A layer or transform of plans, a step of runs, a primitive of models (name: its kind of problem),
// an experiment of stores (name: the problem).
struct ComparedRow {
  std::string name;
  std::optional<ComparedEntry> a, b;
  std::vector<Change> changes;       // empty: the same
  std::optional<double> time_ratio;  // where both sides have a time above 0
};

// What both stand on: network, device, libraries, ...
struct ComparedFact {
  std::string name, a, b;
  bool same() const { return a == b; }
};

enum class ComparedUnit : uint8_t { kSeconds, kBytes, kRatio, kCount };
struct ComparedTotal {
  std::string name;
  ComparedUnit unit = ComparedUnit::kSeconds;
  std::optional<double> a, b;  // not known: empty
};

struct Comparison {
  ComparedKind kind = ComparedKind::kPlans;
  std::vector<ComparedFact> facts;
  std::vector<ComparedTotal> totals;
  std::vector<ComparedRow> rows;
  // Time of B over that of A, by `slowdown_of`; empty where there is no such thing (models), or a
  // side has not been timed. Bounds: 95 %, where the spreads are known; else equal to it.
  struct Slowdown {
    double ratio = 1, low = 1, high = 1;
  };
  std::optional<Slowdown> slowdown;
  std::string slowdown_of;  // in words; also says why there is none
};

// Rows are layers, then transforms, by name and in the order of A; those that only B has come last.
// The slowdown is that of predicted_total_s.
Comparison compare_plans(const Plan& a, const Plan& b);

// Rows are steps, of runs with --profile. The slowdown is that of the median runs, its bounds from
// their spreads, which are taken to be independent.
Comparison compare_runs(const RunOutcome& a, const RunOutcome& b);

Comparison compare_models(const DeviceModel& a, const DeviceModel& b);

// Rows are experiments that both have: problem, primitive, threads and protocol are the same, and
// the device is, unless each store has one only. Revisions and libraries may differ: that is what
// stores are compared for. Repetitions are combined (store.h). The slowdown is the geometric mean
// of the ratios of all experiments measured on both sides. kInvalidInput where there is none.
Result<Comparison> compare_stores(const Store& a, const Store& b);

}  // namespace kernwise
