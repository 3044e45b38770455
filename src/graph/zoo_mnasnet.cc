// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// MnasNet-A1 without squeeze-and-excitation, "B1" (Tan et al. 2018), depth multiplier 1; layers
// numbered as in torchvision.
#include <array>

#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

constexpr float kEpsilon = 1e-5F;

// Numbers the members of one nn.Sequential: convolution, normalisation, activation.
class Sequence {
 public:
  Sequence(NetworkBuilder& net, std::string prefix) : net_(net), prefix_(std::move(prefix)) {}

  BuiltTensor conv_bn(const BuiltTensor& x, ConvShape shape) {
    shape.bias = false;
    const std::string conv = next(), norm = next();
    return net_.batch_norm(net_.conv(x, conv, shape), norm, kEpsilon);
  }
  BuiltTensor conv_bn_relu(const BuiltTensor& x, const ConvShape& shape) {
    const BuiltTensor y = conv_bn(x, shape);
    return net_.relu(y, next());
  }
  std::string next() { return prefix_ + std::to_string(index_++); }

 private:
  NetworkBuilder& net_;
  std::string prefix_;
  int index_ = 0;
};

struct Stack {
  int64_t channels, kernel, stride, expansion;
  int repeats;
};
constexpr std::array<Stack, 6> kStacks = {{{24, 3, 2, 3, 3},
                                           {40, 5, 2, 3, 3},
                                           {80, 5, 2, 6, 3},
                                           {96, 3, 1, 6, 2},
                                           {192, 5, 2, 6, 4},
                                           {320, 3, 1, 6, 1}}};

BuiltTensor inverted_residual(NetworkBuilder& net, const BuiltTensor& x, const std::string& block,
                              const Stack& stack, int64_t stride) {
  const int64_t hidden = stack.expansion * x.c;
  Sequence layers(net, block + ".layers.");
  BuiltTensor y = layers.conv_bn_relu(x, {.oc = hidden});
  y = layers.conv_bn_relu(y, {.oc = hidden,
                              .kernel = stack.kernel,
                              .stride = stride,
                              .padding = stack.kernel / 2,
                              .groups = hidden});
  y = layers.conv_bn(y, {.oc = stack.channels});
  return stride == 1 && x.c == stack.channels ? net.add(y, x, block + ".add") : y;
}

}  // namespace

Network build_mnasnet1_0(NetworkBuilder net, int64_t image_size) {
  BuiltTensor x = net.input(3, image_size);
  Sequence layers(net, "layers.");
  x = layers.conv_bn_relu(x, {.oc = 32, .kernel = 3, .stride = 2, .padding = 1});
  x = layers.conv_bn_relu(x, {.oc = 32, .kernel = 3, .padding = 1, .groups = 32});
  x = layers.conv_bn(x, {.oc = 16});
  for (const Stack& stack : kStacks) {
    const std::string prefix = layers.next();
    for (int i = 0; i < stack.repeats; ++i) {
      x = inverted_residual(net, x, prefix + "." + std::to_string(i), stack,
                            i == 0 ? stack.stride : 1);
    }
  }
  x = layers.conv_bn_relu(x, {.oc = 1280});
  x = net.global_average_pool(x, "avgpool");
  x = net.flatten(x, "flatten");
  return net.finish(net.linear(x, "classifier.1", kZooClasses));
}

}  // namespace kernwise::detail
