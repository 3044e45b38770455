// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What one layer's operators do to memory in libtorch 1.13 on a processor. Bytes throughout.
#pragma once

#include <cstdint>
#include <vector>

#include "kernwise/footprint/step_memory.h"
#include "kernwise/graph/layer_graph.h"

namespace kernwise::detail {

// Where an input's gradient lies.
enum class GradientForm : uint8_t {
  kNew,    // a tensor of its own
  kShare,  // the very gradient of the output
  kView,   // a part of the output's gradient
};

// What it depends on besides the layer.
struct LayerSituation {
  bool training = true;
  bool input_needs_gradient = true;  // of any input
  bool input_strided = false;        // an input is a part of a larger tensor: not contiguous
  bool gradient_strided = false;     // and so is the output's gradient
  int threads = 1;
};

struct LayerMemory {
  bool output_is_view = false;     // the output shares the first input's bytes
  bool output_is_strided = false;  // and is not contiguous
  int64_t saved_bytes = 0;         // made in the forward pass for the backward pass
  std::vector<bool> saves_input;   // per input: kept until the layer's backward pass
  bool saves_output = false;
  int64_t forward_peak = 0;   // highest of all that the operator takes, its output included
  int64_t backward_peak = 0;  // likewise, the gradients that it makes included
  std::vector<GradientForm> gradients;  // per input
  int64_t parameter_gradients = 0;
};

int64_t tensor_bytes(const Shape4& shape);
// Elements of parameters that are learned, and of those that are not.
struct ParameterElements {
  std::vector<int64_t> learned;
  int64_t fixed = 0;
};
ParameterElements parameters_of(const Layer& layer);

LayerMemory layer_memory(const Layer& layer, const LayerSituation& situation,
                         const KernelRules& rules);

// The same of a convolution alone.
LayerMemory conv_memory(const ConvProblem& conv, bool bias, const LayerSituation& situation,
                        const KernelRules& rules);

}  // namespace kernwise::detail
