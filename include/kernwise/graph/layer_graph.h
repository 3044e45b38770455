// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What is planned and run: a network lowered to layers, one problem each, with BatchNormalization,
// bias, activation and residual add folded into the convolution (or fully connected layer) before
// them. Lowering is a pass of its own; the Network it reads is not changed.
//
// Invariants of a LayerGraph:
//  1. `layers` is in execution order; each value is made by at most one layer, before its uses.
//     Names of layers are unique, and so are names of values: plans refer to both.
//  2. A residual is fused only where it may be overwritten: its value is made by a layer, is no
//     graph output, is not a data input of the same layer, and has no use after this layer. So
//     every primitive may accumulate into its output buffer, whatever the layouts turn out to be.
//  3. A value has the dimensions that ONNX gives it, of any rank, and their view as (n, c, h, w),
//     which is what layers compute on. Flatten before a fully connected layer and operators that
//     do nothing at inference (Dropout, Identity) have disappeared.
// Thread-safety: plain values; tensors inside are shared and immutable.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"
#include "kernwise/graph/problem.h"

namespace kernwise {

using ValueId = int;

struct Value {
  std::string name;
  Shape4 shape;  // view_of(dims)
  std::vector<int64_t> dims;
};

// Dimensions of any rank as four: [] is 1x1x1x1, [c], [n, c], [n, c, w], [n, c, h, w]; from the
// fourth on they are one. The elements and their order stay the same.
Shape4 view_of(std::span<const int64_t> dims);

struct FoldedWeights {
  // conv, deconv: [oc, ic/g, kh, kw]; fc: [oc, ic*ih*iw]; scale: [c]; broadcast: the operand
  std::vector<float> weights;
  std::vector<float> bias;  // [oc], empty unless the problem has a bias (scale: the shift, [c])
};

// Weights of a layer as the file holds them, with the BatchNormalization to be folded in. Kept
// unexpanded: planning needs only shapes.
struct LayerWeights {
  // conv: [oc, ic/g, kh, kw]; deconv: [ic, oc/g, kh, kw]; fc: see fc_transposed; broadcast: the
  // constant operand. scale: a factor per channel or one for all; of type kOther where there is
  // none, as for a BatchNormalization.
  ConstantTensor weight;
  std::optional<ConstantTensor> bias;  // oc numbers, or one for all (whatever its dims)
  struct BatchNorm {
    ConstantTensor scale, shift, mean, variance;  // [oc] each
    float epsilon = 1e-5F;
  };
  std::optional<BatchNorm> batch_norm;
  bool fc_transposed = false;  // weight is [in, oc] (Gemm with transB = 0, MatMul) not [oc, in]
  // Factors of the product and of the bias: Gemm's, or one number that multiplies a whole result.
  float fc_alpha = 1, fc_beta = 1;
  // Where somebody has folded them before (runtime/pack.h): these count, the rest is empty.
  std::shared_ptr<const FoldedWeights> folded;
};

struct Layer {
  std::string name;  // of the main node ("conv1"); unique within the graph
  Problem problem;
  std::vector<ValueId> inputs;      // data inputs, in the problem's order
  std::optional<ValueId> residual;  // set exactly when problem.post_ops.residual
  ValueId output = -1;
  LayerWeights weights;
  std::vector<std::string> nodes;  // names of the network's nodes it covers, main node first
};

struct LayerGraph {
  std::vector<Value> values;
  std::vector<Layer> layers;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::string content_hash;  // of the network it was made from
};

// BN scale, Gemm factors and transposition applied (in double, rounded once). Empty for layers
// without weights.
FoldedWeights fold_weights(const Layer& layer);

struct LoweringOptions {
  bool fold_batch_norm = true;  // and a constant added or multiplied per channel
  bool fold_pads = true;        // zero pads, into the convolution behind them
  bool fuse_activation = true;
  bool fuse_residual = true;
};

// Nodes that no output depends on are left out, unsupported ones too, and so are inputs that nobody
// reads. All nodes that cannot be lowered are listed at once in a kUnsupported error. More bytes of
// weights and of values that live together than `max_model_memory` are kInvalidInput.
Result<LayerGraph> lower(const Network& network, Bytes max_model_memory,
                         const LoweringOptions& options = {});

Macs total_macs(const LayerGraph& graph);
// Learnable elements, as published counts have it: of the float constants that nodes use, each
// once, without BatchNormalization's running mean and variance (inputs 3 and 4), Clip's bounds, the
// scales of Resize, the value of Pad, and single factors.
int64_t parameter_count(const Network& network);

}  // namespace kernwise
