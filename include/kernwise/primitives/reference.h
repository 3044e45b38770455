// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The oracle: every problem kind computed in float64 on logical nchw data, with the plainest loops
// that finish in reasonable time. Slow by design; nothing is ever selected from here.
#pragma once

#include <span>
#include <vector>

#include "kernwise/graph/problem.h"
#include "kernwise/primitives/primitive.h"

namespace kernwise {

// Inputs, residual (empty if none) and result are logical nchw, float64. A transform is the
// identity here.
std::vector<double> reference_run(const Problem& problem,
                                  std::span<const std::span<const double>> inputs,
                                  std::span<const double> residual, const WeightView& weights);

// max |a - b| / max |b|; 0 for two zero tensors, infinity if a is not finite.
double relative_error(std::span<const float> a, std::span<const double> b);
double relative_error(std::span<const double> a, std::span<const double> b);

// Between logical nchw and a layout (channel padding written as zeros).
std::vector<float> to_layout(std::span<const float> nchw, const Shape4& shape, Layout layout);
std::vector<float> from_layout(std::span<const float> data, const Shape4& shape, Layout layout);

// The same for the bytes of any layout: what int8 numbers mean with this step (1 for floats).
std::vector<float> read_tensor(const void* data, const Shape4& shape, Layout layout, float step);

}  // namespace kernwise
