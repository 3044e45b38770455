// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "device/parse.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "device/fake_system.h"

namespace kernwise::detail {
namespace {

TEST(ParseTest, ReadsAnIntelCpuinfo) {
  const CpuInfo info = parse_cpuinfo(kIntelCpuinfo);
  EXPECT_EQ(info.cpu, "Intel(R) Xeon(R) Processor");
  EXPECT_EQ(info.vendor, "GenuineIntel");
  EXPECT_EQ(info.family, 6);
  EXPECT_EQ(info.model, 207);
  EXPECT_EQ(info.stepping, 2);
  EXPECT_EQ(info.processors, 2);
  EXPECT_TRUE(info.hypervisor);
}

TEST(ParseTest, ReadsAnAmdCpuinfo) {
  const CpuInfo info = parse_cpuinfo(kAmdCpuinfo);
  EXPECT_EQ(info.cpu, "AMD Ryzen 9 5950X 16-Core Processor");
  EXPECT_EQ(info.vendor, "AuthenticAMD");
  EXPECT_EQ(info.family, 25);
  EXPECT_EQ(info.model, 33);
  EXPECT_EQ(info.stepping, 0);
  EXPECT_FALSE(info.hypervisor);
}

TEST(ParseTest, ReadsAnArmCpuinfo) {
  const CpuInfo info = parse_cpuinfo(kArmCpuinfo);
  EXPECT_EQ(info.cpu, "ARM part 0xd08");
  EXPECT_EQ(info.vendor, "ARM");
  EXPECT_EQ(info.family, 8);
  EXPECT_EQ(info.model, 0xd08);
  EXPECT_EQ(info.stepping, 3);
  EXPECT_EQ(info.processors, 2);
}

// Only a board name; a vendor nobody knows; a 32-bit ARM kernel that writes "Processor".
TEST(ParseTest, ReadsSparseCpuinfos) {
  EXPECT_EQ(parse_cpuinfo("Hardware\t: Some Board\n").cpu, "Some Board");
  EXPECT_EQ(parse_cpuinfo("processor: 0\nCPU implementer: 0x99\nCPU part: 0x1\n").cpu,
            "0x99 part 0x1");
  EXPECT_EQ(parse_cpuinfo("Processor\t: ARMv7\nprocessor : 0\n").processors, 1);
  const CpuInfo nothing = parse_cpuinfo("");
  EXPECT_EQ(nothing.cpu, "");
  EXPECT_EQ(nothing.processors, 0);
}

TEST(ParseTest, ReadsCpuLists) {
  EXPECT_EQ(parse_cpu_list("0-3,8\n"), (std::vector<int>{0, 1, 2, 3, 8}));
  EXPECT_EQ(parse_cpu_list("5"), (std::vector<int>{5}));
  EXPECT_EQ(parse_cpu_list("3,1,1-2"), (std::vector<int>{1, 2, 3}));
  for (const char* bad : {"", "\n", "3-1", "a", "1,,2", "1-", "-1", "0-99999999999", "0-70000"}) {
    EXPECT_TRUE(parse_cpu_list(bad).empty()) << bad;
  }
}

TEST(ParseTest, ReadsCacheSizes) {
  EXPECT_EQ(parse_cache_size("48K\n").value, 48 << 10);
  EXPECT_EQ(parse_cache_size("260M").value, 260 << 20);
  EXPECT_EQ(parse_cache_size("1G").value, 1 << 30);
  EXPECT_EQ(parse_cache_size("512").value, 512);
  for (const char* bad : {"", "K", "-1K", "9999999999999999999K", "4294967297G", "1 K"}) {
    EXPECT_EQ(parse_cache_size(bad).value, 0) << bad;
  }
}

TEST(ParseTest, ReadsMeminfo) {
  const MemInfo info =
      parse_meminfo("MemTotal:       16308024 kB\nMemFree: 1 kB\nMemAvailable:   12 kB\n");
  EXPECT_EQ(info.total.value, int64_t{16308024} * 1024);
  EXPECT_EQ(info.available.value, 12 * 1024);
  EXPECT_EQ(parse_meminfo("").total.value, -1);
  EXPECT_EQ(parse_meminfo("MemTotal: much\n").total.value, -1);
  EXPECT_EQ(parse_meminfo("MemTotal: 9223372036854775807 kB\n").total.value, -1);
}

TEST(ParseTest, ReadsTheLargestResidentSetOfAProcess) {
  EXPECT_EQ(parse_process_peak("Name:\ta:VmHWM\nVmPeak:\t 9 kB\nVmHWM:\t   2048 kB\n").value,
            2048 * 1024);
  EXPECT_EQ(parse_process_peak("Name:\tx\nVmRSS:\t 9 kB\n").value, -1);
  EXPECT_EQ(parse_process_peak("VmHWM:\tmuch\n").value, -1);
}

TEST(ParseTest, ReadsMemoryLimits) {
  EXPECT_EQ(parse_memory_limit("536870912\n").value, 536870912);
  EXPECT_EQ(parse_memory_limit("max\n").value, -1);
  EXPECT_EQ(parse_memory_limit("9223372036854771712\n").value, -1);  // version 1: no limit
  EXPECT_EQ(parse_memory_limit("").value, -1);
}

TEST(ParseTest, ReadsControlGroups) {
  const ControlGroups both =
      parse_control_groups("4:cpu,memory:/a/b\n3:cpuset:/\n0::/user.slice/x:y\n");
  EXPECT_EQ(both.memory_v1, "/a/b");
  EXPECT_EQ(both.unified, "/user.slice/x:y");
  EXPECT_EQ(parse_control_groups("").unified, "");
}

// The guests' time stands in user time already and must not count twice.
TEST(ParseTest, ReadsCpuTimes) {
  const CpuTimes times =
      parse_cpu_times("cpu  100 10 20 1000 50 3 7 40 90 9\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
  EXPECT_EQ(times.busy, 100 + 10 + 20 + 3 + 7);
  EXPECT_EQ(times.steal, 40);
  EXPECT_EQ(times.total, 1230);
  EXPECT_EQ(parse_cpu_times("").total, 0);
  EXPECT_EQ(parse_cpu_times("intr 1 2 3").total, 0);
  EXPECT_EQ(parse_cpu_times("cpu  5 5\n").total, 10);
}

TEST(ParseTest, ReadsAChoice) {
  EXPECT_EQ(parse_choice("always [madvise] never"), "madvise");
  EXPECT_EQ(parse_choice("always madvise never"), "");
  EXPECT_EQ(parse_choice("] ["), "");
  EXPECT_EQ(parse_choice(""), "");
}

// Any text whatever: values stay in their ranges.
TEST(ParseTest, TakesAnyText) {
  rc::check([] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::element('\n', ':', '\t', ' ', '-', ',', '0', '9', 'K', '[', ']'),
                       rc::gen::arbitrary<char>()));
    for (const std::string prefix : {"", "processor: 0\nmodel: ", "cpu ", "MemTotal:", "0-"}) {
      const std::string whole = prefix + text;
      RC_ASSERT(parse_cpuinfo(whole).model >= 0);
      RC_ASSERT(parse_cpu_times(whole).total >= 0);
      RC_ASSERT(parse_cache_size(whole).value >= 0);
      RC_ASSERT(parse_meminfo(whole).total.value >= -1);
      RC_ASSERT(parse_memory_limit(whole).value >= -1);
      RC_ASSERT(parse_cpu_list(whole).size() <= 65536u);
      RC_ASSERT(parse_choice(whole).size() <= whole.size());
      parse_control_groups(whole);
    }
  });
}

}  // namespace
}  // namespace kernwise::detail
