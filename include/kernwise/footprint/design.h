// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What footprint models know of a network: its convolutions and fully connected layers in the order
// of their definition, with the shapes of one image, and how many parameters there are in all. That
// is what published tables of training footprints state. Whoever has the graph makes one of these
// from it; nothing in here depends on the batch. Thread-safety: plain values, pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise {

struct DesignLayer {
  bool fully_connected = false;
  // Channels, height and width of input and output; 1 x 1 for fully connected layers.
  int64_t in_c = 0, out_c = 0, in_h = 1, in_w = 1, out_h = 1, out_w = 1;
  int64_t k_h = 1, k_w = 1, stride = 1, pad_h = 0, pad_w = 0, groups = 1;

  // In elements and multiply-adds of one image.
  int64_t input() const { return in_c * in_h * in_w; }
  int64_t output() const { return out_c * out_h * out_w; }
  int64_t weights() const { return out_c * (in_c / groups) * k_h * k_w; }
  int64_t macs() const { return weights() * out_h * out_w; }
  friend bool operator==(const DesignLayer&, const DesignLayer&) = default;
};

struct Design {
  std::vector<DesignLayer> layers;
  int64_t parameters = 0;
  friend bool operator==(const Design&, const Design&) = default;
};

// Where the input of a layer comes from, guessed from shapes: the tables hold no edges.
enum class InputSource : uint8_t {
  kImage,     // the first layer
  kPrevious,  // the layer before, through normalisation and activation
  kShared,    // a tensor that an earlier layer reads as well: a branch begins
  kJoined,    // outputs of several layers, concatenated
  kPooled,    // anything else: pooled, or joined and pooled
  kReduced,   // a fully connected layer after something else than its like
};
// One for each layer. A concatenation is seen where channels of outputs that nothing took add up.
std::vector<InputSource> input_sources(const Design& design);

// Whether convolutions are followed by batch normalisation: two parameters for each channel are
// left when weights and the biases of fully connected layers are taken off; a bias leaves one.
bool has_batch_norm(const Design& design);

// kInvalidInput, naming the layer, if a size is not positive, channels do not divide into groups,
// or a product of sizes exceeds 2^40; also if there is no convolution.
Status check_design(const Design& design);

}  // namespace kernwise
