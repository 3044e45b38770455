// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Does a plan belong to this machine and to this network? Asked by everything that runs one.
#pragma once

#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/select/plan.h"
#include "kernwise/workflow/load.h"

namespace kernwise {

// Another device or other library versions: kUnsupported, or only a warning if `any_device`.
Status check_plan_device(const Plan& plan, bool any_device, std::vector<std::string>& warnings);

Status check_plan_network(const Plan& plan, const LoadedModel& model);

}  // namespace kernwise
