// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "surrogate.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "kernwise/base/check.h"

namespace kernwise::halide {
namespace {

using Rows = std::vector<std::size_t>;

// The learn room takes at most seven sizes, and then as many terms of the work as are given; which
// of both an input is makes no other difference to it. Nine is what a tiny network has room for.
constexpr std::size_t kSizes = 7, kMostInputs = 9;

// With fewer a network of its own would know less of a structure than one for all.
constexpr std::size_t kFewestRows = 40;

TrainingSet part(const TrainingSet& data, const Rows& rows) {
  TrainingSet chosen;
  chosen.structures = data.structures;
  for (const std::size_t row : rows) {
    chosen.features.push_back(data.features[row]);
    chosen.structure.push_back(data.structure[row]);
    chosen.schedule.push_back(data.schedule[row]);
    chosen.times_s.push_back(data.times_s[row]);
  }
  return chosen;
}

}  // namespace

Result<Surrogate::Network> Surrogate::fit_network(const TrainingSet& data, const Rows& rows,
                                                  int restarts, Rng& rng) {
  const auto count = static_cast<double>(rows.size());
  Network network;
  const auto scale = [&](const auto& value_of) {
    double sum = 0, squares = 0;
    for (const std::size_t row : rows) sum += value_of(row);
    const double mean = sum / count;
    for (const std::size_t row : rows) squares += std::pow(value_of(row) - mean, 2);
    return std::pair(mean, std::sqrt(squares / count));
  };
  const auto add = [&](const std::pair<double, double>& scaled) {
    network.mean.push_back(scaled.first);
    network.deviation.push_back(scaled.second > 1e-9 ? scaled.second : 1);
  };
  for (std::size_t i = 0; i < data.features.front().size(); ++i) {
    const auto scaled = scale([&](std::size_t row) { return data.features[row][i]; });
    if (scaled.second <= 1e-9 || network.inputs.size() == kMostInputs) continue;
    network.inputs.push_back(i);
    add(scaled);
  }
  const auto log_time = [&](std::size_t row) { return std::log(data.times_s[row]); };
  add(scale(log_time));

  const std::size_t inputs = network.inputs.size();
  FitData fit;
  fit.rows = static_cast<int64_t>(rows.size());
  fit.inputs = static_cast<int64_t>(inputs);
  fit.outputs = 1;
  for (std::size_t i = 0; i < inputs; ++i) {
    fit.reach.push_back(i < kSizes ? 1 : 0);
    fit.complexity.push_back(i < kSizes ? 0 : 1);
  }
  for (const std::size_t row : rows) {
    for (std::size_t i = 0; i < inputs; ++i) {
      const double value = data.features[row][network.inputs[i]];
      fit.z.push_back(static_cast<float>((value - network.mean[i]) / network.deviation[i]));
    }
    const double t = (log_time(row) - network.mean[inputs]) / network.deviation[inputs];
    fit.t.push_back(static_cast<float>(t));
    fit.group.push_back(data.schedule[row]);
  }
  FitOptions options;
  options.restarts = restarts;
  KERNWISE_ASSIGN(network.net, fit_regressor(RegressorKind::kMlpTiny, fit, options, rng));
  return network;
}

Result<Surrogate> Surrogate::fit(const TrainingSet& data, Design design, Rng& rng, int restarts) {
  if (data.times_s.size() < 2) {
    return invalid_input("a model needs at least two measured schedules");
  }
  Rows all(data.times_s.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  std::map<int, Rows> of_structure;
  for (const std::size_t row : all) of_structure[data.structure[row]].push_back(row);
  Surrogate model;
  if (design == Design::kOneForEachStructure) {
    for (const auto& [structure, rows] : of_structure) {
      if (rows.size() < kFewestRows) continue;
      KERNWISE_ASSIGN(Network network, fit_network(data, rows, restarts, rng));
      model.of_structure_.emplace(structure, std::move(network));
    }
  }
  const bool every =
      std::all_of(data.structures.begin(), data.structures.end(),
                  [&](int structure) { return model.of_structure_.count(structure) > 0; });
  if (!every || data.structures.empty()) {
    KERNWISE_ASSIGN(Network network, fit_network(data, all, restarts, rng));
    model.for_all_.push_back(std::move(network));
  }
  return model;
}

double Surrogate::predict_s(const std::vector<double>& features, int structure) const {
  const auto own = of_structure_.find(structure);
  KERNWISE_CHECK(own != of_structure_.end() || !for_all_.empty());
  const Network& network = own != of_structure_.end() ? own->second : for_all_.front();
  const std::size_t inputs = network.inputs.size();
  std::vector<float> z, scratch(static_cast<std::size_t>(network.net->scratch_floats()));
  for (std::size_t i = 0; i < inputs; ++i) {
    const double value = features[network.inputs[i]];
    z.push_back(static_cast<float>((value - network.mean[i]) / network.deviation[i]));
  }
  float t = 0;
  network.net->predict(z.data(), &t, scratch.data());
  return std::exp(network.mean[inputs] + network.deviation[inputs] * double{t});
}

std::vector<int64_t> Surrogate::parameters() const {
  std::vector<int64_t> counts;
  for (const auto& [structure, network] : of_structure_) {
    counts.push_back(network.net->parameters());
  }
  for (const Network& network : for_all_) counts.push_back(network.net->parameters());
  return counts;
}

Result<Design> choose_design(const TrainingSet& data, Rng& rng) {
  constexpr std::size_t kFolds = 4;
  constexpr int kRestarts = 2;
  const std::set<int> schedules(data.schedule.begin(), data.schedule.end());
  if (schedules.size() < 2 * kFolds) return Design::kOneNetwork;
  std::map<int, std::size_t> fold;
  for (const int schedule : schedules) fold.emplace(schedule, fold.size() % kFolds);
  Design best = Design::kOneNetwork;
  double least = 0;
  for (const Design design : {Design::kOneNetwork, Design::kOneForEachStructure}) {
    double error = 0;
    for (std::size_t f = 0; f < kFolds; ++f) {
      Rows inside, outside;
      for (std::size_t row = 0; row < data.times_s.size(); ++row) {
        (fold.at(data.schedule[row]) == f ? outside : inside).push_back(row);
      }
      const TrainingSet training = part(data, inside);
      KERNWISE_ASSIGN(const Surrogate model, Surrogate::fit(training, design, rng, kRestarts));
      for (const std::size_t row : outside) {
        const double predicted = model.predict_s(data.features[row], data.structure[row]);
        error += std::abs(std::log(predicted / data.times_s[row]));
      }
    }
    if (design != Design::kOneNetwork && error >= least) continue;
    best = design;
    least = error;
  }
  return best;
}

}  // namespace kernwise::halide
