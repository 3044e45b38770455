// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Residual networks (He et al. 2015, table 1). As in torchvision ("v1.5") the bottleneck's stride
// lies on its 3 x 3 convolution, not on the first 1 x 1.
#include <array>
#include <utility>

#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

constexpr float kEpsilon = 1e-5F;
constexpr int64_t kExpansion = 4;  // of a bottleneck's output over its width

using Depths = std::array<int, 4>;  // blocks in each of the four stages

BuiltTensor conv_bn(NetworkBuilder& net, const BuiltTensor& x, const std::string& conv_name,
                    const std::string& bn_name, ConvShape shape) {
  shape.bias = false;
  return net.batch_norm(net.conv(x, conv_name, shape), bn_name, kEpsilon);
}

// The shortcut: a strided 1 x 1 convolution where the shape changes, else the input itself.
BuiltTensor shortcut(NetworkBuilder& net, const BuiltTensor& x, const std::string& block,
                     int64_t channels, int64_t stride) {
  if (stride == 1 && x.c == channels) return x;
  return conv_bn(net, x, block + ".downsample.0", block + ".downsample.1",
                 {.oc = channels, .kernel = 1, .stride = stride});
}

BuiltTensor basic_block(NetworkBuilder& net, const BuiltTensor& x, const std::string& block,
                        int64_t width, int64_t stride) {
  BuiltTensor y = conv_bn(net, x, block + ".conv1", block + ".bn1",
                          {.oc = width, .kernel = 3, .stride = stride, .padding = 1});
  y = net.relu(y, block + ".relu1");
  y = conv_bn(net, y, block + ".conv2", block + ".bn2", {.oc = width, .kernel = 3, .padding = 1});
  y = net.add(y, shortcut(net, x, block, width, stride), block + ".add");
  return net.relu(y, block + ".relu2");
}

BuiltTensor bottleneck(NetworkBuilder& net, const BuiltTensor& x, const std::string& block,
                       int64_t width, int64_t stride) {
  const int64_t channels = kExpansion * width;
  BuiltTensor y = conv_bn(net, x, block + ".conv1", block + ".bn1", {.oc = width, .kernel = 1});
  y = net.relu(y, block + ".relu1");
  y = conv_bn(net, y, block + ".conv2", block + ".bn2",
              {.oc = width, .kernel = 3, .stride = stride, .padding = 1});
  y = net.relu(y, block + ".relu2");
  y = conv_bn(net, y, block + ".conv3", block + ".bn3", {.oc = channels, .kernel = 1});
  y = net.add(y, shortcut(net, x, block, channels, stride), block + ".add");
  return net.relu(y, block + ".relu3");
}

Network build_resnet(NetworkBuilder net, int64_t image_size, const Depths& depths,
                     decltype(basic_block)* block) {
  BuiltTensor x = net.input(3, image_size);
  x = conv_bn(net, x, "conv1", "bn1", {.oc = 64, .kernel = 7, .stride = 2, .padding = 3});
  x = net.relu(x, "relu");
  x = net.max_pool(x, "maxpool", {.kernel = 3, .stride = 2, .padding = 1});
  int64_t width = 64;
  for (std::size_t stage = 0; stage < depths.size(); ++stage, width *= 2) {
    for (int i = 0; i < depths[stage]; ++i) {
      const std::string name = "layer" + std::to_string(stage + 1) + "." + std::to_string(i);
      const int64_t stride = stage > 0 && i == 0 ? 2 : 1;
      x = block(net, x, name, width, stride);
    }
  }
  x = net.global_average_pool(x, "avgpool");
  x = net.flatten(x, "flatten");
  return net.finish(net.linear(x, "fc", kZooClasses));
}

}  // namespace

Network build_resnet18(NetworkBuilder net, int64_t image_size) {
  return build_resnet(std::move(net), image_size, {2, 2, 2, 2}, basic_block);
}

Network build_resnet34(NetworkBuilder net, int64_t image_size) {
  return build_resnet(std::move(net), image_size, {3, 4, 6, 3}, basic_block);
}

Network build_resnet50(NetworkBuilder net, int64_t image_size) {
  return build_resnet(std::move(net), image_size, {3, 4, 6, 3}, bottleneck);
}

}  // namespace kernwise::detail
