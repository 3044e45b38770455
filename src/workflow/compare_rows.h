// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What every comparison does alike.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "kernwise/workflow/comparison.h"

namespace kernwise::detail {

using NamedEntry = std::pair<std::string, ComparedEntry>;

// Fills `changes` and `time_ratio` from the two sides.
void judge(ComparedRow& row);

// Rows by name, in the order of `a`; what only `b` has comes last. Of equal names the first of `a`
// meets the first of `b`, and so on.
std::vector<ComparedRow> matched(const std::vector<NamedEntry>& a,
                                 const std::vector<NamedEntry>& b);

std::optional<double> if_positive(double value);

}  // namespace kernwise::detail
