// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What a few measurements say about a device: Gaussian-process regression (Rasmussen & Williams
// 2006, algorithm 2.1) with the learnt basis as its linear part.
#include <Eigen/Cholesky>

#include <algorithm>
#include <array>
#include <cmath>

#include "device_aware_state.h"

namespace kernwise {
namespace detail {
namespace {

constexpr std::array<double, 4> kSpreads = {0.3, 1, 4, 16};
constexpr std::array<double, 4> kResiduals = {0.0003, 0.003, 0.02, 0.1};
constexpr std::array<double, 3> kNoises = {0.0001, 0.001, 0.01};
constexpr double kPairWeight = 0.49;  // square of the code's factor for pairs

}  // namespace

Eigen::VectorXd variances(const DeviceAwareModel::State& model, double spread) {
  Eigen::VectorXd v = model.prior_variance;
  for (Eigen::Index k = 2; k < v.size(); ++k) v(k) *= spread;
  return v;
}

std::size_t agreement(const DeviceAwareModel::State& model, int32_t a, int32_t b) {
  std::size_t same = 0;
  for (std::size_t p = 0; p < model.positions; ++p) {
    const uint8_t* column = model.choice.data() + p * model.rows;
    same += column[a] == column[b] ? 1 : 0;
  }
  return same;
}

double code_kernel(std::size_t same, std::size_t positions) {
  const auto value = [](std::size_t count) {
    const auto n = static_cast<double>(count);
    return n + kPairWeight * n * (n - 1) / 2;
  };
  return value(same) / value(positions);
}

DevicePosterior infer_device(const DeviceAwareModel::State& model,
                             std::span<const MeasuredRow> measured) {
  DevicePosterior posterior;
  std::vector<double> logs;
  for (const MeasuredRow& m : measured) {
    if (std::isnan(m.cost)) continue;
    posterior.rows.push_back(m.row);
    logs.push_back(std::log(m.cost));
  }
  const auto n = static_cast<Eigen::Index>(logs.size());
  const auto width = model.basis.cols();
  posterior.embedding = model.prior_mean;
  posterior.residual = Eigen::VectorXd::Zero(n);
  posterior.scales = {1, kResiduals[1], kNoises[1]};
  if (n == 0) return posterior;
  Eigen::MatrixXd phi(n, width), alike(n, n);
  Eigen::VectorXd y(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const int32_t row = posterior.rows[static_cast<std::size_t>(i)];
    phi.row(i) = model.basis.row(row).cast<double>();
    y(i) = logs[static_cast<std::size_t>(i)] - phi.row(i).dot(model.prior_mean);
    for (Eigen::Index j = 0; j <= i; ++j) {
      alike(i, j) = alike(j, i) = code_kernel(
          agreement(model, row, posterior.rows[static_cast<std::size_t>(j)]), model.positions);
    }
  }
  struct Try {
    DeviceScales scales;
    double likelihood = 0;
    Eigen::VectorXd embedding, residual;
    Eigen::MatrixXd factor;
  };
  std::vector<Try> tries;
  for (const double spread : kSpreads) {
    const Eigen::VectorXd variance = variances(model, spread);
    const Eigen::MatrixXd linear = phi * variance.asDiagonal() * phi.transpose();
    for (const double residual : kResiduals) {
      for (const double noise : kNoises) {
        Eigen::MatrixXd covariance = linear + residual * alike;
        covariance.diagonal().array() += noise;
        const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
        const Eigen::VectorXd weights = factor.solve(y);
        Try one{{spread, residual, noise}, 0, {}, {}, factor.matrixL()};
        one.likelihood = -0.5 * y.dot(weights) - one.factor.diagonal().array().log().sum();
        one.embedding = variance.asDiagonal() * (phi.transpose() * weights);
        one.residual = residual * weights;
        tries.push_back(std::move(one));
      }
    }
  }
  const Try& best = *std::max_element(tries.begin(), tries.end(), [](const Try& a, const Try& b) {
    return a.likelihood < b.likelihood;
  });
  posterior.scales = best.scales;
  posterior.factor = best.factor;
  double total = 0;
  Eigen::VectorXd embedding = Eigen::VectorXd::Zero(width);
  for (const Try& one : tries) {
    const double weight = std::exp(one.likelihood - best.likelihood);
    total += weight;
    embedding += weight * one.embedding;
    posterior.residual += weight * one.residual;
  }
  posterior.embedding += embedding / total;
  posterior.residual /= total;
  return posterior;
}

}  // namespace detail

CostBelief DeviceAwareModel::believe(std::span<const MeasuredRow> measured) const {
  const State& model = *state_;
  const detail::DevicePosterior posterior = detail::infer_device(model, measured);
  const auto rows = model.basis.rows();
  const auto n = static_cast<Eigen::Index>(posterior.rows.size());
  Eigen::VectorXf mean(rows), deviation(rows);
  mean.noalias() = model.basis * posterior.embedding.cast<float>();
  Eigen::VectorXd variance = model.prior_variance;
  for (Eigen::Index k = 2; k < variance.size(); ++k) variance(k) *= posterior.scales.spread;
  const Eigen::VectorXf variance_f = variance.cast<float>();
  const auto own = static_cast<float>(posterior.scales.residual + posterior.scales.noise);
  deviation = (model.basis.array().square().matrix() * variance_f).array() + own;
  if (n > 0) {
    std::vector<float> kernel(model.positions + 1);
    for (std::size_t same = 0; same <= model.positions; ++same) {
      kernel[same] = static_cast<float>(detail::code_kernel(same, model.positions));
    }
    Eigen::MatrixXf seen(model.basis.cols(), n);
    for (Eigen::Index i = 0; i < n; ++i) {
      seen.col(i) = variance_f.cwiseProduct(
          model.basis.row(posterior.rows[static_cast<std::size_t>(i)]).transpose());
    }
    Eigen::MatrixXf covariance = model.basis * seen;  // rows x n
    std::vector<uint16_t> same(model.rows);
    const auto scale = static_cast<float>(posterior.scales.residual);
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto row = static_cast<std::size_t>(posterior.rows[static_cast<std::size_t>(i)]);
      std::fill(same.begin(), same.end(), uint16_t{0});
      for (std::size_t p = 0; p < model.positions; ++p) {
        const uint8_t* column = model.choice.data() + p * model.rows;
        const uint8_t wanted = column[row];
        for (std::size_t r = 0; r < model.rows; ++r) {
          same[r] = static_cast<uint16_t>(same[r] + (column[r] == wanted ? 1 : 0));
        }
      }
      const auto weight = static_cast<float>(posterior.residual(i));
      float* to = covariance.col(i).data();
      for (std::size_t r = 0; r < model.rows; ++r) {
        const float alike = kernel[same[r]];
        mean[static_cast<Eigen::Index>(r)] += weight * alike;
        to[r] += scale * alike;
      }
    }
    const Eigen::MatrixXd inverse =
        posterior.factor.triangularView<Eigen::Lower>().solve(Eigen::MatrixXd::Identity(n, n));
    const Eigen::MatrixXf explained = covariance * inverse.transpose().cast<float>();
    deviation -= explained.rowwise().squaredNorm();
  }
  deviation = deviation.cwiseMax(static_cast<float>(posterior.scales.noise)).cwiseSqrt();
  return {{mean.begin(), mean.end()}, {deviation.begin(), deviation.end()}};
}

std::vector<float> DeviceAwareModel::embed(std::span<const MeasuredRow> measured) const {
  const Eigen::VectorXf embedding = detail::infer_device(*state_, measured).embedding.cast<float>();
  return {embedding.data(), embedding.data() + embedding.size()};
}

struct DevicePosteriorView::State {
  std::shared_ptr<const DeviceAwareModel::State> model;
  detail::DevicePosterior posterior;
  Eigen::VectorXd variance;
};

DevicePosteriorView DeviceAwareModel::infer(std::span<const MeasuredRow> measured) const {
  auto state = std::make_shared<DevicePosteriorView::State>();
  state->model = state_;
  state->posterior = detail::infer_device(*state_, measured);
  state->variance = detail::variances(*state_, state->posterior.scales.spread);
  return DevicePosteriorView(std::move(state));
}

std::vector<float> DevicePosteriorView::embedding() const {
  const Eigen::VectorXf embedding = state_->posterior.embedding.cast<float>();
  return {embedding.data(), embedding.data() + embedding.size()};
}

DevicePosteriorView::Belief DevicePosteriorView::at(std::size_t row) const {
  const DeviceAwareModel::State& model = *state_->model;
  const detail::DevicePosterior& posterior = state_->posterior;
  const Eigen::VectorXd phi = model.basis.row(static_cast<Eigen::Index>(row)).cast<double>();
  const Eigen::VectorXd seen = state_->variance.cwiseProduct(phi);
  const auto n = static_cast<Eigen::Index>(posterior.rows.size());
  Belief belief{phi.dot(posterior.embedding), 0};
  Eigen::VectorXd covariance(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const int32_t other = posterior.rows[static_cast<std::size_t>(i)];
    const double alike = detail::code_kernel(
        detail::agreement(model, static_cast<int32_t>(row), other), model.positions);
    belief.mean += posterior.residual(i) * alike;
    covariance(i) =
        model.basis.row(other).cast<double>().dot(seen) + posterior.scales.residual * alike;
  }
  double variance = phi.dot(seen) + posterior.scales.residual + posterior.scales.noise;
  if (n > 0) {
    variance -= posterior.factor.triangularView<Eigen::Lower>().solve(covariance).squaredNorm();
  }
  belief.deviation = std::sqrt(std::max(variance, posterior.scales.noise));
  return belief;
}

std::vector<int32_t> DeviceAwareModel::reference_rows(int count,
                                                      std::span<const int32_t> among) const {
  constexpr double kNoise = 0.003;
  const State& model = *state_;
  const auto width = model.basis.cols();
  Eigen::MatrixXd posterior = model.prior_variance.asDiagonal();
  std::vector<int32_t> chosen, candidates(among.begin(), among.end());
  if (candidates.empty()) {
    for (std::size_t row = 0; row < model.rows; ++row)
      candidates.push_back(static_cast<int32_t>(row));
  }
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(width, width);
  for (const int32_t row : candidates) {
    const Eigen::VectorXd x = model.basis.row(row).transpose().cast<double>();
    gram += x * x.transpose() / static_cast<double>(candidates.size());
  }
  while (static_cast<int>(chosen.size()) < count && chosen.size() < candidates.size()) {
    // How much each row would take away from the variance summed over all designs.
    const Eigen::MatrixXf posterior_f = posterior.cast<float>();
    const Eigen::MatrixXf gain_f = (posterior * gram * posterior).cast<float>();
    double most = -1;
    int32_t best = candidates.front();
    Eigen::VectorXf phi(width);
    for (const int32_t row : candidates) {
      if (std::find(chosen.begin(), chosen.end(), row) != chosen.end()) continue;
      phi = model.basis.row(row).transpose();
      const double gain = static_cast<double>(phi.dot(gain_f * phi)) /
                          (static_cast<double>(phi.dot(posterior_f * phi)) + kNoise);
      if (gain <= most) continue;
      most = gain;
      best = row;
    }
    chosen.push_back(best);
    const Eigen::VectorXd x = model.basis.row(best).transpose().cast<double>();
    const Eigen::VectorXd px = posterior * x;
    posterior -= px * px.transpose() / (x.dot(px) + kNoise);
  }
  return chosen;
}

}  // namespace kernwise
