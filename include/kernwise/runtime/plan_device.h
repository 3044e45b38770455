// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Does a plan belong to this machine? Asked by everything that runs one.
// Thread-safety: pure function.
#pragma once

#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/select/plan.h"

namespace kernwise {

// Another device or other library versions, or more threads than there are processors:
// kUnsupported; the first two only a warning if `any_device`.
Status check_plan_device(const Plan& plan, bool any_device, std::vector<std::string>& warnings);

}  // namespace kernwise
