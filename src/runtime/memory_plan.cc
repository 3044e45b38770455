// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/runtime/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace kernwise {
namespace {

constexpr int64_t kAlignment = 64;

int64_t aligned(int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

bool overlap(const TensorLifetime& a, const TensorLifetime& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

}  // namespace

std::vector<Bytes> live_bytes(const std::vector<TensorLifetime>& tensors) {
  int steps = 0;
  for (const TensorLifetime& tensor : tensors) steps = std::max(steps, tensor.last_step + 1);
  std::vector<Bytes> alive(static_cast<std::size_t>(steps));
  for (const TensorLifetime& tensor : tensors) {
    for (int step = tensor.first_step; step <= tensor.last_step; ++step) {
      alive[static_cast<std::size_t>(step)] += Bytes{aligned(tensor.bytes)};
    }
  }
  return alive;
}

MemoryPlan plan_memory(const std::vector<TensorLifetime>& tensors) {
  MemoryPlan plan;
  plan.offsets.assign(tensors.size(), 0);

  for (const Bytes bytes : live_bytes(tensors)) {
    plan.lower_bound = std::max(plan.lower_bound, bytes);
  }

  std::vector<std::size_t> order(tensors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return tensors[a].bytes > tensors[b].bytes;
  });
  std::vector<std::size_t> placed;
  for (const std::size_t tensor : order) {
    std::vector<std::pair<int64_t, int64_t>> taken;  // [from, to) of tensors alive with this one
    for (const std::size_t other : placed) {
      if (overlap(tensors[tensor], tensors[other])) {
        taken.emplace_back(plan.offsets[other],
                           plan.offsets[other] + aligned(tensors[other].bytes));
      }
    }
    std::sort(taken.begin(), taken.end());
    const int64_t size = aligned(tensors[tensor].bytes);
    int64_t at = 0;
    for (const auto& [from, to] : taken) {
      if (at + size <= from) break;
      at = std::max(at, to);
    }
    plan.offsets[tensor] = at;
    plan.arena = std::max(plan.arena, Bytes{at + size});
    placed.push_back(tensor);
  }
  return plan;
}

}  // namespace kernwise
