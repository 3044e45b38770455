// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The first half of lowering: one layer for each node that computes something, nothing fused yet.
// Reshaping nodes make no layer of their own: a tensor is a view of the value that a layer made,
// and a reshape layer appears only where a consumer needs the view's shape. A fully connected
// layer does not: its problem includes the flattening.
#pragma once

#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/layer_graph.h"

namespace kernwise::detail {

// `network` has no node that the outputs do not need; `values` is what was inferred for it.
Result<LayerGraph> build_layers(const Network& network, const InferredValues& values);

}  // namespace kernwise::detail
