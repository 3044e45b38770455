// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "device/describe.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <cctype>
#include <thread>

#include "device/fake_system.h"
#include "kernwise/base/hash.h"

namespace kernwise {
namespace {

using detail::AskedFacts;
using detail::describe_device;
using detail::describe_system;

FakeSystem& put_caches(FakeSystem& system) {
  const std::string cache = "sys/devices/system/cpu/cpu0/cache/index";
  return system.put(cache + "0/level", "1\n")
      .put(cache + "0/type", "Data\n")
      .put(cache + "0/size", "48K\n")
      .put(cache + "1/level", "1\n")
      .put(cache + "1/type", "Instruction\n")
      .put(cache + "1/size", "32K\n")
      .put(cache + "2/level", "2\n")
      .put(cache + "2/type", "Unified\n")
      .put(cache + "2/size", "2048K\n")
      .put(cache + "3/level", "3\n")
      .put(cache + "3/type", "Unified\n")
      .put(cache + "3/size", "266240K\n");
}

void make_server(FakeSystem& system) {
  put_caches(system.put("proc/cpuinfo", kIntelCpuinfo)
                 .put("proc/meminfo", "MemTotal: 1024 kB\n")
                 .put("sys/devices/system/cpu/present", "0-1\n"));
}

TEST(DescribeDeviceTest, ReadsTheSystemsFiles) {
  FakeSystem system;
  make_server(system);
  const Device device = describe_device(system.files(), {.isa = Isa::kAvx512, .usable_cores = 1});
  EXPECT_EQ(device.cpu, "Intel(R) Xeon(R) Processor");
  EXPECT_EQ(device.isa, Isa::kAvx512);
  EXPECT_EQ(device.cores, 1);
  EXPECT_EQ(device.l1d.value, 48 << 10);
  EXPECT_EQ(device.l2.value, 2 << 20);
  EXPECT_EQ(device.l3.value, 260 << 20);
  EXPECT_EQ(device.memory.value, 1 << 20);
  EXPECT_FALSE(device.is_virtual);
}

// The text is documented (docs/formats/store.md): stores are keyed by it, so it may not change.
TEST(DescribeDeviceTest, FingerprintIsTheHashOfADocumentedText) {
  FakeSystem system;
  make_server(system);
  const Device device = describe_device(system.files(), {.isa = Isa::kAvx512, .usable_cores = 2});
  const std::string hash =
      content_hash("Intel(R) Xeon(R) Processor|6|207|2|avx512|2|49152|2097152|272629760");
  EXPECT_EQ(device.fingerprint, hash.substr(0, 16));
  EXPECT_TRUE(std::all_of(device.fingerprint.begin(), device.fingerprint.end(),
                          [](unsigned char c) { return std::isxdigit(c) != 0; }));
}

// What a process is given does not make another machine; what it can execute does.
TEST(DescribeDeviceTest, FingerprintFollowsTheMachineOnly) {
  FakeSystem system;
  make_server(system);
  const AskedFacts facts{.isa = Isa::kAvx512, .usable_cores = 2};
  const std::string fingerprint = describe_device(system.files(), facts).fingerprint;

  AskedFacts fewer = facts;
  fewer.usable_cores = 1;
  EXPECT_EQ(describe_device(system.files(), fewer).fingerprint, fingerprint);
  system.put("proc/meminfo", "MemTotal: 4096 kB\n").put("proc/loadavg", "5 5 5 1/1 1\n");
  EXPECT_EQ(describe_device(system.files(), facts).fingerprint, fingerprint);

  AskedFacts narrower = facts;
  narrower.isa = Isa::kAvx2;
  EXPECT_NE(describe_device(system.files(), narrower).fingerprint, fingerprint);
  system.put("sys/devices/system/cpu/present", "0-3\n");
  EXPECT_NE(describe_device(system.files(), facts).fingerprint, fingerprint);
  system.put("sys/devices/system/cpu/present", "0-1\n");
  system.put("sys/devices/system/cpu/cpu0/cache/index2/size", "1024K\n");
  EXPECT_NE(describe_device(system.files(), facts).fingerprint, fingerprint);
}

// A container without /sys, then one without anything: what the processor said fills in, the rest
// stays unknown, and there is a fingerprint all the same.
TEST(DescribeDeviceTest, LeavesOutWhatIsMissing) {
  const AskedFacts asked{
      .isa = Isa::kAvx2, .usable_cores = 0, .l1d = {1000}, .l2 = {2000}, .l3 = {3000}};
  FakeSystem bare;
  bare.put("proc/cpuinfo", kAmdCpuinfo);
  Device device = describe_device(bare.files(), asked);
  EXPECT_EQ(device.cores, 2);
  EXPECT_EQ(device.l3.value, 3000);
  EXPECT_EQ(device.memory.value, 0);

  device = describe_device(FakeSystem().files(), {});
  EXPECT_EQ(device.cpu, "");
  EXPECT_EQ(device.cores, 1);
  EXPECT_EQ(device.l1d.value, 0);
  EXPECT_EQ(device.fingerprint.size(), 16u);
}

// A processor without a third level has none, whatever the C library makes of its host.
TEST(DescribeDeviceTest, BelievesTheSystemAboutMissingLevels) {
  FakeSystem system;
  const std::string cache = "sys/devices/system/cpu/cpu0/cache/index";
  system.put(cache + "0/level", "1").put(cache + "0/type", "Data").put(cache + "0/size", "32K");
  const Device device = describe_device(system.files(), {.l1d = {1}, .l2 = {2}, .l3 = {3}});
  EXPECT_EQ(device.l1d.value, 32 << 10);
  EXPECT_EQ(device.l2.value, 0);
  EXPECT_EQ(device.l3.value, 0);
}

TEST(DescribeDeviceTest, NamesInstructionSets) {
  EXPECT_EQ(to_string(Isa::kSse41), "sse4.1");
  EXPECT_EQ(to_string(Isa::kAvx2), "avx2");
  EXPECT_EQ(to_string(Isa::kAvx512), "avx512");
  EXPECT_EQ(to_string(Isa::kOther), "other");
}

// On the machine the tests run on: the same twice, and from a thread bound to one processor.
TEST(DescribeThisDeviceTest, DoesNotDependOnAffinity) {
  const Device first = describe_this_device();
  EXPECT_EQ(first.fingerprint.size(), 16u);
  EXPECT_GE(first.cores, 1);
  const auto cpus = detail::allowed_cpus();
  ASSERT_FALSE(cpus.empty());
  EXPECT_EQ(first.cores, static_cast<int>(cpus.size()));
  Device bound;
  bool could_bind = false;
  std::thread([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(cpus.front()), &one);
    could_bind = sched_setaffinity(0, sizeof one, &one) == 0;
    bound = describe_this_device();
  }).join();
  EXPECT_EQ(bound.fingerprint, first.fingerprint);
  EXPECT_EQ(bound.cores, could_bind ? 1 : first.cores);
}

// Whether the kernel lists a flag of the (first) processor.
bool kernel_lists(const std::string& flag) {
  const std::string text = detail::SystemFiles().text("proc/cpuinfo");
  const std::size_t start = text.find("flags");
  if (start == std::string::npos) return false;
  const std::string line = text.substr(start, text.find('\n', start) - start) + " ";
  return line.find(" " + flag + " ") != std::string::npos;
}

// The flags that Linux shows and the answer of the compiler's run-time library must agree.
TEST(DescribeThisDeviceTest, AgreesWithTheFlagsOfTheKernel) {
  const Isa isa = describe_this_device().isa;
  const bool avx512 = kernel_lists("avx512f") && kernel_lists("avx512bw") &&
                      kernel_lists("avx512dq") && kernel_lists("avx512vl");
  EXPECT_EQ(isa == Isa::kAvx512, avx512);
  EXPECT_EQ(isa >= Isa::kAvx2, kernel_lists("avx2") && kernel_lists("fma"));
}

TEST(DescribeSystemTest, ReadsTheSystemsFiles) {
  FakeSystem system;
  system.put("sys/devices/system/cpu/cpu3/cpufreq/scaling_governor", "performance\n")
      .put("sys/devices/system/cpu/intel_pstate/no_turbo", "0\n")
      .put("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n")
      .put("proc/loadavg", "1.25 0.50 0.10 2/345 6789\n");
  const MachineContext context = describe_system(system.files(), {1, 3});
  EXPECT_EQ(context.governor, "performance");
  EXPECT_EQ(context.turbo, "on");
  EXPECT_EQ(context.huge_pages, "madvise");
  EXPECT_EQ(context.load_average, 1.25);
  EXPECT_EQ(context.cpus, (std::vector<int>{1, 3}));
  system.put("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
  EXPECT_EQ(describe_system(system.files(), {3}).turbo, "off");
}

TEST(DescribeSystemTest, ReadsTurboOfOtherDrivers) {
  FakeSystem system;
  system.put("sys/devices/system/cpu/cpufreq/boost", "1\n");
  EXPECT_EQ(describe_system(system.files(), {}).turbo, "on");
  system.put("sys/devices/system/cpu/cpufreq/boost", "0\n");
  EXPECT_EQ(describe_system(system.files(), {}).turbo, "off");
}

TEST(DescribeSystemTest, LeavesOutWhatIsMissing) {
  FakeSystem system;
  MachineContext context = describe_system(system.files(), {});
  EXPECT_EQ(context.governor, "");
  EXPECT_EQ(context.turbo, "");
  EXPECT_EQ(context.huge_pages, "");
  EXPECT_EQ(context.load_average, 0);
  for (const char* bad : {"x", "nan", "inf", "-3", ""}) {
    system.put("proc/loadavg", bad);
    EXPECT_EQ(describe_system(system.files(), {}).load_average, 0) << bad;
  }
}

TEST(DescribeSystemTest, NamesHypervisors) {
  using namespace std::string_literals;
  EXPECT_EQ(detail::hypervisor_name("KVMKVMKVM\0\0\0"s), "kvm");
  EXPECT_EQ(detail::hypervisor_name("Microsoft Hv"), "hyper-v");
  EXPECT_EQ(detail::hypervisor_name("VMwareVMware"), "vmware");
  EXPECT_EQ(detail::hypervisor_name("something   "), "other");
  EXPECT_EQ(detail::hypervisor_name(""), "other");
}

// Every digit as a 9.
std::string shape(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; }, '9');
  return text;
}

TEST(DescribeContextTest, DescribesThisProcess) {
  const MachineContext context = describe_context();
  EXPECT_EQ(context.kernel.rfind("Linux ", 0), 0u);
  EXPECT_EQ(shape(context.timestamp), "9999-99-99T99:99:99Z");
  const std::string version = context.build.substr(0, context.build.find('+'));
  EXPECT_EQ(version.find_first_not_of("0123456789."), std::string::npos) << context.build;
  EXPECT_EQ(std::count(version.begin(), version.end(), '.'), 2) << context.build;
  EXPECT_NE(shape(context.compiler).find(" 9"), std::string::npos) << context.compiler;
  EXPECT_EQ(context.cpus, detail::allowed_cpus());
  EXPECT_FALSE(context.priority.empty());
  EXPECT_TRUE(context.libraries.empty());  // for the primitives to fill in
}

// The kernel's flag and the processor's answer are two views of one bit.
TEST(DescribeContextTest, AgreesWithTheKernelOnTheHypervisor) {
  EXPECT_EQ(!describe_context().hypervisor.empty(), kernel_lists("hypervisor"));
}

}  // namespace
}  // namespace kernwise
