// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/profile/witness.h"

#include <sched.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace kernwise {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kFloats = 2048;  // 8 KiB to read and 8 KiB to write
constexpr int kSweeps = 12;
constexpr int kTries = 2;  // an interrupt hits one of them
constexpr double kSearch = 0.2;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Maxima over windows of three: loads, stores and little else, as in the kernels that suffer most.
double time_of_loop() {
  alignas(64) std::array<float, kFloats + 16> from;
  alignas(64) std::array<float, kFloats> to;
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<float>(i % 7);
  double best = std::numeric_limits<double>::infinity();
  for (int attempt = 0; attempt <= kTries; ++attempt) {  // the first fills the cache
    const auto start = Clock::now();
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      for (std::size_t i = 0; i < kFloats; ++i) {
        to[i] = std::max(std::max(from[i], from[i + 1]), from[i + 2]);
      }
      asm volatile("" : : "r"(to.data()), "r"(from.data()) : "memory");  // not to be left out
    }
    if (attempt > 0) best = std::min(best, since(start));
  }
  return best;
}

}  // namespace

double Witness::time_of(int threads) {
  if (threads < 2) return time_of_loop();
  double worst = 0;
#pragma omp parallel num_threads(threads) reduction(max : worst)
  {
#pragma omp barrier
    worst = time_of_loop();
  }
  return worst;
}

double Witness::slowdown(int threads) {
  const auto [best, fresh] = best_.emplace(threads, std::numeric_limits<double>::infinity());
  if (fresh) {
    for (const auto start = Clock::now(); since(start) < kSearch;) {
      best->second = std::min(best->second, time_of(threads));
    }
  }
  const double time = time_of(threads);
  best->second = std::min(best->second, time);
  return time / best->second - 1;
}

double Witness::slowdown_of_each() {
  cpu_set_t before;
  CPU_ZERO(&before);
  if (sched_getaffinity(0, sizeof before, &before) != 0) return slowdown(1);
  double worst = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &before)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one) == 0) worst = std::max(worst, slowdown(1));
  }
  sched_setaffinity(0, sizeof before, &before);
  return worst;
}

bool Witness::noted(double slowdown) {
  ++asked_;
  const bool disturbed = slowdown > kTolerance;
  refused_ += disturbed;
  return disturbed;
}

}  // namespace kernwise
