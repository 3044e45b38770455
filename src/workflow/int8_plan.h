// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// From a network that is planned in fp32 to one whose layers may run in int8: calibrates on runs of
// that plan, measures what int8 needs, and looks for the layers that keep the bound.
#pragma once

#include <functional>

#include "int8_choice.h"
#include "kernwise/profile/profiler.h"
#include "kernwise/store/store.h"

namespace kernwise::detail {

// What does not go with a bound on the error: kInvalidInput.
Status check_int8(const PlanRequest& request);

struct Int8Setting {
  const PlanRequest& request;
  const ProfileOptions& profiling;  // as for fp32
  const Device& device;
  const MachineContext& context;
  const MeasurementKey& key;
  Store& store;
  std::function<Result<Selection>(const CostTable&)> select;
};

// `out` has model, table and selection in fp32, and the profile of it if there was one. Adds
// warnings, and the profile if there was none; what is left of the budget is spent.
Result<Int8Choice> plan_int8(const Int8Setting& setting, PlanOutcome& out, Progress& progress,
                             const StopFlag& stop);

}  // namespace kernwise::detail
