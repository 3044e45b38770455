// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What fitting a latency model and bringing one to another device have in common.
#pragma once

#include <vector>

#include "kernwise/footprint/latency_model.h"

namespace kernwise::detail {

inline constexpr double kShortest = 1e-7;  // seconds: what no clock resolves counts as this

// kInvalidInput without a step, or if one took no time.
Status check_steps(const std::vector<TimedStep>& steps);

}  // namespace kernwise::detail
