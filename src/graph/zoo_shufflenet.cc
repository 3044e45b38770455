// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// ShuffleNetV2 of width 1 (Ma et al. 2018, table 5), named as in torchvision.
#include <array>

#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

constexpr float kEpsilon = 1e-5F;

struct Stage {
  int64_t channels;
  int repeats;
};
constexpr std::array<Stage, 3> kStages = {{{116, 4}, {232, 8}, {464, 4}}};

BuiltTensor conv_bn(NetworkBuilder& net, const BuiltTensor& x, const std::string& prefix, int index,
                    ConvShape shape) {
  shape.bias = false;
  const BuiltTensor y = net.conv(x, prefix + std::to_string(index), shape);
  return net.batch_norm(y, prefix + std::to_string(index + 1), kEpsilon);
}

BuiltTensor conv_bn_relu(NetworkBuilder& net, const BuiltTensor& x, const std::string& prefix,
                         int index, const ConvShape& shape) {
  return net.relu(conv_bn(net, x, prefix, index, shape), prefix + std::to_string(index + 2));
}

ConvShape depthwise(int64_t channels, int64_t stride) {
  return {.oc = channels, .kernel = 3, .stride = stride, .padding = 1, .groups = channels};
}

BuiltTensor second_branch(NetworkBuilder& net, const BuiltTensor& x, const std::string& block,
                          int64_t channels, int64_t stride) {
  const std::string prefix = block + ".branch2.";
  BuiltTensor y = conv_bn_relu(net, x, prefix, 0, {.oc = channels});
  y = conv_bn(net, y, prefix, 3, depthwise(channels, stride));
  return conv_bn_relu(net, y, prefix, 5, {.oc = channels});
}

// Figure 3, (c) and (d).
BuiltTensor unit(NetworkBuilder& net, const BuiltTensor& x, const std::string& block,
                 int64_t channels, int64_t stride) {
  const int64_t half = channels / 2;
  std::vector<BuiltTensor> parts;
  if (stride == 1) {
    const auto [kept, worked] = net.halves(x, block + ".chunk");
    parts = {kept, second_branch(net, worked, block, half, 1)};
  } else {
    const std::string prefix = block + ".branch1.";
    const BuiltTensor y = conv_bn(net, x, prefix, 0, depthwise(x.c, stride));
    parts = {conv_bn_relu(net, y, prefix, 2, {.oc = half}),
             second_branch(net, x, block, half, stride)};
  }
  return net.channel_shuffle(net.concat(parts, block + ".concat"), block + ".shuffle", 2);
}

}  // namespace

Network build_shufflenet_v2_x1_0(NetworkBuilder net, int64_t image_size) {
  BuiltTensor x = net.input(3, image_size);
  x = conv_bn_relu(net, x, "conv1.", 0, {.oc = 24, .kernel = 3, .stride = 2, .padding = 1});
  x = net.max_pool(x, "maxpool", {.kernel = 3, .stride = 2, .padding = 1});
  int number = 2;
  for (const Stage& stage : kStages) {
    const std::string prefix = "stage" + std::to_string(number++) + ".";
    for (int i = 0; i < stage.repeats; ++i) {
      x = unit(net, x, prefix + std::to_string(i), stage.channels, i == 0 ? 2 : 1);
    }
  }
  x = conv_bn_relu(net, x, "conv5.", 0, {.oc = 1024});
  x = net.global_average_pool(x, "mean");
  x = net.flatten(x, "flatten");
  return net.finish(net.linear(x, "fc", kZooClasses));
}

}  // namespace kernwise::detail
