// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Inception-v3 (Szegedy et al. 2015, table 1) as in torchvision, without the auxiliary classifier,
// which takes no part in inference.
#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

constexpr float kEpsilon = 1e-3F;

// One block: every convolution has a normalisation and a ReLU behind it.
class Block {
 public:
  Block(NetworkBuilder& net, std::string name) : net_(net), name_(std::move(name)) {}

  BuiltTensor conv(const BuiltTensor& x, const std::string& branch, ConvShape shape) {
    shape.bias = false;
    const std::string prefix = name_ + branch;
    const BuiltTensor y = net_.conv(x, prefix + ".conv", shape);
    return net_.relu(net_.batch_norm(y, prefix + ".bn", kEpsilon), prefix + ".relu");
  }
  BuiltTensor conv(const BuiltTensor& x, const std::string& branch, int64_t oc) {
    return conv(x, branch, ConvShape{.oc = oc});
  }
  BuiltTensor square(const BuiltTensor& x, const std::string& branch, int64_t oc, int64_t kernel) {
    return conv(x, branch, {.oc = oc, .kernel = kernel, .padding = kernel / 2});
  }
  BuiltTensor halving(const BuiltTensor& x, const std::string& branch, int64_t oc) {
    return conv(x, branch, {.oc = oc, .kernel = 3, .stride = 2});
  }
  BuiltTensor row(const BuiltTensor& x, const std::string& branch, int64_t oc, int64_t length) {
    return conv(x, branch, {.oc = oc, .kernel = 1, .kernel_w = length, .padding_w = length / 2});
  }
  BuiltTensor column(const BuiltTensor& x, const std::string& branch, int64_t oc, int64_t length) {
    return conv(x, branch, {.oc = oc, .kernel = length, .padding = length / 2, .kernel_w = 1});
  }
  BuiltTensor average(const BuiltTensor& x, int64_t oc) {
    const BuiltTensor y =
        net_.average_pool(x, name_ + "pool", {.kernel = 3, .stride = 1, .padding = 1});
    return conv(y, "branch_pool", oc);
  }
  BuiltTensor maximum(const BuiltTensor& x) {
    return net_.max_pool(x, name_ + "pool", {.kernel = 3, .stride = 2});
  }
  BuiltTensor join(const std::vector<BuiltTensor>& parts, const std::string& name = "concat") {
    return net_.concat(parts, name_ + name);
  }

 private:
  NetworkBuilder& net_;
  std::string name_;
};

// Figure 5 of the paper.
BuiltTensor inception_a(Block block, const BuiltTensor& x, int64_t pool_channels) {
  const BuiltTensor one = block.conv(x, "branch1x1", 64);
  const BuiltTensor five = block.square(block.conv(x, "branch5x5_1", 48), "branch5x5_2", 64, 5);
  BuiltTensor twice = block.square(block.conv(x, "branch3x3dbl_1", 64), "branch3x3dbl_2", 96, 3);
  twice = block.square(twice, "branch3x3dbl_3", 96, 3);
  return block.join({one, five, twice, block.average(x, pool_channels)});
}

BuiltTensor inception_b(Block block, const BuiltTensor& x) {
  const BuiltTensor three = block.halving(x, "branch3x3", 384);
  BuiltTensor twice = block.square(block.conv(x, "branch3x3dbl_1", 64), "branch3x3dbl_2", 96, 3);
  twice = block.halving(twice, "branch3x3dbl_3", 96);
  return block.join({three, twice, block.maximum(x)});
}

// Figure 6, n = 7.
BuiltTensor inception_c(Block block, const BuiltTensor& x, int64_t c) {
  const BuiltTensor one = block.conv(x, "branch1x1", 192);
  BuiltTensor seven = block.row(block.conv(x, "branch7x7_1", c), "branch7x7_2", c, 7);
  seven = block.column(seven, "branch7x7_3", 192, 7);
  BuiltTensor twice = block.column(block.conv(x, "branch7x7dbl_1", c), "branch7x7dbl_2", c, 7);
  twice = block.row(twice, "branch7x7dbl_3", c, 7);
  twice = block.column(twice, "branch7x7dbl_4", c, 7);
  twice = block.row(twice, "branch7x7dbl_5", 192, 7);
  return block.join({one, seven, twice, block.average(x, 192)});
}

BuiltTensor inception_d(Block block, const BuiltTensor& x) {
  const BuiltTensor three = block.halving(block.conv(x, "branch3x3_1", 192), "branch3x3_2", 320);
  BuiltTensor seven = block.row(block.conv(x, "branch7x7x3_1", 192), "branch7x7x3_2", 192, 7);
  seven = block.column(seven, "branch7x7x3_3", 192, 7);
  seven = block.halving(seven, "branch7x7x3_4", 192);
  return block.join({three, seven, block.maximum(x)});
}

// Figure 7.
BuiltTensor inception_e(Block block, const BuiltTensor& x) {
  const BuiltTensor one = block.conv(x, "branch1x1", 320);
  const BuiltTensor three = block.conv(x, "branch3x3_1", 384);
  const BuiltTensor three_cut = block.join(
      {block.row(three, "branch3x3_2a", 384, 3), block.column(three, "branch3x3_2b", 384, 3)},
      "branch3x3");
  const BuiltTensor twice =
      block.square(block.conv(x, "branch3x3dbl_1", 448), "branch3x3dbl_2", 384, 3);
  const BuiltTensor twice_cut = block.join(
      {block.row(twice, "branch3x3dbl_3a", 384, 3), block.column(twice, "branch3x3dbl_3b", 384, 3)},
      "branch3x3dbl");
  return block.join({one, three_cut, twice_cut, block.average(x, 192)});
}

}  // namespace

Network build_inception_v3(NetworkBuilder net, int64_t image_size) {
  BuiltTensor x = net.input(3, image_size);
  Block stem(net, "");
  x = stem.halving(x, "Conv2d_1a_3x3", 32);
  x = stem.conv(x, "Conv2d_2a_3x3", {.oc = 32, .kernel = 3});
  x = stem.square(x, "Conv2d_2b_3x3", 64, 3);
  x = net.max_pool(x, "maxpool1", {.kernel = 3, .stride = 2});
  x = stem.conv(x, "Conv2d_3b_1x1", 80);
  x = stem.conv(x, "Conv2d_4a_3x3", {.oc = 192, .kernel = 3});
  x = net.max_pool(x, "maxpool2", {.kernel = 3, .stride = 2});
  x = inception_a(Block(net, "Mixed_5b."), x, 32);
  x = inception_a(Block(net, "Mixed_5c."), x, 64);
  x = inception_a(Block(net, "Mixed_5d."), x, 64);
  x = inception_b(Block(net, "Mixed_6a."), x);
  x = inception_c(Block(net, "Mixed_6b."), x, 128);
  x = inception_c(Block(net, "Mixed_6c."), x, 160);
  x = inception_c(Block(net, "Mixed_6d."), x, 160);
  x = inception_c(Block(net, "Mixed_6e."), x, 192);
  x = inception_d(Block(net, "Mixed_7a."), x);
  x = inception_e(Block(net, "Mixed_7b."), x);
  x = inception_e(Block(net, "Mixed_7c."), x);
  x = net.global_average_pool(x, "avgpool");
  x = net.flatten(x, "flatten");
  return net.finish(net.linear(x, "fc", kZooClasses));
}

}  // namespace kernwise::detail
