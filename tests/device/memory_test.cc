// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <vector>

#include "device/describe.h"
#include "device/fake_system.h"
#include "kernwise/device/device.h"

namespace kernwise::detail {
namespace {

constexpr const char* kMeminfo = "MemTotal: 1000 kB\nMemAvailable: 600 kB\n";

TEST(MemoryTest, IsTheMachinesWithoutLimits) {
  FakeSystem system;
  EXPECT_EQ(usable_memory(system.files()).value, 0);
  EXPECT_EQ(available_memory(system.files()).value, -1);
  system.put("proc/meminfo", kMeminfo);
  EXPECT_EQ(usable_memory(system.files()).value, 1000 << 10);
  EXPECT_EQ(available_memory(system.files()).value, 600 << 10);
  system.put("proc/self/cgroup", "0::/a\n").put("sys/fs/cgroup/a/memory.max", "max\n");
  EXPECT_EQ(usable_memory(system.files()).value, 1000 << 10);
}

// The tightest limit between the process' group and the root counts.
TEST(MemoryTest, HonoursControlGroups) {
  FakeSystem system;
  system.put("proc/meminfo", kMeminfo)
      .put("proc/self/cgroup", "0::/a/b\n")
      .put("sys/fs/cgroup/a/b/memory.max", "500000\n")
      .put("sys/fs/cgroup/a/b/memory.current", "400000\n");
  EXPECT_EQ(usable_memory(system.files()).value, 500000);
  EXPECT_EQ(available_memory(system.files()).value, 100000);
  system.put("sys/fs/cgroup/a/memory.max", "300000\n")
      .put("sys/fs/cgroup/a/memory.current", "400000\n");
  EXPECT_EQ(usable_memory(system.files()).value, 300000);
  EXPECT_EQ(available_memory(system.files()).value, 0);
}

// In a container the path is often the host's, and the root of the mount is the group itself.
TEST(MemoryTest, FindsTheLimitOfAContainer) {
  FakeSystem system;
  system.put("proc/meminfo", kMeminfo)
      .put("proc/self/cgroup", "0::/system.slice/docker-1234.scope\n")
      .put("sys/fs/cgroup/memory.max", "200000\n");
  EXPECT_EQ(usable_memory(system.files()).value, 200000);
}

TEST(MemoryTest, HonoursVersionOne) {
  FakeSystem system;
  system.put("proc/meminfo", kMeminfo)
      .put("proc/self/cgroup", "4:memory:/x\n0::/\n")
      .put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
      .put("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "250000\n")
      .put("sys/fs/cgroup/memory/x/memory.usage_in_bytes", "50000\n");
  EXPECT_EQ(usable_memory(system.files()).value, 250000);
  EXPECT_EQ(available_memory(system.files()).value, 200000);
}

TEST(MemoryTest, ThePeakOfThisProcessGrowsWithWhatItTouches) {
  constexpr std::size_t kSize = std::size_t{64} << 20;
  EXPECT_GT(process_peak_memory().value, 0);
  const std::vector<char> touched(kSize, 'x');
  EXPECT_GE(process_peak_memory().value, static_cast<int64_t>(touched.size()));
}

TEST(MemoryTest, SurvivesAwkwardPaths) {
  for (const char* groups :
       {"0::\n", "0::a\n", "0:://\n", "0::/../../x\n", "garbage", ":::", "1:memory:\n"}) {
    FakeSystem system;
    system.put("proc/meminfo", kMeminfo).put("proc/self/cgroup", groups);
    EXPECT_EQ(usable_memory(system.files()).value, 1000 << 10) << groups;
  }
}

}  // namespace
}  // namespace kernwise::detail
