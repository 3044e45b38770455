// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What is known of a step before any kernel is made.
#pragma once

#include "kernwise/runtime/executor.h"
#include "schedule.h"

namespace kernwise::detail {

// Everything but StepBytes::live, workspace and weights.
StepInfo step_info(const LayerGraph& graph, const Plan& plan, const Step& step);

}  // namespace kernwise::detail
