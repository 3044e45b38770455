// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A network as libtorch computes it: one operator of libtorch for each layer of the unfolded graph,
// its weights as parameters. Every tensor has four dimensions, (n, c, h, w) as in Shape4.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"

namespace kernwise::torch_worker {

struct LayerTensors {
  at::Tensor weight, bias;    // parameters; undefined where there are none
  at::Tensor mean, variance;  // of a BatchNormalization: running statistics
};

class TorchNetwork {
 public:
  // Every layer that libtorch has no operator for is listed in one kUnsupported error. `graph` is
  // lowered with all options of LoweringOptions off, and outlives this.
  static Result<TorchNetwork> build(const LayerGraph& graph, bool training, c10::Device device);

  // Told before the first layer (0) and behind every one (1, 2, ...).
  using LayerHook = std::function<void(std::size_t)>;
  // A value is dropped after its last use, as a program in Python would.
  std::vector<at::Tensor> forward(const std::vector<at::Tensor>& inputs,
                                  const LayerHook& hook = {}) const;

  const std::vector<at::Tensor>& parameters() const { return parameters_; }

 private:
  explicit TorchNetwork(const LayerGraph& graph, bool training)
      : graph_(&graph), training_(training) {}

  const LayerGraph* graph_;
  bool training_;
  std::vector<LayerTensors> tensors_;  // per layer
  std::vector<at::Tensor> parameters_;
  std::vector<std::size_t> last_use_;  // per value: index of a layer, or beyond for outputs
};

}  // namespace kernwise::torch_worker
