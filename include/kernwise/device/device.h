// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The machine as kernwise sees it. The fingerprint names what decides how fast a primitive is
// (processor, ISA in use, cores, caches); it does not change with load, uptime or host name.
// A process held to a smaller ISA than the machine has runs on another, *virtual* device: it has a
// fingerprint of its own and says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace kernwise {

enum class Isa : uint8_t { kSse41 = 1, kAvx2 = 2, kAvx512 = 3, kOther = 0 };
std::string_view to_string(Isa isa);  // "sse4.1", "avx2", "avx512", "other"
std::optional<Isa> parse_isa(std::string_view text);

// The best that this machine has and its system lets programs use.
Isa machine_isa();
// The best that this process may use: the machine's, or less after hold_to_isa().
Isa isa_in_use();

// From now on the process uses nothing above `isa`. This reaches our own kernels; libraries look at
// their environment while they start (primitives/libraries.h). Once, before any kernel has
// run: a lower one holds, and nothing lifts it again. kUnsupported if the machine lacks `isa`.
// Thread-safety: at the start of the program, before there are other threads.
Status hold_to_isa(Isa isa);

struct Device {
  std::string fingerprint;  // 16 hex digits
  std::string cpu;          // model name as the processor gives it
  std::string vendor;
  int family = 0, model = 0, stepping = 0;
  Isa isa = Isa::kOther;    // best instruction set in use
  bool is_virtual = false;  // held below what the machine has
  int cores = 1;            // processors this process may run on
  Bytes l1d, l2, l3;        // per core, per core, shared; 0 = unknown
  Bytes memory;
};

// Reads /proc and /sys; unknown parts stay zero or empty.
Device describe_this_device();
// What describe_this_device() says in a process held to `isa` (or to all the machine has, if less).
Device describe_this_device_held_to(Isa isa);

// What else can decide a time, recorded with every measurement session.
struct MachineContext {
  std::string kernel;       // "Linux 6.1.0"
  std::string compiler;     // of this build, with flags
  std::string build;        // kernwise version and commit
  std::string libraries;    // "onednn-2.6.3 hwy-1.0.3": part of the store key (set by primitives)
  std::string governor;     // "performance", or "" where it cannot be read
  std::string turbo;        // "on", "off" or "" where it cannot be read
  std::string hypervisor;   // "kvm" or ""
  std::string huge_pages;   // transparent huge pages: "madvise", "always", "never"
  double load_average = 0;  // one minute, at the start
  std::vector<int> cpus;    // processors the process is bound to
  std::string priority;     // "normal", "fifo", "round-robin", "batch", "idle"
  std::string timestamp;    // UTC, ISO 8601
};
MachineContext describe_context();

enum class CheckState : uint8_t { kGood = 0, kWarning = 1, kBad = 2, kUnknown = 3 };
struct DoctorCheck {
  std::string name;  // "other load"
  CheckState state = CheckState::kUnknown;
  std::string finding;  // "load average 3.1 on 2 processors"
  std::string advice;   // "stop other programs, or wait"; empty when good
};
struct DoctorReport {
  Device device;
  MachineContext context;
  std::vector<DoctorCheck> checks;
  double noise = 0;           // relative spread of a fixed calculation, timed repeatedly
  double steal_share = 0;     // share of processor time taken by other guests during the checks
  double peak_gflops = 0;     // fp32 multiply-add rate of one core, measured (2 flops each)
  double bandwidth_gbps = 0;  // read bandwidth of one core over 256 MiB, measured
  char grade = 'F';           // noise grade of the machine as a whole, A..F (see grade_of)
};
// Takes about a second.
DoctorReport examine_this_machine();

// What `threads` cores can do at most, measured in about half a second: the ceilings of the
// roofline. Two measurements at once disturb each other.
struct Ceilings {
  double peak_gflops = 0;     // fp32 multiply-adds, 2 flops each
  double bandwidth_gbps = 0;  // reading memory; 0 if there is too little memory to measure it
};
Ceilings measure_ceilings(int threads);

// The most physical memory that this process has held at one time so far, with all that belongs to
// it: program, libraries, files read. 0 = unknown.
Bytes process_peak_memory();

// The one scale of measurement noise, from the relative spread of a median:
// A < 1 %, B < 2 %, C < 5 %, D < 10 %, E < 25 %, F beyond. F is not taken as truth.
char grade_of(double relative_spread);

}  // namespace kernwise
