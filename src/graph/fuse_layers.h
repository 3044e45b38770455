// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The second half of lowering: BatchNormalization (and an added constant per channel) into the
// weights of the layer before, residual add and activation into its post-operators, zeros around an
// image into the padding of the convolution behind them, x * sigmoid(x) into one activation. A
// layer takes in a follower only if nobody else reads the value between them.
//
// A residual is fused into the operand that runs last, because the other one must lie in its
// output buffer by then; a layer that runs too early is moved to where its add stood. See invariant
// 2 of LayerGraph for what may be overwritten.
#pragma once

#include "kernwise/graph/layer_graph.h"

namespace kernwise::detail {

void fuse_layers(LayerGraph& graph, const LoweringOptions& options);

}  // namespace kernwise::detail
