// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// DenseNet-121 (Huang et al. 2016, table 1), growth rate 32, named as in torchvision. Its
// normalisations stand before the convolutions, behind concatenations.
#include <array>

#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

constexpr float kEpsilon = 1e-5F;
constexpr int64_t kGrowth = 32;
constexpr std::array<int, 4> kLayers = {6, 12, 24, 16};

BuiltTensor norm_relu_conv(NetworkBuilder& net, const BuiltTensor& x, const std::string& prefix,
                           const std::string& number, ConvShape shape) {
  shape.bias = false;
  const BuiltTensor y = net.batch_norm(x, prefix + "norm" + number, kEpsilon);
  return net.conv(net.relu(y, prefix + "relu" + number), prefix + "conv" + number, shape);
}

}  // namespace

Network build_densenet121(NetworkBuilder net, int64_t image_size) {
  BuiltTensor x = net.input(3, image_size);
  x = net.conv(x, "features.conv0",
               {.oc = 64, .kernel = 7, .stride = 2, .padding = 3, .bias = false});
  x = net.relu(net.batch_norm(x, "features.norm0", kEpsilon), "features.relu0");
  x = net.max_pool(x, "features.pool0", {.kernel = 3, .stride = 2, .padding = 1});
  for (std::size_t block = 0; block < kLayers.size(); ++block) {
    const std::string number = std::to_string(block + 1);
    std::vector<BuiltTensor> parts = {x};
    for (int i = 1; i <= kLayers[block]; ++i) {
      const std::string layer =
          "features.denseblock" + number + ".denselayer" + std::to_string(i) + ".";
      BuiltTensor y = i == 1 ? x : net.concat(parts, layer + "concat");
      y = norm_relu_conv(net, y, layer, "1", {.oc = 4 * kGrowth});
      y = norm_relu_conv(net, y, layer, "2", {.oc = kGrowth, .kernel = 3, .padding = 1});
      parts.push_back(y);
    }
    x = net.concat(parts, "features.denseblock" + number + ".concat");
    if (block + 1 == kLayers.size()) break;
    const std::string transition = "features.transition" + number + ".";
    x = norm_relu_conv(net, x, transition, "", {.oc = x.c / 2});
    x = net.average_pool(x, transition + "pool", {.kernel = 2, .stride = 2});
  }
  x = net.relu(net.batch_norm(x, "features.norm5", kEpsilon), "relu");
  x = net.global_average_pool(x, "avgpool");
  x = net.flatten(x, "flatten");
  return net.finish(net.linear(x, "classifier", kZooClasses));
}

}  // namespace kernwise::detail
