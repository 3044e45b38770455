// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Programs of products that recorded devices have all measured, from a seed.
#pragma once

#include <string>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/graph/problem.h"
#include "kernwise/place/recorded_costs.h"

namespace kernwise::experiments {

// The products of matrices with a time on every resource that has any times at all, sorted.
std::vector<GemmProblem> common_products(const RecordedCosts& costs);

// The text of a valid program of exactly `kernels` products out of `products` (not empty), each
// once. Each multiplies a new input from the left to a tensor from before (most often the latest)
// if a recorded product fits it, else to a new input.
std::string recorded_program(const std::vector<GemmProblem>& products, int kernels, Rng& rng);

}  // namespace kernwise::experiments
