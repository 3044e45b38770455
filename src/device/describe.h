// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Descriptions made from a system tree that a test can replace, and the fingerprint.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/units.h"
#include "kernwise/device/device.h"
#include "system_files.h"

namespace kernwise::detail {

// kUnsupported if a machine whose best is `machine` lacks `wanted`.
Status check_isa(Isa wanted, Isa machine);

// The first 16 hex digits of content_hash over
//   "cpu|family|model|stepping|isa|cores|l1d|l2|l3"
// with decimal numbers and sizes in bytes, and "|virtual" behind it for a virtual device: a machine
// that has no more than `isa` is another one. `machine_cores` are the processors of the machine,
// not those the process was given: threads stand in the store key, and `taskset` makes no new
// device.
std::string fingerprint(const Device& device, int machine_cores);

// What no file tells, but the running process can find out. Zeros where it cannot.
struct AskedFacts {
  Isa isa = Isa::kOther;  // in use
  bool held = false;      // below what the machine has
  int usable_cores = 0;
  Bytes l1d = {}, l2 = {}, l3 = {};  // as the C library learns them from the processor
};
AskedFacts ask_facts(Isa isa);

Device describe_device(const SystemFiles& files, const AskedFacts& asked);

// Least of the machine's memory and the limits of the process' control groups; 0 = unknown.
Bytes usable_memory(const SystemFiles& files);
// What is free for use now, within the same limits; -1 = unknown.
Bytes available_memory(const SystemFiles& files);

// Fields that stand in files; cpus give the processor whose governor counts.
MachineContext describe_system(const SystemFiles& files, const std::vector<int>& cpus);

// Processors the process may run on, ascending; empty if the system does not say.
std::vector<int> allowed_cpus();

// The 12 characters by which a hypervisor names itself -> "kvm", "vmware", ...; "other".
std::string hypervisor_name(std::string_view signature);
// "" on bare metal or where it cannot be asked.
std::string running_hypervisor();

}  // namespace kernwise::detail
