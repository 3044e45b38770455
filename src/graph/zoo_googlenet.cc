// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// GoogLeNet (Szegedy et al. 2014, table 1) as torchvision has it: BatchNormalization behind every
// convolution, 3 x 3 where the paper has 5 x 5, ceil-mode pools, no auxiliary classifiers.
#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

constexpr float kEpsilon = 1e-3F;

BuiltTensor basic_conv(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                       ConvShape shape) {
  shape.bias = false;
  BuiltTensor y = net.conv(x, name + ".conv", shape);
  y = net.batch_norm(y, name + ".bn", kEpsilon);
  return net.relu(y, name + ".relu");
}

// Columns of table 1; "reduce" is the 1 x 1 convolution before a larger one.
struct Inception {
  const char* name;
  int64_t one, three_reduce, three, five_reduce, five, pool;
};

BuiltTensor inception(NetworkBuilder& net, const BuiltTensor& x, const Inception& p) {
  const std::string name = p.name;
  const BuiltTensor one = basic_conv(net, x, name + ".branch1", {.oc = p.one});
  const BuiltTensor three =
      basic_conv(net, basic_conv(net, x, name + ".branch2.0", {.oc = p.three_reduce}),
                 name + ".branch2.1", {.oc = p.three, .kernel = 3, .padding = 1});
  const BuiltTensor five =
      basic_conv(net, basic_conv(net, x, name + ".branch3.0", {.oc = p.five_reduce}),
                 name + ".branch3.1", {.oc = p.five, .kernel = 3, .padding = 1});
  const BuiltTensor pooled = net.max_pool(
      x, name + ".branch4.0", {.kernel = 3, .stride = 1, .padding = 1, .ceil_mode = true});
  const BuiltTensor four = basic_conv(net, pooled, name + ".branch4.1", {.oc = p.pool});
  return net.concat({one, three, five, four}, name + ".concat");
}

}  // namespace

Network build_googlenet(NetworkBuilder net, int64_t image_size) {
  const PoolShape pool3{.kernel = 3, .stride = 2, .ceil_mode = true};
  const PoolShape pool2{.kernel = 2, .stride = 2, .ceil_mode = true};
  BuiltTensor x = net.input(3, image_size);
  x = basic_conv(net, x, "conv1", {.oc = 64, .kernel = 7, .stride = 2, .padding = 3});
  x = net.max_pool(x, "maxpool1", pool3);
  x = basic_conv(net, x, "conv2", {.oc = 64});
  x = basic_conv(net, x, "conv3", {.oc = 192, .kernel = 3, .padding = 1});
  x = net.max_pool(x, "maxpool2", pool3);
  x = inception(net, x, {"inception3a", 64, 96, 128, 16, 32, 32});
  x = inception(net, x, {"inception3b", 128, 128, 192, 32, 96, 64});
  x = net.max_pool(x, "maxpool3", pool3);
  x = inception(net, x, {"inception4a", 192, 96, 208, 16, 48, 64});
  x = inception(net, x, {"inception4b", 160, 112, 224, 24, 64, 64});
  x = inception(net, x, {"inception4c", 128, 128, 256, 24, 64, 64});
  x = inception(net, x, {"inception4d", 112, 144, 288, 32, 64, 64});
  x = inception(net, x, {"inception4e", 256, 160, 320, 32, 128, 128});
  x = net.max_pool(x, "maxpool4", pool2);
  x = inception(net, x, {"inception5a", 256, 160, 320, 32, 128, 128});
  x = inception(net, x, {"inception5b", 384, 192, 384, 48, 128, 128});
  x = net.global_average_pool(x, "avgpool");
  x = net.flatten(x, "flatten");
  return net.finish(net.linear(x, "fc", kZooClasses));
}

}  // namespace kernwise::detail
