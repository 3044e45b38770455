// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs several placements of one program, interleaved, on the same inputs.
#pragma once

#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/place/placement.h"
#include "kernwise/workflow/place_program.h"

namespace kernwise::detail {

struct PlacedRuns {
  std::vector<std::vector<double>> runs_s;  // per placement; equal placements share their runs
  PlacedRun first;                          // of the first placement, verified if asked
};

// One untimed round, then request.repeat timed ones; each round runs every placement once. Only
// the placements are timed: inputs are in place, and everything is allocated and prepared before.
Result<PlacedRuns> run_placements(const Program& program, const PlaceTable& table,
                                  const std::vector<Placement>& placements,
                                  const PlaceRequest& request, Progress& progress,
                                  const StopFlag& stop);

}  // namespace kernwise::detail
