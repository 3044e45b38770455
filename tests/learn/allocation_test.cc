// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Predicting allocates nothing once its workspace has grown: every allocation of this program is
// counted.
#include <gtest/gtest.h>

#include "base/count_allocations.h"
#include "kernwise/learn/model.h"
#include "synthetic.h"

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
    const long before = test::allocations();
    for (int64_t row = 0; row < samples.rows(); ++row) {
      model->predict(samples.features(row), prediction, w);
    }
    EXPECT_EQ(test::allocations(), before) << to_string(static_cast<RegressorKind>(kind));
  }
}

}  // namespace
}  // namespace kernwise
