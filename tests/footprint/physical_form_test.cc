// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/physical_form.h"

#include <gtest/gtest.h>

#include <cmath>

#include "kernwise/base/rng.h"

namespace kernwise {
namespace {

PhysicalForm two_works_and_a_floor() {
  return {{{"bytes", 1, 2}, {"macs", 1, 2}, {"launches", 1, 2, true}}, 0, 4};
}

TEST(PhysicalForm, IsTheLargerOfWorkAndFloor) {
  const PhysicalForm form = two_works_and_a_floor();
  const std::vector<double> weights = {2, 3, 5};
  EXPECT_DOUBLE_EQ(physical_estimate(form, weights, std::vector<double>{10, 20, 0}), 80);
  EXPECT_DOUBLE_EQ(physical_estimate(form, weights, std::vector<double>{0, 0, 7}), 35);
  const double both = physical_estimate(form, weights, std::vector<double>{10, 20, 1});
  EXPECT_GT(both, 80);
  EXPECT_LT(both, 80.001);
}

TEST(PhysicalFit, FindsTheWeightsThatMadeTheFigures) {
  const PhysicalForm form = two_works_and_a_floor();
  const std::vector<double> truth = {0.3, 4, 7};
  Rng rng(5);
  std::vector<PhysicalRow> rows;
  for (int i = 0; i < 300; ++i) {
    const std::vector<double> terms = {std::exp(rng.uniform(0, 5)), std::exp(rng.uniform(-2, 3)),
                                       std::exp(rng.uniform(-2, 2))};
    rows.push_back({terms, physical_estimate(form, truth, terms), i / 3});
  }
  const std::vector<double> weights = fit_physical_form(form, rows);
  for (std::size_t k = 0; k < truth.size(); ++k) EXPECT_NEAR(weights[k] / truth[k], 1, 0.02);
}

TEST(PhysicalFit, KeepsThePriorOfWhatTheRowsDoNotTell) {
  PhysicalForm form = two_works_and_a_floor();
  form.terms[1].prior = 0.125;
  EXPECT_DOUBLE_EQ(fit_physical_form(form, {})[1], 0.125);
  const std::vector<PhysicalRow> rows = {{{10, 0, 0}, 30, 0}};
  const std::vector<double> weights = fit_physical_form(form, rows);
  EXPECT_NEAR(weights[0], 3, 0.1);
  EXPECT_NEAR(weights[1], 0.125, 1e-9);
}

// One design that is off by half in a hundred rows is one observation, not a hundred.
TEST(PhysicalFit, ManyRowsOfOneDesignAreLittleMoreThanOne) {
  const PhysicalForm form = {{{"bytes", 1, 1}}, 0, 3};
  std::vector<PhysicalRow> rows;
  for (int design = 0; design < 4; ++design) rows.push_back({{1}, 1, design});
  for (int i = 0; i < 100; ++i) rows.push_back({{1}, 1.5, 4});
  EXPECT_NEAR(std::log(fit_physical_form(form, rows)[0]), std::log(1.5) / 5, 0.03);
}

// A slower device: the common factor moves what no row of it has touched.
TEST(PhysicalFit, TheCommonFactorCarriesOver) {
  const PhysicalForm form = {
      {{"bytes", 1, 0.1}, {"macs", 1, 0.1}, {"context", 1, 0.1, false, true}}, 2, 3};
  std::vector<PhysicalRow> rows;
  for (int design = 0; design < 20; ++design) rows.push_back({{10, 0, 0}, 40, design});
  const std::vector<double> weights = fit_physical_form(form, rows);
  EXPECT_NEAR(weights[0], 4, 0.2);
  EXPECT_NEAR(weights[1], 4, 0.3);
  EXPECT_NEAR(weights[2], 1, 1e-9);
}

TEST(PhysicalFit, ACensoredRowOnlyPullsUp) {
  const PhysicalForm form = {{{"bytes", 1, 1}}, 0, 3};
  std::vector<PhysicalRow> rows = {{{1}, 1, 0}, {{10}, 5, 1, true}};
  EXPECT_NEAR(fit_physical_form(form, rows)[0], 1, 1e-6);
  rows[1].figure = 20;
  const double weight = fit_physical_form(form, rows)[0];
  EXPECT_GT(weight, 1.2);
  EXPECT_LT(weight, 2);
}

}  // namespace
}  // namespace kernwise
