// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <sched.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "ceilings.h"
#include "checks.h"
#include "describe.h"
#include "parse.h"

namespace kernwise {
namespace {

using Clock = std::chrono::steady_clock;
using detail::CpuTimes;
using detail::SystemFiles;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Binds the calling thread to one processor and gives it back its own ones.
class OneProcessor {
 public:
  explicit OneProcessor(const std::vector<int>& allowed) {
    CPU_ZERO(&before_);
    if (allowed.empty() || allowed.back() >= CPU_SETSIZE) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(allowed.back(), &one);
    bound_ = sched_getaffinity(0, sizeof before_, &before_) == 0 &&
             sched_setaffinity(0, sizeof one, &one) == 0;
  }
  ~OneProcessor() {
    if (bound_) sched_setaffinity(0, sizeof before_, &before_);
  }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;
  bool bound() const { return bound_; }

 private:
  cpu_set_t before_;
  bool bound_ = false;
};

double own_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Seconds smallest_timer_step() {
  double smallest = 0;
  for (int i = 0; i < 1000; ++i) {
    timespec a{}, b{};
    clock_gettime(CLOCK_MONOTONIC, &a);
    int tries = 0;
    do {
      clock_gettime(CLOCK_MONOTONIC, &b);
    } while (a.tv_nsec == b.tv_nsec && a.tv_sec == b.tv_sec && ++tries < 100000);
    const double step = static_cast<double>(b.tv_sec - a.tv_sec) +
                        1e-9 * static_cast<double>(b.tv_nsec - a.tv_nsec);
    if (step <= 0) return {0};
    smallest = i == 0 ? step : std::min(smallest, step);
  }
  return {smallest};
}

}  // namespace

DoctorReport examine_this_machine() {
  const SystemFiles files;
  DoctorReport report;
  report.device = describe_this_device();
  report.context = describe_context();

  detail::Observations seen;
  seen.context = report.context;
  seen.processors = std::max(
      {1, report.device.cores, detail::parse_cpuinfo(files.text("proc/cpuinfo")).processors});
  seen.available_memory = detail::available_memory(files);

  const CpuTimes before = detail::parse_cpu_times(files.text("proc/stat"));
  const double own_before = own_cpu_seconds();
  const auto start = Clock::now();
  {
    const OneProcessor pinned(report.context.cpus);
    seen.can_pin = pinned.bound();
    seen.timer_step = smallest_timer_step();
    const detail::LoopTimes loops = detail::time_multiply_adds(1);
    seen.noise = loops.noise;
    report.peak_gflops = loops.peak_gflops;
    report.bandwidth_gbps = detail::read_bandwidth(1, seen.available_memory);
  }
  const double elapsed = since(start);
  const double own = own_cpu_seconds() - own_before;
  const CpuTimes after = detail::parse_cpu_times(files.text("proc/stat"));
  const long ticks_per_second = sysconf(_SC_CLK_TCK);
  if (after.total > before.total && ticks_per_second > 0) {
    const double busy =
        static_cast<double>(after.busy - before.busy) / static_cast<double>(ticks_per_second);
    seen.other_busy = std::max(0.0, (busy - own) / elapsed);
    seen.steal_share = static_cast<double>(std::max<int64_t>(0, after.steal - before.steal)) /
                       static_cast<double>(after.total - before.total);
  }

  report.noise = seen.noise;
  report.steal_share = std::max(0.0, seen.steal_share);
  report.checks = detail::judge(seen);
  report.grade = detail::machine_grade(seen);
  return report;
}

}  // namespace kernwise
