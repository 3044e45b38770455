// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Halide's three published autoschedulers, as baselines: Mullapudi et al. 2016, Li et al. 2018,
// Adams et al. 2019. Each is told the side, the number of threads and the last-level cache.
#pragma once

#include <array>
#include <string_view>

#include "compiled.h"
#include "kernwise/base/units.h"

namespace kernwise::halide {

inline constexpr std::array<std::string_view, 3> kAutoschedulers = {"Mullapudi2016", "Li2018",
                                                                    "Adams2019"};

// Ratio of the cost of a memory access to that of an operation: Halide's own for a generic machine.
inline constexpr float kBalance = 40;

// Once, before the first use.
Status load_autoschedulers();

struct AutoMachine {
  int threads = 1;
  Bytes last_level_cache;
};

// A fresh program with the schedule that `name` gives it, compiled; scheduling counts as
// compilation. kUnsupported where the autoscheduler fails.
Result<Compiled> autoscheduled(std::string_view name, const Workload& workload, const Frame& frame,
                               const AutoMachine& machine, const Halide::Target& target);

}  // namespace kernwise::halide
