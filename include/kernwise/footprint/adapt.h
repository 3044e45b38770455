// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The search that footprints are predicted for: how much to prune each stage of a network so that
// it trains within a limit of memory and of time, and keeps as much as it can. A stage is all
// groups of channels (graph/prune.h) whose first layer makes images of one size; it gets one ratio.
// Candidates are predicted, never run.
//
// Evolution with elitism: what holds the limits comes first, by what it keeps; the rest by how far
// it is off (Deb 2000, "An efficient constraint handling method for genetic algorithms"). The first
// generation holds the uniform ratios. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/base/rng.h"
#include "kernwise/footprint/predict_step.h"
#include "kernwise/graph/prune.h"

namespace kernwise {

struct AdaptOptions {
  StepOptions step;
  StepLimits limits;
  PruneStrategy strategy = PruneStrategy::kL1;
  // What each layer is worth, by name. The objective then is the share of a layer's multiply-adds
  // that stays, summed over these layers by their worth; empty: the share of all multiply-adds.
  std::map<std::string, double> importance;
  int population = 24, generations = 25;
  double highest_ratio = 0.9;
  uint64_t seed = 1;  // of the channels that go, where the strategy is random
};

struct Stage {
  int64_t height = 0, width = 0;    // of its images
  std::vector<std::string> layers;  // the first of each of its groups
};

struct AdaptedDesign {
  std::vector<double> ratios;          // per stage
  double kept = 0;                     // the objective, in [0, 1]
  Macs macs;                           // of one image
  Interval memory_bytes;               // what the limit is about
  double step_s = 0, step_high_s = 0;  // 0: unknown of this device
  bool fits = false;
};

struct AdaptResult {
  std::vector<Stage> stages;
  AdaptedDesign whole;  // nothing pruned
  AdaptedDesign best;   // fits if anything that was looked at does
  std::vector<AdaptedDesign>
      front;               // fitting ones that nothing betters in all of kept, memory, time
  int64_t evaluated = 0;   // distinct designs
  int64_t impossible = 0;  // candidates that no network can be made of: left out
  double profiling_s = 0;  // what six steps of each would have taken on the device; 0: unknown
};

// A table "layer,importance" (CSV): numbers >= 0, not all of them 0, each layer once.
Result<std::map<std::string, double>> read_importance(const std::filesystem::path& path);

// kUnsupported if the device says nothing of what is limited, or no channel can be removed;
// kInvalidInput if the importance names what is no layer with multiply-adds.
Result<AdaptResult> adapt(const Network& network, const AdaptOptions& options,
                          const StepDevice& device, Rng& rng, Bytes max_model_memory,
                          Progress& progress, const StopFlag& stop);

// The best design that still fits when it is made with its weights, and that network: which
// channels go can decide how many parts of splits and shuffles keep. Of `result`, best and then the
// front are tried, the most kept first; `passed_over` counts those that did not hold. `result.best`
// becomes the prediction of the network that is returned; without one, nothing is changed but
// best.fits.
struct WrittenDesign {
  std::optional<PrunedNetwork> network;
  int64_t passed_over = 0;
};
Result<WrittenDesign> written_design(const Network& network, const AdaptOptions& options,
                                     const StepDevice& device, AdaptResult& result,
                                     Bytes max_model_memory);

// The network pruned that way, weights and all.
Result<PrunedNetwork> apply_design(const Network& network, const AdaptOptions& options,
                                   const std::vector<double>& ratios, Bytes max_model_memory);

}  // namespace kernwise
