// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Random programs of kernels and cost tables for them, for tests of placement.
#pragma once

#include "kernwise/base/rng.h"
#include "kernwise/place/placement.h"
#include "kernwise/place/program.h"

namespace kernwise::test {

// `tasks` products of square matrices whose operands are drawn from all tensors before.
Program random_program(int tasks, Rng& rng);
// Up to `options` options for each task, on up to `resources` resources.
PlaceTable random_table(const Program& program, int resources, int options, Rng& rng);

}  // namespace kernwise::test
