// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernwise/graph/work.h"

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
  EXPECT_EQ(conv_features().features.size(), 26U);
  EXPECT_EQ(conv_features().version, 2);
  EXPECT_EQ(conv_features().hash(), "9eda11c8c734c0f6f8d508607c4c9e02");
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

TEST(Features, PostOperatorsThatCostSomethingAreTold) {
  const auto plain = features_of("conv:ic8ih8oc8kh3ph1+bias+relu");
  EXPECT_EQ(named(plain, "residual"), 0);
  EXPECT_EQ(named(plain, "exp"), 0);
  EXPECT_EQ(named(features_of("conv:ic8ih8oc8kh3ph1+bias+sum+relu"), "residual"), 1);
  EXPECT_EQ(named(features_of("conv:ic8ih8oc8kh3ph1+bias+swish"), "exp"), 1);
}

// Log sizes, threads, the complexity C, bytes: what models of at most 75 parameters are fed with.
TEST(Features, MatrixKernelsHaveTheirSizesTheirComplexityAndTheirBytes) {
  struct Case {
    const char* text;
    std::vector<std::string> names, terms;
    std::vector<double> sizes;
  };
  const std::vector<Case> cases = {
      {"gemm:m5n4k7",
       {"m", "n", "k"},
       {"vector_steps", "tail"},
       {5, 4, 7, 2, 140, 4 * (35 + 28 + 20), 5 * 7 * 7, 5}},
      {"gemv:m5n36",
       {"m", "n"},
       {"vector_steps", "tail"},
       {5, 36, 2, 180, 4 * (180 + 36 + 5), 5 * 9, 5}},
      {"matconv:h9w7r3",
       {"h", "w", "r"},
       {"vector_steps", "fourier", "fourier_twos_h", "fourier_twos_w"},
       {9, 7, 3, 2, 7 * 5 * 9, 4 * (63 + 9 + 35), 7 * (9 * 5 + 3), 3 * 72 * std::log2(72), 1, 8}}};
  for (const auto& [text, names, terms, sizes] : cases) {
    const Result<Problem> problem = parse_problem(text);
    ASSERT_TRUE(problem.ok()) << text;
    std::vector<std::string> wanted = names, found;
    for (const char* sum : {"threads", "work", "bytes"}) wanted.emplace_back(sum);
    wanted.insert(wanted.end(), terms.begin(), terms.end());
    for (const Feature& feature : feature_schema(problem->kind()).features) {
      found.push_back(feature.name);
    }
    EXPECT_EQ(found, wanted);
    std::vector<double> features(found.size());
    ASSERT_TRUE(compute_features(*problem, 2, features).ok());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      EXPECT_DOUBLE_EQ(features[i], std::log(sizes[i])) << text << " " << found[i];
    }
  }
}

// Shipped models of poolings know the first version.
TEST(Features, AnEarlierVersionIsTheBeginningOfTheLaterOne) {
  FeatureSchema first = feature_schema(ProblemKind::kPool);
  ASSERT_EQ(first.version, 2);
  first.version = 1;
  first.features.resize(12);
  EXPECT_EQ(first.hash(), "3822c298ba78c1046e01672caf9cb66d");
  EXPECT_TRUE(check_features(first, ProblemKind::kPool).ok());
  EXPECT_TRUE(check_features(feature_schema(ProblemKind::kPool), ProblemKind::kPool).ok());
  EXPECT_FALSE(check_features(first, ProblemKind::kLrn).ok());
  FeatureSchema other = first;
  other.features[3].name = "width";
  EXPECT_FALSE(check_features(other, ProblemKind::kPool).ok());
  const Result<Problem> problem = parse_problem("pool:max:c8ih20iw20kh3sh2");
  ASSERT_TRUE(problem.ok());
  std::vector<double> all(15), before(12);
  ASSERT_TRUE(compute_features(*problem, 2, all).ok());
  ASSERT_TRUE(compute_features(*problem, 2, before).ok());
  EXPECT_TRUE(std::equal(before.begin(), before.end(), all.begin()));
  EXPECT_DOUBLE_EQ(all[12], std::log(work(*problem, WorkTerm::kOperations)));
}

TEST(Features, EveryKindHasASchemaOfItsOwn) {
  for (const char* text :
       {"gemm:m5n4k7", "gemv:m5n4", "matconv:h9w7r3", "pool:max:n1c64ih112iw112kh3kw3sh2sw2",
        "fc:ic256ih6oc10+bias", "concat:n1h28w28c64c128c32", "softmax:n1c1000h1w1",
        "matmul:n1c8h64w32-n1c8h32w64", "lrn:n1c96h54w54size5"}) {
    const Result<Problem> problem = parse_problem(text);
    ASSERT_TRUE(problem.ok()) << text;
    const FeatureSchema& schema = feature_schema(problem->kind());
    EXPECT_EQ(schema.name, to_string(problem->kind()));
    std::vector<double> features(schema.features.size());
    ASSERT_TRUE(compute_features(*problem, 2, features).ok()) << text;
    for (const double value : features) EXPECT_TRUE(std::isfinite(value)) << text;
    EXPECT_FALSE(compute_features(*problem, 0, features).ok());
  }
}

}  // namespace
}  // namespace kernwise
