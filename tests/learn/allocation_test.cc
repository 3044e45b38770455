// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Predicting allocates nothing once its workspace has grown: every allocation of this program is
// counted.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "kernwise/learn/model.h"
#include "synthetic.h"

namespace {
std::atomic<long> allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace kernwise {
namespace {

TEST(Allocation, PredictingAllocatesNothingAfterTheFirstCall) {
  Rng rng(1);
  const Samples samples = test::synthetic_samples(60, {}, rng);
  FitOptions options;
  options.epochs = 1;
  options.trees = 2;
  for (int kind = 0; kind < kRegressorKinds; ++kind) {
    auto model = PerformanceModel::fit(static_cast<RegressorKind>(kind), samples, options, rng);
    if (!model.ok()) continue;
    model->calibrate(samples);
    PerformanceModel::Workspace w;
    PerformanceModel::Prediction prediction;
    model->predict(samples.features(0), prediction, w);
    const long before = allocations;
    for (int64_t row = 0; row < samples.rows(); ++row) {
      model->predict(samples.features(row), prediction, w);
    }
    EXPECT_EQ(allocations, before) << to_string(static_cast<RegressorKind>(kind));
  }
}

}  // namespace
}  // namespace kernwise
