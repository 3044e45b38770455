// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <gtest/gtest.h>

#include <array>

#include "fleet/adaproxy.h"
#include "fleet/kernel_ridge.h"
#include "kernwise/base/rng.h"

namespace kernwise::detail {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

Matrix random_matrix(Eigen::Index rows, Eigen::Index columns, Rng& rng) {
  Matrix result(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i) {
    for (Eigen::Index j = 0; j < columns; ++j) result(i, j) = rng.normal();
  }
  return result;
}

// A target that is the proxy in another unit needs no adaptation.
TEST(AdaProxy, AScaledProxyIsFoundByEveryNorm) {
  Rng rng(1);
  const Matrix z = random_matrix(12, 9, rng), fresh = random_matrix(50, 9, rng);
  const Vector y = (3 * z.rowwise().sum()).array() + 2;
  for (const AdaNorm norm : {AdaNorm::kOne, AdaNorm::kTwo, AdaNorm::kInf}) {
    const AdaFit fit = fit_adaproxy(z, y, norm);
    const Vector predicted = (fresh * (fit.b.array() + fit.a).matrix()).array() + fit.c;
    EXPECT_LT((predicted.array() - 2 - 3 * fresh.rowwise().sum().array()).abs().maxCoeff(), 1e-3);
  }
}

// One changed weight: the sparse norm finds it from fewer samples than there are weights.
TEST(AdaProxy, TheSparseNormFindsOneChangedWeight) {
  Rng rng(2);
  const Matrix z = random_matrix(20, 25, rng);
  const Vector y = z.rowwise().sum() + 4 * z.col(7);
  const AdaFit fit = fit_adaproxy(z, y, AdaNorm::kOne);
  EXPECT_NEAR(fit.b(7) + fit.a, 5, 0.2);
  EXPECT_NEAR(fit.b(3) + fit.a, 1, 0.2);
}

// The closed leave-one-out error against leaving out one by one.
TEST(KernelRidge, LeaveOneOutIsWhatItSays) {
  Rng rng(3);
  const Matrix x = random_matrix(15, 4, rng);
  const Vector y = random_matrix(15, 1, rng).array() + 7;
  const std::array<double, 1> penalty = {0.5};
  double sum = 0;
  for (Eigen::Index out = 0; out < 15; ++out) {
    std::vector<Eigen::Index> in;
    for (Eigen::Index i = 0; i < 15; ++i) {
      if (i != out) in.push_back(i);
    }
    const Matrix some = x(in, Eigen::all);
    const RidgeFit fit = fit_ridge(some * some.transpose(), y(in), penalty);
    const double error = y(out) - predict_ridge(fit, x.row(out) * some.transpose())(0);
    sum += error * error;
  }
  EXPECT_NEAR(fit_ridge(x * x.transpose(), y, penalty).loo_mse, sum / 15, 1e-6 * sum);
}

}  // namespace
}  // namespace kernwise::detail
