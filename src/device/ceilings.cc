// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "ceilings.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

#include "describe.h"
#include "kernwise/base/aligned_buffer.h"
#include "kernwise/base/statistics.h"
#include "kernwise/device/device.h"
#include "loops.h"
#include "system_files.h"

namespace kernwise {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Wall times of `runs` rounds in which every thread calls work(thread) once, all starting together.
template <typename Work>
std::vector<double> time_together(int threads, int runs, const Work& work) {
  std::vector<double> seconds;
  std::barrier gate(threads);
  std::vector<std::thread> others;
  for (int t = 1; t < threads; ++t) {
    others.emplace_back([&, t] {
      for (int i = 0; i < runs; ++i) {
        gate.arrive_and_wait();
        work(t);
        gate.arrive_and_wait();
      }
    });
  }
  for (int i = 0; i < runs; ++i) {
    gate.arrive_and_wait();
    const auto start = Clock::now();
    work(0);
    gate.arrive_and_wait();
    seconds.push_back(since(start));
  }
  for (std::thread& other : others) other.join();
  return seconds;
}

}  // namespace

namespace detail {

LoopTimes time_multiply_adds(int threads) {
  constexpr int kRuns = 300;
  // About 1 ms a run: the fastest shows the peak, the spread what the machine does to a timing.
  float sink = 0;
  int64_t iterations = 1000;
  for (double seconds = 0; seconds < 5e-4 && iterations < (int64_t{1} << 40);) {
    const auto start = Clock::now();
    multiply_add_loop(iterations, &sink);
    seconds = since(start);
    if (seconds < 5e-4) iterations *= 2;
  }
  std::vector<float> sinks(static_cast<std::size_t>(threads) * 16);  // a cache line each
  std::vector<int64_t> done(static_cast<std::size_t>(threads) * 8);
  const std::vector<double> runs = time_together(threads, kRuns, [&](int t) {
    const auto i = static_cast<std::size_t>(t);
    done[8 * i] = multiply_add_loop(iterations, &sinks[16 * i]);
  });
  const double fastest = std::max(1e-9, *std::min_element(runs.begin(), runs.end()));
  LoopTimes times;
  times.peak_gflops = 2e-9 * static_cast<double>(done[0]) * threads / fastest;
  times.noise = (quantile(runs, 0.9) - quantile(runs, 0.1)) / 2 / std::max(1e-9, median(runs));
  return times;
}

double read_bandwidth(int threads, Bytes available) {
  int64_t bytes = int64_t{256} << 20;
  const int64_t room = available.value < 0 ? int64_t{64} << 20 : available.value / 2;
  while (bytes > room) bytes /= 2;
  if (bytes < int64_t{16} << 20) return 0;
  try {
    const int64_t floats = bytes / 4 / threads / 1024 * 1024;
    AlignedBuffer buffer{Bytes{floats * 4 * threads}};
    std::memset(buffer.data(), 0, static_cast<std::size_t>(buffer.size().value));
    std::vector<float> sums(static_cast<std::size_t>(threads) * 16);
    const std::vector<double> runs = time_together(threads, 5, [&](int t) {
      sums[16 * static_cast<std::size_t>(t)] += sum_loop(buffer.floats() + t * floats, floats);
    });
    // Zero plus zero: the comparison keeps the loop alive and costs nothing.
    const bool zero = std::all_of(sums.begin(), sums.end(), [](float x) { return x == 0; });
    const auto read = static_cast<double>(buffer.size().value);
    return zero ? 1e-9 * read / std::max(1e-9, median(runs)) : 0;
  } catch (const std::bad_alloc&) {
    return 0;
  }
}

}  // namespace detail

Ceilings measure_ceilings(int threads) {
  const detail::SystemFiles files;
  return {detail::time_multiply_adds(threads).peak_gflops,
          detail::read_bandwidth(threads, detail::available_memory(files))};
}

}  // namespace kernwise
