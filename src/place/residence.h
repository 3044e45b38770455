// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// In which memories a tensor lies, and what it costs to get it there. Thread-safety: pure
// functions.
#pragma once

#include <cstdint>
#include <vector>

#include "kernwise/place/placement.h"

namespace kernwise::detail {

using ResourceSet = uint32_t;  // bit i: the memory of resource i
inline ResourceSet set_of(int resource) { return ResourceSet{1} << resource; }
inline bool contains(ResourceSet set, int resource) { return (set & set_of(resource)) != 0; }

// Copies of a tensor made in the memory of `made` so that it lies in all of `wanted` too.
std::vector<PlacedCopy> copies_of(const Program& program, const PlaceTable& table, int tensor,
                                  int made, ResourceSet wanted);
double copies_time(const Program& program, const PlaceTable& table, int tensor, int made,
                   ResourceSet wanted);

// Index of the option with the least time for each resource, in order of resource; -1: none.
std::vector<std::vector<int>> fastest_per_resource(const PlaceTable& table);

}  // namespace kernwise::detail
