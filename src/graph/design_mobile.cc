// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// MobileNetV2 with free width, input size, depths, kernels and expansions.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernwise/graph/design_networks.h"
#include "zoo_definitions.h"

namespace kernwise {
namespace {

constexpr std::array<int64_t, 7> kChannels = {16, 24, 32, 64, 96, 160, 320};
constexpr std::array<int64_t, 7> kStrides = {1, 2, 2, 2, 1, 2, 1};
constexpr int64_t kStem = 32, kHead = 1280;

// The nearest multiple of 8 that is not more than 10 % below (the reference code of Sandler et
// al.).
int64_t rounded(double channels) {
  const auto nearest = std::max<int64_t>(8, static_cast<int64_t>(channels + 4) / 8 * 8);
  return static_cast<double>(nearest) < 0.9 * channels ? nearest + 8 : nearest;
}

Status check(const MobileNetwork& design) {
  const auto refuse = [](const std::string& what) -> Status {
    return invalid_input("no such MobileNetV2: " + what,
                         "width 0.1 to 4, image 32 to 1024, depth 1 to 16, kernel 3, 5 or 7, "
                         "expansion 1 to 12, classes and batch 1 to 65536");
  };
  if (!(design.width >= 0.1 && design.width <= 4)) {
    return refuse(fmt::format("width {}", design.width));
  }
  if (design.image_size < 32 || design.image_size > 1024) {
    return refuse(fmt::format("an image of {} pixels", design.image_size));
  }
  for (const MobileStage& stage : design.stages) {
    if (stage.depth < 1 || stage.depth > 16 || stage.expansion < 1 || stage.expansion > 12 ||
        (stage.kernel != 3 && stage.kernel != 5 && stage.kernel != 7)) {
      return refuse(fmt::format("a stage of depth {}, kernel {}, expansion {}", stage.depth,
                                stage.kernel, stage.expansion));
    }
  }
  for (const int64_t count : {design.classes, design.batch}) {
    if (count < 1 || count > 65536) return refuse(fmt::format("{} classes or images", count));
  }
  return Ok{};
}

}  // namespace

Result<Network> build_mobile_network(const MobileNetwork& design, uint64_t seed) {
  KERNWISE_TRY(check(design));
  std::vector<detail::InvertedResidualStage> stages;
  for (std::size_t i = 0; i < design.stages.size(); ++i) {
    const MobileStage& stage = design.stages[i];
    stages.push_back({.expansion = stage.expansion,
                      .channels = rounded(design.width * static_cast<double>(kChannels[i])),
                      .repeats = stage.depth,
                      .stride = kStrides[i],
                      .kernel = stage.kernel});
  }
  // The paper keeps the last layer's width below 1 (section 6.1).
  const int64_t head = rounded(static_cast<double>(kHead) * std::max(1.0, design.width));
  const int64_t stem = rounded(design.width * static_cast<double>(kStem));
  return detail::build_inverted_residuals(
      detail::NetworkBuilder("mobilenet_v2", design.batch, seed), design.image_size, stem, stages,
      head, design.classes);
}

}  // namespace kernwise
