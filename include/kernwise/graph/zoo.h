// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Built-in networks, written from their published definitions (torchvision's variants, whose
// parameter and MAC counts are public), with seeded He-normal weights (He et al. 2015, eq. 10) and
// BatchNormalization statistics drawn around those of a trained net. Inference graphs, opset 13.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/graph/network.h"

namespace kernwise {

struct ZooEntry {
  std::string_view name;     // "resnet50"
  std::string_view source;   // paper, and whose variant
  int64_t image_size;        // square input, 3 channels
  int64_t parameters;        // published count
  double gmacs;              // published giga-MACs at image_size, batch 1 (conv and fc)
};

const std::vector<ZooEntry>& zoo_entries();

// Unknown name: an error that lists the known ones.
Result<Network> build_zoo_network(std::string_view name, int64_t batch = 1, uint64_t seed = 1);

}  // namespace kernwise
