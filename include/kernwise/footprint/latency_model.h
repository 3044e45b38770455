// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How long the operators of a step take on one device: a model for each kind of operator and phase,
// learned from layers that were timed inside of real steps (kernwise-torch). Logarithms of sizes
// in, logarithm of seconds out, by a Gaussian process around a linear mean; a step is the sum over
// its layers and the optimizer's update. Thread-safety: immutable once fitted; predicting
// allocates.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/footprint/training_job.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/learn/regressor.h"

namespace kernwise {

// Names appear in files. Frozen by a test.
enum class OperatorClass : uint8_t {
  kConv = 0,       // windows
  kPointwise = 1,  // convolutions of 1 x 1
  kDepthwise = 2,
  kMatrix = 3,  // fully connected, products
  kNormalisation = 4,
  kPooling = 5,
  kElementwise = 6,  // activations, additions, products
  kMove = 7,         // concatenations, shuffles, slices and what else only moves
};
inline constexpr std::size_t kOperatorClasses = 8;
std::string_view to_string(OperatorClass operator_class);

OperatorClass class_of(const Layer& layer);
inline constexpr std::size_t kLatencyFeatures = 10;
// Logarithms of sizes; the same for both phases.
std::array<double, kLatencyFeatures> latency_features(const Layer& layer);

// One layer inside of a timed step. A backward time of 0: it had none.
struct TimedLayer {
  OperatorClass operator_class = OperatorClass::kMove;
  std::array<double, kLatencyFeatures> features = {};
  double forward_s = 0, backward_s = 0;
};
// One timed step.
struct TimedStep {
  std::string network;  // steps of one network are held out together
  StepOptions step;
  std::vector<TimedLayer> layers;
  int64_t parameter_bytes = 0, parameter_tensors = 0;
  double update_s = 0, step_s = 0;
};

struct LatencyEstimate {
  double median_s = 0, low_s = 0, high_s = 0;
  double forward_s = 0, backward_s = 0, update_s = 0;  // of the median
  double unmodelled = 0;  // share of the layers whose kind was never measured
};

class LatencyModel {
 public:
  // kInvalidInput without a step. Intervals come from errors on networks held out, of all steps'
  // where there is only one network.
  static Result<LatencyModel> fit(const std::vector<TimedStep>& steps, Rng& rng);

  LatencyEstimate predict(const LayerGraph& graph, const StepOptions& step) const;

  // What a file keeps; restore() takes untrusted numbers.
  struct Part {
    OperatorClass operator_class = OperatorClass::kConv;
    bool backward = false;
    std::vector<float> mean, deviation;  // per feature, and last of the logarithm of seconds
    RegressorState state;
  };
  struct State {
    std::vector<Part> parts;
    std::vector<double> update_s_per_byte;  // per optimizer; 0: never measured
    double scale = 1;                       // a step over the sum of its parts
    double error_low = 0, error_high = 0;   // logarithms: measured over predicted
  };
  const State& state() const { return state_; }
  static Result<LatencyModel> restore(State state);

 private:
  struct Fitted;
  double layer_s(OperatorClass operator_class, bool backward,
                 const std::array<double, kLatencyFeatures>& features) const;
  double parts_s(const std::vector<TimedLayer>& layers, bool inference, LatencyEstimate* to) const;
  double update_s(Optimizer optimizer, int64_t parameter_bytes) const;
  static Result<LatencyModel> fit_parts(const std::vector<const TimedStep*>& steps, Rng& rng,
                                        bool tune);

  State state_;
  std::array<std::array<std::shared_ptr<const Regressor>, 2>, kOperatorClasses> regressors_;
  std::array<std::array<int, 2>, kOperatorClasses> part_ = {};  // index + 1 into state_.parts
};

}  // namespace kernwise
