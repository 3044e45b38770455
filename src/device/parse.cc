// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "parse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "system_files.h"

namespace kernwise::detail {
namespace {

std::optional<int64_t> whole(std::string_view text, int base = 10) {
  if (base == 16 && text.starts_with("0x")) text.remove_prefix(2);
  int64_t value = 0;
  const auto [rest, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (code != std::errc() || rest != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

int small(std::string_view text) {
  const int64_t value = whole(text, text.starts_with("0x") ? 16 : 10).value_or(0);
  return value <= std::numeric_limits<int>::max() ? static_cast<int>(value) : 0;
}

// The part before the next `separator`, which is taken off `text` with it.
std::string_view next(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// Arm Ltd., "Main ID Register" (MIDR_EL1), field Implementer: the ones met in practice.
std::string_view arm_vendor(int implementer) {
  switch (implementer) {
    case 0x41: return "ARM";
    case 0x42: return "Broadcom";
    case 0x46: return "Fujitsu";
    case 0x48: return "HiSilicon";
    case 0x4e: return "NVIDIA";
    case 0x51: return "Qualcomm";
    case 0x61: return "Apple";
    case 0xc0: return "Ampere";
    default: return "";
  }
}

Bytes kibibytes(std::string_view value) {
  value = trim(value);
  if (value.ends_with(" kB")) value.remove_suffix(3);
  const auto number = whole(trim(value));
  return {number && *number < (int64_t{1} << 52) ? *number * 1024 : -1};
}

}  // namespace

CpuInfo parse_cpuinfo(std::string_view text) {
  CpuInfo info;
  std::string part;
  std::string board;
  while (!text.empty()) {
    std::string_view line = next(text, '\n');
    const std::string_view key = trim(next(line, ':'));
    const std::string_view value = trim(line);
    const auto once = [&](std::string& field) {
      if (field.empty()) field = value;
    };
    const auto once_number = [&](int& field) {
      if (field == 0) field = small(value);
    };
    if (key == "processor") {  // 32-bit ARM kernels also name the model so
      if (whole(value)) ++info.processors;
    } else if (key == "model name") {
      once(info.cpu);
    } else if (key == "vendor_id") {
      once(info.vendor);
    } else if (key == "cpu family" || key == "CPU architecture") {
      if (info.processors <= 1) once_number(info.family);
    } else if (key == "model") {
      if (info.processors <= 1) once_number(info.model);
    } else if (key == "stepping" || key == "CPU revision") {
      if (info.processors <= 1) once_number(info.stepping);
    } else if (key == "CPU implementer") {
      if (info.vendor.empty()) {
        const auto known = arm_vendor(small(value));
        info.vendor = known.empty() ? value : known;
      }
    } else if (key == "CPU part") {
      if (info.processors <= 1) {
        once(part);
        once_number(info.model);
      }
    } else if (key == "Hardware" || key == "Model") {
      once(board);
    } else if (key == "flags" && !info.hypervisor) {
      std::string_view flags = value;
      while (!flags.empty()) info.hypervisor |= next(flags, ' ') == "hypervisor";
    }
  }
  if (info.cpu.empty() && !part.empty()) {
    info.cpu = (info.vendor.empty() ? "" : info.vendor + " ") + "part " + part;
  }
  if (info.cpu.empty()) info.cpu = board;
  return info;
}

std::vector<int> parse_cpu_list(std::string_view text) {
  constexpr int64_t kMost = 65536;
  std::vector<int> cpus;
  text = trim(text);
  while (!text.empty()) {
    std::string_view range = next(text, ',');
    const bool single = range.find('-') == std::string_view::npos;
    const auto first = whole(next(range, '-'));
    const auto last = single ? first : whole(range);
    if (!first || !last || *first > *last || *last >= kMost) return {};
    for (int64_t cpu = *first; cpu <= *last; ++cpu) cpus.push_back(static_cast<int>(cpu));
    if (static_cast<int64_t>(cpus.size()) > kMost) return {};
  }
  std::sort(cpus.begin(), cpus.end());
  cpus.erase(std::unique(cpus.begin(), cpus.end()), cpus.end());
  return cpus;
}

Bytes parse_cache_size(std::string_view text) {
  text = trim(text);
  int shift = 0;
  if (text.ends_with('K')) shift = 10;
  if (text.ends_with('M')) shift = 20;
  if (text.ends_with('G')) shift = 30;
  if (shift > 0) text.remove_suffix(1);
  const auto number = whole(text);
  if (!number || *number > (int64_t{1} << 32)) return {0};
  return {*number << shift};
}

MemInfo parse_meminfo(std::string_view text) {
  MemInfo info;
  while (!text.empty()) {
    std::string_view line = next(text, '\n');
    const std::string_view key = next(line, ':');
    if (key == "MemTotal") info.total = kibibytes(line);
    if (key == "MemAvailable") info.available = kibibytes(line);
  }
  return info;
}

Bytes parse_process_peak(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = next(text, '\n');
    if (next(line, ':') == "VmHWM") return kibibytes(line);
  }
  return {-1};
}

Bytes parse_memory_limit(std::string_view text) {
  const auto number = whole(trim(text));
  // Version 1 says "no limit" as the largest multiple of the page size.
  if (!number || *number >= (int64_t{1} << 60)) return {-1};
  return {*number};
}

ControlGroups parse_control_groups(std::string_view text) {
  ControlGroups groups;
  while (!text.empty()) {
    std::string_view line = next(text, '\n');
    const std::string_view hierarchy = next(line, ':');
    std::string_view controllers = next(line, ':');
    if (hierarchy == "0" && controllers.empty()) groups.unified = line;
    while (!controllers.empty()) {
      if (next(controllers, ',') == "memory") groups.memory_v1 = line;
    }
  }
  return groups;
}

CpuTimes parse_cpu_times(std::string_view stat) {
  // proc(5): user nice system idle iowait irq softirq steal guest guest_nice; the guests' time is
  // already in user and nice.
  std::string_view line = next(stat, '\n');
  if (next(line, ' ') != "cpu") return {};
  std::array<int64_t, 8> ticks{};
  for (int64_t& field : ticks) {
    line = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    const auto value = whole(next(line, ' '));
    if (!value || *value > (int64_t{1} << 56)) break;
    field = *value;
  }
  CpuTimes times;
  for (const int64_t field : ticks) times.total += field;
  times.steal = ticks[7];
  times.busy = times.total - ticks[3] - ticks[4] - ticks[7];
  return times;
}

std::string parse_choice(std::string_view text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  return std::string(text.substr(open + 1, close - open - 1));
}

}  // namespace kernwise::detail
