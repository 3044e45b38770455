// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Where every tensor of a run lies: one arena, planned by liveness. Two tensors share bytes only if
// no step needs both. Offsets by "greedy by size" (Pisarchyk & Lee 2020, section 4.2): the largest
// tensor first, each at the lowest offset that no overlapping tensor occupies.
// Thread-safety: pure function.
#pragma once

#include <cstdint>
#include <vector>

#include "kernwise/base/units.h"

namespace kernwise {

struct TensorLifetime {
  int64_t bytes = 0;
  int first_step = 0;  // where it is written
  int last_step = 0;   // where it is last read, >= first_step
};

struct MemoryPlan {
  std::vector<int64_t> offsets;  // per tensor, multiples of 64
  Bytes arena;                   // total size
  Bytes lower_bound;             // largest sum of tensors alive at one step: no plan needs less
};

MemoryPlan plan_memory(const std::vector<TensorLifetime>& tensors);

// Sum of the tensors alive at each step, every one rounded up as it is placed: up to the last step
// that any of them lives to. The largest of them is MemoryPlan::lower_bound.
std::vector<Bytes> live_bytes(const std::vector<TensorLifetime>& tensors);

}  // namespace kernwise
