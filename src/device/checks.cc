// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernwise/base/format.h"

namespace kernwise {
namespace detail {
namespace {

// Good up to `good`, bad from `bad` on.
CheckState by_limits(double value, double good, double bad) {
  if (value <= good) return CheckState::kGood;
  return value < bad ? CheckState::kWarning : CheckState::kBad;
}

DoctorCheck make(std::string name, CheckState state, std::string finding, std::string advice) {
  const bool silent = state == CheckState::kGood || state == CheckState::kUnknown;
  return {std::move(name), state, std::move(finding), silent ? "" : std::move(advice)};
}

std::string count(int number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

DoctorCheck other_load(const Observations& seen) {
  const std::string average = fmt::format("load average {:.1f} on {}", seen.context.load_average,
                                          count(seen.processors, "processor"));
  const std::string advice = "stop other programs, or wait until they are done";
  if (seen.other_busy < 0) {  // the average remembers a minute, and counts us
    const double share = seen.context.load_average / std::max(1, seen.processors);
    return make("other load", by_limits(share, 0.5, 1.0), average, advice);
  }
  return make("other load", by_limits(seen.other_busy, 0.1, 0.5),
              fmt::format("other programs keep {:.1f} of {} busy ({})", seen.other_busy,
                          count(seen.processors, "processor"), average),
              advice);
}

DoctorCheck stolen_time(const Observations& seen) {
  if (seen.steal_share < 0) return make("stolen time", CheckState::kUnknown, "cannot be read", "");
  return make("stolen time", by_limits(seen.steal_share, 0.005, 0.05),
              fmt::format("other guests of the host took {} of the processors",
                          format_percent(seen.steal_share)),
              "measure when the host is quieter, or on a machine of its own");
}

DoctorCheck governor(const Observations& seen) {
  const std::string& name = seen.context.governor;
  if (name.empty()) return make("governor", CheckState::kUnknown, "cannot be read", "");
  return make("governor", name == "performance" ? CheckState::kGood : CheckState::kWarning, name,
              "the clock follows the load: cpupower frequency-set -g performance");
}

DoctorCheck turbo(const Observations& seen) {
  const std::string& state = seen.context.turbo;
  if (state.empty()) return make("turbo", CheckState::kUnknown, "cannot be read", "");
  return make("turbo", state == "off" ? CheckState::kGood : CheckState::kWarning, state,
              "the clock follows temperature and load: switch turbo off to compare runs over days");
}

DoctorCheck pinning(const Observations& seen) {
  return make("pinning", seen.can_pin ? CheckState::kGood : CheckState::kBad,
              seen.can_pin
                  ? fmt::format("works; may use {}",
                                count(static_cast<int>(seen.context.cpus.size()), "processor"))
                  : "the system refuses to bind this process to a processor",
              "allow sched_setaffinity, or start kernwise under taskset");
}

DoctorCheck timer(const Observations& seen) {
  if (!(seen.timer_step.value > 0)) {
    return make("timer", CheckState::kBad, "the clock does not advance", "check the clock source");
  }
  return make("timer", by_limits(seen.timer_step.value, 1e-6, 1e-4),
              fmt::format("steps of {}", format_seconds(seen.timer_step)),
              "short kernels cannot be told apart: check the clock source of the kernel");
}

DoctorCheck huge_pages(const Observations& seen) {
  const std::string& mode = seen.context.huge_pages;
  if (mode.empty()) return make("huge pages", CheckState::kUnknown, "cannot be read", "");
  return make("huge pages", mode == "never" ? CheckState::kWarning : CheckState::kGood, mode,
              "networks run faster with them: echo madvise > "
              "/sys/kernel/mm/transparent_hugepage/enabled");
}

DoctorCheck memory(const Observations& seen) {
  if (seen.available_memory.value < 0) {
    return make("memory", CheckState::kUnknown, "cannot be read", "");
  }
  const double free = static_cast<double>(seen.available_memory.value);
  const CheckState state = free >= 0x1p31   ? CheckState::kGood
                           : free >= 0x1p29 ? CheckState::kWarning
                                            : CheckState::kBad;
  return make("memory", state, format_bytes(seen.available_memory) + " free",
              "large networks need more: end other programs, or raise the limit");
}

DoctorCheck noise(const Observations& seen) {
  const char grade = grade_of(seen.noise);
  return make(
      "noise",
      grade <= 'B'   ? CheckState::kGood
      : grade <= 'D' ? CheckState::kWarning
                     : CheckState::kBad,
      fmt::format("a fixed calculation varies by {} (grade {})", format_percent(seen.noise), grade),
      "differences smaller than this mean nothing here; find out what else is running");
}

}  // namespace

std::vector<DoctorCheck> judge(const Observations& seen) {
  return {other_load(seen), stolen_time(seen), governor(seen), turbo(seen), pinning(seen),
          timer(seen),      huge_pages(seen),  memory(seen),   noise(seen)};
}

char machine_grade(const Observations& seen) {
  return grade_of(std::max(seen.noise, seen.steal_share));
}

}  // namespace detail

char grade_of(double relative_spread) {
  if (relative_spread < 0.01) return 'A';
  if (relative_spread < 0.02) return 'B';
  if (relative_spread < 0.05) return 'C';
  if (relative_spread < 0.10) return 'D';
  if (relative_spread < 0.25) return 'E';
  return 'F';  // NaN too
}

}  // namespace kernwise
