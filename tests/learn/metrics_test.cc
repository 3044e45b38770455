// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace kernwise {
namespace {

// Two rows by hand. Row one: 1 s, 2 s, 4 s, predicted 1.5, 1, 4: the second is chosen, regret 1.
// Row two: 10 s and 5 s, third missing, predicted 10, 6: right.
TEST(Metrics, AreThoseOfAnExampleByHand) {
  Samples truth;
  truth.schema = conv_features();
  truth.outputs = {"a", "b", "c"};
  truth.x.assign(2 * truth.schema.features.size(), 0);
  truth.group = {0, 1};
  const double nan = std::nan("");
  for (const double t : {1.0, 2.0, 4.0, 10.0, 5.0}) truth.y.push_back(std::log(t));
  truth.y.push_back(nan);
  std::vector<double> predicted;
  for (const double t : {1.5, 1.0, 4.0, 10.0, 6.0, 1.0}) predicted.push_back(std::log(t));
  const Scores s = score(predicted, truth);
  EXPECT_EQ(s.rows, 2);
  EXPECT_EQ(s.entries, 5);
  EXPECT_NEAR(s.mdrae, 0.2, 1e-12);  // of 0.5 0.5 0 0 0.2
  EXPECT_NEAR(s.mape, 1.2 / 5, 1e-12);
  EXPECT_NEAR(s.pairwise_accuracy, 3.0 / 4, 1e-12);  // a < b is the wrong one
  EXPECT_NEAR(s.top1, 0.5, 1e-12);
  EXPECT_NEAR(s.regret_total, 7.0 / 6 - 1, 1e-12);
  EXPECT_NEAR(s.regret_geomean, std::sqrt(2.0) - 1, 1e-12);
  EXPECT_NEAR(s.regret_max, 1, 1e-12);
  EXPECT_NEAR(s.bias, 7.0 / 7 - 1, 1e-12);  // said 1 + 6, took 2 + 5
  const auto each = errors_by_output(predicted, truth);
  EXPECT_EQ(each[2].rows, 1);
  EXPECT_NEAR(each[0].mape, 0.25, 1e-12);
}

}  // namespace
}  // namespace kernwise
