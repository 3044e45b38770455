// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "gaussian_process.h"

#include <cmath>
#include <numbers>

#include "kernwise/base/check.h"

namespace kernwise::detail {
namespace {

// Rasmussen & Williams 2006, eq. 4.17 with nu = 5/2.
double matern(double squared_distance, double reach) {
  const double r = std::sqrt(5 * std::max(squared_distance, 0.0)) / reach;
  return (1 + r + r * r / 3) * std::exp(-r);
}

}  // namespace

GaussianProcess GaussianProcess::fit(Eigen::MatrixXd x, const Eigen::VectorXd& y,
                                     const std::vector<GpKernel>& kernels) {
  KERNWISE_CHECK(x.rows() == y.size() && y.size() > 0 && !kernels.empty());
  GaussianProcess best;
  best.log_likelihood_ = -HUGE_VAL;
  const auto n = x.rows();
  const Eigen::MatrixXd products = x * x.transpose();
  const Eigen::VectorXd squares = products.diagonal();
  const double centre = y.mean();
  const Eigen::VectorXd centred = y.array() - centre;
  Eigen::MatrixXd gram(n, n);
  for (const GpKernel& kernel : kernels) {
    for (Eigen::Index j = 0; j < n; ++j) {
      for (Eigen::Index i = 0; i < n; ++i) {
        gram(i, j) = matern(squares(i) + squares(j) - 2 * products(i, j), kernel.reach) +
                     kernel.linear * products(i, j);
      }
      gram(j, j) += kernel.noise + 1e-8;
    }
    Eigen::LLT<Eigen::MatrixXd> factor(gram);
    if (factor.info() != Eigen::Success) continue;
    const Eigen::VectorXd weights = factor.solve(centred);
    // The amplitude that maximises the likelihood, in closed form.
    const double amplitude = std::max(centred.dot(weights) / static_cast<double>(n), 1e-12);
    const double log_determinant = 2 * factor.matrixLLT().diagonal().array().abs().log().sum();
    const double likelihood =
        -0.5 * (static_cast<double>(n) * std::log(amplitude) + log_determinant);
    if (likelihood <= best.log_likelihood_) continue;
    best.factor_ = std::move(factor);
    best.weights_ = weights;
    best.kernel_ = kernel;
    best.amplitude_ = amplitude;
    best.log_likelihood_ = likelihood;
  }
  KERNWISE_CHECK(best.weights_.size() == n);  // noise keeps every one positive definite
  best.x_ = std::move(x);
  best.y_ = centred;
  best.centre_ = centre;
  return best;
}

GpPrediction GaussianProcess::predict(const Eigen::VectorXd& x) const {
  Eigen::VectorXd k = x_ * x;
  const Eigen::VectorXd distances = (x_.rowwise() - x.transpose()).rowwise().squaredNorm();
  for (Eigen::Index i = 0; i < k.size(); ++i) {
    k(i) = matern(distances(i), kernel_.reach) + kernel_.linear * k(i);
  }
  const double own = 1 + kernel_.linear * x.squaredNorm() + kernel_.noise;
  const double explained = factor_.matrixL().solve(k).squaredNorm();
  return {centre_ + k.dot(weights_),
          std::sqrt(amplitude_ * std::max(own - explained, kernel_.noise))};
}

std::vector<GpPrediction> GaussianProcess::leave_one_out() const {
  const Eigen::MatrixXd inverse = factor_.solve(Eigen::MatrixXd::Identity(x_.rows(), x_.rows()));
  std::vector<GpPrediction> all;
  for (Eigen::Index i = 0; i < x_.rows(); ++i) {
    all.push_back(
        {centre_ + y_(i) - weights_(i) / inverse(i, i), std::sqrt(amplitude_ / inverse(i, i))});
  }
  return all;
}

}  // namespace kernwise::detail
