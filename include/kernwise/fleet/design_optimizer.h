// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A network that answers for a device at once: (embedding, bound) -> design, in one forward pass in
// place of a search (Lu, Yang & Ren 2020, section 4). The embedding is that of a DeviceAwareModel.
//
// Two ways to train it, on devices drawn around the known ones (random mixtures of their
// embeddings) with random bounds:
//  - labels: the best design of each (device, bound), found by looking at all designs;
//    cross-entropy of each position's choice;
//  - descent: the expected value itself, and a penalty for cost over the bound, through the
//    frozen predictors of value and cost; choices are relaxed to probabilities that harden with
//    time.
// Either way the answer is projected to the likeliest choices and repaired locally: single and,
// from the best of these, further changes of a choice, as long as they help by the predictors.
// Thread-safety: immutable after training.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/fleet/device_aware.h"

namespace kernwise {

enum class OptimizerTraining : uint8_t { kLabels = 0, kDescent = 1 };
std::string_view to_string(OptimizerTraining training);  // "labels", "descent"

struct OptimizerOptions {
  OptimizerTraining training = OptimizerTraining::kLabels;
  int devices = 1500;  // drawn to train on
  int bounds = 6;      // for each of them
  int epochs = 40;
  int hidden = 128;
  // Bounds are drawn between these quantiles of a device's costs.
  double low_quantile = 0.05, high_quantile = 0.95;
};

class DesignOptimizer {
 public:
  struct State;
  explicit DesignOptimizer(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  // Probabilities of all choices, one position after another.
  std::vector<float> forward(std::span<const float> embedding, double bound) const;
  // The likeliest choice of each position.
  std::vector<uint16_t> project(std::span<const float> probabilities) const;
  // The likeliest of these rows of the table as a whole; -1 if there is none.
  int32_t project(std::span<const float> probabilities, const LatencyTable& table,
                  std::span<const int32_t> rows) const;

 private:
  std::shared_ptr<const State> state_;
};

// `value` of each row of the model's table (NaN: not to be chosen). `table` is the one that the
// model was fitted on. kInvalidInput: no row has a value.
Result<DesignOptimizer> train_optimizer(const LatencyTable& table, const DeviceAwareModel& model,
                                        std::span<const double> value,
                                        const OptimizerOptions& options, Rng& rng);

// Local repair: the best design that is reached from `design` by changing one choice at a time.
// While the upper bound of the cost exceeds the bound, a step makes it smaller at the least loss of
// value for it; then steps raise the value within the bound. `log_upper` and `value` answer for a
// design; value NaN marks what must not be chosen. At most `steps` changes.
struct RepairedDesign {
  std::vector<uint16_t> design;
  bool feasible = false;
  int steps = 0;
};
using DesignNumber = std::function<double(std::span<const uint16_t> design)>;
RepairedDesign repair_design(const DesignEncoding& encoding, std::span<const uint16_t> design,
                             const DesignNumber& log_upper, const DesignNumber& value,
                             double log_bound, int steps = 12);

}  // namespace kernwise
