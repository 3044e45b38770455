// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// SqueezeNet 1.1 (Iandola et al. 2016; version 1.1 is the authors' own, with 2.4 times less work).
// Layers are numbered as in torchvision. The classifier is a convolution: its average over the
// image is the answer.
#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

BuiltTensor conv_relu(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                      const ConvShape& shape) {
  return net.relu(net.conv(x, name, shape), name + "_activation");
}

// A 1 x 1 convolution that squeezes the channels, then 1 x 1 and 3 x 3 side by side.
BuiltTensor fire(NetworkBuilder& net, const BuiltTensor& x, int index, int64_t squeeze,
                 int64_t expand) {
  const std::string name = "features." + std::to_string(index);
  const BuiltTensor s = conv_relu(net, x, name + ".squeeze", {.oc = squeeze});
  const BuiltTensor one = conv_relu(net, s, name + ".expand1x1", {.oc = expand});
  const BuiltTensor three =
      conv_relu(net, s, name + ".expand3x3", {.oc = expand, .kernel = 3, .padding = 1});
  return net.concat({one, three}, name + ".concat");
}

}  // namespace

Network build_squeezenet1_1(NetworkBuilder net, int64_t image_size) {
  const PoolShape pool{.kernel = 3, .stride = 2, .ceil_mode = true};
  BuiltTensor x = net.input(3, image_size);
  x = conv_relu(net, x, "features.0", {.oc = 64, .kernel = 3, .stride = 2});
  x = net.max_pool(x, "features.2", pool);
  x = fire(net, x, 3, 16, 64);
  x = fire(net, x, 4, 16, 64);
  x = net.max_pool(x, "features.5", pool);
  x = fire(net, x, 6, 32, 128);
  x = fire(net, x, 7, 32, 128);
  x = net.max_pool(x, "features.8", pool);
  x = fire(net, x, 9, 48, 192);
  x = fire(net, x, 10, 48, 192);
  x = fire(net, x, 11, 64, 256);
  x = fire(net, x, 12, 64, 256);
  x = conv_relu(net, x, "classifier.1", {.oc = kZooClasses});
  x = net.global_average_pool(x, "classifier.3");
  return net.finish(net.flatten(x, "flatten"));
}

}  // namespace kernwise::detail
