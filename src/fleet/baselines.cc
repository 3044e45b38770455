// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/baselines.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>

#include "adaproxy.h"
#include "design_kernels.h"
#include "kernel_ridge.h"
#include "kernwise/fleet/ranking.h"

namespace kernwise {
namespace {

using detail::Matrix;
using detail::Rows;
using detail::Vector;

constexpr std::array<double, 7> kPenalties = {0.01, 0.03, 0.1, 0.3, 1, 3, 10};
constexpr double kSourcePenalty = 3;
constexpr double kEncodingShare = 0.15 * 0.15;

Eigen::Index at(std::size_t i) { return static_cast<Eigen::Index>(i); }

struct Known {
  std::vector<std::size_t> rows;
  Vector y;
};

// The samples that did not fail, as logs.
Known known_samples(const DeviceSamples& samples) {
  Known known;
  std::vector<double> logs;
  for (std::size_t i = 0; i < samples.rows.size(); ++i) {
    if (!std::isfinite(samples.costs[i]) || !(samples.costs[i] > 0)) continue;
    known.rows.push_back(samples.rows[i]);
    logs.push_back(std::log(samples.costs[i]));
  }
  KERNWISE_CHECK(!logs.empty());
  known.y = Eigen::Map<const Vector>(logs.data(), at(logs.size()));
  return known;
}

std::vector<double> exponentials(const Vector& logs) {
  std::vector<double> result;
  for (const double value : logs) result.push_back(std::exp(std::clamp(value, -200.0, 200.0)));
  return result;
}

// One-hot encoding and a constant.
Matrix encoded(const LatencyTable& table, Rows rows) {
  const std::size_t width = table.encoding.one_hot_width();
  Matrix result(at(rows.size()), at(width + 1));
  std::vector<float> hot(width);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    one_hot(table.encoding, table.design(rows[i]), hot);
    for (std::size_t j = 0; j < width; ++j) result(at(i), at(j)) = double{hot[j]};
  }
  result.col(at(width)).setOnes();
  return result;
}

Matrix picked(const Matrix& all, Rows rows) {
  Matrix result(at(rows.size()), all.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) result.row(at(i)) = all.row(at(rows[i]));
  return result;
}

}  // namespace

std::string_view to_string(FewShotBaseline baseline) {
  constexpr std::array<std::string_view, kFewShotBaselines> kNames = {
      "best-proxy", "scratch",    "scratch-rich", "additive",
      "adaproxy-1", "adaproxy-2", "adaproxy-inf", "ridge-mix"};
  return kNames[static_cast<std::size_t>(baseline)];
}

struct Baselines::State {
  State(const LatencyTable& table) : kernels(table) {}
  detail::DesignKernels kernels;
  std::vector<std::size_t> devices;
  Matrix predicted;  // rows x devices: standardised log cost by the recipe's ridge
  Matrix logs;       // the same, measured where it is known, else predicted
  Matrix weights;    // (one-hot + 1) x devices: linear model of the cost over its mean

  std::size_t best_column(const Known& known) const {
    std::size_t best = 0;
    double most = -2;
    for (std::size_t d = 0; d < devices.size(); ++d) {
      std::vector<double> proxy;
      for (const std::size_t row : known.rows) proxy.push_back(logs(at(row), at(d)));
      const double agrees = spearman(proxy, {known.y.data(), known.rows.size()});
      if (agrees > most) most = agrees, best = d;
    }
    return best;
  }
};

Result<Baselines> Baselines::learn(const LatencyTable& table, std::span<const std::size_t> devices,
                                   std::span<const std::size_t> known, std::size_t max_rows) {
  if (devices.empty()) return invalid_input("no device is known");
  if (known.size() < 3) return invalid_input("fewer than 3 designs are known");
  auto state = std::make_shared<State>(table);
  state->devices.assign(devices.begin(), devices.end());
  const Eigen::Index n = at(table.rows()), count = at(devices.size());
  state->predicted = Matrix::Zero(n, count);
  state->logs = Matrix::Zero(n, count);
  state->weights = Matrix::Zero(at(table.encoding.one_hot_width() + 1), count);
  for (std::size_t d = 0; d < devices.size(); ++d) {
    const auto costs = table.device_costs(devices[d]);
    std::vector<std::size_t> there;
    for (const std::size_t row : known) {
      if (!std::isnan(costs[row])) there.push_back(row);
      if (there.size() == max_rows) break;
    }
    if (there.size() < 3) continue;
    Vector y(at(there.size()));
    for (std::size_t i = 0; i < there.size(); ++i) y(at(i)) = std::log(costs[there[i]]);
    const double mean = y.mean();
    const double sd = std::sqrt(std::max(1e-12, (y.array() - mean).square().mean()));
    const Vector standard = (y.array() - mean) / sd;
    const std::array<double, 1> penalty = {kSourcePenalty};
    const detail::RidgeFit fit =
        detail::fit_ridge(state->kernels.rich(there, there, true), standard, penalty);
    for (std::size_t from = 0; from < table.rows(); from += 1024) {
      std::vector<std::size_t> rows;
      for (std::size_t r = from; r < std::min(from + 1024, table.rows()); ++r) rows.push_back(r);
      state->predicted.col(at(d)).segment(at(from), at(rows.size())) =
          detail::predict_ridge(fit, state->kernels.rich(rows, there, true));
    }
    state->logs.col(at(d)) = state->predicted.col(at(d));
    for (const std::size_t row : known) {
      if (!std::isnan(costs[row])) state->logs(at(row), at(d)) = (std::log(costs[row]) - mean) / sd;
    }
    // pinv(E) y as the limit of a ridge: the encoding has one redundant column per position.
    const Matrix e = encoded(table, there);
    Matrix normal = e.transpose() * e;
    normal.diagonal().array() += 1e-7 * static_cast<double>(there.size());
    const Vector cost = y.array().exp();
    state->weights.col(at(d)) = normal.llt().solve(e.transpose() * (cost / cost.mean()));
  }
  Baselines result;
  result.state_ = std::move(state);
  return result;
}

std::size_t Baselines::best_proxy(const DeviceSamples& samples) const {
  return state_->devices[state_->best_column(known_samples(samples))];
}

std::vector<double> Baselines::predict(FewShotBaseline baseline, const DeviceSamples& samples,
                                       std::span<const std::size_t> rows) const {
  const State& state = *state_;
  const Known known = known_samples(samples);
  const auto ridge = [&](const Matrix& gram, const Matrix& cross) {
    return exponentials(detail::predict_ridge(detail::fit_ridge(gram, known.y, kPenalties), cross));
  };
  switch (baseline) {
    case FewShotBaseline::kBestProxy: {
      const std::size_t proxy = state.best_column(known);
      const Vector x = picked(state.logs.col(at(proxy)), known.rows);
      // The order is the proxy's; slope and constant only give it a unit.
      const double spread = (x.array() - x.mean()).square().sum();
      const double joint = (x.array() - x.mean()).matrix().dot(known.y);
      const double slope = spread > 0 && joint > 0 ? joint / spread : 1;
      const Vector there = picked(state.logs.col(at(proxy)), rows);
      return exponentials((there.array() - x.mean()) * slope + known.y.mean());
    }
    case FewShotBaseline::kScratch:
      return ridge(state.kernels.matches(known.rows, known.rows),
                   state.kernels.matches(rows, known.rows));
    case FewShotBaseline::kScratchRich:
      return ridge(state.kernels.rich(known.rows, known.rows, true),
                   state.kernels.rich(rows, known.rows, true));
    case FewShotBaseline::kAdditive: {
      const Matrix proxy = state.logs.col(at(state.best_column(known)));
      const Matrix near = picked(proxy, known.rows), far = picked(proxy, rows);
      const Matrix same = state.kernels.matches(known.rows, known.rows);
      const Matrix cross = state.kernels.matches(rows, known.rows);
      detail::RidgeFit best;
      double best_share = 0;
      best.loo_mse = std::numeric_limits<double>::infinity();
      for (const double share : {0.01, 0.1, 1.0}) {
        const detail::RidgeFit fit =
            detail::fit_ridge(near * near.transpose() + share * same, known.y, kPenalties);
        if (fit.loo_mse < best.loo_mse) best = fit, best_share = share;
      }
      return exponentials(detail::predict_ridge(best, far * near.transpose() + best_share * cross));
    }
    case FewShotBaseline::kAdaProxy1:
    case FewShotBaseline::kAdaProxy2:
    case FewShotBaseline::kAdaProxyInf: {
      const auto norm = baseline == FewShotBaseline::kAdaProxy1   ? detail::AdaNorm::kOne
                        : baseline == FewShotBaseline::kAdaProxy2 ? detail::AdaNorm::kTwo
                                                                  : detail::AdaNorm::kInf;
      const Vector w = state.weights.col(at(state.best_column(known)));
      const Vector cost = known.y.array().exp();
      const double unit = cost.mean();
      const Matrix near = encoded(state.kernels.table(), known.rows) * w.asDiagonal();
      const detail::AdaFit fit = detail::fit_adaproxy(near, cost / unit, norm);
      const Vector weights = w.cwiseProduct((fit.b.array() + fit.a).matrix());
      const Vector there = encoded(state.kernels.table(), rows) * weights;
      // A linear model may fall below zero; the order is kept down there.
      std::vector<double> result;
      for (const double value : there) {
        const double sum = value + fit.c;
        result.push_back(unit * (sum > 1e-3 ? sum : 1e-3 * std::exp(std::max(-500.0, sum - 1e-3))));
      }
      return result;
    }
    case FewShotBaseline::kRidgeMix: {
      const Matrix near = picked(state.predicted, known.rows), far = picked(state.predicted, rows);
      return ridge(
          near * near.transpose() +
              kEncodingShare * state.kernels.rich(known.rows, known.rows, true),
          far * near.transpose() + kEncodingShare * state.kernels.rich(rows, known.rows, true));
    }
  }
  return {};
}

}  // namespace kernwise
