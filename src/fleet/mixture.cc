// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "mixture.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kernwise::detail {
namespace {

constexpr double kNoiseDof = 4;  // of the Student-t noise
constexpr int kNoiseSteps = 6;

}  // namespace

Matrix combine(const Mixture& mixture, std::span<const Matrix> grams) {
  Matrix result = Matrix::Constant(grams[0].rows(), grams[0].cols(), kConstant);
  for (std::size_t b = 0; b < kBlocks; ++b) {
    if (mixture.weight[b] > 0) result += mixture.weight[b] * grams[b];
  }
  return result;
}

bool fit_mixture(const Mixture& mixture, std::span<const Matrix> grams, const Vector& y,
                 const ScalePrior& scale, MixtureFit& fit) {
  const Matrix covariance = combine(mixture, grams);
  const auto n = static_cast<double>(y.size());
  Vector noise = Vector::Constant(y.size(), mixture.noise);
  double fitted = 0;
  for (int step = 0;; ++step) {
    Matrix noisy = covariance;
    noisy.diagonal() += noise;
    fit.factor.compute(noisy);
    if (fit.factor.info() != Eigen::Success) return false;
    fit.dual = fit.factor.solve(y);
    fitted = y.dot(fit.dual);
    fit.scale_square = (scale.dof * scale.square + fitted) / (scale.dof + n);
    if (step == kNoiseSteps) break;
    const double variance = mixture.noise * fit.scale_square;
    for (Eigen::Index i = 0; i < y.size(); ++i) {
      const double residual = fit.dual(i) * noise(i);
      const double growth = (kNoiseDof + residual * residual / variance) / (kNoiseDof + 1);
      noise(i) = mixture.noise * std::clamp(growth, 0.7, 1e6);
    }
  }
  const double half_log_det =
      fit.factor.matrixL().nestedExpression().diagonal().array().log().sum();
  // Up to a constant in the mixture.
  fit.log_evidence =
      -half_log_det - 0.5 * (scale.dof + n) * std::log(scale.dof * scale.square + fitted);
  return std::isfinite(fit.log_evidence);
}

Weighted weigh(std::span<const Mixture> mixtures, std::span<const Matrix> grams, const Vector& y,
               const ScalePrior& scale) {
  Weighted result{std::vector<MixtureFit>(mixtures.size()),
                  std::vector<double>(mixtures.size(), -std::numeric_limits<double>::infinity())};
  for (std::size_t i = 0; i < mixtures.size(); ++i) {
    if (y.size() == 0) {
      result.weight[i] = mixtures[i].log_prior;
      result.fits[i].scale_square = scale.square;
    } else if (fit_mixture(mixtures[i], grams, y, scale, result.fits[i])) {
      result.weight[i] = mixtures[i].log_prior + result.fits[i].log_evidence;
    }
  }
  const double top = *std::max_element(result.weight.begin(), result.weight.end());
  double sum = 0;
  for (double& weight : result.weight) sum += weight = std::exp(weight - top);
  for (double& weight : result.weight) weight /= sum;
  return result;
}

}  // namespace kernwise::detail
