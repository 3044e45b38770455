// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/latency_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "kernwise/base/statistics.h"
#include "kernwise/footprint/step_memory.h"

namespace kernwise {
namespace {

constexpr std::array<std::string_view, kOperatorClasses> kNames = {
    "conv", "pointwise", "depthwise", "matrix", "normalisation", "pooling", "elementwise", "move"};
constexpr double kShortest = 1e-7;  // seconds: what no clock resolves counts as this
constexpr std::size_t kTarget = kLatencyFeatures;

double log_of(double size) { return std::log(std::max(size, 1.0)); }

using Features = std::array<double, kLatencyFeatures>;

// Layers alike are one row, the mean of their logarithms: a kernel matrix with equal rows has no
// inverse.
struct Rows {
  struct Alike {
    double sum = 0;
    int count = 0, group = 0;
  };
  std::map<Features, Alike> by_features;

  void add(const Features& features, double log_s, int group) {
    Alike& alike = by_features.try_emplace(features, Alike{0, 0, group}).first->second;
    alike.sum += log_s;
    ++alike.count;
  }
};

}  // namespace

std::string_view to_string(OperatorClass operator_class) {
  return kNames[static_cast<std::size_t>(operator_class)];
}

OperatorClass class_of(const Layer& layer) {
  switch (layer.problem.kind()) {
    case ProblemKind::kConv: {
      const auto& p = *layer.problem.as<ConvProblem>();
      if (p.depthwise()) return OperatorClass::kDepthwise;
      return p.kh == 1 && p.kw == 1 && p.g == 1 ? OperatorClass::kPointwise : OperatorClass::kConv;
    }
    case ProblemKind::kDeconv: return OperatorClass::kConv;
    case ProblemKind::kFc:
    case ProblemKind::kMatmul: return OperatorClass::kMatrix;
    case ProblemKind::kScale:
      return layer.weights.batch_norm ? OperatorClass::kNormalisation : OperatorClass::kElementwise;
    case ProblemKind::kLrn: return OperatorClass::kNormalisation;
    case ProblemKind::kPool: return OperatorClass::kPooling;
    case ProblemKind::kEltwise:
    case ProblemKind::kBinary:
    case ProblemKind::kBroadcast:
    case ProblemKind::kSoftmax: return OperatorClass::kElementwise;
    default: return OperatorClass::kMove;
  }
}

std::array<double, kLatencyFeatures> latency_features(const Layer& layer) {
  const Problem& problem = layer.problem;
  double in = 0;
  for (int i = 0; i < input_count(problem); ++i) {
    in += static_cast<double>(input_shape(problem, i).elements());
  }
  const Shape4 out = output_shape(problem);
  double ic = static_cast<double>(input_shape(problem, 0).c), oc = static_cast<double>(out.c);
  double taps = 1, stride = 1, groups = 1;
  if (const auto* p = problem.as<ConvProblem>()) {
    taps = static_cast<double>(p->kh * p->kw);
    stride = static_cast<double>(p->sh * p->sw);
    groups = static_cast<double>(p->g);
  } else if (const auto* q = problem.as<PoolProblem>()) {
    taps = static_cast<double>(q->kh * q->kw);
    stride = static_cast<double>(q->sh * q->sw);
  } else if (problem.kind() == ProblemKind::kEltwise) {
    // Kinds of activation differ by what they compute.
    taps = 1 + static_cast<double>(problem.post_ops.activation.kind);
  }
  const auto work = static_cast<double>(macs(problem).value);
  return {log_of(work),
          log_of(in),
          log_of(static_cast<double>(out.elements())),
          log_of(ic / groups),
          log_of(oc / groups),
          log_of(static_cast<double>(out.h * out.w)),
          log_of(taps),
          log_of(stride),
          log_of(static_cast<double>(out.n)),
          log_of(static_cast<double>(weight_elements(problem)))};
}

Result<LatencyModel> LatencyModel::fit_parts(const std::vector<const TimedStep*>& steps, Rng& rng,
                                             bool tune) {
  std::map<std::pair<OperatorClass, bool>, Rows> rows;
  std::map<std::string, int> groups;
  for (const TimedStep* step : steps) {
    const int group = groups.emplace(step->network, static_cast<int>(groups.size())).first->second;
    for (const TimedLayer& layer : step->layers) {
      for (const bool backward : {false, true}) {
        const double seconds = backward ? layer.backward_s : layer.forward_s;
        if (backward && seconds <= 0) continue;
        rows[{layer.operator_class, backward}].add(layer.features,
                                                   std::log(std::max(seconds, kShortest)), group);
      }
    }
  }
  State state;
  for (const auto& [key, alike] : rows) {
    std::vector<Features> features;
    std::vector<double> log_s;
    FitData data;
    for (const auto& [sizes, row] : alike.by_features) {
      features.push_back(sizes);
      log_s.push_back(row.sum / row.count);
      data.group.push_back(row.group);
    }
    const std::size_t n = log_s.size();
    data.rows = static_cast<int64_t>(n);
    data.inputs = kLatencyFeatures;
    data.outputs = 1;
    data.reach.assign(kLatencyFeatures, 1);
    Part part;
    part.operator_class = key.first;
    part.backward = key.second;
    for (std::size_t k = 0; k <= kTarget; ++k) {
      double sum = 0, squares = 0;
      for (std::size_t i = 0; i < n; ++i) sum += k == kTarget ? log_s[i] : features[i][k];
      const double mean = sum / static_cast<double>(n);
      for (std::size_t i = 0; i < n; ++i) {
        const double x = (k == kTarget ? log_s[i] : features[i][k]) - mean;
        squares += x * x;
      }
      const double deviation = std::sqrt(squares / static_cast<double>(n));
      part.mean.push_back(static_cast<float>(mean));
      // A feature that never varies says nothing.
      part.deviation.push_back(deviation > 1e-6 ? static_cast<float>(deviation) : 1.0F);
    }
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < kLatencyFeatures; ++k) {
        data.z.push_back((static_cast<float>(features[i][k]) - part.mean[k]) / part.deviation[k]);
      }
      data.t.push_back((static_cast<float>(log_s[i]) - part.mean[kTarget]) /
                       part.deviation[kTarget]);
    }
    const FitOptions options{.max_points = 1500, .tune = tune};
    KERNWISE_ASSIGN(const auto regressor,
                    fit_regressor(RegressorKind::kKernel, data, options, rng));
    part.state = regressor->state();
    state.parts.push_back(std::move(part));
  }
  state.update_s_per_byte.assign(4, 0);
  for (std::size_t k = 0; k < 4; ++k) {
    std::vector<double> rates;
    for (const TimedStep* step : steps) {
      if (step->step.inference || static_cast<std::size_t>(step->step.optimizer) != k) continue;
      if (step->parameter_bytes > 0) {
        rates.push_back(step->update_s / static_cast<double>(step->parameter_bytes));
      }
    }
    if (!rates.empty()) state.update_s_per_byte[k] = median(rates);
  }
  KERNWISE_ASSIGN(LatencyModel model, restore(std::move(state)));
  std::vector<double> ratios;
  for (const TimedStep* step : steps) {
    const double parts =
        model.parts_s(step->layers, step->step.inference, nullptr) +
        (step->step.inference ? 0 : model.update_s(step->step.optimizer, step->parameter_bytes));
    ratios.push_back(step->step_s / parts);
  }
  model.state_.scale = median(ratios);
  return model;
}

Result<LatencyModel> LatencyModel::fit(const std::vector<TimedStep>& steps, Rng& rng) {
  if (steps.empty()) return invalid_input("there is no timed step to learn from");
  std::vector<const TimedStep*> all;
  std::set<std::string> networks;
  for (const TimedStep& step : steps) {
    all.push_back(&step);
    networks.insert(step.network);
  }
  KERNWISE_ASSIGN(LatencyModel model, fit_parts(all, rng, true));
  std::vector<double> errors;
  const auto judge = [&](const LatencyModel& by, const TimedStep& step) {
    const double update =
        step.step.inference ? 0 : by.update_s(step.step.optimizer, step.parameter_bytes);
    const double predicted =
        by.state_.scale * (by.parts_s(step.layers, step.step.inference, nullptr) + update);
    errors.push_back(std::log(step.step_s / predicted));
  };
  for (const std::string& held_out : networks) {
    std::vector<const TimedStep*> rest;
    std::copy_if(all.begin(), all.end(), std::back_inserter(rest),
                 [&](const TimedStep* step) { return step->network != held_out; });
    if (rest.empty()) {
      for (const TimedStep* step : all) judge(model, *step);
      continue;
    }
    KERNWISE_ASSIGN(const LatencyModel without, fit_parts(rest, rng, false));
    for (const TimedStep* step : all) {
      if (step->network == held_out) judge(without, *step);
    }
  }
  // 90 %, widened for few errors as split-conformal intervals are (Lei et al. 2018).
  const double n = static_cast<double>(errors.size());
  const double share = std::min(1.0, 0.95 * (n + 1) / n);
  model.state_.error_low = std::min(0.0, quantile(errors, 1 - share));
  model.state_.error_high = std::max(0.0, quantile(errors, share));
  return model;
}

Result<LatencyModel> LatencyModel::restore(State state) {
  LatencyModel model;
  const auto finite = [](double x) { return std::isfinite(x) && std::abs(x) < 1e9; };
  bool sound = state.update_s_per_byte.size() == 4 && finite(state.scale) && state.scale > 0 &&
               finite(state.error_low) && finite(state.error_high) && state.error_low <= 0 &&
               state.error_high >= 0;
  for (const double rate : state.update_s_per_byte) sound = sound && finite(rate) && rate >= 0;
  for (std::size_t i = 0; i < state.parts.size() && sound; ++i) {
    const Part& part = state.parts[i];
    sound = part.mean.size() == kLatencyFeatures + 1 &&
            part.deviation.size() == kLatencyFeatures + 1 &&
            static_cast<std::size_t>(part.operator_class) < kOperatorClasses;
    for (const float x : part.mean) sound = sound && finite(x);
    for (const float x : part.deviation) sound = sound && finite(x) && x > 0;
    if (!sound) break;
    KERNWISE_ASSIGN(auto regressor, restore_regressor(part.state));
    if (regressor->inputs() != kLatencyFeatures || regressor->outputs() != 1) sound = false;
    const auto c = static_cast<std::size_t>(part.operator_class);
    model.regressors_[c][part.backward ? 1 : 0] = std::move(regressor);
    model.part_[c][part.backward ? 1 : 0] = static_cast<int>(i) + 1;
  }
  if (!sound) return invalid_input("the numbers of the latency model make no sense");
  model.state_ = std::move(state);
  return model;
}

double LatencyModel::layer_s(OperatorClass operator_class, bool backward,
                             const std::array<double, kLatencyFeatures>& features) const {
  const auto c = static_cast<std::size_t>(operator_class);
  const std::size_t b = backward ? 1 : 0;
  if (part_[c][b] == 0) return 0;
  const Part& part = state_.parts[static_cast<std::size_t>(part_[c][b] - 1)];
  std::array<float, kLatencyFeatures> z = {};
  for (std::size_t k = 0; k < kLatencyFeatures; ++k) {
    z[k] = (static_cast<float>(features[k]) - part.mean[k]) / part.deviation[k];
  }
  const Regressor& regressor = *regressors_[c][b];
  std::vector<float> scratch(static_cast<std::size_t>(regressor.scratch_floats()));
  float t = 0;
  regressor.predict(z.data(), &t, scratch.data());
  return std::exp(static_cast<double>(t) * part.deviation[kTarget] + part.mean[kTarget]);
}

double LatencyModel::parts_s(const std::vector<TimedLayer>& layers, bool inference,
                             LatencyEstimate* to) const {
  double forward = 0, backward = 0;
  int64_t unknown = 0;
  for (const TimedLayer& layer : layers) {
    forward += layer_s(layer.operator_class, false, layer.features);
    if (!inference && layer.backward_s != 0) {
      backward += layer_s(layer.operator_class, true, layer.features);
    }
    unknown += part_[static_cast<std::size_t>(layer.operator_class)][0] == 0 ? 1 : 0;
  }
  if (to != nullptr) {
    to->forward_s = forward;
    to->backward_s = backward;
    to->unmodelled =
        static_cast<double>(unknown) / static_cast<double>(std::max<std::size_t>(layers.size(), 1));
  }
  return forward + backward;
}

double LatencyModel::update_s(Optimizer optimizer, int64_t parameter_bytes) const {
  double rate = state_.update_s_per_byte[static_cast<std::size_t>(optimizer)];
  if (rate == 0) {  // by the tensors that it reads and writes, from whichever was measured
    constexpr std::array<double, 4> kTensors = {3, 5, 9, 9};
    for (std::size_t k = 0; k < 4; ++k) {
      if (state_.update_s_per_byte[k] == 0) continue;
      rate =
          state_.update_s_per_byte[k] * kTensors[static_cast<std::size_t>(optimizer)] / kTensors[k];
      break;
    }
  }
  return rate * static_cast<double>(parameter_bytes);
}

LatencyEstimate LatencyModel::predict(const LayerGraph& graph, const StepOptions& step) const {
  std::vector<TimedLayer> layers;
  int64_t parameter_bytes = 0;
  for (const Layer& layer : graph.layers) {
    // A backward time of 1 stands for "there is one".
    layers.push_back({class_of(layer), latency_features(layer), 0, 1});
    parameter_bytes += learned_bytes(layer);
  }
  LatencyEstimate estimate;
  const double parts = parts_s(layers, step.inference, &estimate);
  if (!step.inference) estimate.update_s = update_s(step.optimizer, parameter_bytes);
  estimate.median_s = state_.scale * (parts + estimate.update_s);
  for (double* phase : {&estimate.forward_s, &estimate.backward_s, &estimate.update_s}) {
    *phase *= state_.scale;
  }
  estimate.low_s = estimate.median_s * std::exp(state_.error_low);
  estimate.high_s = estimate.median_s * std::exp(state_.error_high);
  return estimate;
}

}  // namespace kernwise
