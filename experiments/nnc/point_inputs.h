// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include "combination.h"
#include "kernwise/graph/problem.h"
#include "kernwise/graph/work.h"

namespace kernwise::nnc {

// Appends to a combination what models see of a point, which is what every model of the product
// sees (compute_features), and the complexity C of the variant, `term`, which "cons" is a line of.
// Times and shape are the caller's to append. All points of a combination are of one kind.
Status add_inputs(const Problem& problem, int threads, WorkTerm term, Combination& to);

}  // namespace kernwise::nnc
