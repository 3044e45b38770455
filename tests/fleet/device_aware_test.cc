// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The device-aware model and the optimiser network on devices that follow a law.
#include "kernwise/fleet/device_aware.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fleet/made_up_fleet.h"
#include "kernwise/fleet/design_optimizer.h"
#include "kernwise/fleet/pareto.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise {
namespace {

std::vector<std::size_t> all_but_last(const LatencyTable& table) {
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i + 1 < table.devices.size(); ++i) columns.push_back(i);
  return columns;
}

std::vector<MeasuredRow> measured(const LatencyTable& table, std::size_t device,
                                  const std::vector<int32_t>& rows) {
  std::vector<MeasuredRow> list;
  for (const int32_t row : rows) {
    list.push_back({row, table.device_costs(device)[static_cast<std::size_t>(row)]});
  }
  return list;
}

TEST(DeviceAware, MeetsANewDeviceWithFewSamples) {
  const MadeUpFleet fleet = made_up_fleet(8, 1);
  const auto model = fit_device_aware(fleet.table, all_but_last(fleet.table));
  ASSERT_TRUE(model.ok()) << to_string(model.error());
  const std::size_t target = fleet.table.devices.size() - 1;
  const auto samples = measured(fleet.table, target, model->reference_rows(6));
  const CostBelief belief = model->believe(samples);
  std::vector<double> predicted(belief.mean.begin(), belief.mean.end());
  EXPECT_GT(spearman(predicted, fleet.table.device_costs(target)), 0.97);
  int covered = 0;
  for (std::size_t row = 0; row < fleet.designs.size(); ++row) {
    const double error = std::log(fleet.table.device_costs(target)[row]) - belief.mean[row];
    covered += std::abs(error) <= 1.645 * belief.deviation[row] ? 1 : 0;
  }
  EXPECT_GT(covered, static_cast<int>(fleet.designs.size() * 7 / 10));
}

// One row at a time or all at once: the same belief.
TEST(DeviceAware, RowsAndWholeTablesAgree) {
  const MadeUpFleet fleet = made_up_fleet(5, 2);
  const auto model = fit_device_aware(fleet.table, all_but_last(fleet.table));
  ASSERT_TRUE(model.ok());
  const auto samples = measured(fleet.table, 4, {3, 500, 1200, 2000});
  const CostBelief belief = model->believe(samples);
  const DevicePosteriorView view = model->infer(samples);
  for (const std::size_t row : {0U, 3U, 999U, 2100U}) {
    EXPECT_NEAR(view.at(row).mean, belief.mean[row], 1e-3);
    EXPECT_NEAR(view.at(row).deviation, belief.deviation[row], 1e-3);
  }
}

// The relaxed basis at a corner is the regression's value there, and its derivative is that of
// central differences.
TEST(DeviceAware, RelaxedBasisHasTheRightDerivatives) {
  const MadeUpFleet fleet = made_up_fleet(4, 3);
  const auto model = fit_device_aware(fleet.table, all_but_last(fleet.table));
  ASSERT_TRUE(model.ok());
  const std::size_t width = fleet.table.encoding.one_hot_width(), size = model->embedding_size();
  std::vector<float> x(width, 0.2F), basis(size), jacobian(size * width), up(size), down(size);
  model->relaxed_basis(x, basis.data(), jacobian.data());
  for (const std::size_t choice : {0U, 7U, 29U}) {
    constexpr float kStep = 0.05F;
    x[choice] += kStep;
    model->relaxed_basis(x, up.data(), nullptr);
    x[choice] -= 2 * kStep;
    model->relaxed_basis(x, down.data(), nullptr);
    x[choice] += kStep;
    for (std::size_t k = 0; k < size; ++k) {
      EXPECT_NEAR((up[k] - down[k]) / (2 * kStep), jacobian[k * width + choice], 2e-3F);
    }
  }
}

TEST(DeviceAware, MissingValuesAndTooFewAreTold) {
  MadeUpFleet fleet = made_up_fleet(3, 4);
  for (std::size_t row = 0; row < 300; ++row) fleet.table.cost[row] = NAN;
  const std::size_t columns[] = {0, 1};
  EXPECT_TRUE(fit_device_aware(fleet.table, columns).ok());
  for (std::size_t row = 0; row + 10 < fleet.table.rows(); ++row) fleet.table.cost[row] = NAN;
  EXPECT_FALSE(fit_device_aware(fleet.table, columns).ok());
  EXPECT_FALSE(fit_device_aware(fleet.table, {}).ok());
}

// Judged on a device that took no part in training, against looking at all designs.
TEST(DesignOptimizer, BothTrainingsComeNearTheBest) {
  const MadeUpFleet fleet = made_up_fleet(8, 5);
  const auto model = fit_device_aware(fleet.table, all_but_last(fleet.table));
  ASSERT_TRUE(model.ok());
  const std::size_t target = fleet.table.devices.size() - 1;
  const auto samples = measured(fleet.table, target, model->reference_rows(6));
  const DevicePosteriorView view = model->infer(samples);
  const auto costs = fleet.table.device_costs(target);
  const auto row_of = [&](std::span<const uint16_t> design) {
    const Design key(design.begin(), design.end());
    const auto at = std::find(fleet.designs.begin(), fleet.designs.end(), key);
    return at == fleet.designs.end() ? -1 : static_cast<int>(at - fleet.designs.begin());
  };
  for (const auto training : {OptimizerTraining::kLabels, OptimizerTraining::kDescent}) {
    Rng rng(1);
    const auto optimizer = train_optimizer(
        fleet.table, *model, fleet.value,
        {.training = training, .devices = 200, .bounds = 4, .epochs = 20, .hidden = 48}, rng);
    ASSERT_TRUE(optimizer.ok());
    std::vector<double> sorted(costs.begin(), costs.end());
    std::sort(sorted.begin(), sorted.end());
    double regret = 0;
    for (const double share : {0.3, 0.5, 0.8}) {
      const double bound = sorted[static_cast<std::size_t>(share * (sorted.size() - 1.0))];
      const auto first = optimizer->project(optimizer->forward(view.embedding(), bound));
      const RepairedDesign repaired = repair_design(
          fleet.table.encoding, first,
          [&](std::span<const uint16_t> d) {
            return view.at(static_cast<std::size_t>(row_of(d))).mean;
          },
          [&](std::span<const uint16_t> d) {
            const int row = row_of(d);
            return row < 0 ? NAN : fleet.value[static_cast<std::size_t>(row)];
          },
          std::log(bound));
      ASSERT_TRUE(repaired.feasible);
      double best = 0;
      for (std::size_t row = 0; row < costs.size(); ++row) {
        if (costs[row] <= bound) best = std::max(best, fleet.value[row]);
      }
      const int row = row_of(repaired.design);
      EXPECT_LT(costs[static_cast<std::size_t>(row)], 1.1 * bound);
      regret += std::max(0.0, best - fleet.value[static_cast<std::size_t>(row)]) / 3;
    }
    EXPECT_LT(regret, 5) << to_string(training);
  }
}

}  // namespace
}  // namespace kernwise
