// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// "Did you mean": the nearest of some known words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kernwise::cli {

// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours
// (Damerau 1964). O(|a| |b|) time.
int edit_distance(std::string_view a, std::string_view b);

// The known word nearest to `word`, or "" if none is near enough to be a slip of the finger.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace kernwise::cli
