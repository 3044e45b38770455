// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Against vectors that a separate script computed from the published description (quirks
// included): a strided, a depthwise, a pointwise and a grouped convolution, not square, batch 5.
#include "kernwise/footprint/perf4sight_features.h"

#include <gtest/gtest.h>

#include <set>

#include "small_designs.h"

namespace kernwise {
namespace {

Design four_convolutions() {
  std::vector<DesignLayer> layers(4);
  layers[0] = {false, 3, 8, 9, 11, 5, 6, 3, 3, 2, 1, 1, 1};
  layers[1] = {false, 8, 8, 5, 6, 5, 6, 3, 3, 1, 1, 1, 8};
  layers[2] = {false, 8, 12, 5, 6, 5, 6, 1, 1, 1, 0, 0, 1};
  layers[3] = {false, 12, 6, 1, 1, 1, 1, 1, 1, 1, 0, 0, 2};
  return test::design_of(layers, 1);
}

TEST(Perf4sightFeatures, TrainingIsTheFrozenVector) {
  const std::array<double, 56> expected = {420,
                                           2100,
                                           6550,
                                           7060,
                                           16130,
                                           380,
                                           13435,
                                           660,
                                           20995,
                                           5530,
                                           39960,
                                           1420,
                                           48180,
                                           171840,
                                           268200,
                                           5352,
                                           3870,
                                           6660,
                                           3912,
                                           4260,
                                           9222,
                                           8172,
                                           10530,
                                           27924,
                                           66850.03955792963,
                                           44431.497461102816,
                                           41181.90914153108,
                                           152463.4461605635,
                                           85320,
                                           47520,
                                           360720,
                                           132840,
                                           446040,
                                           408240,
                                           493560,
                                           37920,
                                           21120,
                                           160320,
                                           59040,
                                           198240,
                                           181440,
                                           219360,
                                           120240,
                                           145440,
                                           461520,
                                           265680,
                                           581760,
                                           606960,
                                           727200,
                                           112960,
                                           149120,
                                           457920,
                                           262080,
                                           570880,
                                           607040,
                                           720000};
  const auto features = perf4sight_training(four_convolutions(), 5);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(features[i], expected[i], 1e-9 * expected[i]) << perf4sight_training_names()[i];
  }
}

TEST(Perf4sightFeatures, InferenceIsTheFrozenVector) {
  const std::array<double, 15> expected = {
      420,   3275,  3530,   7225,  380, 13435, 48180, 5352, 3870, 9222, 66850.03955792963,
      85320, 37920, 120240, 112960};
  const auto features = perf4sight_inference(four_convolutions(), 5);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(features[i], expected[i], 1e-9 * expected[i]) << perf4sight_inference_names()[i];
  }
}

// Twice the layers are twice the features; what is fully connected is not seen.
TEST(Perf4sightFeatures, AreSumsOverConvolutions) {
  Design design = four_convolutions();
  const auto once = perf4sight_training(design, 3);
  std::vector<DesignLayer> layers = design.layers;
  layers.insert(layers.end(), design.layers.begin(), design.layers.end());
  layers.push_back(test::fully_connected(6, 1000));
  const auto twice = perf4sight_training(test::design_of(layers, 1), 3);
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_DOUBLE_EQ(twice[i], 2 * once[i]);
}

TEST(Perf4sightFeatures, NamesAreDistinct) {
  const auto& training = perf4sight_training_names();
  EXPECT_EQ(std::set(training.begin(), training.end()).size(), training.size());
  const auto& inference = perf4sight_inference_names();
  EXPECT_EQ(std::set(inference.begin(), inference.end()).size(), inference.size());
  for (const std::string_view name : training) EXPECT_FALSE(name.empty());
}

}  // namespace
}  // namespace kernwise
