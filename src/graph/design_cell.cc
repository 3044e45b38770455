// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// NAS-Bench-201 as its authors' code builds it for inference: ReLU before each convolution, no bias
// but in the classifier, batch norm with scale and shift.
#include <fmt/format.h>

#include <optional>

#include "kernwise/graph/design_networks.h"
#include "network_builder.h"

namespace kernwise {
namespace {

using detail::BuiltTensor;
using detail::NetworkBuilder;

constexpr float kEpsilon = 1e-5F;

struct Edge {
  int to, from;
};
constexpr std::array<Edge, 6> kEdges = {{{1, 0}, {2, 0}, {2, 1}, {3, 0}, {3, 1}, {3, 2}}};

BuiltTensor relu_conv_bn(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                         int64_t channels, int64_t kernel, int64_t stride) {
  const BuiltTensor y = net.conv(
      net.relu(x, name + ".0"), name + ".1",
      {.oc = channels, .kernel = kernel, .stride = stride, .padding = kernel / 2, .bias = false});
  return net.batch_norm(y, name + ".2", kEpsilon);
}

BuiltTensor operation(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                      CellOperation op) {
  switch (op) {
    case CellOperation::kConv1x1: return relu_conv_bn(net, x, name, x.c, 1, 1);
    case CellOperation::kConv3x3: return relu_conv_bn(net, x, name, x.c, 3, 1);
    case CellOperation::kAvgPool:
      return net.average_pool(x, name,
                              {.kernel = 3, .stride = 1, .padding = 1, .count_padding = false});
    case CellOperation::kSkip:
    case CellOperation::kNone: break;
  }
  return x;
}

// Which nodes hold something that reaches the output.
std::array<bool, 4> nodes_in_use(const std::array<CellOperation, 6>& edges) {
  std::array<bool, 4> reached = {true, false, false, false};
  std::array<bool, 4> wanted = {false, false, false, true};
  for (std::size_t e = 0; e < kEdges.size(); ++e) {
    if (edges[e] != CellOperation::kNone && reached[kEdges[e].from]) reached[kEdges[e].to] = true;
  }
  for (std::size_t e = kEdges.size(); e-- > 0;) {
    if (edges[e] != CellOperation::kNone && wanted[kEdges[e].to]) wanted[kEdges[e].from] = true;
  }
  for (std::size_t i = 0; i < reached.size(); ++i) reached[i] = reached[i] && wanted[i];
  return reached;
}

BuiltTensor cell(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                 const std::array<CellOperation, 6>& edges) {
  const std::array<bool, 4> used = nodes_in_use(edges);
  if (!used[3] || !used[0]) return net.multiply(x, 0.0F, name + ".zero");
  std::array<std::optional<BuiltTensor>, 4> nodes;
  nodes[0] = x;
  for (std::size_t e = 0; e < kEdges.size(); ++e) {
    const auto [to, from] = kEdges[e];
    if (edges[e] == CellOperation::kNone || !used[to] || !used[from]) continue;
    const std::string place = fmt::format("{}.edges.{}<-{}", name, to, from);
    const BuiltTensor y = operation(net, *nodes[from], place, edges[e]);
    nodes[to] = nodes[to] ? net.add(*nodes[to], y, place + ".sum") : y;
  }
  return *nodes[3];
}

BuiltTensor reduction(NetworkBuilder& net, const BuiltTensor& x, const std::string& name,
                      int64_t channels) {
  BuiltTensor y = relu_conv_bn(net, x, name + ".conv_a", channels, 3, 2);
  y = relu_conv_bn(net, y, name + ".conv_b", channels, 3, 1);
  BuiltTensor shortcut = net.average_pool(x, name + ".downsample.0", {.kernel = 2, .stride = 2});
  shortcut = net.conv(shortcut, name + ".downsample.1", {.oc = channels, .bias = false});
  return net.add(shortcut, y, name + ".add");
}

}  // namespace

Result<Network> build_cell_network(const CellNetwork& design, uint64_t seed) {
  for (const int64_t size :
       {design.channels, design.cells, design.image_size, design.classes, design.batch}) {
    if (size < 1 || size > 4096) {
      return invalid_input(fmt::format("a cell network of size {} is not possible", size),
                           "channels, cells, image size, classes and batch lie in 1 to 4096");
    }
  }
  if (design.image_size % 4 != 0) {
    return invalid_input(
        fmt::format("an image of {} pixels cannot be halved twice", design.image_size),
        "choose a multiple of 4");
  }
  NetworkBuilder net("cell_network", design.batch, seed);
  BuiltTensor x = net.input(3, design.image_size);
  x = net.conv(x, "stem.0", {.oc = design.channels, .kernel = 3, .padding = 1, .bias = false});
  x = net.batch_norm(x, "stem.1", kEpsilon);
  int64_t index = 0;
  for (int64_t stack = 0; stack < 3; ++stack) {
    if (stack > 0) {
      x = reduction(net, x, fmt::format("cells.{}", index++), design.channels << stack);
    }
    for (int64_t i = 0; i < design.cells; ++i) {
      x = cell(net, x, fmt::format("cells.{}", index++), design.edges);
    }
  }
  x = net.relu(net.batch_norm(x, "lastact.0", kEpsilon), "lastact.1");
  x = net.flatten(net.global_average_pool(x, "global_pooling"), "flatten");
  return net.finish(net.linear(x, "classifier", design.classes));
}

}  // namespace kernwise
