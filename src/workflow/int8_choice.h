// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which layers run in int8, for a bound on the error (docs/DECISIONS/0014). A layer may if its own
// error is within the bound. The fastest selection is then run; while its error from end to end is
// beyond the bound, layers go back to fp32, first those that save the least time for their squared
// error: errors of layers are taken to add up like independent ones do, by their squares, and the
// factor between that sum and the error at the end is what the run shows.
#pragma once

#include <functional>
#include <vector>

#include "int8_calibration.h"
#include "int8_costs.h"
#include "kernwise/base/progress.h"
#include "kernwise/runtime/verify.h"
#include "kernwise/select/cost_table.h"

namespace kernwise::detail {

struct Int8Choice {
  CostTable table;  // without the options that were not allowed
  Selection selection;
  PlannedInt8 planned;
  Ranges ranges;
  std::vector<double> errors;  // by layer, of the selection on its real inputs; 0 in fp32
  Int8Summary summary;
};

struct Int8Question {
  const LoadedModel& model;
  const PlanRequest& request;
  const CostTable& table;  // with int8, whatever fits the ranges
  const Ranges& ranges;
  const CalibrationInputs& inputs;
  Executor& fp32;  // of the plan without int8
  std::function<Result<Selection>(const CostTable&)> select;
};

// kCriterionFailed never: in the end all layers are in fp32.
Result<Int8Choice> choose_int8(const Int8Question& question, Progress& progress,
                               const StopFlag& stop);

// The plan's part on int8, for the values that lie so somewhere.
void add_int8(const LayerGraph& graph, const Ranges& ranges, PlannedInt8 planned, Plan& plan);

}  // namespace kernwise::detail
