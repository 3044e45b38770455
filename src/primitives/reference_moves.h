// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The float64 reference of the kinds that came later: transposed convolution, products of matrices,
// broadcasting, and the ones that only move values. One plain loop over the output each.
#pragma once

#include <span>
#include <vector>

#include "kernwise/graph/problem.h"

namespace kernwise::detail {

double reference_binary(BinaryKind kind, double a, double b);

// False if the problem is of none of these kinds. Without post-operators.
bool reference_moves(const Problem& problem, std::span<const std::span<const double>> inputs,
                     std::span<const float> weights, std::vector<double>& out);

}  // namespace kernwise::detail
