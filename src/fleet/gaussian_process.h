// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Gaussian-process regression of a few hundred points (Rasmussen & Williams 2006, algorithm 2.1),
// kernel matern-5/2 + share of a linear one, hyperparameters by the marginal likelihood over a
// small grid. Points are rows of already scaled features.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <vector>

namespace kernwise::detail {

struct GpKernel {
  double reach = 1;     // length scale
  double linear = 0.1;  // of x'y beside the smooth part
  double noise = 0.1;   // variance, relative to the smooth part's
};

struct GpPrediction {
  double mean = 0, deviation = 0;
};

class GaussianProcess {
 public:
  // y is centred here. `kernels` are tried in order; the first of the best is kept.
  static GaussianProcess fit(Eigen::MatrixXd x, const Eigen::VectorXd& y,
                             const std::vector<GpKernel>& kernels);

  GpPrediction predict(const Eigen::VectorXd& x) const;
  // Of each training point from all the others (Rasmussen & Williams 2006, eq. 5.12).
  std::vector<GpPrediction> leave_one_out() const;
  double log_likelihood() const { return log_likelihood_; }
  const GpKernel& kernel() const { return kernel_; }

 private:
  Eigen::MatrixXd x_;  // n x features
  Eigen::VectorXd y_, weights_;
  Eigen::LLT<Eigen::MatrixXd> factor_;
  GpKernel kernel_;
  double centre_ = 0, amplitude_ = 1, log_likelihood_ = 0;
};

}  // namespace kernwise::detail
