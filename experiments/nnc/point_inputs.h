// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include "combination.h"
#include "kernwise/graph/problem.h"
#include "kernwise/graph/work.h"

namespace kernwise::nnc {

// Appends what models see of a point, and its C, to a combination: the sizes of the kind, threads,
// and as known complexity the operations, the bytes and, where it is another, the variant's own term
// of work. Times and shape are the caller's to append. The first point sets the schema.
Status add_inputs(const Problem& problem, int threads, WorkTerm term, Combination& to);

}  // namespace kernwise::nnc
