// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <sched.h>
#include <sys/utsname.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstring>
#include <ctime>
#include <utility>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "build_info.h"
#include "describe.h"
#include "parse.h"

namespace kernwise {
namespace detail {
namespace {

std::string turbo_state(const SystemFiles& files) {
  if (const std::string off = files.line("sys/devices/system/cpu/intel_pstate/no_turbo");
      !off.empty()) {
    return off == "0" ? "on" : "off";
  }
  if (const std::string on = files.line("sys/devices/system/cpu/cpufreq/boost"); !on.empty()) {
    return on == "0" ? "off" : "on";
  }
  return {};
}

double first_number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value >= 0 && value < 1e9 ? value : 0;
}

std::string kernel_name() {
  utsname names{};
  if (uname(&names) != 0) return {};
  return std::string(names.sysname) + " " + names.release;
}

std::string scheduling_class() {
  switch (sched_getscheduler(0)) {
    case SCHED_FIFO: return "fifo";
    case SCHED_RR: return "round-robin";
    case SCHED_BATCH: return "batch";
    case SCHED_IDLE: return "idle";
    default: return "normal";
  }
}

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm fields{};
  gmtime_r(&now, &fields);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &fields)};
}

}  // namespace

MachineContext describe_system(const SystemFiles& files, const std::vector<int>& cpus) {
  MachineContext context;
  const std::string cpu = std::to_string(cpus.empty() ? 0 : cpus.back());
  context.governor = files.line("sys/devices/system/cpu/cpu" + cpu + "/cpufreq/scaling_governor");
  context.turbo = turbo_state(files);
  context.huge_pages = parse_choice(files.line("sys/kernel/mm/transparent_hugepage/enabled"));
  context.load_average = first_number(files.line("proc/loadavg"));
  context.cpus = cpus;
  return context;
}

std::string hypervisor_name(std::string_view signature) {
  // As the hypervisors' own documents give them.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kNames = {
      {{"KVMKVMKVM", "kvm"},
       {"Microsoft Hv", "hyper-v"},
       {"VMwareVMware", "vmware"},
       {"XenVMMXenVMM", "xen"},
       {"TCGTCGTCGTCG", "qemu"},
       {"bhyve bhyve ", "bhyve"},
       {"VBoxVBoxVBox", "virtualbox"},
       {"ACRNACRNACRN", "acrn"}}};
  for (const auto& [known, name] : kNames) {
    if (signature.starts_with(known)) return std::string(name);
  }
  return "other";
}

std::string running_hypervisor() {
#if defined(__x86_64__)
  unsigned a = 0, b = 0, c = 0, d = 0;
  constexpr unsigned kHypervisorBit = 1u << 31;  // of ECX, leaf 1: "running under a hypervisor"
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kHypervisorBit) == 0) return {};
  __cpuid(0x40000000, a, b, c, d);
  std::array<char, 12> signature{};
  std::memcpy(signature.data(), &b, 4);
  std::memcpy(signature.data() + 4, &c, 4);
  std::memcpy(signature.data() + 8, &d, 4);
  return hypervisor_name({signature.data(), signature.size()});
#else
  return {};
#endif
}

}  // namespace detail

MachineContext describe_context() {
  MachineContext context = detail::describe_system(detail::SystemFiles(), detail::allowed_cpus());
  context.kernel = detail::kernel_name();
  context.compiler = detail::build_compiler();
  context.build = detail::build_version();
  context.hypervisor = detail::running_hypervisor();
  context.priority = detail::scheduling_class();
  context.timestamp = detail::utc_now();
  return context;
}

}  // namespace kernwise
