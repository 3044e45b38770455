// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// MobileNetV2 of width 1.0 (Sandler et al. 2018, table 2), layers numbered as in torchvision.
#include <array>
#include <utility>

#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

constexpr float kEpsilon = 1e-5F;

BuiltTensor conv_bn(NetworkBuilder& net, const BuiltTensor& x, const std::string& conv_name,
                    const std::string& bn_name, ConvShape shape) {
  shape.bias = false;
  return net.batch_norm(net.conv(x, conv_name, shape), bn_name, kEpsilon);
}

BuiltTensor conv_bn_relu6(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                          const ConvShape& shape) {
  return net.relu6(conv_bn(net, x, name + ".0", name + ".1", shape), name + ".2");
}

using Stage = InvertedResidualStage;
constexpr std::array<Stage, 7> kStages = {{{1, 16, 1, 1},
                                           {6, 24, 2, 2},
                                           {6, 32, 3, 2},
                                           {6, 64, 4, 2},
                                           {6, 96, 3, 1},
                                           {6, 160, 3, 2},
                                           {6, 320, 1, 1}}};

// Widen with 1 x 1, filter depthwise, project without activation; residual where shapes agree.
BuiltTensor inverted_residual(NetworkBuilder& net, const BuiltTensor& x, const std::string& block,
                              const Stage& stage, int64_t stride) {
  const int64_t hidden = stage.expansion * x.c;
  int index = 0;
  const auto next = [&] { return block + ".conv." + std::to_string(index++); };
  BuiltTensor y = x;
  if (stage.expansion != 1) y = conv_bn_relu6(net, y, next(), {.oc = hidden});
  y = conv_bn_relu6(net, y, next(),
                    {.oc = hidden,
                     .kernel = stage.kernel,
                     .stride = stride,
                     .padding = stage.kernel / 2,
                     .groups = hidden});
  const std::string project = next(), norm = next();
  y = conv_bn(net, y, project, norm, {.oc = stage.channels});
  if (stride == 1 && x.c == stage.channels) y = net.add(x, y, block + ".add");
  return y;
}

}  // namespace

Network build_inverted_residuals(NetworkBuilder net, int64_t image_size, int64_t stem,
                                 std::span<const InvertedResidualStage> stages, int64_t head,
                                 int64_t classes) {
  BuiltTensor x = net.input(3, image_size);
  x = conv_bn_relu6(net, x, "features.0", {.oc = stem, .kernel = 3, .stride = 2, .padding = 1});
  int index = 1;
  for (const Stage& stage : stages) {
    for (int64_t i = 0; i < stage.repeats; ++i) {
      const std::string block = "features." + std::to_string(index++);
      x = inverted_residual(net, x, block, stage, i == 0 ? stage.stride : 1);
    }
  }
  x = conv_bn_relu6(net, x, "features." + std::to_string(index), {.oc = head});
  x = net.global_average_pool(x, "avgpool");
  x = net.flatten(x, "flatten");
  return net.finish(net.linear(x, "classifier.1", classes));
}

Network build_mobilenet_v2(NetworkBuilder net, int64_t image_size) {
  return build_inverted_residuals(std::move(net), image_size, 32, kStages, 1280, kZooClasses);
}

}  // namespace kernwise::detail
