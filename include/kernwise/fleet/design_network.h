// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Designs as networks: for spaces that have a builder (space.h).
#pragma once

#include "kernwise/base/result.h"
#include "kernwise/fleet/space.h"
#include "kernwise/graph/network.h"

namespace kernwise {

struct DesignNetworkOptions {
  int64_t batch = 1;
  int64_t classes = 0;     // 0: the space's own (NAS-Bench-201: 10, MobileNetV2: 1000)
  int64_t image_size = 0;  // 0: the space's own (32), or what the design says
  uint64_t seed = 1;       // of the weights
};

// Weights are random. A design with fewer than 32 bits gets weights that are rounded to as many,
// symmetric and per output channel; they are still stored and computed as float32, so its time is
// that of float32. kUnsupported for a space without a builder, kInvalidInput for an invalid design.
Result<Network> design_network(const DesignSpace& space, const Design& design,
                               const DesignNetworkOptions& options = {});

}  // namespace kernwise
