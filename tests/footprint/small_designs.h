// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Designs small enough to be counted by hand.
#pragma once

#include "kernwise/footprint/design.h"

namespace kernwise::test {

// A convolution of squares that keeps the size where the stride is 1.
inline DesignLayer conv(int64_t in_c, int64_t out_c, int64_t side, int64_t k, int64_t stride = 1,
                        int64_t groups = 1) {
  DesignLayer l;
  l.in_c = in_c;
  l.out_c = out_c;
  l.in_h = l.in_w = side;
  l.k_h = l.k_w = k;
  l.stride = stride;
  l.pad_h = l.pad_w = k / 2;
  l.groups = groups;
  l.out_h = l.out_w = (side + 2 * (k / 2) - k) / stride + 1;
  return l;
}

inline DesignLayer fully_connected(int64_t in, int64_t out) {
  DesignLayer l;
  l.fully_connected = true;
  l.in_c = in;
  l.out_c = out;
  return l;
}

// With the parameters of its weights, of the last layers' biases, and, for each channel of a
// convolution, of batch normalisation (2) or a bias (1).
inline Design design_of(std::vector<DesignLayer> layers, int64_t per_channel) {
  Design design;
  for (const DesignLayer& l : layers) {
    design.parameters += l.weights() + l.out_c * (l.fully_connected ? 1 : per_channel);
  }
  design.layers = std::move(layers);
  return design;
}

}  // namespace kernwise::test
