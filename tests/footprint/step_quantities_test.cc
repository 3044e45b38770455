// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/step_quantities.h"

#include <gtest/gtest.h>

#include <cmath>

#include "small_designs.h"

namespace kernwise {
namespace {

using test::conv;
using test::design_of;
using test::fully_connected;

constexpr std::array kTargets = {FootprintTarget::kAllocated, FootprintTarget::kReserved,
                                 FootprintTarget::kUsed, FootprintTarget::kLatency};

TEST(StepQuantities, OfAChainWithNormalisationByHand) {
  const Design design = design_of(
      {conv(3, 8, 4, 3), conv(8, 8, 4, 3, 1, 8), conv(8, 40, 4, 1), fully_connected(40, 10)}, 2);
  const StepQuantities q = step_quantities(design);
  EXPECT_EQ(q.parameters, 216 + 16 + 72 + 16 + 320 + 80 + 400 + 10);
  // The image; outputs of all convolutions for normalisation; activated inputs of the two later
  // ones; the features before the last layer.
  EXPECT_EQ(q.saved, 48 + (128 + 128 + 640) + (128 + 128) + 40);
  EXPECT_EQ(q.outputs, 896);
  EXPECT_EQ(q.inputs, 48 + 128 + 128);
  EXPECT_EQ(q.largest_output, 640);
  EXPECT_EQ(q.im2col, 16 * 9 * 3);
  EXPECT_EQ(q.macs, 216 * 16 + 72 * 16 + 320 * 16 + 400);
  EXPECT_EQ(q.windowed, 48 + 128);
  EXPECT_EQ(q.depthwise, 256);
  EXPECT_EQ(q.convolutions, 3);
  EXPECT_EQ(q.normalisations, 3);
  // Channels filled up to 32 one side at a time: 3 -> 8 becomes (32 * 3 + 32 * 8) / 2.
  EXPECT_EQ(q.tiled_windowed, (32 * 3 + 32 * 8) / 2 * 9 * 16);
  EXPECT_EQ(q.tiled_pointwise, (64 * 8 + 32 * 40) / 2 * 16 + (32 * 40 + 64 * 10) / 2);
}

TEST(StepQuantities, WithoutNormalisationActivationsAreKeptOnce) {
  const Design design = design_of({conv(3, 8, 4, 3), conv(8, 8, 4, 1)}, 1);
  const StepQuantities q = step_quantities(design);
  EXPECT_EQ(q.saved, 48 + 128 + 128);
  EXPECT_EQ(q.normalisations, 0);
}

// Which side of a window is longer is no matter.
TEST(StepQuantities, TransposingALayerChangesNothing) {
  DesignLayer wide = conv(8, 16, 6, 3);
  wide.k_h = 1;
  wide.pad_h = 0;
  DesignLayer high = wide;
  std::swap(high.k_h, high.k_w);
  std::swap(high.pad_h, high.pad_w);
  const StepQuantities a = step_quantities(design_of({wide}, 2));
  const StepQuantities b = step_quantities(design_of({high}, 2));
  EXPECT_EQ(step_features(a, 4), step_features(b, 4));
  EXPECT_EQ(a.im2col, 36 * 3 * 8);
  EXPECT_EQ(a.im2col, b.im2col);
  EXPECT_EQ(a.windowed, b.windowed);
  EXPECT_EQ(a.tiled_windowed, b.tiled_windowed);
  EXPECT_EQ(a.tiled_pointwise, b.tiled_pointwise);
}

TEST(PhysicalTerms, GoWithTheirFormsAndGrowWithTheBatch) {
  const StepQuantities q =
      step_quantities(design_of({conv(3, 8, 4, 3), conv(8, 8, 4, 3, 1, 8)}, 2));
  for (const FootprintTarget target : kTargets) {
    const PhysicalForm& form = physical_form(target);
    std::vector<double> weights;
    for (const PhysicalTerm& term : form.terms) weights.push_back(term.prior);
    double before = 0;
    for (const int64_t batch : {1, 7, 64, 1024}) {
      const std::vector<double> terms = physical_terms(target, q, batch);
      ASSERT_EQ(terms.size(), form.terms.size());
      for (const double term : terms) EXPECT_GE(term, 0);
      const double estimate = physical_estimate(form, weights, terms);
      EXPECT_GT(estimate, before);
      before = estimate;
    }
  }
}

TEST(StepFeatures, AreFiniteAndAsManyForEveryDesign) {
  const auto a = step_features(step_quantities(design_of({conv(3, 8, 4, 3)}, 1)), 1);
  const auto b = step_features(step_quantities(design_of({conv(3, 8, 4, 1)}, 2)), 100);
  EXPECT_EQ(a.size(), b.size());
  for (const auto* features : {&a, &b}) {
    for (const double value : *features) EXPECT_TRUE(std::isfinite(value));
  }
}

}  // namespace
}  // namespace kernwise
