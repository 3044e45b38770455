// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Bringing a latency model to another device.
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "kernwise/base/statistics.h"
#include "kernwise/footprint/latency_model.h"
#include "timed_steps.h"

namespace kernwise {
namespace {

constexpr std::size_t kTarget = kLatencyFeatures;
// How many layers' worth of knowledge the factor of all operators is, against that of one kind.
constexpr double kShrinkage = 5;

using Key = std::pair<OperatorClass, bool>;  // and whether it is the backward phase

}  // namespace

Status detail::check_steps(const std::vector<TimedStep>& steps) {
  if (steps.empty()) return invalid_input("there is no timed step to learn from");
  for (const TimedStep& step : steps) {
    if (!(step.step_s > 0)) return invalid_input("a step took no time");
  }
  return Ok{};
}

Result<LatencyModel> LatencyModel::transfer(const LatencyModel& source,
                                            const std::vector<TimedStep>& steps) {
  KERNWISE_TRY(detail::check_steps(steps));
  State state = source.state_;
  // Of each kind: what its layers took here over what the source says, weighted by nothing but
  // their number, and of all kinds together.
  std::map<Key, std::vector<double>> ratios;
  std::vector<double> all;
  double here_update = 0, there_update = 0;
  for (const TimedStep& step : steps) {
    for (const TimedLayer& layer : step.layers) {
      for (const bool backward : {false, true}) {
        const double here = backward ? layer.backward_s : layer.forward_s;
        const double there = source.layer_s(layer.operator_class, backward, layer.features);
        if (here <= 0 || there <= 0) continue;
        ratios[{layer.operator_class, backward}].push_back(
            std::log(std::max(here, detail::kShortest) / there));
        all.push_back(ratios[{layer.operator_class, backward}].back());
      }
    }
    if (step.step.inference) continue;
    here_update += step.update_s;
    there_update += source.update_s(step.step.optimizer, static_cast<double>(step.parameter_bytes),
                                    static_cast<double>(step.parameter_tensors));
  }
  if (all.empty()) return invalid_input("no layer of the steps was timed");
  const double common = median(all);
  for (Part& part : state.parts) {
    const auto found = ratios.find({part.operator_class, part.backward});
    double factor = common;
    if (found != ratios.end()) {
      const auto n = static_cast<double>(found->second.size());
      factor = (n * median(found->second) + kShrinkage * common) / (n + kShrinkage);
    }
    part.mean[kTarget] += static_cast<float>(factor);
  }
  const double update_factor =
      here_update > 0 && there_update > 0 ? here_update / there_update : std::exp(common);
  for (Update& update : state.updates) {
    update.s_per_byte *= update_factor;
    update.s_per_tensor *= update_factor;
  }
  for (Rest& rest : state.rests) {
    for (double* cost :
         {&rest.s, &rest.s_per_layer, &rest.s_per_parameter_byte, &rest.s_per_activation_byte}) {
      *cost *= std::exp(common);
    }
  }
  KERNWISE_ASSIGN(LatencyModel model, restore(std::move(state)));
  std::vector<double> steps_over_parts;
  for (const TimedStep& step : steps) {
    steps_over_parts.push_back(std::log(step.step_s / model.sum_of(step).total()));
  }
  // Errors of the source are not those of this device.
  model.state_.calibrated = false;
  const double scale = median(steps_over_parts);
  model.state_.scale = std::exp(scale);
  // What the source does not know, it does not know here; what the steps show comes on top.
  for (const double error : steps_over_parts) {
    model.state_.error_low = std::min(model.state_.error_low, error - scale);
    model.state_.error_high = std::max(model.state_.error_high, error - scale);
  }
  return model;
}

}  // namespace kernwise
