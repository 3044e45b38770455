// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "describe.h"
#include "kernwise/base/hash.h"
#include "parse.h"

namespace kernwise {
namespace detail {
namespace {

// Data and unified caches of the first processor; on processors with unlike cores it stands for
// all.
void read_caches(const SystemFiles& files, Device& device) {
  for (int i = 0; i < 8; ++i) {
    const std::string folder = fmt::format("sys/devices/system/cpu/cpu0/cache/index{}/", i);
    const std::string level = files.line(folder + "level");
    if (level.empty()) break;
    if (files.line(folder + "type") == "Instruction") continue;
    const Bytes size = parse_cache_size(files.line(folder + "size"));
    if (level == "1") device.l1d = size;
    if (level == "2") device.l2 = size;
    if (level == "3") device.l3 = size;
  }
}

}  // namespace

std::string fingerprint(const Device& device, int machine_cores) {
  return content_hash(fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}{}", device.cpu, device.family,
                                  device.model, device.stepping, to_string(device.isa),
                                  machine_cores, device.l1d.value, device.l2.value, device.l3.value,
                                  device.is_virtual ? "|virtual" : ""))
      .substr(0, 16);
}

AskedFacts ask_facts(Isa isa) {
  AskedFacts facts;
  facts.isa = std::min(isa, machine_isa());
  facts.held = facts.isa < machine_isa();
  facts.usable_cores = static_cast<int>(allowed_cpus().size());
#ifdef _SC_LEVEL1_DCACHE_SIZE
  const auto ask = [](int name) { return Bytes{std::max(0L, sysconf(name))}; };
  facts.l1d = ask(_SC_LEVEL1_DCACHE_SIZE);
  facts.l2 = ask(_SC_LEVEL2_CACHE_SIZE);
  facts.l3 = ask(_SC_LEVEL3_CACHE_SIZE);
#endif
  return facts;
}

Device describe_device(const SystemFiles& files, const AskedFacts& asked) {
  const CpuInfo info = parse_cpuinfo(files.text("proc/cpuinfo"));
  Device device;
  device.cpu = info.cpu;
  device.vendor = info.vendor;
  device.family = info.family;
  device.model = info.model;
  device.stepping = info.stepping;
  device.isa = asked.isa;
  device.is_virtual = asked.held;
  read_caches(files, device);
  if (device.l1d.value == 0) {  // /sys has no caches; a level it leaves out is really missing
    device.l1d = asked.l1d;
    device.l2 = asked.l2;
    device.l3 = asked.l3;
  }
  device.memory = usable_memory(files);
  const auto present = parse_cpu_list(files.line("sys/devices/system/cpu/present"));
  const int machine_cores = present.empty() ? info.processors : static_cast<int>(present.size());
  device.cores = asked.usable_cores > 0 ? asked.usable_cores : std::max(1, machine_cores);
  device.fingerprint = fingerprint(device, machine_cores);
  return device;
}

std::vector<int> allowed_cpus() {
  // The set must be as large as the kernel's, whose size only trying tells.
  for (int count = 1024; count <= (1 << 20); count *= 4) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(
        CPU_ALLOC(static_cast<std::size_t>(count)), [](cpu_set_t* p) { CPU_FREE(p); });
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(count));
    if (set == nullptr || sched_getaffinity(0, bytes, set.get()) != 0) continue;
    std::vector<int> cpus;
    for (int cpu = 0; cpu < count; ++cpu) {
      if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, set.get())) cpus.push_back(cpu);
    }
    return cpus;
  }
  return {};
}

}  // namespace detail

Device describe_this_device() { return describe_this_device_held_to(isa_in_use()); }

Device describe_this_device_held_to(Isa isa) {
  return detail::describe_device(detail::SystemFiles(), detail::ask_facts(isa));
}

}  // namespace kernwise
