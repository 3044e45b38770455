// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// EfficientNet-B0 (Tan & Le 2019, table 1), named as in torchvision: inverted residuals with
// squeeze-and-excitation (Hu et al. 2017) and SiLU.
#include <algorithm>
#include <array>

#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

constexpr float kEpsilon = 1e-5F;

struct Stage {
  int64_t expansion, kernel, stride, channels;
  int repeats;
};
constexpr std::array<Stage, 7> kStages = {{{1, 3, 1, 16, 1},
                                           {6, 3, 2, 24, 2},
                                           {6, 5, 2, 40, 2},
                                           {6, 3, 2, 80, 3},
                                           {6, 5, 1, 112, 3},
                                           {6, 5, 2, 192, 4},
                                           {6, 3, 1, 320, 1}}};

BuiltTensor conv_bn(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                    ConvShape shape) {
  shape.bias = false;
  return net.batch_norm(net.conv(x, name + ".0", shape), name + ".1", kEpsilon);
}

BuiltTensor conv_bn_silu(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                         const ConvShape& shape) {
  return net.silu(conv_bn(net, x, name, shape), name + ".2");
}

BuiltTensor squeeze_excitation(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                               int64_t squeezed) {
  BuiltTensor gate = net.global_average_pool(x, name + ".avgpool");
  gate = net.silu(net.conv(gate, name + ".fc1", {.oc = squeezed}), name + ".activation");
  gate = net.conv(gate, name + ".fc2", {.oc = x.c});
  return net.multiply(x, net.sigmoid(gate, name + ".scale_activation"), name + ".mul");
}

BuiltTensor inverted_residual(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                              const Stage& stage, int64_t stride) {
  const int64_t hidden = stage.expansion * x.c;
  int index = 0;
  const auto next = [&] { return name + ".block." + std::to_string(index++); };
  BuiltTensor y = x;
  if (stage.expansion != 1) y = conv_bn_silu(net, y, next(), {.oc = hidden});
  y = conv_bn_silu(net, y, next(),
                   {.oc = hidden,
                    .kernel = stage.kernel,
                    .stride = stride,
                    .padding = stage.kernel / 2,
                    .groups = hidden});
  // A quarter of the block's input, not of the widened one.
  y = squeeze_excitation(net, y, next(), std::max<int64_t>(1, x.c / 4));
  y = conv_bn(net, y, next(), {.oc = stage.channels});
  return stride == 1 && x.c == stage.channels ? net.add(y, x, name + ".add") : y;
}

}  // namespace

Network build_efficientnet_b0(NetworkBuilder net, int64_t image_size) {
  BuiltTensor x = net.input(3, image_size);
  x = conv_bn_silu(net, x, "features.0", {.oc = 32, .kernel = 3, .stride = 2, .padding = 1});
  int number = 1;
  for (const Stage& stage : kStages) {
    const std::string prefix = "features." + std::to_string(number++) + ".";
    for (int i = 0; i < stage.repeats; ++i) {
      x = inverted_residual(net, x, prefix + std::to_string(i), stage, i == 0 ? stage.stride : 1);
    }
  }
  x = conv_bn_silu(net, x, "features." + std::to_string(number), {.oc = 1280});
  x = net.global_average_pool(x, "avgpool");
  x = net.flatten(x, "flatten");
  return net.finish(net.linear(x, "classifier.1", kZooClasses));
}

}  // namespace kernwise::detail
