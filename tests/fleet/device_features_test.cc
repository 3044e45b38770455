// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/device_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "kernwise/base/file.h"
#include "kernwise/base/rng.h"
#include "kernwise/base/temporary_folder.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise {
namespace {

namespace fs = std::filesystem;

class FeatureFiles : public ::testing::Test {
 protected:
  fs::path write(const std::string& name, const std::string& text) const {
    const fs::path file = folder_->path() / name;
    EXPECT_TRUE(write_file(file, text).ok());
    return file;
  }
  std::string refusal(const std::string& name, const std::string& text) const {
    const fs::path files[] = {write(name, text)};
    const auto features = read_device_features(files);
    return features.ok() ? "" : to_string(features.error());
  }
  Result<TemporaryFolder> folder_ = TemporaryFolder::make();
};

TEST_F(FeatureFiles, TablesAndReportsAreJoined) {
  const fs::path files[] = {write("known.csv", "device,cores,peak_gflops\na,4,100\nb,,20\n"),
                            write("phone.json",
                                  R"({"schema": "kernwise.doctor/1",
                "context": {"device": {"cpu": "x", "cores": 8, "model": 17}},
                "result": {"grade": "A", "peak_gflops": 55.5, "noise_ratio": 0.01}})")};
  const auto features = read_device_features(files);
  ASSERT_TRUE(features.ok()) << to_string(features.error());
  EXPECT_EQ(features->names, (std::vector<std::string>{"cores", "peak_gflops"}));
  EXPECT_EQ(features->devices, (std::vector<std::string>{"a", "b", "phone"}));
  EXPECT_EQ(features->values[0], 4);
  EXPECT_TRUE(std::isnan(features->values[2]));
  EXPECT_EQ(features->values[5], 55.5);
  EXPECT_EQ(features->device("phone"), 2U);
  EXPECT_FALSE(features->device("nobody"));
}

TEST_F(FeatureFiles, WhatIsWrongIsNamed) {
  EXPECT_NE(refusal("a.csv", "name,cores\na,4\n").find("'device'"), std::string::npos);
  EXPECT_NE(refusal("a.csv", "device,cores\na,four\n").find("line 2"), std::string::npos);
  EXPECT_NE(refusal("a.csv", "device,cores\n,4\n").find("no name"), std::string::npos);
  EXPECT_NE(refusal("a.csv", "device\na\n").find("no feature"), std::string::npos);
  EXPECT_NE(refusal("a.csv", "device,cores\na,4\na,5\n").find("before"), std::string::npos);
  EXPECT_NE(refusal("a.json", "{}").find("doctor"), std::string::npos);
  EXPECT_NE(refusal("a.json", "[1, 2").find("doctor"), std::string::npos);
  EXPECT_NE(refusal("a.json", R"({"schema": 3, "context": [], "result": 1})").find("doctor"),
            std::string::npos);
}

// Costs follow the features: a device that was never measured is predicted from its own.
TEST(FeaturePredictor, PredictsADeviceThatWasNeverMeasured) {
  Rng rng(2);
  LatencyTable table;
  DeviceFeatures features{{"rate", "bandwidth"}, {}, {}};
  constexpr std::size_t kDesigns = 80, kDevices = 12;
  for (std::size_t i = 0; i < kDesigns; ++i) table.index.push_back(static_cast<int64_t>(i));
  std::vector<double> work, bytes;
  for (std::size_t i = 0; i < kDesigns; ++i) {
    work.push_back(std::exp(rng.normal()));
    bytes.push_back(std::exp(rng.normal()));
  }
  for (std::size_t d = 0; d < kDevices; ++d) {
    const double rate = std::exp(rng.normal()), bandwidth = std::exp(rng.normal());
    table.devices.push_back(std::to_string(d));
    features.devices.push_back(std::to_string(d));
    features.values.insert(features.values.end(), {rate, bandwidth});
    for (std::size_t i = 0; i < kDesigns; ++i) {
      table.cost.push_back(work[i] / rate + bytes[i] / bandwidth);
    }
  }
  for (const char* name : {"far", "blank"}) features.devices.push_back(name);
  features.values.insert(features.values.end(), {1e4, 1e4, NAN, NAN});
  std::vector<std::size_t> known(kDevices - 1);
  std::iota(known.begin(), known.end(), std::size_t{0});
  std::vector<int32_t> rows(kDesigns);
  std::iota(rows.begin(), rows.end(), 0);
  const auto predictor = FeaturePredictor::fit(table, known, features, rows);
  ASSERT_TRUE(predictor.ok()) << to_string(predictor.error());
  EXPECT_EQ(predictor->devices(), 11);
  EXPECT_GT(predictor->error(), 0);
  EXPECT_LT(predictor->error(), 1);
  const auto belief = predictor->believe("11");
  ASSERT_TRUE(belief.has_value());
  const std::vector<double> mean(belief->mean.begin(), belief->mean.end());
  EXPECT_GT(spearman(mean, table.device_costs(11)), 0.8);
  EXPECT_FALSE(predictor->believe("nobody").has_value());
  EXPECT_FALSE(predictor->believe("blank").has_value());
  const auto far = predictor->believe("far");
  ASSERT_TRUE(far.has_value());
  EXPECT_GT(far->deviation[0], 1.5 * predictor->believe("0")->deviation[0]);
  EXPECT_TRUE(predictor->beyond("far"));
  EXPECT_FALSE(predictor->beyond("0"));
  const std::size_t few[] = {0, 1, 2};
  EXPECT_FALSE(FeaturePredictor::fit(table, few, features, rows).ok());
}

}  // namespace
}  // namespace kernwise
