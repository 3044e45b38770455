// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <vector>

#include "kernwise/fleet/design_optimizer.h"
#include "kernwise/learn/mlp.h"

namespace kernwise {
namespace detail {

struct OptimizerScaling {
  std::vector<double> spread;  // of each principal coordinate over its device's size
};

// to: 1 + embedding.size() - 2 values.
void optimizer_input(const OptimizerScaling& scaling, std::span<const float> embedding,
                     double bound, float* to);
void softmax_by_position(const std::vector<std::size_t>& first, float* logits);

}  // namespace detail

struct DesignOptimizer::State {
  detail::OptimizerScaling scaling;
  std::vector<std::size_t> first;  // of each position's choices; one more at the end
  Mlp net;
};

}  // namespace kernwise
