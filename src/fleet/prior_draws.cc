// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Draws from the posterior by Matheron's rule (Wilson et al. 2020, section 3): a draw from the
// prior at designs and samples together, moved by what the samples really showed. Only the factor
// at the designs is dear, and it does not depend on the target.
#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <optional>

#include "cost_scale.h"
#include "device_prior_state.h"

namespace kernwise {
namespace {

using detail::Matrix;
using detail::Vector;

Eigen::Index at(std::size_t i) { return static_cast<Eigen::Index>(i); }

Vector normals(Eigen::Index count, Rng& rng) {
  Vector result(count);
  for (double& value : result) value = rng.normal();
  return result;
}

}  // namespace

struct DevicePrior::Drawer::Kept {
  std::shared_ptr<const State> state;
  std::vector<std::size_t> rows;
  std::vector<Matrix> grams;                   // among the rows
  std::vector<std::optional<Matrix>> factors;  // of each mixture's covariance, as far as met

  const Matrix& factor(std::size_t mixture) {
    std::optional<Matrix>& known = factors[mixture];
    if (!known) {
      Matrix covariance = combine(state->mixtures[mixture], grams);
      // As good as nothing; designs of equal code would make it singular.
      covariance.diagonal().array() += 1e-6;
      known.emplace(Eigen::LLT<Matrix>(covariance).matrixL());
    }
    return *known;
  }
};

DevicePrior::Drawer DevicePrior::drawer(std::span<const std::size_t> rows) const {
  Drawer drawer;
  drawer.kept_ = std::make_shared<Drawer::Kept>();
  drawer.kept_->state = state_;
  drawer.kept_->rows.assign(rows.begin(), rows.end());
  drawer.kept_->grams = detail::all_grams(*state_->basis, rows, rows);
  drawer.kept_->factors.resize(state_->mixtures.size());
  return drawer;
}

std::vector<std::vector<double>> DevicePrior::Drawer::draw(const DeviceSamples& samples, int count,
                                                           Rng& rng) {
  Kept& kept = *kept_;
  const State& state = *kept.state;
  std::vector<std::size_t> sampled;
  const detail::CostScale unit(samples.costs);
  std::vector<double> values;
  for (std::size_t i = 0; i < samples.rows.size(); ++i) {
    if (!std::isfinite(samples.costs[i]) || !(samples.costs[i] > 0)) continue;
    sampled.push_back(samples.rows[i]);
    values.push_back(unit.to(samples.costs[i]));
  }
  KERNWISE_CHECK(!values.empty());
  Vector y = Eigen::Map<const Vector>(values.data(), at(values.size()));
  const double centre = y.mean();
  y.array() -= centre;
  const std::vector<Matrix> own = detail::all_grams(*state.basis, sampled, sampled);
  const detail::Weighted weighted = weigh(state.mixtures, own, y, state.scale);
  const std::vector<Matrix> cross = detail::all_grams(*state.basis, kept.rows, sampled);
  std::vector<std::vector<double>> draws;
  double sum = 0;
  int given = 0;
  for (std::size_t i = 0; i < weighted.weight.size(); ++i) {
    // How many draws this mixture gives: systematic sampling of the posterior.
    sum += weighted.weight[i];
    const int until = std::min(count, static_cast<int>(sum * count + 0.5));
    const int share = until - given;
    given = until;
    if (share == 0) continue;
    const detail::Mixture& mixture = state.mixtures[i];
    const detail::MixtureFit& fit = weighted.fits[i];
    const double scale = std::sqrt(fit.scale_square);
    const Matrix& factor = kept.factor(i);
    const Matrix between = combine(mixture, cross);
    const Matrix whitened = factor.triangularView<Eigen::Lower>().solve(between);
    // Of the samples given the designs, with the samples' own noise as the fit found it.
    const Matrix noisy = fit.factor.reconstructedMatrix();
    Matrix left = noisy - whitened.transpose() * whitened;
    left.diagonal().array() += 1e-9;
    const Eigen::LLT<Matrix> rest(left);
    const Vector mean = between * fit.dual;
    for (int k = 0; k < share; ++k) {
      const Vector z = normals(mean.size(), rng);
      Vector seen = rest.matrixL() * normals(y.size(), rng);
      seen += whitened.transpose() * z;
      const Vector free = factor.triangularView<Eigen::Lower>() * z;
      Vector drawn = free - between * fit.factor.solve(seen);
      drawn += std::sqrt(mixture.noise) * normals(mean.size(), rng);
      std::vector<double>& costs = draws.emplace_back();
      for (Eigen::Index r = 0; r < mean.size(); ++r) {
        costs.push_back(unit.from(mean(r) + scale * drawn(r) + centre));
      }
    }
  }
  return draws;
}

}  // namespace kernwise
