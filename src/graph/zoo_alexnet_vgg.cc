// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// AlexNet in its one-tower form (Krizhevsky, "One weird trick for parallelizing convolutional
// neural networks", 2014) and VGG without BatchNormalization (Simonyan & Zisserman 2014, table 1).
// Layers are numbered as in torchvision's nn.Sequential, where dropout counts and the adaptive pool
// before the classifier does nothing at 224 x 224.
#include <initializer_list>
#include <string>
#include <utility>

#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

// Numbers layers as nn.Sequential does: "features.0", "features.1", ...
class Sequential {
 public:
  Sequential(NetworkBuilder& net, std::string prefix) : net_(net), prefix_(std::move(prefix)) {}

  BuiltTensor conv_relu(const BuiltTensor& x, const ConvShape& shape) {
    const BuiltTensor y = net_.conv(x, next(), shape);
    return net_.relu(y, next());
  }
  BuiltTensor max_pool(const BuiltTensor& x, const PoolShape& shape) {
    return net_.max_pool(x, next(), shape);
  }
  BuiltTensor linear_relu(const BuiltTensor& x, int64_t outputs) {
    const BuiltTensor y = net_.linear(x, next(), outputs);
    return net_.relu(y, next());
  }
  BuiltTensor linear(const BuiltTensor& x, int64_t outputs) {
    return net_.linear(x, next(), outputs);
  }
  void skip_dropout() { ++index_; }

 private:
  std::string next() { return prefix_ + "." + std::to_string(index_++); }

  NetworkBuilder& net_;
  std::string prefix_;
  int index_ = 0;
};

constexpr int64_t kHidden = 4096;
constexpr int64_t kPool = -1;  // in a VGG configuration: a 2 x 2 max pool

// Configurations A, D and E of table 1: channels of each 3 x 3 convolution.
Network build_vgg(NetworkBuilder net, int64_t image_size, std::initializer_list<int64_t> layers) {
  BuiltTensor x = net.input(3, image_size);
  Sequential features(net, "features");
  for (const int64_t channels : layers) {
    x = channels == kPool ? features.max_pool(x, {.kernel = 2, .stride = 2})
                          : features.conv_relu(x, {.oc = channels, .kernel = 3, .padding = 1});
  }
  x = net.flatten(x, "flatten");
  Sequential classifier(net, "classifier");
  x = classifier.linear_relu(x, kHidden);
  classifier.skip_dropout();
  x = classifier.linear_relu(x, kHidden);
  classifier.skip_dropout();
  return net.finish(classifier.linear(x, kZooClasses));
}

}  // namespace

Network build_alexnet(NetworkBuilder net, int64_t image_size) {
  const PoolShape pool{.kernel = 3, .stride = 2};
  BuiltTensor x = net.input(3, image_size);
  Sequential features(net, "features");
  x = features.conv_relu(x, {.oc = 64, .kernel = 11, .stride = 4, .padding = 2});
  x = features.max_pool(x, pool);
  x = features.conv_relu(x, {.oc = 192, .kernel = 5, .padding = 2});
  x = features.max_pool(x, pool);
  x = features.conv_relu(x, {.oc = 384, .kernel = 3, .padding = 1});
  x = features.conv_relu(x, {.oc = 256, .kernel = 3, .padding = 1});
  x = features.conv_relu(x, {.oc = 256, .kernel = 3, .padding = 1});
  x = features.max_pool(x, pool);
  x = net.flatten(x, "flatten");
  Sequential classifier(net, "classifier");
  classifier.skip_dropout();
  x = classifier.linear_relu(x, kHidden);
  classifier.skip_dropout();
  x = classifier.linear_relu(x, kHidden);
  return net.finish(classifier.linear(x, kZooClasses));
}

Network build_vgg11(NetworkBuilder net, int64_t image_size) {
  return build_vgg(std::move(net), image_size,
                   {64, kPool, 128, kPool, 256, 256, kPool, 512, 512, kPool, 512, 512, kPool});
}

Network build_vgg16(NetworkBuilder net, int64_t image_size) {
  return build_vgg(std::move(net), image_size,
                   {64, 64, kPool, 128, 128, kPool, 256, 256, 256, kPool, 512, 512, 512, kPool, 512,
                    512, 512, kPool});
}

Network build_vgg19(NetworkBuilder net, int64_t image_size) {
  return build_vgg(std::move(net), image_size,
                   {64,  64,  kPool, 128, 128,   kPool, 256, 256, 256, 256,  kPool,
                    512, 512, 512,   512, kPool, 512,   512, 512, 512, kPool});
}

}  // namespace kernwise::detail
