// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What memory and time of a training step are made of, counted from a design's layers, and the
// physical forms that turn the counts into bytes and seconds (physical_form.h). Counts are of one
// image, in elements and multiply-adds of float32. For designs of which no more than a table is
// known; experiments use it, 'kernwise footprint' plays the graph through (step_memory.h).
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "kernwise/footprint/design.h"
#include "kernwise/footprint/physical_form.h"

namespace kernwise {

struct StepQuantities {
  double parameters = 0;
  // Elements that the forward pass keeps for the backward pass: inputs of convolutions, inputs of
  // batch normalisation, results of in-place activations, outputs of pooling with their indices.
  double saved = 0;
  double outputs = 0, inputs = 0;  // of all convolutions
  double largest_output = 0;
  double im2col = 0;  // of convolutions with a window, depthwise ones excluded
  double macs = 0;
  // Multiply-adds of 1 x 1 (fully connected layers among them) and of windowed convolutions when
  // channels are filled up to multiples of 32, as GEMM tiles do: half of it for the input's
  // channels (backward), half for the output's.
  double tiled_pointwise = 0, tiled_windowed = 0;
  double windowed = 0;   // inputs and outputs of windowed convolutions that are not depthwise
  double depthwise = 0;  // inputs and outputs of depthwise ones
  double convolutions = 0, normalisations = 0;
};

// The design must have passed check_design.
StepQuantities step_quantities(const Design& design);

// Allocated: bytes of live tensors at their peak. Reserved: what the framework's allocator then
// holds. Used: what the device misses while it trains, the framework's context included. Latency:
// seconds of a step (forward, loss, backward, update).
enum class FootprintTarget : uint8_t { kAllocated = 0, kReserved = 1, kUsed = 2, kLatency = 3 };

// Prior weights are physical where physics has them (four bytes for an element; parameters, their
// gradients and their momentum), and else fitted to training steps of four networks on one embedded
// GPU, so that errors on those are not errors on unseen networks: the workspace that stays cached
// (3.3 times the largest output and 0.15 of all im2col matrices), the context, and a time for each
// kind of work. Their spread says how far another device may be from that.
const PhysicalForm& physical_form(FootprintTarget target);
// In the order of physical_form(target).terms.
std::vector<double> physical_terms(FootprintTarget target, const StepQuantities& q, int64_t batch);

// Logarithms of sizes, for a batch, that trees may look at.
std::vector<double> step_features(const StepQuantities& q, int64_t batch);

}  // namespace kernwise
