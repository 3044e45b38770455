// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace kernwise {
namespace {

std::vector<double> features_of(const std::string& text, int threads = 1) {
  const Result<Problem> problem = parse_problem(text);
  EXPECT_TRUE(problem.ok()) << text;
  std::vector<double> features(conv_features().features.size());
  EXPECT_TRUE(compute_features(*problem, threads, features).ok());
  return features;
}

double named(const std::vector<double>& features, std::string_view name) {
  const auto& all = conv_features().features;
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const Feature& f) { return f.name == name; });
  EXPECT_NE(at, all.end()) << name;
  return features[static_cast<std::size_t>(at - all.begin())];
}

// Models in files were trained on exactly these: a change needs a new version.
TEST(Features, TheSchemasAreFrozen) {
  EXPECT_EQ(conv_features().features.size(), 24U);
  EXPECT_EQ(conv_features().version, 1);
  EXPECT_EQ(conv_features().hash(), "a181fc0da461bc1146f3c5b48effff56");
  EXPECT_EQ(transform_features().hash(), "f8574850a25230403cfda96750d05f5f");
}

TEST(Features, ARowOfATableHasTheFeaturesOfItsProblem) {
  std::vector<double> row(conv_features().features.size());
  ASSERT_TRUE(compute_features(table_conv(64, 128, 56, 3, 2), 1, row).ok());
  EXPECT_EQ(row, features_of("conv:n1ic64ih56iw56oc128kh3kw3sh2sw2ph1pw1"));
}

TEST(Features, SizesAreThoseOfTheDefinition) {
  const auto f = features_of("conv:n2ic32ih14iw12oc48kh3kw1sh1sw1ph1pw0g4", 3);
  EXPECT_NEAR(named(f, "ic_per_group"), std::log(8), 1e-12);
  EXPECT_NEAR(named(f, "oc_per_group"), std::log(12), 1e-12);
  EXPECT_NEAR(named(f, "groups"), std::log(4), 1e-12);
  EXPECT_NEAR(named(f, "threads"), std::log(3), 1e-12);
  EXPECT_NEAR(named(f, "out_pixels"), std::log(2 * 14 * 12), 1e-12);
  EXPECT_NEAR(named(f, "macs"), std::log(2.0 * 14 * 12 * 48 * 8 * 3), 1e-12);
  EXPECT_NEAR(named(f, "in_elements"), std::log(2 * 32 * 14 * 12), 1e-12);
  EXPECT_NEAR(named(f, "out_elements"), std::log(2 * 48 * 14 * 12), 1e-12);
  EXPECT_NEAR(named(f, "weights"), std::log(48 * 8 * 3), 1e-12);
  EXPECT_NEAR(named(f, "im2col"), std::log(2.0 * 14 * 12 * 32 * 3), 1e-12);
  EXPECT_NEAR(named(f, "waste_4"), std::log(16.0 / 14), 1e-12);
  EXPECT_NEAR(named(f, "waste_3"), std::log(15.0 / 14), 1e-12);
  EXPECT_NEAR(named(f, "waste_2"), 0, 1e-12);
  EXPECT_NEAR(named(f, "twos_in"), std::log(256), 1e-12);   // 32 * 14 * 12
  EXPECT_NEAR(named(f, "twos_out"), std::log(128), 1e-12);  // 48 * 14 * 12
}

TEST(Features, OtherProblemsAreRefused) {
  const Result<Problem> pool = parse_problem("pool:max:n1c64ih112iw112kh3kw3sh2sw2");
  ASSERT_TRUE(pool.ok());
  std::vector<double> features(conv_features().features.size());
  const Status status = compute_features(*pool, 1, features);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnsupported);
  EXPECT_FALSE(compute_features(table_conv(1, 1, 1, 1, 1), 0, features).ok());
}

}  // namespace
}  // namespace kernwise
