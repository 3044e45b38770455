// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "mixture_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace kernwise::detail {
namespace {

constexpr std::size_t kTestRows = 120;
constexpr std::size_t kElite = 20;  // mixtures that the second half of the search varies
constexpr double kWorst = -10;      // a log density below this counts as this

// One left-out device with one draw of samples: grams among samples and from tests to samples.
struct Trial {
  std::size_t device = 0;
  std::vector<Matrix> samples, cross;
  std::vector<Vector> diagonal;  // of the tests
  Vector y, truth;               // log costs, centred on the samples
};

std::vector<std::size_t> drawn(Rows rows, std::size_t count, Rng& rng) {
  std::vector<std::size_t> pool(rows.begin(), rows.end());
  count = std::min(count, pool.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto j = static_cast<std::size_t>(
        rng.integer(static_cast<int64_t>(i), static_cast<int64_t>(pool.size()) - 1));
    std::swap(pool[i], pool[j]);
  }
  pool.resize(count);
  return pool;
}

Trial make_trial(const PriorBasis& basis, std::span<const double> costs, Rows there,
                 std::size_t samples, Rng& rng) {
  const std::vector<std::size_t> rows = drawn(there, samples + kTestRows, rng);
  samples = std::min(samples, rows.size() / 2);
  const Rows all(rows), few = all.first(samples), tests = all.subspan(samples);
  Trial trial;
  for (std::size_t b = 0; b < kBlocks; ++b) {
    const auto block = static_cast<Block>(b);
    trial.samples.push_back(basis.gram(block, few, few));
    trial.cross.push_back(basis.gram(block, tests, few));
    trial.diagonal.push_back(basis.diagonal(block, tests));
  }
  trial.y.resize(static_cast<Eigen::Index>(few.size()));
  trial.truth.resize(static_cast<Eigen::Index>(tests.size()));
  for (Eigen::Index i = 0; i < trial.y.size(); ++i) {
    trial.y(i) = std::log(costs[few[static_cast<std::size_t>(i)]]);
  }
  for (Eigen::Index i = 0; i < trial.truth.size(); ++i) {
    trial.truth(i) = std::log(costs[tests[static_cast<std::size_t>(i)]]);
  }
  const double centre = trial.y.mean();
  trial.y.array() -= centre;
  trial.truth.array() -= centre;
  return trial;
}

// Mean log density of the tests.
double score(const Mixture& mixture, const Trial& trial, const ScalePrior& scale) {
  MixtureFit fit;
  if (!fit_mixture(mixture, trial.samples, trial.y, scale, fit)) return kWorst;
  const Matrix cross = combine(mixture, trial.cross);
  const Vector mean = cross * fit.dual;
  const Matrix whitened = fit.factor.matrixL().solve(cross.transpose());
  double sum = 0;
  for (Eigen::Index i = 0; i < mean.size(); ++i) {
    double variance = kConstant + mixture.noise - whitened.col(i).squaredNorm();
    for (std::size_t b = 0; b < kBlocks; ++b) variance += mixture.weight[b] * trial.diagonal[b](i);
    variance = std::max(variance, mixture.noise) * fit.scale_square;
    const double error = trial.truth(i) - mean(i);
    sum += std::max(kWorst, -0.5 * std::log(variance) - 0.5 * error * error / variance);
  }
  return sum / static_cast<double>(mean.size());
}

class Search {
 public:
  Search(std::vector<Trial> trials, std::size_t devices, const ScalePrior& scale)
      : trials_(std::move(trials)), devices_(devices), scale_(scale) {}

  void add(const Mixture& mixture) {
    std::vector<double> by_device(devices_, 0), count(devices_, 0);
    for (const Trial& trial : trials_) {
      by_device[trial.device] += score(mixture, trial, scale_);
      count[trial.device] += 1;
    }
    double sum = 0, some = 0;
    for (std::size_t d = 0; d < devices_; ++d) {
      if (count[d] == 0) continue;
      by_device[d] /= count[d];
      sum += by_device[d];
      some += 1;
    }
    found_.push_back({mixture, std::move(by_device), some > 0 ? sum / some : kWorst});
  }

  void sort() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Found& a, const Found& b) { return a.mean > b.mean; });
  }
  const Mixture& best(std::size_t i) const { return found_[i % found_.size()].mixture; }
  std::size_t size() const { return found_.size(); }

  // A device is as likely to be of one sort as of another, so each known device spreads its share
  // over the mixtures that would have predicted it.
  std::vector<Mixture> kept(std::size_t most) const {
    const std::size_t count = std::min(most, found_.size());
    std::vector<double> prior(count, 1e-3 / static_cast<double>(count));
    for (std::size_t d = 0; d < devices_; ++d) {
      double top = -std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < count; ++i) top = std::max(top, found_[i].by_device[d]);
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i)
        sum += std::exp(kSharpness * (found_[i].by_device[d] - top));
      for (std::size_t i = 0; i < count; ++i) {
        prior[i] += std::exp(kSharpness * (found_[i].by_device[d] - top)) / sum;
      }
    }
    const double total = std::accumulate(prior.begin(), prior.end(), 0.0);
    std::vector<Mixture> result;
    for (std::size_t i = 0; i < count; ++i) {
      result.push_back(found_[i].mixture);
      result.back().log_prior = std::log(prior[i] / total);
    }
    return result;
  }

 private:
  // Log densities are means over tests that are far from independent: as many count as one sample.
  static constexpr double kSharpness = 5;
  struct Found {
    Mixture mixture;
    std::vector<double> by_device;
    double mean = 0;
  };
  std::vector<Trial> trials_;
  std::size_t devices_;
  ScalePrior scale_;
  std::vector<Found> found_;
};

}  // namespace

std::vector<Mixture> search_mixtures(const DesignKernels& kernels, const SmoothedSources& sources,
                                     Rows devices, Rows known, const ScalePrior& scale,
                                     const DevicePriorOptions& options, Rng& rng) {
  std::vector<Trial> trials;
  for (std::size_t d = 0; d < devices.size(); ++d) {
    std::vector<std::size_t> others;
    for (std::size_t c = 0; c < devices.size(); ++c) {
      if (c != d) others.push_back(c);
    }
    const PriorBasis basis(kernels, sources, others);
    const auto costs = kernels.table().device_costs(devices[d]);
    std::vector<std::size_t> there;
    for (const std::size_t row : known) {
      if (!std::isnan(costs[row])) there.push_back(row);
    }
    if (there.size() < 10) continue;
    for (const int samples : options.samples) {
      for (int draw = 0; draw < options.draws; ++draw) {
        trials.push_back(make_trial(basis, costs, there, static_cast<std::size_t>(samples), rng));
        trials.back().device = d;
      }
    }
  }
  std::vector<std::size_t> all(devices.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const PriorBasis basis(kernels, sources, all);
  Search search(std::move(trials), devices.size(), scale);
  const int first = options.candidates / 2;
  for (const Mixture& mixture : random_mixtures(basis, first, rng)) search.add(mixture);
  for (const Mixture& mixture : generic_mixtures(basis)) search.add(mixture);
  for (int round = 0; round < 4; ++round) {  // around the best so far
    search.sort();
    const std::size_t elite = std::min(kElite, search.size());
    for (int i = 0; i < first / 4; ++i) {
      const auto pick = static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(elite) - 1));
      const Mixture parent = search.best(pick);
      search.add(perturbed(parent, rng));
    }
  }
  search.sort();
  return search.kept(static_cast<std::size_t>(options.kept));
}

}  // namespace kernwise::detail
