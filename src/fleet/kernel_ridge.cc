// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernel_ridge.h"

#include <Eigen/Cholesky>
#include <limits>

namespace kernwise::detail {

RidgeFit fit_ridge(const Eigen::MatrixXd& gram, const Eigen::VectorXd& y,
                   std::span<const double> penalties) {
  const Eigen::Index n = y.size();
  const double mean = y.mean();
  const Eigen::VectorXd centred_y = y.array() - mean;
  // Products of the centred features.
  const Eigen::VectorXd row_mean = gram.rowwise().mean();
  Eigen::MatrixXd centred = gram;
  centred.rowwise() -= gram.colwise().mean();
  centred.colwise() -= row_mean.array().matrix();
  centred.array() += gram.mean();
  RidgeFit best;
  best.loo_mse = std::numeric_limits<double>::infinity();
  best.dual = Eigen::VectorXd::Zero(n);
  best.intercept = mean;
  const double trace = std::max(centred.trace() / static_cast<double>(n), 1e-12);
  for (const double penalty : penalties) {
    Eigen::MatrixXd regular = centred;
    regular.diagonal().array() += penalty + 1e-9 * trace;
    const Eigen::LLT<Eigen::MatrixXd> factor(regular);
    if (factor.info() != Eigen::Success) continue;
    const Eigen::VectorXd dual = factor.solve(centred_y);
    // 1 - H_ii = penalty * inverse_ii - 1 / n, the latter for the intercept.
    const Eigen::MatrixXd inverse = factor.solve(Eigen::MatrixXd::Identity(n, n));
    const Eigen::VectorXd fitted = centred * dual;
    double sum = 0;
    for (Eigen::Index i = 0; i < n; ++i) {
      const double own = centred.row(i).dot(inverse.col(i)) + 1.0 / static_cast<double>(n);
      const double left = (centred_y(i) - fitted(i)) / std::max(1e-6, 1 - own);
      sum += left * left;
    }
    const double mse = sum / static_cast<double>(n);
    if (mse < best.loo_mse) {
      // Centring of the queries folded into the dual and the intercept.
      best.dual = dual.array() - dual.mean();
      best.intercept = mean - row_mean.dot(best.dual);
      best.loo_mse = mse;
      best.penalty = penalty;
    }
  }
  return best;
}

Eigen::VectorXd predict_ridge(const RidgeFit& fit, const Eigen::MatrixXd& cross) {
  return (cross * fit.dual).array() + fit.intercept;
}

}  // namespace kernwise::detail
