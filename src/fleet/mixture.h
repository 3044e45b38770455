// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One Gaussian process among those that a device prior averages over, and its evidence. The
// covariance of relative costs is scale^2 (kConstant + sum_b weight_b K_b + noise I); scale^2 has
// an inverse-gamma prior and is integrated out, which makes the evidence and the predictions those
// of a Student-t process (Rasmussen & Williams 2006, sections 2.7 and 9.9).
//
// Published measurements hold outliers that no Gaussian explains (the kurtosis of some devices'
// residuals is in the hundreds), so the noise of a sample is Student-t: by expectation-maximisation
// each sample's noise grows with its own residual (Lange, Little & Taylor 1989).
#pragma once

#include <Eigen/Cholesky>
#include <span>
#include <vector>

#include "prior_basis.h"

namespace kernwise::detail {

struct Mixture {
  BlockWeights weight{};
  double noise = 0.01;
  double log_prior = 0;
};

// Variance of the constant beside blocks of variance 1: the mean cost of a device is not known.
inline constexpr double kConstant = 10;

// What is believed of scale^2 before: `dof` samples of mean square `square`.
struct ScalePrior {
  double dof = 0.5, square = 0.15;
};

struct MixtureFit {
  Eigen::LLT<Matrix> factor;  // of the covariance of the samples over scale^2
  Vector dual;                // factor^-1 (y - centre)
  double scale_square = 1;
  double log_evidence = 0;
};

// Sum of the weighted grams. All have the same shape.
Matrix combine(const Mixture& mixture, std::span<const Matrix> grams);

// y is centred by the caller. False if the covariance is not positive definite.
bool fit_mixture(const Mixture& mixture, std::span<const Matrix> grams, const Vector& y,
                 const ScalePrior& scale, MixtureFit& fit);

struct Weighted {
  std::vector<MixtureFit> fits;
  std::vector<double> weight;  // posterior: prior times evidence; sums to 1
};
// With no sample, the prior.
Weighted weigh(std::span<const Mixture> mixtures, std::span<const Matrix> grams, const Vector& y,
               const ScalePrior& scale);

}  // namespace kernwise::detail
