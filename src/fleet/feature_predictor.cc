// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kernwise/fleet/device_features.h"

namespace kernwise {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr std::size_t kLeastDevices = 4;
constexpr std::array<double, 3> kLinears = {0.1, 1, 10};   // variance of the linear part
constexpr std::array<double, 3> kLengths = {0.5, 1, 3};    // of the smooth part
constexpr std::array<double, 3> kNoises = {0.01, 0.1, 1};  // of a device

Eigen::Index at(std::size_t i) { return static_cast<Eigen::Index>(i); }

struct Scales {
  double linear = 1, length = 1, noise = 0.1;
};

// Mean products and mean square distances of standardised features.
Matrix kernel(const Matrix& a, const Matrix& b, const Scales& scales) {
  const auto width = static_cast<double>(a.cols());
  const Matrix products = a * b.transpose() / width;
  Matrix distance = -2 * products;
  distance.colwise() += a.rowwise().squaredNorm() / width;
  distance.rowwise() += (b.rowwise().squaredNorm() / width).transpose();
  const Matrix smooth = (distance.array() * (-0.5 / (scales.length * scales.length))).exp();
  // The constant: the mean over devices is not known either.
  return (scales.linear * products + smooth).array() + 10.0;
}

}  // namespace

struct FeaturePredictor::State {
  std::vector<int32_t> rows;
  std::size_t table_rows = 0;
  DeviceFeatures features;
  std::vector<bool> logged;  // features that are positive everywhere are taken as logarithms
  Vector centre, spread;     // of each feature over the known devices
  Matrix known;              // devices x features, standardised
  Scales scales;
  Eigen::LLT<Matrix> factor;
  Matrix weights;  // devices x rows
  // Each device left out: its errors, row by row, over the deviation that the process states there.
  Matrix standard_errors;
  double standard_error = 0;  // the root mean square of all of them
  double error = 0;           // of log costs

  // Missing values are at the mean.
  Eigen::RowVectorXd standardised(std::size_t device) const {
    Eigen::RowVectorXd row(at(features.names.size()));
    for (std::size_t f = 0; f < features.names.size(); ++f) {
      const double raw = features.values[device * features.names.size() + f];
      const double value = logged[f] && raw > 0 ? std::log(raw) : logged[f] ? NAN : raw;
      row(at(f)) = std::isnan(value) ? 0 : (value - centre(at(f))) / spread(at(f));
    }
    return row;
  }
};

Result<FeaturePredictor> FeaturePredictor::fit(const LatencyTable& table,
                                               std::span<const std::size_t> devices,
                                               const DeviceFeatures& features,
                                               std::span<const int32_t> rows) {
  auto state = std::make_shared<State>();
  state->features = features;
  state->rows.assign(rows.begin(), rows.end());
  state->table_rows = table.rows();
  std::vector<std::size_t> columns, of;
  for (const std::size_t column : devices) {
    const auto there = features.device(table.devices[column]);
    const auto costs = table.device_costs(column);
    const auto missing = std::count_if(rows.begin(), rows.end(), [&](int32_t row) {
      return std::isnan(costs[static_cast<std::size_t>(row)]);
    });
    if (!there || 2 * static_cast<std::size_t>(missing) > rows.size()) continue;
    columns.push_back(column);
    of.push_back(*there);
  }
  if (columns.size() < kLeastDevices) {
    return invalid_input(fmt::format("{} devices have features and costs, at least {} are needed",
                                     columns.size(), kLeastDevices),
                         "the table of features names devices as the tables of costs do");
  }
  const std::size_t width = features.names.size();
  state->logged.assign(width, true);
  for (std::size_t f = 0; f < width; ++f) {
    for (std::size_t d = 0; d < features.devices.size(); ++d) {
      if (features.values[d * width + f] <= 0) state->logged[f] = false;
    }
  }
  state->centre = Vector::Zero(at(width));
  state->spread = Vector::Ones(at(width));
  for (std::size_t f = 0; f < width; ++f) {
    double sum = 0, squares = 0, count = 0;
    for (const std::size_t device : of) {
      const double raw = features.values[device * width + f];
      if (std::isnan(raw)) continue;
      const double value = state->logged[f] ? std::log(raw) : raw;
      sum += value, squares += value * value, count += 1;
    }
    if (count == 0) continue;
    state->centre(at(f)) = sum / count;
    const double variance = squares / count - (sum / count) * (sum / count);
    if (variance > 1e-12) state->spread(at(f)) = std::sqrt(variance);
  }
  state->known.resize(at(columns.size()), at(width));
  Matrix y(at(columns.size()), at(rows.size()));
  for (std::size_t d = 0; d < columns.size(); ++d) {
    state->known.row(at(d)) = state->standardised(of[d]);
    const auto costs = table.device_costs(columns[d]);
    double sum = 0, count = 0;
    for (const int32_t row : rows) {
      const double cost = costs[static_cast<std::size_t>(row)];
      if (!std::isnan(cost)) sum += std::log(cost), count += 1;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double cost = costs[static_cast<std::size_t>(rows[i])];
      y(at(d), at(i)) = std::isnan(cost) ? sum / count : std::log(cost);
    }
  }
  double least = std::numeric_limits<double>::infinity();
  for (const double linear : kLinears) {
    for (const double length : kLengths) {
      for (const double noise : kNoises) {
        const Scales scales{linear, length, noise};
        Matrix gram = kernel(state->known, state->known, scales);
        gram.diagonal().array() += noise;
        const Eigen::LLT<Matrix> factor(gram);
        if (factor.info() != Eigen::Success) continue;
        const Matrix inverse = factor.solve(Matrix::Identity(gram.rows(), gram.cols()));
        const Matrix weights = factor.solve(y);
        Matrix errors = weights;
        errors.array().colwise() /= inverse.diagonal().array();
        const double error = errors.squaredNorm() / static_cast<double>(errors.size());
        if (error >= least) continue;
        least = error;
        state->scales = scales;
        state->factor = factor;
        state->weights = weights;
        state->standard_errors = errors.array().colwise() * inverse.diagonal().array().sqrt();
      }
    }
  }
  state->error = std::sqrt(least);
  state->standard_error = std::sqrt(state->standard_errors.array().square().mean());
  FeaturePredictor predictor;
  predictor.state_ = std::move(state);
  return predictor;
}

std::optional<CostBelief> FeaturePredictor::believe(std::string_view device) const {
  const State& state = *state_;
  const auto there = state.features.device(device);
  if (!there) return std::nullopt;
  // Of a device without any feature nothing is said.
  const std::size_t width = state.features.names.size();
  const auto own_values = std::span(state.features.values).subspan(*there * width, width);
  if (std::all_of(own_values.begin(), own_values.end(), [](double v) { return std::isnan(v); })) {
    return std::nullopt;
  }
  const Matrix own = state.standardised(*there);
  const Matrix cross = kernel(own, state.known, state.scales);
  const Vector mean = (cross * state.weights).transpose();
  // The process says how much more uncertain a device is that is unlike the known ones; the errors
  // of left-out devices say how much that is for each design, at least as much as over all.
  const double variance = kernel(own, own, state.scales)(0, 0) + state.scales.noise -
                          cross.row(0).dot(state.factor.solve(cross.transpose()).col(0));
  const double sure = std::sqrt(std::max(variance, state.scales.noise));
  const Vector spread = state.standard_errors.array().square().colwise().mean().sqrt().transpose();
  CostBelief belief;
  belief.mean.assign(state.table_rows, std::numeric_limits<double>::quiet_NaN());
  belief.deviation.assign(state.table_rows, 0);
  for (std::size_t i = 0; i < state.rows.size(); ++i) {
    const auto row = static_cast<std::size_t>(state.rows[i]);
    belief.mean[row] = mean(at(i));
    belief.deviation[row] = sure * std::max(spread(at(i)), state.standard_error);
  }
  return belief;
}

bool FeaturePredictor::beyond(std::string_view device) const {
  const State& state = *state_;
  const auto there = state.features.device(device);
  if (!there) return false;
  const Eigen::RowVectorXd own = state.standardised(*there);
  for (Eigen::Index f = 0; f < own.size(); ++f) {
    const double low = state.known.col(f).minCoeff(), high = state.known.col(f).maxCoeff();
    const double room = 0.25 * (high - low) + 1e-9;
    if (own(f) < low - room || own(f) > high + room) return true;
  }
  return false;
}

double FeaturePredictor::error() const { return state_->error; }
int FeaturePredictor::devices() const { return static_cast<int>(state_->known.rows()); }

}  // namespace kernwise
