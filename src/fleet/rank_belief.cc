// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>

#include "device_aware_state.h"
#include "kernwise/base/statistics.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise {

DeviceAwareModel::RankBelief DeviceAwareModel::rank_correlation(
    std::span<const MeasuredRow> measured, std::span<const double> other, double enough,
    Rng& rng) const {
  constexpr std::size_t kDesigns = 100;
  constexpr int kDraws = 40;
  const State& model = *state_;
  std::vector<int32_t> rows;
  const std::size_t step = std::max<std::size_t>(1, model.rows / (kDesigns + kDesigns / 4));
  // An odd number of steps apart, so that a regular order of designs is not met in phase.
  for (std::size_t row = step / 2; row < model.rows && rows.size() < kDesigns; row += step | 1) {
    if (!std::isnan(other[row])) rows.push_back(static_cast<int32_t>(row));
  }
  const detail::DevicePosterior posterior = detail::infer_device(model, measured);
  const Eigen::VectorXd variance = detail::variances(model, posterior.scales.spread);
  const auto m = static_cast<Eigen::Index>(rows.size());
  const auto n = static_cast<Eigen::Index>(posterior.rows.size());
  const auto row_at = [](const std::vector<int32_t>& list, Eigen::Index i) {
    return list[static_cast<std::size_t>(i)];
  };
  const auto alike = [&](int32_t a, int32_t b) {
    return detail::code_kernel(detail::agreement(model, a, b), model.positions);
  };
  Eigen::MatrixXd phi(m, model.basis.cols()), seen(n, model.basis.cols());
  for (Eigen::Index i = 0; i < m; ++i) {
    phi.row(i) = model.basis.row(row_at(rows, i)).cast<double>();
  }
  for (Eigen::Index i = 0; i < n; ++i) {
    seen.row(i) = model.basis.row(row_at(posterior.rows, i)).cast<double>();
  }
  Eigen::VectorXd mean = phi * posterior.embedding;
  Eigen::MatrixXd covariance = phi * variance.asDiagonal() * phi.transpose();
  Eigen::MatrixXd cross = seen * variance.asDiagonal() * phi.transpose();
  for (Eigen::Index i = 0; i < m; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j) {
      covariance(i, j) += posterior.scales.residual * alike(row_at(rows, i), row_at(rows, j));
    }
    for (Eigen::Index k = 0; k < n; ++k) {
      const double kernel = alike(row_at(rows, i), row_at(posterior.rows, k));
      cross(k, i) += posterior.scales.residual * kernel;
      mean(i) += posterior.residual(k) * kernel;
    }
  }
  if (n > 0) {
    const Eigen::MatrixXd half = posterior.factor.triangularView<Eigen::Lower>().solve(cross);
    covariance -= half.transpose() * half;
  }
  covariance.diagonal().array() += posterior.scales.noise + 1e-9;
  const Eigen::LLT<Eigen::MatrixXd> factor(covariance.selfadjointView<Eigen::Lower>());
  std::vector<double> proxy, correlations;
  for (const int32_t row : rows) proxy.push_back(other[static_cast<std::size_t>(row)]);
  std::vector<double> drawn(rows.size());
  Eigen::VectorXd normal(m);
  int reached = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    for (Eigen::Index i = 0; i < m; ++i) normal(i) = rng.normal();
    Eigen::Map<Eigen::VectorXd>(drawn.data(), m) = mean + factor.matrixL() * normal;
    correlations.push_back(spearman(proxy, drawn));
    reached += correlations.back() >= enough ? 1 : 0;
  }
  return {median(correlations), quantile(correlations, 0.05), quantile(correlations, 0.95),
          static_cast<double>(reached) / kDraws};
}

}  // namespace kernwise
