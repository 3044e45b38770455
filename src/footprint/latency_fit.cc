// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Learning a latency model from timed steps.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "kernwise/base/statistics.h"
#include "kernwise/footprint/latency_model.h"
#include "small_nnls.h"
#include "timed_steps.h"

namespace kernwise {
namespace {

constexpr std::size_t kTarget = kLatencyFeatures;
constexpr std::ptrdiff_t kPoints = 300;  // of one kind of operator and phase that the process keeps
constexpr std::size_t kEnoughNetworks = 3;
const double kAssumedError = std::log(1.5);  // of a network unlike one or two that were learned

using Features = std::array<double, kLatencyFeatures>;
using Key = std::pair<OperatorClass, bool>;  // and whether it is the backward phase

// Layers alike are one row, the mean of their logarithms: a kernel matrix with equal rows has no
// inverse.
struct Alike {
  double sum = 0;
  int count = 0, group = 0;
};
using Rows = std::map<Features, Alike>;

std::map<Key, Rows> rows_of(const std::vector<const TimedStep*>& steps) {
  std::map<Key, Rows> rows;
  std::map<std::string, int> groups;
  for (const TimedStep* step : steps) {
    const int group = groups.emplace(step->network, static_cast<int>(groups.size())).first->second;
    for (const TimedLayer& layer : step->layers) {
      for (const bool backward : {false, true}) {
        const double seconds = backward ? layer.backward_s : layer.forward_s;
        if (seconds <= 0) continue;
        Rows& of_kind = rows[{layer.operator_class, backward}];
        Alike& alike = of_kind.try_emplace(layer.features, Alike{0, 0, group}).first->second;
        alike.sum += std::log(std::max(seconds, detail::kShortest));
        ++alike.count;
      }
    }
  }
  return rows;
}

// At most kPoints, drawn without replacement with weights that grow as the root of the time: what
// takes long decides how long a step takes (Efraimidis & Spirakis 2006: the largest u^(1/w)).
std::vector<const Rows::value_type*> drawn(const Rows& rows, Rng& rng) {
  std::vector<std::pair<double, const Rows::value_type*>> keys;
  for (const auto& row : rows) {
    const double weight = std::exp(0.5 * row.second.sum / row.second.count);
    keys.emplace_back(std::log(std::max(rng.uniform(), 1e-300)) / weight, &row);
  }
  if (static_cast<std::ptrdiff_t>(keys.size()) > kPoints) {
    std::nth_element(keys.begin(), keys.begin() + kPoints, keys.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    keys.resize(kPoints);
  }
  std::vector<const Rows::value_type*> result;
  for (const auto& [key, row] : keys) result.push_back(row);
  return result;
}

Result<LatencyModel::Part> fit_part(const Key& key, const Rows& rows, bool tune, Rng& rng) {
  const std::vector<const Rows::value_type*> points = drawn(rows, rng);
  const auto number = [&](std::size_t i, std::size_t k) {
    const auto& [features, alike] = *points[i];
    return k == kTarget ? alike.sum / alike.count : features[k];
  };
  const std::size_t n = points.size();
  LatencyModel::Part part;
  part.low.assign(kLatencyFeatures, std::numeric_limits<float>::max());
  part.high.assign(kLatencyFeatures, std::numeric_limits<float>::lowest());
  for (const auto& [features, alike] : rows) {
    for (std::size_t k = 0; k < kLatencyFeatures; ++k) {
      part.low[k] = std::min(part.low[k], static_cast<float>(features[k]));
      part.high[k] = std::max(part.high[k], static_cast<float>(features[k]));
    }
  }
  part.operator_class = key.first;
  part.backward = key.second;
  for (std::size_t k = 0; k <= kTarget; ++k) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) sum += number(i, k);
    const double mean = sum / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) squares += (number(i, k) - mean) * (number(i, k) - mean);
    const double deviation = std::sqrt(squares / static_cast<double>(n));
    part.mean.push_back(static_cast<float>(mean));
    // A feature that never varies says nothing.
    part.deviation.push_back(deviation > 1e-6 ? static_cast<float>(deviation) : 1.0F);
  }
  FitData data;
  data.rows = static_cast<int64_t>(n);
  data.inputs = kLatencyFeatures;
  data.outputs = 1;
  data.reach.assign(kLatencyFeatures, 1);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k <= kTarget; ++k) {
      const float z = (static_cast<float>(number(i, k)) - part.mean[k]) / part.deviation[k];
      (k == kTarget ? data.t : data.z).push_back(z);
    }
    data.group.push_back(points[i]->second.group);
  }
  FitOptions options;
  options.tune = tune;
  KERNWISE_ASSIGN(const auto regressor, fit_regressor(RegressorKind::kKernel, data, options, rng));
  part.state = regressor->state();
  return part;
}

double layers_s(const TimedStep& step) {
  double sum = 0;
  for (const TimedLayer& layer : step.layers) sum += layer.forward_s + layer.backward_s;
  return sum;
}

double activation_bytes(const TimedStep& step) {
  constexpr std::size_t kOutput = 2;  // of latency_features
  double sum = 0;
  for (const TimedLayer& layer : step.layers) sum += 4 * std::exp(layer.features[kOutput]);
  return sum;
}

LatencyModel::Update fit_update(const std::vector<const TimedStep*>& steps, Optimizer optimizer) {
  std::vector<detail::NnlsRow<2>> rows;
  for (const TimedStep* step : steps) {
    if (step->step.inference || step->step.optimizer != optimizer || step->update_s <= 0) continue;
    rows.push_back(
        {{static_cast<double>(step->parameter_bytes), static_cast<double>(step->parameter_tensors)},
         step->update_s,
         step->update_s});
  }
  const auto w = detail::small_nnls(rows);
  return {w[0], w[1]};
}

LatencyModel::Rest fit_rest(const std::vector<const TimedStep*>& steps, bool inference) {
  std::vector<detail::NnlsRow<4>> rows;
  for (const TimedStep* step : steps) {
    if (step->step.inference != inference) continue;
    const double bytes = inference ? 0 : static_cast<double>(step->parameter_bytes);
    rows.push_back({{1, static_cast<double>(step->layers.size()), bytes, activation_bytes(*step)},
                    step->step_s - layers_s(*step) - step->update_s,
                    step->step_s});
  }
  const auto w = detail::small_nnls(rows);
  return {w[0], w[1], w[2], w[3], !rows.empty()};
}

// Steps that hold no time of any layer say nothing of kinds: their layers were not timed.
void mark_timed(const TimedStep& step, LatencyModel::State& state) {
  double forward_s = 0, backward_s = 0;
  for (const TimedLayer& layer : step.layers) {
    forward_s += layer.forward_s;
    backward_s += layer.backward_s;
  }
  for (const TimedLayer& layer : step.layers) {
    LatencyModel::Phases& phases = state.timed[static_cast<std::size_t>(layer.operator_class)];
    phases[0] = phases[0] || forward_s > 0;
    phases[1] = phases[1] || (backward_s > 0 && !step.step.inference);
  }
}

// By what steps are held out together: networks; of one network its designs, which differ in their
// parameters; of one design its batches.
std::vector<std::string> held_out_together(const std::vector<TimedStep>& steps) {
  std::vector<std::string> names(steps.size());
  for (const int by : {0, 1, 2}) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      names[i] = by == 0   ? steps[i].network
                 : by == 1 ? std::to_string(steps[i].parameter_bytes)
                           : std::to_string(steps[i].step.batch);
    }
    if (std::set<std::string>(names.begin(), names.end()).size() > 1) break;
  }
  return names;
}

// 90 %, widened for few errors as split-conformal intervals are (Lei et al. 2018).
void set_interval(const std::vector<double>& errors, LatencyModel::State& state) {
  if (!state.calibrated) {
    state.error_low = -kAssumedError;
    state.error_high = kAssumedError;
  }
  if (errors.empty()) return;
  const double n = static_cast<double>(errors.size());
  const double share = std::min(1.0, 0.95 * (n + 1) / n);
  state.error_low = std::min(state.error_low, quantile(errors, 1 - share));
  state.error_high = std::max(state.error_high, quantile(errors, share));
}

}  // namespace

Result<LatencyModel> LatencyModel::fit_parts(const std::vector<const TimedStep*>& steps, bool tune,
                                             Rng& rng) {
  State state;
  for (const auto& [key, rows] : rows_of(steps)) {
    KERNWISE_ASSIGN(state.parts.emplace_back(), fit_part(key, rows, tune, rng));
  }
  for (std::size_t k = 0; k < state.updates.size(); ++k) {
    state.updates[k] = fit_update(steps, static_cast<Optimizer>(k));
  }
  for (const bool inference : {false, true}) {
    state.rests[inference ? 1 : 0] = fit_rest(steps, inference);
  }
  for (const TimedStep* step : steps) mark_timed(*step, state);
  KERNWISE_ASSIGN(LatencyModel model, restore(std::move(state)));
  std::vector<double> ratios;
  for (const TimedStep* step : steps) ratios.push_back(step->step_s / model.sum_of(*step).total());
  model.state_.scale = median(ratios);
  return model;
}

Result<LatencyModel> LatencyModel::fit(const std::vector<TimedStep>& steps, Rng& rng) {
  KERNWISE_TRY(detail::check_steps(steps));
  std::vector<const TimedStep*> all;
  std::set<std::string> networks;
  for (const TimedStep& step : steps) {
    all.push_back(&step);
    networks.insert(step.network);
  }
  KERNWISE_ASSIGN(LatencyModel model, fit_parts(all, true, rng));
  std::vector<double> errors;
  const auto judge = [&](const LatencyModel& by, const TimedStep& step) {
    errors.push_back(std::log(step.step_s / (by.state_.scale * by.sum_of(step).total())));
  };
  const std::vector<std::string> groups = held_out_together(steps);
  for (const std::string& held_out : std::set<std::string>(groups.begin(), groups.end())) {
    std::vector<const TimedStep*> rest;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (groups[i] != held_out) rest.push_back(all[i]);
    }
    if (rest.empty()) {
      for (const TimedStep* step : all) judge(model, *step);
      continue;
    }
    // Length scales as they come: finding them again for each network would take minutes, and
    // errors of a poorer model only widen the interval.
    KERNWISE_ASSIGN(const LatencyModel without, fit_parts(rest, false, rng));
    for (std::size_t i = 0; i < steps.size(); ++i) {
      // What the rest never timed would be an error of leaving out, not of predicting.
      if (groups[i] == held_out && without.missing_of(steps[i]).empty()) judge(without, steps[i]);
    }
  }
  model.state_.calibrated = networks.size() >= kEnoughNetworks && !errors.empty();
  set_interval(errors, model.state_);
  return model;
}

}  // namespace kernwise
