// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Parsers of the texts by which Linux describes processors, caches and memory. What a text does not
// say stays zero or empty; no text is an error. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/units.h"

namespace kernwise::detail {

// /proc/cpuinfo. On ARM family is the architecture, model the part and stepping the revision, and
// the name is made of implementer and part where the kernel gives none.
struct CpuInfo {
  std::string cpu;
  std::string vendor;
  int family = 0, model = 0, stepping = 0;
  int processors = 0;
  bool hypervisor = false;
};
CpuInfo parse_cpuinfo(std::string_view text);

// "0-3,8" -> {0, 1, 2, 3, 8}. Sorted; empty if malformed or absurd (beyond 65536 processors).
std::vector<int> parse_cpu_list(std::string_view text);

// "48K", "2048K", "260M" as /sys writes cache sizes; 0 if malformed.
Bytes parse_cache_size(std::string_view text);

// /proc/meminfo; -1 = not given.
struct MemInfo {
  Bytes total{-1};
  Bytes available{-1};
};
MemInfo parse_meminfo(std::string_view text);

// VmHWM of /proc/self/status, the largest resident set so far; -1 = not given.
Bytes parse_process_peak(std::string_view text);

// memory.max (version 2) or memory.limit_in_bytes (version 1) of a control group: -1 = no limit.
Bytes parse_memory_limit(std::string_view text);

// Paths of the process in /proc/self/cgroup: its memory group in version 1 ("" = none), and in
// version 2.
struct ControlGroups {
  std::string memory_v1;
  std::string unified;
};
ControlGroups parse_control_groups(std::string_view text);

// First line of /proc/stat, in ticks since start. `busy` counts everything but idling, waiting for
// disks and stolen time.
struct CpuTimes {
  int64_t busy = 0, steal = 0, total = 0;
};
CpuTimes parse_cpu_times(std::string_view stat);

// "always [madvise] never" -> "madvise".
std::string parse_choice(std::string_view text);

}  // namespace kernwise::detail
