// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/quantize.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace kernwise {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Quantize, StepsSpanTheRange) {
  EXPECT_EQ(step_of({0, 255}, Layout::kNhwcU8), 1);
  EXPECT_EQ(step_of({2, 51}, Layout::kNhwcU8), 0.2F);  // zero is a number all the same
  EXPECT_EQ(step_of({-127, 5}, Layout::kNhwcS8), 1);
  EXPECT_EQ(step_of({-1, 254}, Layout::kNhwcS8), 2);
  for (const Layout layout : kInt8Layouts) EXPECT_EQ(step_of({0, 0}, layout), 1);
  EXPECT_EQ(step_of({0, 1e-44}, Layout::kNhwcU8), 1);  // its step is no normal float
  for (const Layout layout : kAllLayouts) EXPECT_EQ(step_of({-3, 8}, layout), 1);
}

TEST(Quantize, NumbersWithoutASignAreForValuesWithoutOne) {
  EXPECT_TRUE(fits({0, 1}, Layout::kNhwcU8));
  EXPECT_FALSE(fits({-1e-9, 1}, Layout::kNhwcU8));
  EXPECT_TRUE(fits({-1, 1}, Layout::kNhwcS8));
  EXPECT_TRUE(fits({-1, 1}, Layout::kNchw));
}

TEST(Quantize, RoundsToTheNearestEvenAndEndsAtTheBorder) {
  EXPECT_EQ(quantize(2.5F, 1, Layout::kNhwcU8), 2);
  EXPECT_EQ(quantize(3.5F, 1, Layout::kNhwcU8), 4);
  EXPECT_EQ(quantize(-0.4F, 1, Layout::kNhwcS8), 0);
  EXPECT_EQ(quantize(1, 0.25F, Layout::kNhwcS8), 4);
  EXPECT_EQ(quantize(1000, 1, Layout::kNhwcU8), 255);
  EXPECT_EQ(quantize(-1000, 1, Layout::kNhwcU8), 0);
  EXPECT_EQ(quantize(kInfinity, 1, Layout::kNhwcS8), 127);
  EXPECT_EQ(quantize(-kInfinity, 1, Layout::kNhwcS8), -128);
  EXPECT_EQ(quantize(std::numeric_limits<float>::quiet_NaN(), 1, Layout::kNhwcS8), -128);
}

TEST(Quantize, EveryChannelOfWeightsHasAStepOfItsOwn) {
  const std::vector<float> weights = {127, -3, 0, 0, 0.5F, -1};
  const QuantizedWeights result = quantize_weights(weights, 3);
  EXPECT_EQ(result.steps, (std::vector<float>{1, 1, 1.0F / 127}));
  EXPECT_EQ(result.numbers, (std::vector<int8_t>{127, -3, 0, 0, 64, -127}));
}

TEST(Quantize, PrecisionsReadBack) {
  for (const Precision precision : {Precision::kFp32, Precision::kInt8}) {
    EXPECT_EQ(parse_precision(to_string(precision)), precision);
  }
  EXPECT_EQ(parse_precision("bf16"), std::nullopt);
}

}  // namespace
}  // namespace kernwise
