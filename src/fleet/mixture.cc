// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "mixture.h"

#include <algorithm>
#include <cmath>

namespace kernwise::detail {

Matrix combine(const Mixture& mixture, std::span<const Matrix> grams) {
  Matrix result = Matrix::Constant(grams[0].rows(), grams[0].cols(), kConstant);
  for (std::size_t b = 0; b < kBlocks; ++b) {
    if (mixture.weight[b] > 0) result += mixture.weight[b] * grams[b];
  }
  return result;
}

bool fit_mixture(const Mixture& mixture, std::span<const Matrix> grams, const Vector& y,
                 const ScalePrior& scale, MixtureFit& fit) {
  Matrix covariance = combine(mixture, grams);
  covariance.diagonal().array() += mixture.noise;
  fit.factor.compute(covariance);
  if (fit.factor.info() != Eigen::Success) return false;
  fit.dual = fit.factor.solve(y);
  const auto n = static_cast<double>(y.size());
  const double fitted = y.dot(fit.dual);
  fit.scale_square = (scale.dof * scale.square + fitted) / (scale.dof + n);
  const double half_log_det =
      fit.factor.matrixL().nestedExpression().diagonal().array().log().sum();
  // Up to a constant in the mixture.
  fit.log_evidence =
      -half_log_det - 0.5 * (scale.dof + n) * std::log(scale.dof * scale.square + fitted);
  return std::isfinite(fit.log_evidence);
}

namespace {

// 10^low ... 10^high, and how often the block is there at all.
struct Range {
  double low, high, present;
};
constexpr std::array<Range, kBlocks> kRanges = {{
    {-1.0, 0.5, 0.8},   // kDevices
    {-1.5, 0.5, 0.6},   // kFlat
    {-1.0, 1.0, 0.6},   // kMean
    {-3.0, -0.5, 0.6},  // kResidual
    {-3.0, 0.0, 0.6},   // kKinds
    {-3.0, 0.0, 0.4},   // kPlaces
    {-3.0, 0.0, 0.5},   // kModulated
    {-3.0, 0.0, 0.6},   // kOneHot
    {-3.0, 0.0, 0.5},   // kSmooth
    {-3.0, 0.0, 0.5},   // kRich
}};
constexpr Range kNoise = {-3.5, -1.0, 1.0};

}  // namespace

std::vector<Mixture> random_mixtures(const PriorBasis& basis, int count, Rng& rng) {
  std::vector<Mixture> mixtures;
  for (int i = 0; i < count; ++i) {
    Mixture mixture;
    for (std::size_t b = 0; b < kBlocks; ++b) {
      const bool present = rng.uniform() < kRanges[b].present;
      const double weight = std::pow(10.0, rng.uniform(kRanges[b].low, kRanges[b].high));
      mixture.weight[b] = present && !basis.empty(static_cast<Block>(b)) ? weight : 0;
    }
    mixture.noise = std::pow(10.0, rng.uniform(kNoise.low, kNoise.high));
    mixtures.push_back(mixture);
  }
  return mixtures;
}

Mixture perturbed(const Mixture& mixture, Rng& rng) {
  constexpr double kStep = 0.7;  // of the natural logarithm
  Mixture result = mixture;
  for (std::size_t b = 0; b < kBlocks; ++b) {
    result.weight[b] *= std::exp(kStep * rng.normal());
    if (rng.uniform() < 0.1) result.weight[b] = 0;
  }
  result.noise = std::clamp(result.noise * std::exp(kStep * rng.normal()), 1e-4, 1.0);
  return result;
}

}  // namespace kernwise::detail
