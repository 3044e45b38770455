// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/footprint/latency_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace kernwise {
namespace {

constexpr std::size_t kTarget = kLatencyFeatures;
const double kTolerated = std::log(1.1);  // beyond a feature as learned
// A step all of whose layers are e times larger than any that was learned may be off by so much
// more, as a logarithm. An assumption: what lies outside was not measured.
constexpr double kErrorOutside = 0.25;
constexpr double kOutsideAtMost = 0.05;  // of the time, in a calibrated interval

}  // namespace

Result<LatencyModel> LatencyModel::restore(State state) {
  LatencyModel model;
  const auto finite = [](double x) { return std::isfinite(x) && std::abs(x) < 1e9; };
  const auto cost = [&](double x) { return finite(x) && x >= 0; };
  constexpr double kWidest = 10;  // a factor of 22026 either way
  bool sound = finite(state.scale) && state.scale > 0 && state.error_low <= 0 &&
               state.error_low > -kWidest && state.error_high >= 0 && state.error_high < kWidest;
  for (const Update& u : state.updates) sound = sound && cost(u.s_per_byte) && cost(u.s_per_tensor);
  for (const Rest& r : state.rests) {
    sound = sound && cost(r.s) && cost(r.s_per_layer) && cost(r.s_per_parameter_byte) &&
            cost(r.s_per_activation_byte);
  }
  for (std::size_t i = 0; i < state.parts.size() && sound; ++i) {
    const Part& part = state.parts[i];
    sound = part.mean.size() == kLatencyFeatures + 1 &&
            part.deviation.size() == kLatencyFeatures + 1 &&
            static_cast<std::size_t>(part.operator_class) < kOperatorClasses;
    for (const float x : part.mean) sound = sound && finite(x);
    for (const float x : part.deviation) sound = sound && finite(x) && x > 0;
    sound = sound && part.low.size() == part.high.size() &&
            (part.low.empty() || part.low.size() == kLatencyFeatures);
    for (std::size_t k = 0; k < part.low.size() && sound; ++k) {
      sound = finite(part.low[k]) && finite(part.high[k]) && part.low[k] <= part.high[k];
    }
    if (!sound) break;
    state.timed[static_cast<std::size_t>(part.operator_class)][part.backward ? 1 : 0] = true;
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
  const double log_s = static_cast<double>(t) * part.deviation[kTarget] + part.mean[kTarget];
  // No layer takes weeks; a file that says so, or whose numbers overflow, must not spoil the sum.
  constexpr double kLongest = 14;
  return std::isfinite(log_s) ? std::exp(std::min(log_s, kLongest)) : 0;
}

double LatencyModel::update_s(Optimizer optimizer, double bytes, double tensors) const {
  const auto known = [](const Update& u) { return u.s_per_byte > 0 || u.s_per_tensor > 0; };
  const auto wanted = static_cast<std::size_t>(optimizer);
  const auto cost = [&](const Update& u) {
    return u.s_per_byte * bytes + u.s_per_tensor * tensors;
  };
  if (known(state_.updates[wanted])) return cost(state_.updates[wanted]);
  // By the tensors that it reads and writes, from whichever was measured.
  constexpr std::array<double, 4> kTensors = {3, 5, 9, 9};
  for (std::size_t k = 0; k < kTensors.size(); ++k) {
    if (known(state_.updates[k])) return cost(state_.updates[k]) * kTensors[wanted] / kTensors[k];
  }
  return 0;
}

bool LatencyModel::was_timed(OperatorClass operator_class, bool backward) const {
  return state_.timed[static_cast<std::size_t>(operator_class)][backward ? 1 : 0];
}

// By how much the layer is beyond what was learned, in the feature where it is the most.
double LatencyModel::beyond(OperatorClass operator_class, bool backward,
                            const std::array<double, kLatencyFeatures>& features) const {
  const int index = part_[static_cast<std::size_t>(operator_class)][backward ? 1 : 0];
  if (index == 0) return 0;
  const Part& part = state_.parts[static_cast<std::size_t>(index - 1)];
  double most = 0;
  for (std::size_t k = 0; k < part.low.size(); ++k) {
    most = std::max({most, part.low[k] - features[k], features[k] - part.high[k]});
  }
  return most > kTolerated ? most : 0;
}

std::vector<std::string> LatencyModel::missing_of(const TimedStep& step) const {
  std::array<Phases, kOperatorClasses> missing = {};
  for (const TimedLayer& layer : step.layers) {
    for (const bool backward : {false, true}) {
      if (backward && step.step.inference) continue;
      if (was_timed(layer.operator_class, backward)) continue;
      missing[static_cast<std::size_t>(layer.operator_class)][backward ? 1 : 0] = true;
    }
  }
  std::vector<std::string> names;
  for (std::size_t c = 0; c < kOperatorClasses; ++c) {
    const std::string name(to_string(static_cast<OperatorClass>(c)));
    if (missing[c][0]) names.push_back("forward of " + name);
    if (missing[c][1]) names.push_back("backward of " + name);
  }
  if (!step.step.inference && step.parameter_bytes > 0 &&
      update_s(step.step.optimizer, static_cast<double>(step.parameter_bytes),
               static_cast<double>(step.parameter_tensors)) <= 0) {
    names.emplace_back("the update");
  }
  if (!state_.rests[step.step.inference ? 1 : 0].measured) {
    names.emplace_back("what lies between layers");
  }
  return names;
}

LatencyModel::Sum LatencyModel::sum_of(const TimedStep& step) const {
  Sum sum;
  double activation_bytes = 0;
  int64_t unknown = 0;
  for (const TimedLayer& layer : step.layers) {
    bool known = true;
    for (const bool backward : {false, true}) {
      if (backward && step.step.inference) continue;
      const double seconds = layer_s(layer.operator_class, backward, layer.features);
      (backward ? sum.backward_s : sum.forward_s) += seconds;
      const double far = beyond(layer.operator_class, backward, layer.features);
      sum.outside_s += far > 0 ? seconds : 0;
      sum.far_s += seconds * far;
      known = known && was_timed(layer.operator_class, backward);
    }
    activation_bytes += 4 * std::exp(layer.features[2]);
    unknown += known ? 0 : 1;
  }
  const auto layers = static_cast<double>(step.layers.size());
  const Rest& rest = state_.rests[step.step.inference ? 1 : 0];
  sum.rest_s = rest.s + rest.s_per_layer * layers + rest.s_per_activation_byte * activation_bytes;
  if (!step.step.inference) {
    const auto bytes = static_cast<double>(step.parameter_bytes);
    sum.update_s =
        update_s(step.step.optimizer, bytes, static_cast<double>(step.parameter_tensors));
    sum.rest_s += rest.s_per_parameter_byte * bytes;
  }
  sum.unmodelled = layers > 0 ? static_cast<double>(unknown) / layers : 0;
  return sum;
}

LatencyEstimate LatencyModel::predict(const TimedStep& step) const {
  const Sum sum = sum_of(step);
  LatencyEstimate estimate;
  estimate.median_s = state_.scale * sum.total();
  const double total = sum.total();
  // At most a factor of 22026, as in a file.
  const double wider = total > 0 ? std::min(kErrorOutside * sum.far_s / total, 10.0) : 0;
  estimate.low_s = estimate.median_s * std::exp(state_.error_low - wider);
  estimate.high_s = estimate.median_s * std::exp(state_.error_high + wider);
  estimate.forward_s = state_.scale * sum.forward_s;
  estimate.backward_s = state_.scale * sum.backward_s;
  estimate.update_s = state_.scale * sum.update_s;
  estimate.rest_s = state_.scale * sum.rest_s;
  estimate.unmodelled = sum.unmodelled;
  estimate.missing = missing_of(step);
  estimate.outside = total > 0 ? sum.outside_s / total : 0;
  estimate.calibrated =
      state_.calibrated && estimate.missing.empty() && estimate.outside <= kOutsideAtMost;
  return estimate;
}

LatencyEstimate LatencyModel::predict(const LayerGraph& graph, const StepOptions& step) const {
  return predict(untimed_step(graph, step));
}

}  // namespace kernwise
