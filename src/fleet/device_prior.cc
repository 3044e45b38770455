// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/device_prior.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cost_scale.h"
#include "device_prior_state.h"
#include "mixture_grid.h"
#include "thinned_rows.h"

namespace kernwise {
namespace {

using detail::all_grams;
using detail::Block;
using detail::Matrix;
using detail::Mixture;
using detail::MixtureFit;
using detail::Vector;
using detail::weigh;
using detail::Weighted;

constexpr std::size_t kMostCandidates = 400, kAllCandidates = 500;
constexpr double kNegligible = 0.01;  // of the posterior: such mixtures give no variance

Eigen::Index at(std::size_t i) { return static_cast<Eigen::Index>(i); }

}  // namespace

std::vector<Matrix> detail::all_grams(const PriorBasis& basis, Rows a, Rows b) {
  std::vector<Matrix> grams;
  for (std::size_t k = 0; k < kBlocks; ++k) {
    grams.push_back(basis.gram(static_cast<Block>(k), a, b));
  }
  return grams;
}

struct DevicePrior::Plan::Parts {
  std::shared_ptr<const State> state;
  std::vector<Matrix> samples, cross;
  std::vector<Vector> diagonal;
};

Result<DevicePrior> DevicePrior::learn(const LatencyTable& table,
                                       std::span<const std::size_t> devices,
                                       std::span<const std::size_t> known,
                                       const DevicePriorOptions& options, Rng& rng) {
  if (devices.empty()) return invalid_input("no device is known");
  if (known.size() < 3) return invalid_input("fewer than 3 designs are known");
  auto state = std::make_shared<State>(table);
  detail::SmootherOptions smoothing;
  smoothing.max_rows = options.max_rows;
  state->devices.assign(devices.begin(), devices.end());
  state->sources = std::make_shared<const detail::SmoothedSources>(
      detail::smooth_sources(state->kernels, devices, known, smoothing));
  const detail::SmoothedSources& sources = *state->sources;
  std::vector<std::size_t> columns(devices.size());
  std::iota(columns.begin(), columns.end(), std::size_t{0});
  state->basis = std::make_unique<detail::PriorBasis>(state->kernels, sources, columns);
  state->scale.square = sources.scale.array().square().mean();
  state->mixtures = detail::learn_shares(state->kernels, sources, *state->basis, devices, known,
                                         state->scale, options, rng);
  detail::add_pruned(*state->basis, state->mixtures);
  state->kept = options.kept;
  if (options.pairs > 0 && devices.size() >= 3) {
    state->alone_shares =
        detail::learn_pair_shares(state->kernels, sources, devices, known, options, rng);
  }
  DevicePrior prior;
  prior.state_ = std::move(state);
  return prior;
}

DevicePrior DevicePrior::alone(std::size_t device) const {
  const auto found = std::find(state_->devices.begin(), state_->devices.end(), device);
  KERNWISE_CHECK(found != state_->devices.end());
  const auto column = static_cast<std::size_t>(found - state_->devices.begin());
  auto state = std::make_shared<State>(state_->kernels.table());
  state->devices = {device};
  state->sources = state_->sources;
  state->kept = state_->kept;
  const std::size_t columns[] = {column};
  state->basis =
      std::make_unique<detail::PriorBasis>(state->kernels, *state->sources, std::span(columns));
  state->scale.square = std::pow(state->sources->scale(at(column)), 2);
  state->mixtures = detail::mixture_grid(*state->basis);
  if (!state_->alone_shares.empty()) {
    detail::weigh_and_thin(state->mixtures, state_->alone_shares, state->kept);
  }
  detail::add_pruned(*state->basis, state->mixtures);
  DevicePrior prior;
  prior.state_ = std::move(state);
  return prior;
}

DevicePrior::Plan DevicePrior::plan(std::span<const std::size_t> sampled,
                                    std::span<const std::size_t> rows) const {
  auto parts = std::make_shared<Plan::Parts>();
  parts->state = state_;
  parts->samples = all_grams(*state_->basis, sampled, sampled);
  parts->cross = all_grams(*state_->basis, rows, sampled);
  for (std::size_t b = 0; b < detail::kBlocks; ++b) {
    parts->diagonal.push_back(state_->basis->diagonal(static_cast<Block>(b), rows));
  }
  Plan plan;
  plan.parts_ = std::move(parts);
  return plan;
}

DeviceForecast DevicePrior::Plan::predict(std::span<const double> costs, bool with_sd) const {
  const Parts& parts = *parts_;
  std::vector<Eigen::Index> there;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    if (std::isfinite(costs[i]) && costs[i] > 0) there.push_back(at(i));
  }
  KERNWISE_CHECK(!there.empty());
  const detail::CostScale unit(costs);
  Vector y(at(there.size()));
  for (Eigen::Index i = 0; i < y.size(); ++i) {
    y(i) = unit.to(costs[static_cast<std::size_t>(there[static_cast<std::size_t>(i)])]);
  }
  const double centre = y.mean();
  y.array() -= centre;
  const bool whole = there.size() == costs.size();
  std::vector<Matrix> samples, cross;
  if (!whole) {
    for (std::size_t b = 0; b < detail::kBlocks; ++b) {
      samples.push_back(parts.samples[b](there, there));
      cross.push_back(parts.cross[b](Eigen::all, there));
    }
  }
  const std::vector<Matrix>& from = whole ? parts.cross : cross;
  const std::vector<Mixture>& mixtures = parts.state->mixtures;
  const Weighted weighted = weigh(mixtures, whole ? parts.samples : samples, y, parts.state->scale);
  const Eigen::Index rows = from[0].rows();
  // The mean of all mixtures at once: cross products are linear in the duals.
  Vector mean = Vector::Zero(rows);
  Matrix dual = Matrix::Zero(y.size(), at(detail::kBlocks));
  double constant = 0;
  for (std::size_t i = 0; i < mixtures.size(); ++i) {
    if (weighted.weight[i] == 0) continue;
    constant += weighted.weight[i] * detail::kConstant * weighted.fits[i].dual.sum();
    for (std::size_t b = 0; b < detail::kBlocks; ++b) {
      const double share = weighted.weight[i] * mixtures[i].weight[b];
      if (share > 0) dual.col(at(b)) += share * weighted.fits[i].dual;
    }
  }
  for (std::size_t b = 0; b < detail::kBlocks; ++b) {
    if (!dual.col(at(b)).isZero(0)) mean += from[b] * dual.col(at(b));
  }
  DeviceForecast forecast;
  mean.array() += constant + centre;
  for (const double value : mean) forecast.cost.push_back(unit.from(value));
  if (!with_sd) return forecast;
  Vector second = Vector::Zero(rows);
  double total = 0;
  for (std::size_t i = 0; i < mixtures.size(); ++i) {
    if (weighted.weight[i] < kNegligible) continue;
    const Mixture& mixture = mixtures[i];
    const MixtureFit& fit = weighted.fits[i];
    const Matrix covariance = combine(mixture, from);
    const Matrix whitened = fit.factor.matrixL().solve(covariance.transpose());
    Vector variance = Vector::Constant(rows, detail::kConstant + mixture.noise);
    for (std::size_t b = 0; b < detail::kBlocks; ++b) {
      if (mixture.weight[b] > 0) variance += mixture.weight[b] * parts.diagonal[b];
    }
    variance -= whitened.colwise().squaredNorm().transpose();
    variance = fit.scale_square * variance.cwiseMax(mixture.noise);
    const Vector off = (covariance * fit.dual).array() + centre - mean.array();
    second += weighted.weight[i] * (variance + off.cwiseAbs2());
    total += weighted.weight[i];
  }
  for (Eigen::Index i = 0; i < rows; ++i) {
    forecast.log_sd.push_back(unit.log_sd(mean(i), std::sqrt(second(i) / total)));
  }
  return forecast;
}

DeviceForecast DevicePrior::predict(const DeviceSamples& samples,
                                    std::span<const std::size_t> rows) const {
  return plan(samples.rows, rows).predict(samples.costs);
}

std::vector<std::size_t> DevicePrior::choose(const DeviceSamples& so_far,
                                             std::span<const std::size_t> candidates,
                                             std::size_t count) const {
  // Candidates that are left, thinned evenly; then what was measured, so that one gram serves all.
  std::vector<std::size_t> rows;
  const std::size_t most = candidates.size() <= kAllCandidates ? kAllCandidates : kMostCandidates;
  for (const std::size_t row : detail::thinned_rows(candidates, most)) {
    if (std::find(so_far.rows.begin(), so_far.rows.end(), row) == so_far.rows.end()) {
      rows.push_back(row);
    }
  }
  const std::size_t free = rows.size();
  const detail::CostScale unit(so_far.costs);
  std::vector<double> values;
  std::vector<Eigen::Index> measured;
  for (std::size_t i = 0; i < so_far.rows.size(); ++i) {
    if (!std::isfinite(so_far.costs[i]) || !(so_far.costs[i] > 0)) continue;
    measured.push_back(at(rows.size()));
    rows.push_back(so_far.rows[i]);
    values.push_back(unit.to(so_far.costs[i]));
  }
  const std::vector<Matrix> grams = all_grams(*state_->basis, rows, rows);
  std::vector<Matrix> among;
  for (const Matrix& gram : grams) among.push_back(gram(measured, measured));
  Vector y = Eigen::Map<const Vector>(values.data(), at(values.size()));
  if (y.size() > 0) y.array() -= y.mean();
  const Weighted weighted = weigh(state_->mixtures, among, y, state_->scale);
  // The one Gaussian process with the covariance of the average.
  Mixture average;
  double constant = 0, log_noise = 0;
  for (std::size_t i = 0; i < weighted.weight.size(); ++i) {
    const double share = weighted.weight[i] * weighted.fits[i].scale_square;
    constant += share;
    log_noise +=
        weighted.weight[i] * std::log(weighted.fits[i].scale_square * state_->mixtures[i].noise);
    for (std::size_t b = 0; b < detail::kBlocks; ++b) {
      average.weight[b] += share * state_->mixtures[i].weight[b];
    }
  }
  average.noise = std::exp(log_noise);
  Matrix covariance = combine(average, grams);
  covariance.array() += detail::kConstant * (constant - 1);
  const auto observe = [&](Eigen::Index i) {
    const Vector column = covariance.col(i);
    covariance.noalias() -= column * column.transpose() / (column(i) + average.noise);
  };
  for (const Eigen::Index i : measured) observe(i);
  std::vector<std::size_t> chosen;
  std::vector<bool> taken(free, false);
  while (chosen.size() < std::min(count, free)) {
    Eigen::Index best = -1;
    double highest = -1;
    for (Eigen::Index i = 0; i < at(free); ++i) {
      if (taken[static_cast<std::size_t>(i)]) continue;
      const double gain = covariance.col(i).head(at(free)).squaredNorm() /
                          (std::max(0.0, covariance(i, i)) + average.noise);
      if (gain > highest) highest = gain, best = i;
    }
    taken[static_cast<std::size_t>(best)] = true;
    chosen.push_back(rows[static_cast<std::size_t>(best)]);
    observe(best);
  }
  return chosen;
}

std::string DevicePrior::describe() const {
  constexpr std::array<const char*, detail::kBasicBlocks> kNames = {
      "devices", "flat",      "mean",    "residual", "kinds",
      "places",  "modulated", "one-hot", "smooth",   "rich"};
  std::string text;
  double noise = 0;
  for (const Mixture& mixture : state_->mixtures)
    noise += std::exp(mixture.log_prior) * mixture.noise;
  for (std::size_t b = 0; b < detail::kBlocks; ++b) {
    double weight = 0;
    for (const Mixture& mixture : state_->mixtures) {
      weight += std::exp(mixture.log_prior) * mixture.weight[b];
    }
    if (b >= detail::kBasicBlocks && weight == 0) continue;
    text += fmt::format("{}{} {:.3g}, ", b < detail::kBasicBlocks ? "" : "pruned ",
                        kNames[b % detail::kBasicBlocks], weight);
  }
  return text + fmt::format("noise {:.3g}", noise);
}

}  // namespace kernwise
