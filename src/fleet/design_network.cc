// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/fleet/design_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <string>

#include "kernwise/graph/design_networks.h"

namespace kernwise {
namespace {

// The number that a position of this name stands for; `otherwise` if the space has no such
// position.
double choice(const DesignSpace& space, const Design& design, const std::string& name,
              double otherwise) {
  for (std::size_t i = 0; i < design.size(); ++i) {
    if (space.positions[i].name == name) {
      return std::strtod(space.positions[i].choices[design[i]].c_str(), nullptr);
    }
  }
  return otherwise;
}

// Symmetric, per output channel, to the nearest of 2^bits - 1 levels.
ConstantTensor rounded(const ConstantTensor& tensor, int bits) {
  std::vector<float> values = tensor.to_floats();
  const auto channels = static_cast<std::size_t>(tensor.dims()[0]);
  const std::size_t each = values.size() / channels;
  const auto levels = static_cast<float>((1 << (bits - 1)) - 1);
  for (std::size_t c = 0; c < channels; ++c) {
    float* first = values.data() + c * each;
    float most = 0;
    for (std::size_t i = 0; i < each; ++i) most = std::max(most, std::abs(first[i]));
    if (most == 0) continue;
    const float step = most / levels;
    for (std::size_t i = 0; i < each; ++i) first[i] = step * std::round(first[i] / step);
  }
  return ConstantTensor::floats(tensor.dims(), std::move(values));
}

Result<Network> mobile_network(const DesignSpace& space, const Design& design,
                               const DesignNetworkOptions& options) {
  MobileNetwork mobile;
  mobile.batch = options.batch;
  if (options.classes > 0) mobile.classes = options.classes;
  mobile.width = choice(space, design, "width", 1);
  mobile.image_size = options.image_size > 0
                          ? options.image_size
                          : static_cast<int64_t>(choice(space, design, "resolution", 224));
  std::array<int, 7> bits{};
  std::array<int64_t, 7> last{};  // the last block of each stage, as "features.N" counts
  int64_t block = 0;
  for (std::size_t i = 0; i < mobile.stages.size(); ++i) {
    MobileStage& stage = mobile.stages[i];
    const std::string name = fmt::format("stage{}", i + 1);
    const auto number = [&](const char* what, auto otherwise) {
      return static_cast<int64_t>(
          choice(space, design, name + what, static_cast<double>(otherwise)));
    };
    stage.depth = number(".depth", stage.depth);
    stage.kernel = number(".kernel", stage.kernel);
    stage.expansion = number(".expansion", stage.expansion);
    bits[i] = static_cast<int>(number(".bits", 32));
    block += stage.depth;
    last[i] = block;
  }
  KERNWISE_ASSIGN(Network network, build_mobile_network(mobile, options.seed));
  for (auto& [name, tensor] : network.constants) {
    if (!name.starts_with("features.") || !name.ends_with(".weight") || tensor.dims().size() != 4) {
      continue;
    }
    const int64_t index = std::strtoll(name.c_str() + std::string("features.").size(), nullptr, 10);
    if (index < 1 || index > last.back()) continue;  // stem and head stay as they are
    const auto stage =
        static_cast<std::size_t>(std::lower_bound(last.begin(), last.end(), index) - last.begin());
    if (bits[stage] < 32 && bits[stage] >= 2) tensor = rounded(tensor, bits[stage]);
  }
  return network;
}

}  // namespace

Result<Network> design_network(const DesignSpace& space, const Design& design,
                               const DesignNetworkOptions& options) {
  if (const std::string why = objection(space, design); !why.empty()) {
    return invalid_input("no such design: " + why);
  }
  if (space.builder == "mobilenet-v2") return mobile_network(space, design, options);
  if (space.builder == "nas-bench-201" && design.size() == 6) {
    CellNetwork cell;
    for (std::size_t i = 0; i < design.size(); ++i) {
      if (design[i] > static_cast<uint16_t>(CellOperation::kAvgPool)) {
        return invalid_input("NAS-Bench-201 has five operations on each edge");
      }
      cell.edges[i] = static_cast<CellOperation>(design[i]);
    }
    cell.batch = options.batch;
    if (options.classes > 0) cell.classes = options.classes;
    if (options.image_size > 0) cell.image_size = options.image_size;
    return build_cell_network(cell, options.seed);
  }
  return unsupported(fmt::format("designs of '{}' cannot be written as networks", space.name),
                     "spaces with a builder can: nb201, mobilenet-v2");
}

}  // namespace kernwise
