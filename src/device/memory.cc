// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>

#include "describe.h"
#include "parse.h"

namespace kernwise::detail {
namespace {

struct MemoryLimit {
  Bytes limit{-1};
  Bytes used{-1};
};

// Limits hold for everything below, so the tightest of the process' group and those above it
// counts. In a container the path may be that of the host and not exist: the mounted root is then
// the group itself.
MemoryLimit tightest_limit(const SystemFiles& files) {
  MemoryLimit tightest;
  const auto look = [&](const std::string& mount, std::string path, const char* limit_name,
                        const char* used_name) {
    for (;;) {
      const std::string folder = mount + path + (path.ends_with('/') ? "" : "/");
      const Bytes limit = parse_memory_limit(files.line(folder + limit_name));
      if (limit.value >= 0 && (tightest.limit.value < 0 || limit < tightest.limit)) {
        tightest = {limit, parse_memory_limit(files.line(folder + used_name))};
      }
      const std::size_t slash = path.find_last_of('/');
      if (slash == std::string::npos || path == "/") return;
      path = slash == 0 ? "/" : path.substr(0, slash);
    }
  };
  const ControlGroups groups = parse_control_groups(files.text("proc/self/cgroup"));
  if (!groups.unified.empty()) {
    look("sys/fs/cgroup", groups.unified, "memory.max", "memory.current");
  }
  if (!groups.memory_v1.empty()) {
    look("sys/fs/cgroup/memory", groups.memory_v1, "memory.limit_in_bytes",
         "memory.usage_in_bytes");
  }
  return tightest;
}

}  // namespace

Bytes usable_memory(const SystemFiles& files) {
  const Bytes total = parse_meminfo(files.text("proc/meminfo")).total;
  const Bytes limit = tightest_limit(files).limit;
  if (total.value < 0) return {std::max<int64_t>(0, limit.value)};
  return limit.value < 0 ? total : std::min(total, limit);
}

Bytes available_memory(const SystemFiles& files) {
  const Bytes available = parse_meminfo(files.text("proc/meminfo")).available;
  const MemoryLimit group = tightest_limit(files);
  if (group.limit.value < 0 || group.used.value < 0) return available;
  const Bytes left{std::max<int64_t>(0, group.limit.value - group.used.value)};
  return available.value < 0 ? left : std::min(available, left);
}

}  // namespace kernwise::detail

namespace kernwise {

Bytes process_peak_memory() {
  const detail::SystemFiles files;
  return {std::max<int64_t>(0, detail::parse_process_peak(files.text("proc/self/status")).value)};
}

}  // namespace kernwise
