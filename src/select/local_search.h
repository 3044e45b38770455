// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Descent on a PBQP assignment: node after node takes the option that is best for the neighbours it
// has, until none changes ("iterated conditional modes", Besag 1986).
#pragma once

#include <vector>

#include "kernwise/select/pbqp.h"

namespace kernwise::detail {

// `choice` must have finite cost. Returns the cost of what it has become; never worse.
double improve_locally(const PbqpProblem& problem, std::vector<int>& choice);

}  // namespace kernwise::detail
