// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Where the values of a network lie: the smallest and the largest number that each took over a few
// runs in fp32. Nothing is cut off (no percentiles): errors are judged by their largest, and a
// value that is cut is wrong by the most.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/quantize.h"
#include "kernwise/runtime/executor.h"
#include "kernwise/workflow/plan_network.h"

namespace kernwise::detail {

inline constexpr int kSampledInputs = 8;  // that ranges are taken from
inline constexpr int kCheckedInputs = 2;  // sampled after those, that errors are found on

using NetworkInput = std::vector<std::vector<float>>;  // one tensor for each graph input

struct CalibrationInputs {
  std::vector<NetworkInput> ranges, checks;  // files serve as both
  std::string description;                   // "8 random inputs, seed 1"
};
// Files: one for each graph input, over and over.
Result<CalibrationInputs> calibration_inputs(const LayerGraph& graph, const PlanRequest& request);

void set_inputs(Executor& executor, const NetworkInput& input);

// All values of a run, by value; logical nchw.
std::vector<std::vector<float>> activations_of(const LayerGraph& graph, Executor& executor);

// By value; none for one that took a number that is not finite. The output of a maximum pooling has
// the range of its input, so that int8 numbers pass through it unchanged.
std::vector<std::optional<ValueRange>> calibrated_ranges(const LayerGraph& graph,
                                                         Executor& executor,
                                                         const std::vector<NetworkInput>& inputs);

}  // namespace kernwise::detail
