// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/profile/transfers.h"

#include <gtest/gtest.h>

#include <atomic>

#include "kernwise/graph/problem.h"
#include "kernwise/primitives/registry.h"

namespace kernwise {
namespace {

std::vector<TransferPoint> points_of(double latency, double bytes_per_s) {
  std::vector<TransferPoint> points;
  for (int64_t bytes = 4096; bytes <= int64_t{64} << 20; bytes *= 4)
    points.push_back({{bytes}, {latency + static_cast<double>(bytes) / bytes_per_s}});
  return points;
}

TEST(Transfers, TheFitFindsWhatMadeThePoints) {
  const auto cost = fit_transfer(points_of(8e-6, 12e9));
  ASSERT_TRUE(cost.ok());
  EXPECT_NEAR(cost->latency.value, 8e-6, 1e-12);
  EXPECT_NEAR(cost->bytes_per_s, 12e9, 1e3);
  EXPECT_NEAR(cost->time({12'000'000}).value, 8e-6 + 1e-3, 1e-9);
}

// Each point counts alike, whatever its size: one slow large copy does not move the latency much.
TEST(Transfers, TheFitIsOfRelativeErrors) {
  auto points = points_of(8e-6, 12e9);
  points.back().time.value *= 1.3;
  const auto cost = fit_transfer(points);
  ASSERT_TRUE(cost.ok());
  EXPECT_NEAR(cost->latency.value, 8e-6, 1e-6);
}

TEST(Transfers, LatencyIsNeverNegative) {
  const std::vector<TransferPoint> points = {{{1000}, {1e-6}}, {{2000}, {3e-6}}, {{4000}, {7e-6}}};
  const auto cost = fit_transfer(points);
  ASSERT_TRUE(cost.ok());
  EXPECT_EQ(cost->latency.value, 0);
  EXPECT_GT(cost->bytes_per_s, 0);
}

TEST(Transfers, PointsThatTellNothingAreAnError) {
  EXPECT_FALSE(fit_transfer({}).ok());
  const std::vector<TransferPoint> one_size = {{{1000}, {1e-6}}, {{1000}, {2e-6}}};
  EXPECT_FALSE(fit_transfer(one_size).ok());
  const std::vector<TransferPoint> falling = {{{1000}, {3e-6}}, {{2000}, {2e-6}}};
  EXPECT_FALSE(fit_transfer(falling).ok());
  const std::vector<TransferPoint> no_time = {{{1000}, {0}}, {{2000}, {2e-6}}};
  EXPECT_FALSE(fit_transfer(no_time).ok());
}

TEST(Transfers, RowsOfOtherKeysAreNoPartOfTheFit) {
  MeasurementKey key;
  key.device = "here";
  key.primitive = "opencl-copy";
  key.protocol = kTransferProtocol;
  key.libraries = "opencl:0 x";
  std::vector<Measurement> rows;
  for (const auto direction : {TransferDirection::kIn, TransferDirection::kOut})
    for (const TransferPoint& point : points_of(1e-6, 1e9)) {
      Measurement m;
      m.key = key;
      m.key.metric = to_string(direction);
      m.key.problem = to_string(Problem{
          TransformProblem{{1, 1, 1, point.bytes.value / 4}, Layout::kNchw, Layout::kNchw}, {}});
      m.median_s = point.time.value * (direction == TransferDirection::kOut ? 2 : 1);
      rows.push_back(m);
      m.key.libraries = "opencl:1 x";
      m.median_s = 1;
      rows.push_back(m);
    }
  const auto costs = fit_transfers(rows, key);
  ASSERT_TRUE(costs.ok());
  EXPECT_NEAR(costs->in.bytes_per_s, 1e9, 1);
  EXPECT_NEAR(costs->out.bytes_per_s, 0.5e9, 1);
  key.device = "elsewhere";
  EXPECT_FALSE(fit_transfers(rows, key).ok());
}

TEST(Transfers, TheProcessorHasNone) {
  const std::atomic<bool> stop = false;
  const auto measured = measure_transfers(*find_resource("cpu"), describe_this_device(), {}, stop);
  ASSERT_FALSE(measured.ok());
  EXPECT_EQ(measured.error().code, ErrorCode::kUnsupported);
}

// On the devices that are there, if any: that it works, not how fast.
TEST(Transfers, AreMeasuredOnEveryDevice) {
  const std::atomic<bool> stop = false;
  const Device device = describe_this_device();
  for (const auto& resource : all_resources()) {
    if (resource->name() == "cpu" || !resource->refusal().empty()) continue;
    const TransferOptions options{.sizes = {1 << 10, 1 << 16, 1 << 20}, .runs = 3};
    const auto measured = measure_transfers(*resource, device, options, stop);
    ASSERT_TRUE(measured.ok()) << to_string(measured.error());
    ASSERT_EQ(measured->size(), 6U);
    for (const Measurement& m : *measured) {
      EXPECT_EQ(m.runs_s.size(), 3U);
      EXPECT_GT(m.median_s, 0);
      EXPECT_EQ(m.key.libraries, library_versions(resource->name()));
      const auto problem = parse_problem(m.key.problem);
      ASSERT_TRUE(problem.ok());
      EXPECT_EQ(to_string(*problem), m.key.problem);
    }
    EXPECT_TRUE(fit_transfers(*measured, transfer_key(device, *resource)).ok());
  }
}

}  // namespace
}  // namespace kernwise
