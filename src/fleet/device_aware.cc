// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/device_aware.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>

#include "device_aware_state.h"

namespace kernwise {
namespace {

constexpr double kRidge = 1;
constexpr std::size_t kLeastValues = 50;
constexpr double kConstantVariance = 25;  // of log cost: devices lie within a factor of thousands
constexpr double kScaleShare = 0.5;       // deviation of the mean direction's factor, relative

using Entries = std::vector<std::pair<int32_t, float>>;

// Ridge regressions of several columns on the rich code; rows with NaN in a column are passed over.
class CodeRegression {
 public:
  CodeRegression(const detail::RichCode& code, const LatencyTable& table) : code_(code) {
    entries_.resize(table.rows());
    for (std::size_t row = 0; row < table.rows(); ++row) {
      code.entries(table.design(row), entries_[row]);
    }
  }

  Eigen::VectorXd fit(const Eigen::VectorXd& y) {
    const bool complete = !y.array().isNaN().any();
    if (!complete || !shared_) {
      Eigen::LLT<Eigen::MatrixXd> factor = factored(y);
      if (!complete) return factor.solve(right_side(y));
      shared_ = std::move(factor);
    }
    return shared_->solve(right_side(y));
  }

  double predict(std::size_t row, const Eigen::VectorXd& weights) const {
    double sum = 0;
    for (const auto& [entry, value] : entries_[row])
      sum += static_cast<double>(value) * weights(entry);
    return sum;
  }

 private:
  Eigen::LLT<Eigen::MatrixXd> factored(const Eigen::VectorXd& y) const {
    const auto width = static_cast<Eigen::Index>(code_.width());
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(width, width);
    for (std::size_t row = 0; row < entries_.size(); ++row) {
      if (std::isnan(y(static_cast<Eigen::Index>(row)))) continue;
      for (const auto& [i, x] : entries_[row]) {
        for (const auto& [j, z] : entries_[row]) {
          if (i >= j) gram(i, j) += static_cast<double>(x) * static_cast<double>(z);
        }
      }
    }
    gram.diagonal().array() += kRidge;
    return Eigen::LLT<Eigen::MatrixXd>(gram.selfadjointView<Eigen::Lower>());
  }

  Eigen::VectorXd right_side(const Eigen::VectorXd& y) const {
    Eigen::VectorXd right = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(code_.width()));
    for (std::size_t row = 0; row < entries_.size(); ++row) {
      const double value = y(static_cast<Eigen::Index>(row));
      if (std::isnan(value)) continue;
      for (const auto& [i, x] : entries_[row]) right(i) += static_cast<double>(x) * value;
    }
    return right;
  }

  const detail::RichCode& code_;
  std::vector<Entries> entries_;
  std::optional<Eigen::LLT<Eigen::MatrixXd>> shared_;
};

struct Functions {
  Eigen::MatrixXd values;   // rows x devices, centred
  Eigen::MatrixXd weights;  // code x devices; the constant corrected accordingly
  Eigen::VectorXd means;    // log cost
};

Result<Functions> device_functions(const LatencyTable& table, std::span<const std::size_t> devices,
                                   const detail::RichCode& code, double residual_share) {
  const auto rows = static_cast<Eigen::Index>(table.rows());
  const auto m = static_cast<Eigen::Index>(devices.size());
  Functions f{Eigen::MatrixXd(rows, m), Eigen::MatrixXd(static_cast<Eigen::Index>(code.width()), m),
              Eigen::VectorXd(m)};
  CodeRegression regression(code, table);
  for (Eigen::Index j = 0; j < m; ++j) {
    const std::size_t device = devices[static_cast<std::size_t>(j)];
    const auto costs = table.device_costs(device);
    Eigen::VectorXd y(rows);
    double sum = 0;
    std::size_t known = 0;
    for (Eigen::Index i = 0; i < rows; ++i) {
      y(i) = std::log(costs[static_cast<std::size_t>(i)]);  // NaN stays
      if (std::isnan(y(i))) continue;
      sum += y(i);
      ++known;
    }
    if (known < kLeastValues) {
      return invalid_input(
          fmt::format("'{}' has {} values, too few to learn from", table.devices[device], known),
          fmt::format("train on devices with at least {}", kLeastValues));
    }
    y.array() -= sum / static_cast<double>(known);
    f.weights.col(j) = regression.fit(y);
    for (Eigen::Index i = 0; i < rows; ++i) {
      const double fitted = regression.predict(static_cast<std::size_t>(i), f.weights.col(j));
      f.values(i, j) = std::isnan(y(i)) ? fitted : fitted + residual_share * (y(i) - fitted);
    }
    // Centred over all designs, also those that this device lacks.
    const double shift = f.values.col(j).mean();
    f.values.col(j).array() -= shift;
    f.weights(0, j) -= shift;
    f.means(j) = sum / static_cast<double>(known) + shift;
  }
  return f;
}

}  // namespace

Result<DeviceAwareModel> fit_device_aware(const LatencyTable& table,
                                          std::span<const std::size_t> devices,
                                          const DeviceAwareOptions& options) {
  if (devices.empty()) return invalid_input("there is no device to learn from");
  for (const auto& choices : table.encoding.choices) {
    if (choices.size() > 256) return invalid_input("a position has over 256 choices");
  }
  auto state = std::make_shared<DeviceAwareModel::State>();
  state->rows = table.rows();
  state->positions = table.positions();
  state->code = detail::RichCode(table.encoding);
  state->choice.resize(state->rows * state->positions);
  for (std::size_t row = 0; row < state->rows; ++row) {
    for (std::size_t p = 0; p < state->positions; ++p) {
      state->choice[p * state->rows + row] = static_cast<uint8_t>(table.design(row)[p]);
    }
  }
  KERNWISE_ASSIGN(const Functions f,
                  device_functions(table, devices, state->code, options.residual_share));
  const auto rows = f.values.rows(), m = f.values.cols();
  // Devices that differ by a power of their costs have the same shape.
  Eigen::VectorXd size = (f.values.colwise().squaredNorm() / static_cast<double>(rows)).cwiseSqrt();
  size = size.cwiseMax(1e-6);
  const Eigen::MatrixXd shape = f.values * size.cwiseInverse().asDiagonal();
  const Eigen::VectorXd mean = shape.rowwise().mean();
  const Eigen::MatrixXd deviation = shape.colwise() - mean;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(deviation.transpose() * deviation /
                                                              static_cast<double>(rows));
  // Eigenvalues rise; the last ones matter.
  std::vector<Eigen::Index> kept;
  for (Eigen::Index k = m; k-- > 0 && static_cast<int>(kept.size()) < options.components;) {
    if (solver.eigenvalues()(k) > 1e-6) kept.push_back(k);
  }
  const auto width = static_cast<Eigen::Index>(2 + kept.size());
  // Each basis function as a combination of the devices' shapes.
  Eigen::MatrixXd mix = Eigen::MatrixXd::Zero(m, width);
  mix.col(1).setConstant(1.0 / static_cast<double>(m));
  for (std::size_t k = 0; k < kept.size(); ++k) {
    Eigen::VectorXd v = solver.eigenvectors().col(kept[k]);
    v.array() -= v.mean();  // of deviations: what is subtracted is the mean's share
    mix.col(static_cast<Eigen::Index>(k) + 2) = v / std::sqrt(solver.eigenvalues()(kept[k]));
  }
  const Eigen::MatrixXd per_size = size.cwiseInverse().asDiagonal() * mix;
  Eigen::MatrixXd basis = f.values * per_size;
  Eigen::MatrixXd weights = f.weights * per_size;
  basis.col(0).setOnes();
  weights(0, 0) = 1;
  state->basis = basis.cast<float>();
  state->flat.resize(static_cast<std::size_t>(basis.size()));
  Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      state->flat.data(), rows, width) = state->basis;
  state->regression.resize(static_cast<std::size_t>(weights.size()));
  Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      state->regression.data(), weights.rows(), width) = weights.cast<float>();
  // Where the known devices lie.
  const double typical = size.mean();
  state->prior_mean = Eigen::VectorXd::Zero(width);
  state->prior_variance = Eigen::VectorXd::Zero(width);
  state->prior_mean(0) = f.means.mean();
  state->prior_variance(0) = kConstantVariance;
  state->prior_mean(1) = typical;
  state->prior_variance(1) =
      std::max((size.array() - typical).square().mean(), std::pow(kScaleShare * typical, 2));
  for (std::size_t k = 0; k < kept.size(); ++k) {
    state->prior_variance(static_cast<Eigen::Index>(k) + 2) =
        solver.eigenvalues()(kept[k]) / static_cast<double>(m) * typical * typical;
  }
  // Coordinates of the known devices: projections, as the directions are orthonormal.
  const Eigen::MatrixXd dots = deviation.transpose() * basis / static_cast<double>(rows);
  for (Eigen::Index j = 0; j < m; ++j) {
    state->trained.push_back(static_cast<float>(f.means(j)));
    state->trained.push_back(static_cast<float>(size(j)));
    for (Eigen::Index k = 2; k < width; ++k) {
      state->trained.push_back(static_cast<float>(dots(j, k) * size(j)));
    }
  }
  return DeviceAwareModel(std::move(state));
}

std::size_t DeviceAwareModel::rows() const { return state_->rows; }
std::size_t DeviceAwareModel::embedding_size() const {
  return static_cast<std::size_t>(state_->basis.cols());
}
std::span<const float> DeviceAwareModel::basis(std::size_t row) const {
  return std::span(state_->flat).subspan(row * embedding_size(), embedding_size());
}
std::span<const float> DeviceAwareModel::trained_embeddings() const { return state_->trained; }

void DeviceAwareModel::relaxed_basis(std::span<const float> choices, float* basis,
                                     float* jacobian) const {
  const std::size_t width = embedding_size();
  state_->code.product(choices, state_->regression.data(), width, width, basis, jacobian);
}

}  // namespace kernwise
