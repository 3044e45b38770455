// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/footprint_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace kernwise {
namespace {

const PhysicalForm& form() {
  static const PhysicalForm made = {{{"fixed", 1, 1, false, true}, {"per_image", 1, 1}}, 0, 3};
  return made;
}

// A made-up network: figures are 100 + 3 a batch, times a wave over the batch that no physics
// knows and a factor of the network.
FootprintRow row_at(int network, int level, double batch, double factor, double wave) {
  FootprintRow row;
  const double size = (1.0 + 0.3 * network) * (100 - level) / 100;
  row.at.terms = {1, batch * size};
  row.at.coordinates = {std::log(batch), static_cast<double>(level)};
  row.at.features = {std::log(size)};
  row.at.network = network;
  row.design = 100 * network + level;
  row.figure = factor * (100 + 3 * batch * size) * (1 + wave * std::sin(2 * std::log(batch)));
  return row;
}

std::vector<FootprintRow> made_up(int networks, const std::vector<int>& levels, double wave = 0.2) {
  std::vector<FootprintRow> rows;
  for (int network = 0; network < networks; ++network) {
    const double factor = 1 + 0.05 * (network % 3 - 1);
    for (const int level : levels) {
      for (double batch = 2; batch <= 256; batch *= 1.3) {
        rows.push_back(row_at(network, level, std::round(batch), factor, wave));
      }
    }
  }
  return rows;
}

double mean_error(const FootprintModel& model, const std::vector<FootprintRow>& rows) {
  double sum = 0;
  for (const FootprintRow& row : rows) {
    sum += std::abs(model.predict(row.at).median / row.figure - 1);
  }
  return sum / static_cast<double>(rows.size());
}

TEST(FootprintModel, TreesInterpolateWhatPhysicsDoesNotKnow) {
  const auto train = made_up(3, {0, 20, 40, 60, 80});
  const auto test = made_up(3, {10, 30, 50, 70});
  Rng rng(3);
  FootprintOptions plain;
  plain.trees = false;
  const auto physics = FootprintModel::fit(form(), train, plain, rng);
  const auto whole = FootprintModel::fit(form(), train, {}, rng);
  ASSERT_TRUE(physics.ok() && whole.ok());
  EXPECT_GT(mean_error(*physics, test), 0.08);
  EXPECT_LT(mean_error(*whole, test), 0.04);
  const FootprintEstimate estimate = whole->predict(test[20].at);
  EXPECT_TRUE(estimate.measured_network && estimate.in_range && estimate.calibrated);
}

TEST(FootprintModel, AnUnknownNetworkGetsTheEstimateAlone) {
  const auto train = made_up(3, {0, 20, 40, 60, 80});
  Rng rng(3);
  const auto model = FootprintModel::fit(form(), train, {}, rng);
  ASSERT_TRUE(model.ok());
  FootprintQuery query = train[7].at;
  query.network = 77;
  const FootprintEstimate estimate = model->predict(query);
  EXPECT_FALSE(estimate.measured_network || estimate.in_range);
  EXPECT_DOUBLE_EQ(estimate.median, model->demand(query));
  EXPECT_TRUE(estimate.calibrated);
}

TEST(FootprintModel, BeyondTheLargestBatchItGrowsOn) {
  const auto train = made_up(1, {0, 20, 40, 60, 80}, 0);
  Rng rng(3);
  const auto model = FootprintModel::fit(form(), train, {}, rng);
  ASSERT_TRUE(model.ok());
  const FootprintRow far = row_at(0, 20, 2048, 0.95, 0);
  const FootprintEstimate estimate = model->predict(far.at);
  EXPECT_TRUE(estimate.measured_network);
  EXPECT_FALSE(estimate.in_range);
  EXPECT_NEAR(estimate.median / far.figure, 1, 0.05);
}

TEST(FootprintModel, NothingIsPredictedAboveTheCeiling) {
  auto train = made_up(2, {0, 20, 40, 60, 80}, 0);
  for (FootprintRow& row : train) row.figure = std::min(row.figure, 400.0);
  FootprintOptions options;
  options.ceiling = 400;
  Rng rng(3);
  const auto model = FootprintModel::fit(form(), train, options, rng);
  ASSERT_TRUE(model.ok());
  const FootprintRow large = row_at(0, 0, 256, 0.95, 0);
  EXPECT_EQ(model->predict(large.at).median, 400);
  // What was cut did not bend the estimate.
  EXPECT_NEAR(model->demand(large.at) / large.figure, 1, 0.06);
}

TEST(FootprintModel, IntervalsCoverNetworksNeverSeen) {
  auto rows = made_up(12, {0, 30, 60}, 0.1);
  std::vector<FootprintRow> train, test;
  for (const FootprintRow& row : rows) (row.at.network < 6 ? train : test).push_back(row);
  Rng rng(3);
  const auto model = FootprintModel::fit(form(), train, {}, rng);
  ASSERT_TRUE(model.ok());
  int64_t inside = 0;
  for (const FootprintRow& row : test) {
    const FootprintEstimate estimate = model->predict(row.at);
    EXPECT_LT(estimate.low, estimate.median);
    EXPECT_LT(estimate.median, estimate.high);
    inside += row.figure >= estimate.low && row.figure <= estimate.high ? 1 : 0;
  }
  EXPECT_GT(static_cast<double>(inside), 0.85 * static_cast<double>(test.size()));
}

TEST(FootprintModel, ProbabilitiesRiseWithTheLimit) {
  const auto train = made_up(3, {0, 20, 40});
  Rng rng(3);
  const auto model = FootprintModel::fit(form(), train, {}, rng);
  ASSERT_TRUE(model.ok());
  FootprintQuery query = train[5].at;
  query.network = -1;
  const double median = model->predict(query).median;
  EXPECT_EQ(model->probability_within(query, median / 4), 0);
  EXPECT_EQ(model->probability_within(query, median * 4), 1);
  double before = 0;
  for (double limit = median / 2; limit < 2 * median; limit *= 1.05) {
    const double p = model->probability_within(query, limit);
    EXPECT_GE(p, before);
    before = p;
  }
}

TEST(FootprintModel, OneDesignLeavesTheAssumedErrors) {
  const auto train = made_up(1, {0}, 0);
  Rng rng(3);
  const auto model = FootprintModel::fit(form(), train, {}, rng);
  ASSERT_TRUE(model.ok());
  const FootprintEstimate estimate = model->predict(train[3].at);
  EXPECT_FALSE(estimate.calibrated);
  EXPECT_NEAR(std::log(estimate.high / estimate.median), 1.645 * std::hypot(0.1, 0.2), 1e-3);
  EXPECT_NEAR(model->probability_within(train[3].at, estimate.median), 0.5, 1e-9);
  EXPECT_NEAR(model->probability_within(train[3].at, estimate.high), 0.95, 1e-3);
}

TEST(FootprintModel, ACensoredRowRaisesTheEstimate) {
  auto train = made_up(1, {0}, 0);
  std::erase_if(train, [](const FootprintRow& row) { return row.at.coordinates[0] > 2.8; });
  FootprintRow failed = row_at(0, 0, 256, 1, 0);
  Rng rng(3);
  const auto before = FootprintModel::fit(form(), train, {}, rng);
  failed.figure *= 2;
  failed.censored = true;
  train.push_back(failed);
  const auto after = FootprintModel::fit(form(), train, {}, rng);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_GT(after->demand(failed.at), 1.1 * before->demand(failed.at));
}

TEST(FootprintModel, TheSameSeedGivesTheSameNumbers) {
  const auto train = made_up(2, {0, 20, 40, 60});
  std::vector<double> medians;
  for (int repeat = 0; repeat < 2; ++repeat) {
    Rng rng(9);
    const auto model = FootprintModel::fit(form(), train, {}, rng);
    ASSERT_TRUE(model.ok());
    medians.push_back(model->predict(row_at(1, 30, 50, 1, 0).at).high);
  }
  EXPECT_EQ(medians[0], medians[1]);
}

TEST(FootprintModel, BadRowsAreErrors) {
  const auto good = made_up(1, {0, 50});
  Rng rng(3);
  const auto code = [&](auto change) {
    auto rows = good;
    change(rows);
    const auto model = FootprintModel::fit(form(), rows, {}, rng);
    return model.ok() ? ErrorCode::kInternal : model.error().code;
  };
  using Rows = std::vector<FootprintRow>;
  EXPECT_EQ(code([](Rows& rows) { rows.clear(); }), ErrorCode::kInvalidInput);
  EXPECT_EQ(code([](Rows& rows) { rows[1].at.terms.pop_back(); }), ErrorCode::kInvalidInput);
  EXPECT_EQ(code([](Rows& rows) { rows[1].at.terms[0] = -1; }), ErrorCode::kInvalidInput);
  EXPECT_EQ(code([](Rows& rows) { rows[1].at.coordinates.clear(); }), ErrorCode::kInvalidInput);
  EXPECT_EQ(code([](Rows& rows) { rows[1].at.features[0] = NAN; }), ErrorCode::kInvalidInput);
  EXPECT_EQ(code([](Rows& rows) { rows[1].figure = 0; }), ErrorCode::kInvalidInput);
  EXPECT_EQ(code([](Rows& rows) {
              for (FootprintRow& row : rows) row.censored = true;
            }),
            ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace kernwise
