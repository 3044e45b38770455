// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The libraries under the primitives as parts of one process: what their environment must say, and
// whether they do what kernwise takes for granted.
#pragma once

#include <string>
#include <vector>

#include "kernwise/device/device.h"

namespace kernwise {

struct EnvironmentEntry {
  std::string name;   // "ONEDNN_MAX_CPU_ISA"
  std::string value;  // empty: the variable must not be there
};

// What the environment of a process must say, before it starts, so that no library uses more than
// `isa` and none computes in less than float32. At the machine's best nothing may hold a library
// down, so the same fingerprint means the same kernels. For the machine it runs on.
std::vector<EnvironmentEntry> library_environment(Isa isa);

// For `doctor`: does oneDNN, which the others follow, use what the device says? does it offer
// implementations that kernwise does not know? how long do threads go on spinning when there is
// nothing to do? Takes some tens of milliseconds. Starts the OpenMP threads of the caller.
std::vector<DoctorCheck> check_libraries();

}  // namespace kernwise
