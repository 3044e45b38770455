// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// One layer in libtorch's operators.
#pragma once

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "kernwise/graph/layer_graph.h"
#include "torch_network.h"

namespace kernwise::torch_worker {

// Why libtorch cannot compute this layer; empty if it can.
std::string refusal(const Layer& layer);

// Throws c10::Error where libtorch does.
at::Tensor layer_forward(const Layer& layer, const LayerTensors& tensors,
                         const std::vector<at::Tensor>& inputs, bool training);

}  // namespace kernwise::torch_worker
