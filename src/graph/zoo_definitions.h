// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The built-in networks as functions that write themselves with a builder, one file per family.
// Every one takes an input of [batch, 3, image_size, image_size] and ends in 1000 logits, but for
// super-resolution, which ends in an image four times as high and wide.
#pragma once

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

inline constexpr int64_t kZooClasses = 1000;

struct ZooDefinition {
  ZooEntry entry;
  Network (*build)(NetworkBuilder net, int64_t image_size);
};
const std::vector<ZooDefinition>& zoo_definitions();

}  // namespace kernwise::detail
