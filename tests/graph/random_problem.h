// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Random valid problems of every kind for property tests. Sizes are small and odd as often as even;
// what is drawn always passes validate(), by construction.
#pragma once

#include <rapidcheck.h>

#include "kernwise/graph/problem.h"

namespace kernwise {

rc::Gen<Problem> any_problem();
rc::Gen<Problem> any_problem(ProblemKind kind);
rc::Gen<Shape4> any_shape();

}  // namespace kernwise
