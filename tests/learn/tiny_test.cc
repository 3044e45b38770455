// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernwise/base/statistics.h"
#include "kernwise/learn/model.h"
#include "learn/tiny_bank.h"
#include "learn/tiny_inputs.h"
#include "learn/tiny_net.h"
#include "learn/tiny_training.h"

namespace kernwise::detail {
namespace {

std::vector<double> random_numbers(int64_t count, Rng& rng) {
  std::vector<double> numbers;
  for (int64_t i = 0; i < count; ++i) numbers.push_back(rng.normal());
  return numbers;
}

// The definition of a derivative, along every single parameter.
TEST(TinyNet, GradientsAreThoseOfFiniteDifferences) {
  Rng rng(5);
  for (const TinyShape shape : {TinyShape{3, 1, 0}, TinyShape{4, 3, 5}, TinyShape{2, 2, 0},
                                TinyShape{5, 1, 6}, TinyShape{0, 2, 1}}) {
    std::vector<double> p = random_numbers(shape.parameters(), rng);
    const std::vector<double> z = random_numbers(std::max<int64_t>(1, shape.inputs), rng);
    std::vector<double> gradient(p.size());
    const double value = tiny_gradient(shape, p.data(), z.data(), gradient.data());
    EXPECT_DOUBLE_EQ(value, tiny_value(shape, p.data(), z.data()));
    for (std::size_t i = 0; i < p.size(); ++i) {
      constexpr double kStep = 1e-5;
      const double kept = p[i];
      p[i] = kept + kStep;
      const double above = tiny_value(shape, p.data(), z.data());
      p[i] = kept - kStep;
      const double below = tiny_value(shape, p.data(), z.data());
      p[i] = kept;
      EXPECT_NEAR(gradient[i], (above - below) / (2 * kStep), 1e-7) << "parameter " << i;
    }
  }
}

TEST(TinyNet, NoOverflowFarOutside) {
  const TinyShape shape{1, 2, 1};
  const std::vector<float> p = {1, 0, 1, 0, -1, 0, 1, 1};
  const float z = 1e6F;
  EXPECT_NEAR(tiny_value(shape, p.data(), &z), 1e6F, 2);
}

// Side by side they compute what each computes alone, whatever its shape, its inputs and its lane.
TEST(TinyBank, NetworksOfAllShapesSideBySideAreThemselves) {
  Rng rng(6);
  constexpr int64_t kInputs = 7;
  std::vector<TinyMember> members;
  for (int64_t i = 0; i < 37; ++i) {  // two full groups and a rest
    TinyMember member{36 - i, {}, {}, {}};
    for (int64_t k = i % 3; k < kInputs; k += 1 + i % 2) member.inputs.push_back(k);
    if (i == 5) member.inputs.clear();
    if (i == 6) std::ranges::reverse(member.inputs);
    member.shape = {std::ssize(member.inputs), 1 + i % 3, i % 5};
    for (int64_t k = 0; k < member.shape.parameters(); ++k) {
      member.parameters.push_back(static_cast<float>(rng.normal()));
    }
    members.push_back(std::move(member));
  }
  const std::vector<TinyGroup> groups = group_tiny(members);
  for (int round = 0; round < 20; ++round) {
    std::vector<float> z, to(37, -1);
    for (int64_t k = 0; k < kInputs; ++k) z.push_back(static_cast<float>(3 * rng.normal()));
    for (const TinyGroup& group : groups) evaluate(group, z.data(), to.data());
    for (const TinyMember& member : members) {
      std::vector<double> own, p(member.parameters.begin(), member.parameters.end());
      for (const int64_t k : member.inputs) own.push_back(z[static_cast<std::size_t>(k)]);
      own.push_back(0);  // no null pointer without inputs
      const double expected = tiny_value(member.shape, p.data(), own.data());
      EXPECT_NEAR(to[static_cast<std::size_t>(member.output)], expected,
                  1e-4 * (1 + std::abs(expected)));
    }
  }
}

TEST(TinyBank, NoOverflowFarOutside) {
  const TinyMember member{0, {0}, {1, 2, 1}, {0, 0, 1, 0, -1, 0, 1, 1}};
  const TinyMember plain{1, {0}, {1, 1, 0}, {0, 1}};
  const TinyMember sharp{2, {0}, {1, 2, 0}, {static_cast<float>(kMaxLogSharpness), 0, 1, 0, -1}};
  const std::vector<TinyGroup> groups = group_tiny({member, plain, sharp});
  for (const float z : {1e6F, -1e6F}) {
    std::vector<float> to(3);
    evaluate(groups[0], &z, to.data());
    EXPECT_NEAR(to[0], 1e6F, 2);
    EXPECT_NEAR(to[1], z, 2);
    EXPECT_NEAR(to[2], 1e6F, 2);
  }
}

// A kernel with an overhead, an arithmetic and a memory part, measured with 3 % of noise and now
// and then a disturbance.
struct Kernel {
  Samples samples;
  std::vector<double> truth;  // logarithms
};
Kernel made_up(int64_t rows, double low, double high, double noise, Rng& rng) {
  Kernel kernel;
  kernel.samples.schema = {
      "made-up", 1, {{"m", 0.3}, {"n", 0.3}, {"k", 0.3}, {"work", 0}, {"bytes", 0}}};
  kernel.samples.outputs = {"kernel"};
  for (int64_t i = 0; i < rows; ++i) {
    const double m = rng.uniform(low, high), n = rng.uniform(low, high), k = rng.uniform(low, high);
    const double bytes = m * n + n * k + m * k;
    kernel.samples.x.insert(kernel.samples.x.end(), {std::log(m), std::log(n), std::log(k),
                                                     std::log(m * n * k), std::log(bytes)});
    kernel.truth.push_back(std::log(3e-6 + 1e-10 * m * n * k + 5e-10 * bytes));
    const double spike = rng.uniform() < 0.03 ? rng.uniform() : 0;
    kernel.samples.y.push_back(kernel.truth.back() + noise * (rng.normal() + 20 * spike));
    kernel.samples.group.push_back(static_cast<int>(i));
  }
  return kernel;
}

double error_against_truth(const PerformanceModel& model, const Kernel& kernel) {
  const std::vector<double> predicted = model.predict_logs(kernel.samples);
  std::vector<double> errors;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    errors.push_back(std::abs(std::expm1(predicted[i] - kernel.truth[i])));
  }
  return median(errors);
}

TEST(TinyRegressor, LearnsTheKernelAndNotItsNoise) {
  Rng rng(11);
  const Kernel train = made_up(250, 1, 1024, 0.03, rng), test = made_up(400, 1, 1024, 0, rng);
  const auto model = PerformanceModel::fit(RegressorKind::kMlpTiny, train.samples, {}, rng);
  ASSERT_TRUE(model.ok());
  EXPECT_LT(error_against_truth(*model, test), 0.015);
}

TEST(TinyRegressor, PowersCarryItBeyondWhatItHasSeen) {
  Rng rng(12);
  const Kernel train = made_up(250, 1, 512, 0.02, rng), test = made_up(400, 512, 1024, 0, rng);
  const auto model = PerformanceModel::fit(RegressorKind::kMlpTiny, train.samples, {}, rng);
  ASSERT_TRUE(model.ok());
  EXPECT_LT(error_against_truth(*model, test), 0.08);
}

// Ten sizes are more than a small model has room for; the complexity still gets a place, and of
// three other terms the one that the times follow.
TEST(TinyInputs, TheComplexityIsNeverLeftOutAndTheTellingTermIsFound) {
  Rng rng(14);
  FitData data{200, 14, 1, {}, {}, {}, {}};
  for (int64_t row = 0; row < data.rows; ++row) {
    const std::vector<double> z = random_numbers(data.inputs, rng);
    for (const double value : z) data.z.push_back(static_cast<float>(value));
    data.t.push_back(static_cast<float>(z[0] + 2 * z[12] + 0.01 * rng.normal()));
    data.group.push_back(static_cast<int>(row));
  }
  data.reach.assign(10, 0.3);
  data.reach.resize(14, 0);
  data.complexity.assign(14, 0);
  data.complexity[10] = 1;
  const std::vector<int64_t> chosen = telling_inputs(data, 0);
  EXPECT_EQ(chosen.size(), kMaxTinyInputs);
  EXPECT_EQ(std::ranges::count(chosen, 10), 1);
  EXPECT_EQ(std::ranges::count(chosen, 12), 1);
}

// A file with more is refused, so training must not leave it.
TEST(TinyTraining, TheSharpnessKeepsToWhatAFileMayState) {
  const TinyShape shape{1, 2, 0};
  Eigen::MatrixXd z(40, 1);
  Eigen::VectorXd t(40);
  for (Eigen::Index i = 0; i < 40; ++i) {
    z(i, 0) = 0.1 * static_cast<double>(i) - 2;
    t[i] = std::max(0.0, z(i, 0));  // sharper than any finite k
  }
  const std::vector<double> start = {kMaxLogSharpness - 0.1, 0, 0, 0, 1};
  const TinyFit fit = train_tiny(shape, z, t, start, {}, 60);
  EXPECT_LE(std::abs(fit.parameters[0]), kMaxLogSharpness);
}

TEST(TinyRegressor, FurtherTrainingStaysNearWhereFewRowsSayLittle) {
  Rng rng(13);
  const Kernel first = made_up(250, 1, 1024, 0.02, rng);
  const auto source = PerformanceModel::fit(RegressorKind::kMlpTiny, first.samples, {}, rng);
  ASSERT_TRUE(source.ok());
  const Regressor& regressor = source->regressor();
  FitData few{4, regressor.inputs(), 1, {}, {}, {0, 1, 2, 3}, {0.3, 0.3, 0.3, 0, 0}};
  std::vector<float> z(5, 0.5F), scratch(static_cast<std::size_t>(regressor.scratch_floats()));
  float before = 0, after = 0;
  regressor.predict(z.data(), &before, scratch.data());
  for (int i = 0; i < 4; ++i) {
    few.z.insert(few.z.end(), z.begin(), z.end());
    few.t.push_back(before + 0.5F);
  }
  const auto further = regressor.train_further(few, {}, rng);
  ASSERT_TRUE(further.ok());
  (*further)->predict(z.data(), &after, scratch.data());
  EXPECT_NEAR(after, before + 0.5F, 0.2F);
}

}  // namespace
}  // namespace kernwise::detail
