// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// How long a step takes on one device, learned from real steps whose layers were timed inside
// (kernwise-torch). It is the sum of
//
//   layers   for each kind of operator and phase a power law of its sizes with a learned residual:
//            a Gaussian process around a linear mean, logarithms of sizes in, of seconds out
//   update   of the optimizer: seconds for a byte and for a tensor of parameters
//   rest     the loss, gradients that are stored, memory given back: seconds for a step, a layer,
//            a byte of parameters and of activations
//
// times a factor by which whole steps differ from their parts. What was never timed has no cost
// that could be added: an estimate names it. Thread-safety: immutable once fitted; predicting
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
inline constexpr std::size_t kLatencyFeatures = 12;
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
  int64_t parameter_bytes = 0, parameter_tensors = 0;  // learned ones
  double update_s = 0, step_s = 0;
};
// The sizes of a step that was not run: all times are 0.
TimedStep untimed_step(const LayerGraph& graph, const StepOptions& step);

struct LatencyEstimate {
  double median_s = 0, low_s = 0, high_s = 0;
  double forward_s = 0, backward_s = 0, update_s = 0, rest_s = 0;  // they add up to the median
  double unmodelled = 0;  // share of the layers of whose kind a phase was never timed
  // What the sum leaves out because it was never timed: "backward of conv", "the update". With an
  // entry here, median and bounds are of the rest, and too small.
  std::vector<std::string> missing;
  // Share of the median in layers beyond the sizes and batches that were learned, by more than a
  // tenth in some feature. The bounds are widened for them, by what is assumed.
  double outside = 0;
  // The bounds hold 90 % of errors on networks held out, and nothing above was assumed.
  bool calibrated = false;
};

class LatencyModel {
 public:
  // kInvalidInput without a step. Intervals come from errors on networks held out: calibrated from
  // three networks on. Of one network, its designs (else its batches) are held out, and until there
  // are three networks the bounds are at least a factor of 1.5 away, which is assumed.
  static Result<LatencyModel> fit(const std::vector<TimedStep>& steps, Rng& rng);

  // The model of another device, brought to this one with a few steps: one factor for each kind of
  // operator, the fewer of its layers were timed the closer to that of all; likewise for update and
  // rest. kInvalidInput without a step.
  static Result<LatencyModel> transfer(const LatencyModel& source,
                                       const std::vector<TimedStep>& steps);

  // Times of `step` are not looked at.
  LatencyEstimate predict(const TimedStep& step) const;
  LatencyEstimate predict(const LayerGraph& graph, const StepOptions& step) const;

  // What a file keeps; restore() takes untrusted numbers.
  struct Part {
    OperatorClass operator_class = OperatorClass::kConv;
    bool backward = false;
    std::vector<float> mean, deviation;  // per feature, and last of the logarithm of seconds
    std::vector<float> low, high;        // of each feature, as learned; empty: not known
    RegressorState state;
  };
  struct Update {
    double s_per_byte = 0, s_per_tensor = 0;  // both 0: never measured
  };
  struct Rest {
    double s = 0, s_per_layer = 0, s_per_parameter_byte = 0, s_per_activation_byte = 0;
    bool measured = false;
  };
  using Phases = std::array<bool, 2>;  // forward, backward
  struct State {
    std::vector<Part> parts;
    std::array<Update, 4> updates;         // per optimizer
    std::array<Rest, 2> rests;             // of training, of inference
    double scale = 1;                      // a step over the sum of its parts
    double error_low = 0, error_high = 0;  // logarithms: measured over predicted
    bool calibrated = false;               // as of LatencyEstimate
    // What steps held whose layers were timed: it took no time where it has no part.
    std::array<Phases, kOperatorClasses> timed = {};
  };
  const State& state() const { return state_; }
  static Result<LatencyModel> restore(State state);

 private:
  struct Sum {
    double forward_s = 0, backward_s = 0, update_s = 0, rest_s = 0;
    double unmodelled = 0;
    double outside_s = 0;  // of layers beyond what was learned
    double far_s = 0;      // seconds times by how much, in logarithms
    double total() const { return forward_s + backward_s + update_s + rest_s; }
  };
  double layer_s(OperatorClass operator_class, bool backward,
                 const std::array<double, kLatencyFeatures>& features) const;
  double update_s(Optimizer optimizer, double bytes, double tensors) const;
  bool was_timed(OperatorClass operator_class, bool backward) const;
  double beyond(OperatorClass operator_class, bool backward,
                const std::array<double, kLatencyFeatures>& features) const;
  std::vector<std::string> missing_of(const TimedStep& step) const;
  Sum sum_of(const TimedStep& step) const;
  static Result<LatencyModel> fit_parts(const std::vector<const TimedStep*>& steps, bool tune,
                                        Rng& rng);

  State state_;
  std::array<std::array<std::shared_ptr<const Regressor>, 2>, kOperatorClasses> regressors_;
  std::array<std::array<int, 2>, kOperatorClasses> part_ = {};  // index + 1 into state_.parts
};

}  // namespace kernwise
