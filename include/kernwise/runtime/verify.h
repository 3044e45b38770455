// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Compares a run with the float64 reference: layer by layer (the reference is given the layer's
// real float32 inputs, so the error is the layer's own) and end to end (float64 throughout).
// The error is max |difference| over max |reference|.
#pragma once

#include <string>
#include <vector>

#include "kernwise/base/progress.h"
#include "kernwise/base/result.h"
#include "kernwise/base/units.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/runtime/executor.h"

namespace kernwise {

struct LayerError {
  std::string layer;
  std::string primitive;
  double own = 0;      // on its real inputs
  double chained = 0;  // against float64 from the network's input on
};

struct Verification {
  std::vector<LayerError> layers;
  double worst_layer_error = 0;
  std::string worst_layer;
  double end_to_end_error = 0;      // of the worst graph output
  double worst_relative_error = 0;  // the larger of the two
};

// What verify() holds at most: two float64 copies of every value that is still to be read, the
// output of the layer at hand once more, and that layer's folded weights. The reference's own
// scratch of a layer comes on top.
Bytes verification_memory(const LayerGraph& graph);

// Inputs must have been written. The reference computes while the network runs, layer by layer, so
// that values live no longer than they are read. kInterrupted when `stop` is set.
Result<Verification> verify(const LayerGraph& graph, Executor& executor, Progress& progress,
                            const StopFlag& stop);

}  // namespace kernwise
