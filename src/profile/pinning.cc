// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <sched.h>

#include <algorithm>

#include "kernwise/profile/profiler.h"

namespace kernwise {

std::vector<int> pin_to_cpus(int threads) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return {};
  std::vector<int> cpus;
  // From the top: the first processor usually serves the interrupts.
  for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && static_cast<int>(cpus.size()) < threads; --cpu) {
    if (CPU_ISSET(cpu, &allowed)) cpus.push_back(cpu);
  }
  std::reverse(cpus.begin(), cpus.end());
  cpu_set_t wanted;
  CPU_ZERO(&wanted);
  for (const int cpu : cpus) CPU_SET(cpu, &wanted);
  if (sched_setaffinity(0, sizeof wanted, &wanted) != 0) return {};
  return cpus;
}

}  // namespace kernwise
