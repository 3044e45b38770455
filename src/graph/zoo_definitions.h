// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The built-in networks as functions that write themselves with a builder, one file per family.
// Every one takes an input of [batch, 3, image_size, image_size] and ends in 1000 logits, but for
// super-resolution, which ends in an image four times as high and wide.
#pragma once

#include <span>
#include <vector>

#include "kernwise/graph/zoo.h"
#include "network_builder.h"

namespace kernwise::detail {

Network build_alexnet(NetworkBuilder net, int64_t image_size);
Network build_vgg11(NetworkBuilder net, int64_t image_size);
Network build_vgg16(NetworkBuilder net, int64_t image_size);
Network build_vgg19(NetworkBuilder net, int64_t image_size);
Network build_resnet18(NetworkBuilder net, int64_t image_size);
Network build_resnet34(NetworkBuilder net, int64_t image_size);
Network build_resnet50(NetworkBuilder net, int64_t image_size);
Network build_googlenet(NetworkBuilder net, int64_t image_size);
Network build_squeezenet1_1(NetworkBuilder net, int64_t image_size);
Network build_mobilenet_v2(NetworkBuilder net, int64_t image_size);
Network build_mnasnet1_0(NetworkBuilder net, int64_t image_size);
Network build_densenet121(NetworkBuilder net, int64_t image_size);
Network build_inception_v3(NetworkBuilder net, int64_t image_size);
Network build_shufflenet_v2_x1_0(NetworkBuilder net, int64_t image_size);
Network build_efficientnet_b0(NetworkBuilder net, int64_t image_size);
Network build_esrgan_small(NetworkBuilder net, int64_t image_size);

// A stage of blocks that widen, filter depthwise and project (Sandler et al. 2018, table 2).
struct InvertedResidualStage {
  int64_t expansion = 6, channels = 1, repeats = 1;
  int64_t stride = 1;  // of the first block
  int64_t kernel = 3;
};
// `stem` and `head` are the channels of the first and the last convolution.
Network build_inverted_residuals(NetworkBuilder net, int64_t image_size, int64_t stem,
                                 std::span<const InvertedResidualStage> stages, int64_t head,
                                 int64_t classes);

inline constexpr int64_t kZooClasses = 1000;

struct ZooDefinition {
  ZooEntry entry;
  Network (*build)(NetworkBuilder net, int64_t image_size);
};
const std::vector<ZooDefinition>& zoo_definitions();

}  // namespace kernwise::detail
