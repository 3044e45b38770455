// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Time against memory: the selections of which none is both slower and larger than another, and
// the fastest one under a cap. The peak of a selection is asked of whoever lays it out (the
// runtime); it is taken to be
//     activations (by layouts)  +  largest workspace of a step  +  sum of packed weights.
//
// For a limit T on every workspace and a price of a packed byte, the cheapest selection is a PBQP
// like the one without memory. Prices are tried where the hull of the points found so far bends
// (Lagrangian relaxation; the multiplier is the price), limits from the largest on, each as far
// below the one before as the table's workspaces allow. What the relaxation leaves between its
// points is searched by exchanging the options of one layer. Graphs with few combinations are
// enumerated instead, and are then exact.
// Thread-safety: pure functions, if `peak_of` is one. Deterministic.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/select/cost_table.h"

namespace kernwise {

struct MemoryModel {
  // Bytes that a run of the selection allocates, exactly.
  std::function<Result<int64_t>(const Selection&)> peak_of;
  // No selection has activations of fewer bytes; for lower bounds only. 0 is always right.
  int64_t least_activations = 0;
  // Graphs with so many combinations of options, or fewer, are enumerated.
  int64_t most_enumerated = 4096;
};

struct MemoryPoint {
  Selection selection;
  int64_t peak_bytes = 0;
  // (time - lower bound) / time, where the bound holds for every selection with a peak at most this
  // one (or under the cap asked for). 0: the fastest for certain.
  double gap_ratio = 0;
};

struct MemoryFront {
  std::vector<MemoryPoint> points;  // peaks rise, times fall; none is dominated
  bool exact = false;               // every combination of options was looked at
  int64_t least_peak_bound = 0;     // no selection has a smaller peak
};

// Errors of select_primitives(), and of peak_of.
Result<MemoryFront> memory_front(const LayerGraph& graph, const CostTable& table,
                                 const MemoryModel& memory);

// The fastest selection found whose peak is at most `cap`. kCriterionFailed where none was found;
// the message states the smallest peak that was, and below what there is none.
Result<MemoryPoint> select_within(const LayerGraph& graph, const CostTable& table, Bytes cap,
                                  const MemoryModel& memory);

}  // namespace kernwise
