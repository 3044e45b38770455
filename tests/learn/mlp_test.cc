// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/learn/mlp.h"

#include <gtest/gtest.h>

#include <cmath>

namespace kernwise::detail {
namespace {

using Matrix = MlpMatrix;

Matrix random_matrix(int64_t rows, int64_t columns, Rng& rng) {
  Matrix m(rows, columns);
  for (Eigen::Index i = 0; i < m.size(); ++i) m.data()[i] = static_cast<float>(rng.normal());
  return m;
}

// The definition of a derivative: central differences of the loss along every single weight.
TEST(Mlp, GradientsAreThoseOfFiniteDifferences) {
  Rng rng(2);
  Mlp net({4, 7, 5, 3}, rng);
  net.weights.back() = 0.3F * random_matrix(4, 3, rng);
  const Matrix z = random_matrix(6, 4, rng);
  Matrix t = random_matrix(6, 3, rng);
  t(1, 2) = t(4, 0) = std::nanf("");
  MlpGradient gradient, ignored;
  loss_and_gradient(net, z, t, gradient);
  const auto check = [&](Matrix& parameters, const Matrix& expected) {
    for (Eigen::Index i = 0; i < parameters.size(); ++i) {
      constexpr float kStep = 2e-3F;
      float& p = parameters.data()[i];
      const float kept = p;
      p = kept + kStep;
      const double above = loss_and_gradient(net, z, t, ignored);
      p = kept - kStep;
      const double below = loss_and_gradient(net, z, t, ignored);
      p = kept;
      EXPECT_NEAR(double{expected.data()[i]}, (above - below) / (2 * double{kStep}), 3e-4);
    }
  };
  for (std::size_t i = 0; i < net.weights.size(); ++i) check(net.weights[i], gradient.weights[i]);
  for (std::size_t i = 0; i < net.biases.size(); ++i) check(net.biases[i], gradient.biases[i]);
}

TEST(Mlp, AMaskedOutputCarriesNoGradient) {
  Rng rng(4);
  Mlp net({2, 3, 2}, rng);
  Matrix t = random_matrix(5, 2, rng);
  t.col(1).setConstant(std::nanf(""));
  MlpGradient gradient;
  loss_and_gradient(net, random_matrix(5, 2, rng), t, gradient);
  EXPECT_EQ(gradient.weights[1].col(1).cwiseAbs().maxCoeff(), 0.0F);
  EXPECT_GT(gradient.weights[1].col(0).cwiseAbs().maxCoeff(), 0.0F);
}

TEST(Mlp, PredictionAndTrainingAgreeOnTheForwardPass) {
  Rng rng(6);
  const Mlp net({4, 9, 8, 3}, rng);
  const Matrix z = random_matrix(1, 4, rng);
  std::vector<float> out(3), scratch(static_cast<std::size_t>(net.scratch_floats()));
  net.predict(z.data(), out.data(), scratch.data());
  Matrix t(1, 3);
  for (int i = 0; i < 3; ++i) t(0, i) = out[static_cast<std::size_t>(i)];
  MlpGradient ignored;
  EXPECT_NEAR(loss_and_gradient(net, z, t, ignored), 0, 1e-9);
}

TEST(Mlp, TrainingLearnsWhatIsThereAndRepeatsItself) {
  Rng data(8);
  const Matrix z = random_matrix(200, 2, data);
  Matrix t(200, 1);
  for (int i = 0; i < 200; ++i) t(i, 0) = std::abs(z(i, 0)) - 0.5F * z(i, 1);
  std::vector<float> first;
  for (int repeat = 0; repeat < 2; ++repeat) {
    Rng rng(3);
    Mlp net({2, 16, 1}, rng);
    MlpTraining training;
    training.rate = 1e-2;
    EXPECT_LT(train_mlp(net, z, t, training, rng), 2e-3);
    if (repeat == 0) first = net.flat();
    EXPECT_EQ(net.flat(), first);
  }
}

}  // namespace
}  // namespace kernwise::detail
