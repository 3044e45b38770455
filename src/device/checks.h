// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What was observed about a machine, and what to make of it. Thread-safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "kernwise/base/units.h"
#include "kernwise/device/device.h"

namespace kernwise::detail {

struct Observations {
  MachineContext context;
  int processors = 1;       // of the machine
  double other_busy = -1;   // processors that other programs kept busy; -1 = unknown
  double steal_share = -1;  // -1 = unknown
  bool can_pin = false;
  Seconds timer_step;          // smallest difference of two readings; 0 = unknown
  Bytes available_memory{-1};  // -1 = unknown
  double noise = 0;
};

// In the order in which they are shown.
std::vector<DoctorCheck> judge(const Observations& seen);

// Noise alone may look good between two interventions of another guest: the worse of both counts.
char machine_grade(const Observations& seen);

}  // namespace kernwise::detail
