// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/primitives/primitive.h"

#include <omp.h>
#include <sched.h>

#include <algorithm>

namespace kernwise {
namespace {

std::vector<int> processors_of_this_thread() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

// A system that refuses leaves the thread where it is: slower, not wrong.
void bind_this_thread(const std::vector<int>& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(cpu, &set);
  sched_setaffinity(0, sizeof set, &set);
}

}  // namespace

Layout input_layout(const PrimitiveInfo& info, const Problem& problem) {
  const auto* transform = problem.as<TransformProblem>();
  return transform ? transform->from : info.in;
}

Layout output_layout(const PrimitiveInfo& info, const Problem& problem) {
  const auto* transform = problem.as<TransformProblem>();
  return transform ? transform->to : info.out;
}

ThreadScope::ThreadScope(int threads) : previous_(omp_get_max_threads()) {
  omp_set_num_threads(threads);
}

ThreadScope::~ThreadScope() { omp_set_num_threads(previous_); }

void park_threads() { omp_pause_resource_all(omp_pause_soft); }

BoundTeam::BoundTeam(int threads) {
  if (threads < 2) return;
  std::vector<int> cpus = processors_of_this_thread();
  const bool enough = static_cast<int>(cpus.size()) >= threads;
  if (enough) before_ = cpus;
  // The caller stays where it is.
  const auto here = std::find(cpus.begin(), cpus.end(), sched_getcpu());
  if (here != cpus.end()) std::iter_swap(cpus.begin(), here);
  const ThreadScope scope(threads);
#pragma omp parallel
  if (enough) bind_this_thread({cpus[static_cast<std::size_t>(omp_get_thread_num())]});
}

BoundTeam::~BoundTeam() {
  if (!before_.empty()) bind_this_thread(before_);
}

}  // namespace kernwise
