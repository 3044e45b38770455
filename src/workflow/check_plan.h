// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Does a plan belong to this network? (To this machine: runtime/plan_device.h.)
#pragma once

#include "kernwise/base/result.h"
#include "kernwise/select/plan.h"
#include "kernwise/workflow/load.h"
#include "kernwise/workflow/run_plan.h"

namespace kernwise {

// The request's model, else the file that the plan names, or one of that name beside the plan.
std::filesystem::path find_model(const RunRequest& request, const Plan& plan);

Status check_plan_network(const Plan& plan, const LoadedModel& model);

}  // namespace kernwise
