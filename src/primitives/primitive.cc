// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/primitives/primitive.h"

#include <omp.h>

namespace kernwise {

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

void wake_threads(int threads) {
  const ThreadScope scope(threads);
  int started = 0;
#pragma omp parallel reduction(+ : started)
  started += 1;
  KERNWISE_CHECK(started >= 1);
}

}  // namespace kernwise
