// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Ridge regression with an intercept in its dual form: features enter through their products only,
// so their number does not matter. Thread-safety: pure functions.
#pragma once

#include <Eigen/Core>
#include <span>

namespace kernwise::detail {

struct RidgeFit {
  Eigen::VectorXd dual;  // prediction = intercept + cross * dual, cross = products with the samples
  double intercept = 0;
  double loo_mse = 0;  // mean squared leave-one-out error
  double penalty = 0;
};

// `gram` n x n, `y` n. The penalty with the smallest leave-one-out error, exact: (y - Hy)/(1 - h).
// The features are centred on the samples, so the intercept is not penalised.
RidgeFit fit_ridge(const Eigen::MatrixXd& gram, const Eigen::VectorXd& y,
                   std::span<const double> penalties);

// `cross` is queries x samples.
Eigen::VectorXd predict_ridge(const RidgeFit& fit, const Eigen::MatrixXd& cross);

}  // namespace kernwise::detail
