// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Built-in networks, written from their published definitions (torchvision's variants, whose
// parameter and MAC counts are public), with seeded He-normal weights (He et al. 2015, eq. 10) and
// BatchNormalization statistics that fit them: activations neither explode nor vanish. Inference
// graphs, opset 13: input "input" [batch, 3, size, size], output logits [batch, 1000] or, of
// esrgan_small, an image of four times the size; no dropout, no softmax, and an adaptive average
// pool only where it changes anything at this size.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"

namespace kernwise {

struct ZooEntry {
  std::string_view name;    // "resnet50"
  std::string_view source;  // paper, and whose variant
  int64_t image_size;       // square input, 3 channels
  int64_t parameters;       // published count
  double gmacs;             // published giga-MACs at image_size, batch 1 (conv and fc)
};

const std::vector<ZooEntry>& zoo_entries();

inline constexpr int64_t kMaxZooBatch = 65536;

// The same name, batch and seed give the same bytes. Unknown name: an error that lists the known
// ones; a batch outside [1, kMaxZooBatch]: an error. vgg19 takes 0.6 GB.
Result<Network> build_zoo_network(std::string_view name, int64_t batch = 1, uint64_t seed = 1);

}  // namespace kernwise
