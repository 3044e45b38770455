// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Schedules run side by side in one process: in turns, so that whatever else the machine does meets
// all of them. Thread-safety: none.
#pragma once

#include <string>
#include <vector>

#include "compiled.h"

namespace kernwise::halide {

struct Contender {
  std::string name;      // "unscheduled", "Adams2019", "predicted 1", ...
  std::string schedule;  // of ours; empty for the others
  Compiled compiled;
  double compile_s = 0;
  std::string failure;         // why there are no times
  std::vector<double> runs_s;  // in turns; as many for each contender, save the slow
  double median_s = 0;
};

struct Turns {
  int least = 3, most = 21;
  double limit_s = 5;  // no further round begins after it, once `least` are done
  // A contender whose first call takes longer than this, and ten times as long as the fastest's, has
  // no chance: it runs in the first two rounds only. Beyond `hopeless_s` its first call is all.
  double slow_s = 0.2, hopeless_s = 1;
};

// The first call of each is checked against the reference and not counted. A wrong output is an
// error; a refused run is recorded in `failure`.
Status run_in_turns(const Workload& workload, Frame& frame, int threads,
                    std::vector<Contender>& contenders, const Turns& turns);

}  // namespace kernwise::halide
