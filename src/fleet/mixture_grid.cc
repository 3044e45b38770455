// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "mixture_grid.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "cost_scale.h"

namespace kernwise::detail {
namespace {

constexpr std::array<double, 6> kNoises = {0.001, 0.003, 0.01, 0.03, 0.1, 0.3};
constexpr std::array<double, 5> kAways = {0.01, 0.03, 0.1, 0.3, 1.0};
constexpr double kResidualShare = 0.02;
constexpr double kEvenShare = 0.5;  // of the prior: a target may be unlike all known devices
constexpr int kRounds = 10;
constexpr std::size_t kTargets = 8;  // of a proxy that pairs are made with

using Part = std::pair<Block, double>;

// The ways in which a target may be away from the known devices: shares of the distance.
const std::vector<std::vector<Part>>& ways() {
  static const std::vector<std::vector<Part>> all = {
      {{Block::kKinds, 1}},
      {{Block::kKinds, 0.5}, {Block::kOneHot, 0.2}, {Block::kSmooth, 0.15}, {Block::kRich, 0.15}},
      {{Block::kRich, 0.5}, {Block::kSmooth, 0.5}},
      {{Block::kPlaces, 0.3}, {Block::kModulated, 0.4}, {Block::kOneHot, 0.3}},
  };
  return all;
}

std::vector<std::size_t> drawn(std::vector<std::size_t> pool, std::size_t count, Rng& rng) {
  count = std::min(count, pool.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto j = static_cast<std::size_t>(
        rng.integer(static_cast<int64_t>(i), static_cast<int64_t>(pool.size()) - 1));
    std::swap(pool[i], pool[j]);
  }
  pool.resize(count);
  return pool;
}

// Log evidences of all mixtures for samples of one left-out device.
std::vector<double> evidences(const std::vector<Mixture>& mixtures, const PriorBasis& basis,
                              std::span<const double> costs, Rows rows, const ScalePrior& scale) {
  std::vector<Matrix> grams;
  for (std::size_t b = 0; b < kBlocks; ++b) {
    // These mixtures are not of pruned designs.
    grams.push_back(b < kBasicBlocks ? basis.gram(static_cast<Block>(b), rows, rows) : Matrix());
  }
  Vector y(static_cast<Eigen::Index>(rows.size()));
  std::vector<double> seen;
  for (const std::size_t row : rows) seen.push_back(costs[row]);
  const CostScale unit(seen);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    y(static_cast<Eigen::Index>(i)) = unit.to(seen[i]);
  }
  y.array() -= y.mean();
  std::vector<double> result;
  for (const Mixture& mixture : mixtures) {
    MixtureFit fit;
    result.push_back(fit_mixture(mixture, grams, y, scale, fit) ? fit.log_evidence : -1e300);
  }
  return result;
}

// One step of expectation-maximisation: the mean over samples of the posterior.
std::vector<double> updated(const std::vector<double>& shares,
                            const std::vector<std::vector<double>>& trials) {
  std::vector<double> result(shares.size(), 0);
  for (const auto& evidence : trials) {
    const double top = *std::max_element(evidence.begin(), evidence.end());
    double sum = 0;
    std::vector<double> posterior(shares.size());
    for (std::size_t i = 0; i < shares.size(); ++i) {
      sum += posterior[i] = shares[i] * std::exp(evidence[i] - top);
    }
    if (!(sum > 0)) continue;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      result[i] += posterior[i] / (sum * static_cast<double>(trials.size()));
    }
  }
  return result;
}

std::vector<double> shares_of(const std::vector<std::vector<double>>& trials, std::size_t count) {
  std::vector<double> shares(count, 1 / static_cast<double>(count));
  for (int round = 0; round < kRounds && !trials.empty(); ++round) shares = updated(shares, trials);
  return shares;
}

}  // namespace

std::vector<Mixture> mixture_grid(const PriorBasis& basis) {
  std::vector<Mixture> mixtures;
  const auto add = [&](double noise, const std::vector<Part>& parts) {
    Mixture mixture;
    mixture.noise = noise;
    for (const auto& [block, weight] : parts) {
      if (!basis.empty(block)) mixture.weight[static_cast<std::size_t>(block)] += weight;
    }
    mixtures.push_back(mixture);
  };
  for (const double noise : kNoises) {
    for (const double away : kAways) {
      for (const std::vector<Part>& way : ways()) {
        std::vector<Part> parts = {{Block::kDevices, 1}, {Block::kResidual, kResidualShare}};
        for (const auto& [block, share] : way) parts.emplace_back(block, away * share);
        add(noise, parts);
      }
      // Like the mean of the known devices, the more so the less it may be away.
      add(noise, {{Block::kDevices, 1},
                  {Block::kResidual, kResidualShare},
                  {Block::kMean, 0.1 / away},
                  {Block::kKinds, 0.1 * away},
                  {Block::kRich, 0.1 * away}});
    }
  }
  for (Mixture& mixture : mixtures) {
    mixture.log_prior = -std::log(static_cast<double>(mixtures.size()));
  }
  return mixtures;
}

std::vector<Mixture> learn_shares(const DesignKernels& kernels, const SmoothedSources& sources,
                                  const PriorBasis& basis, Rows devices, Rows known,
                                  const ScalePrior& scale, const DevicePriorOptions& options,
                                  Rng& rng) {
  std::vector<Mixture> mixtures = mixture_grid(basis);
  if (devices.size() < 3 || options.kept <= 0) return mixtures;
  std::vector<std::vector<double>> trials;
  for (std::size_t d = 0; d < devices.size(); ++d) {
    std::vector<std::size_t> others;
    for (std::size_t c = 0; c < devices.size(); ++c) {
      if (c != d) others.push_back(c);
    }
    const PriorBasis without(kernels, sources, others);
    const auto costs = kernels.table().device_costs(devices[d]);
    std::vector<std::size_t> there;
    for (const std::size_t row : known) {
      if (!std::isnan(costs[row])) there.push_back(row);
    }
    if (there.size() < 10) continue;
    for (const int samples : options.samples) {
      for (int draw = 0; draw < options.draws; ++draw) {
        trials.push_back(evidences(mixtures, without, costs,
                                   drawn(there, static_cast<std::size_t>(samples), rng), scale));
      }
    }
  }
  weigh_and_thin(mixtures, shares_of(trials, mixtures.size()), options.kept);
  return mixtures;
}

std::vector<double> learn_pair_shares(const DesignKernels& kernels, const SmoothedSources& sources,
                                      Rows devices, Rows known, const DevicePriorOptions& options,
                                      Rng& rng) {
  const std::size_t count = devices.size();
  // Few proxies with several targets each: a basis costs more than a trial.
  const auto wanted = static_cast<std::size_t>(options.pairs);
  const std::size_t proxies = std::min(count, std::max<std::size_t>(1, wanted / kTargets));
  std::vector<std::vector<double>> trials;
  for (std::size_t k = 0; k < proxies; ++k) {
    const std::size_t proxy = k * count / proxies;
    const std::size_t columns[] = {proxy};
    const PriorBasis basis(kernels, sources, columns);
    const std::vector<Mixture> mixtures = mixture_grid(basis);
    ScalePrior scale;
    scale.square = sources.scale(static_cast<Eigen::Index>(proxy)) *
                   sources.scale(static_cast<Eigen::Index>(proxy));
    std::vector<std::size_t> targets;
    for (std::size_t d = 0; d < count; ++d) {
      if (d != proxy) targets.push_back(d);
    }
    for (const std::size_t target : drawn(std::move(targets), kTargets, rng)) {
      const auto costs = kernels.table().device_costs(devices[target]);
      std::vector<std::size_t> there;
      for (const std::size_t row : known) {
        if (!std::isnan(costs[row])) there.push_back(row);
      }
      if (there.size() < 10) continue;
      const auto samples = static_cast<std::size_t>(options.samples.front());
      trials.push_back(evidences(mixtures, basis, costs, drawn(there, samples, rng), scale));
    }
  }
  return trials.empty() ? std::vector<double>() : shares_of(trials, trials.front().size());
}

void weigh_and_thin(std::vector<Mixture>& mixtures, std::span<const double> shares, int kept) {
  const double even = 1 / static_cast<double>(mixtures.size());
  for (std::size_t i = 0; i < mixtures.size(); ++i) {
    mixtures[i].log_prior = std::log(kEvenShare * even + (1 - kEvenShare) * shares[i]);
  }
  std::stable_sort(mixtures.begin(), mixtures.end(),
                   [](const Mixture& a, const Mixture& b) { return a.log_prior > b.log_prior; });
  if (mixtures.size() > static_cast<std::size_t>(kept)) {
    mixtures.resize(static_cast<std::size_t>(kept));
  }
}

void add_pruned(const PriorBasis& basis, std::vector<Mixture>& mixtures) {
  if (basis.empty(static_cast<Block>(kBasicBlocks))) return;
  const std::size_t count = mixtures.size();
  for (std::size_t i = 0; i < count; ++i) {
    Mixture pruned = mixtures[i];
    std::rotate(pruned.weight.begin(), pruned.weight.begin() + kBasicBlocks, pruned.weight.end());
    pruned.log_prior += std::log(kPrunedShare);
    mixtures[i].log_prior += std::log(1 - kPrunedShare);
    mixtures.push_back(pruned);
  }
}

}  // namespace kernwise::detail
