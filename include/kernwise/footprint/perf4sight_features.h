// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The features of perf4sight (Rajagopal & Bouganis 2021), for comparison: what a network's
// convolutions would need if each were done by GEMM, FFT or Winograd, summed over layers; 56 for a
// training step, 15 for inference. Quirks of the published code are kept, because the comparison
// is with that code:
//   - weight gradients are scaled by the batch;
//   - groups are ignored in the im2col matrices of forward and backward-data, in the backward-data
//     operations of GEMM and Winograd, and in all FFT operations: a depthwise convolution is
//     inflated by its number of groups;
//   - the FFT backward-weights operations have ip log2(ip^2) where ip^2 log2(ip^2) is meant;
//   - only the height and the first side of the kernel are read; the output's height is computed,
//     not read; products that count weights are cut to integers;
//   - fully connected layers and all that is not a convolution is left out.
// Thread-safety: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "kernwise/footprint/design.h"

namespace kernwise {

inline constexpr std::size_t kPerf4sightTraining = 56, kPerf4sightInference = 15;

// The design must have passed check_design; batch >= 1.
std::array<double, kPerf4sightTraining> perf4sight_training(const Design& design, int64_t batch);
std::array<double, kPerf4sightInference> perf4sight_inference(const Design& design, int64_t batch);

// In the order of the values. Frozen by a test.
const std::array<std::string_view, kPerf4sightTraining>& perf4sight_training_names();
const std::array<std::string_view, kPerf4sightInference>& perf4sight_inference_names();

}  // namespace kernwise
