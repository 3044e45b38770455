// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A small super-resolution network after ESRGAN (Wang et al. 2018, figures 3 and 4): residual dense
// blocks without normalisation, then twice nearest enlargement and convolution. 32 features, growth
// 16, three blocks, four times the size; the paper's has 64, 32 and 69.
#include "zoo_definitions.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kFeatures = 32, kGrowth = 16;
constexpr int kBlocks = 3;
constexpr float kSlope = 0.2F;
constexpr float kResidualScale = 0.2F;  // section 3.1

BuiltTensor conv(NetworkBuilder& net, const BuiltTensor& x, const std::string& name, int64_t oc) {
  return net.conv(x, name, {.oc = oc, .kernel = 3, .padding = 1});
}

BuiltTensor conv_leaky(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                       int64_t oc) {
  return net.leaky_relu(conv(net, x, name, oc), name + ".lrelu", kSlope);
}

BuiltTensor residual_dense_block(NetworkBuilder& net, const BuiltTensor& x,
                                 const std::string& name) {
  std::vector<BuiltTensor> parts = {x};
  BuiltTensor y = x;
  for (int i = 1; i <= 4; ++i) {
    const std::string number = std::to_string(i);
    parts.push_back(conv_leaky(net, y, name + ".conv" + number, kGrowth));
    y = net.concat(parts, name + ".concat" + number);
  }
  y = net.multiply(conv(net, y, name + ".conv5", kFeatures), kResidualScale, name + ".scale");
  return net.add(y, x, name + ".add");
}

}  // namespace

Network build_esrgan_small(NetworkBuilder net, int64_t image_size) {
  const BuiltTensor first = conv(net, net.input(3, image_size), "conv_first", kFeatures);
  BuiltTensor x = first;
  for (int i = 0; i < kBlocks; ++i) {
    x = residual_dense_block(net, x, "trunk." + std::to_string(i));
  }
  x = net.add(conv(net, x, "trunk_conv", kFeatures), first, "trunk_add");
  for (const char* name : {"upconv1", "upconv2"}) {
    x = net.enlarge(x, std::string(name) + ".resize", 2);
    x = conv_leaky(net, x, name, kFeatures);
  }
  x = conv_leaky(net, x, "hr_conv", kFeatures);
  return net.finish(conv(net, x, "conv_last", 3));
}

}  // namespace kernwise::detail
