// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The space of schedules of a filter in two passes, the first along rows, the second along columns.
//
//   level    0 the first pass is recomputed where it is used; 1 computed for a block of one vector
//            and `rows` rows, in registers; 2 computed for a tile of the output; 3 kept in a sliding
//            window that moves down the tile; 4 computed as a whole before
//   tile_x   columns of a tile, 0: whole rows        tile_y   rows of a tile: a task, if parallel
//   vector   elements of a vector                    rows     output rows that are unrolled
//   columns  1: the tile is walked column of vectors by column, 0: row by row
//   parallel 1: strips of tile_y rows are tasks of the thread pool
#pragma once

#include <vector>

#include "workload.h"

namespace kernwise::halide {

std::vector<Knob> two_stage_knobs(const std::vector<int>& vectors);
std::vector<std::string_view> two_stage_features();

void schedule_two_stage(Program& program, const Knobs& knobs, int taps);
bool valid_two_stage(const Knobs& knobs, int64_t n);

// What decides the time of a schedule, rather than its knobs: how much work a pixel is when the
// first pass is computed more than once, how many bytes of it wait for the second one, how long
// runs in memory are.
std::vector<double> two_stage_feature_values(const Knobs& knobs, int64_t n, int threads, int taps,
                                             int element_bytes);

}  // namespace kernwise::halide
