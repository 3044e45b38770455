// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Designs as networks: the counts that follow from the published definition, and shapes that infer.
#include "kernwise/graph/design_networks.h"

#include <gtest/gtest.h>

#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/zoo.h"

namespace kernwise {
namespace {

constexpr Bytes kLimit{int64_t{1} << 30};

int64_t operation_parameters(CellOperation op, int64_t c) {
  if (op == CellOperation::kConv1x1) return c * c + 2 * c;
  if (op == CellOperation::kConv3x3) return 9 * c * c + 2 * c;
  return 0;
}

// Summed by hand from Dong & Yang 2020: stem, three stacks of five cells, two residual blocks whose
// shortcut is a pool and a convolution without norm, the last norm and the classifier.
int64_t parameters(const CellNetwork& design) {
  int64_t sum = 27 * 16 + 32 + 2 * 64 + 64 * 10 + 10;
  for (const int64_t c : {16, 32, 64}) {
    for (const CellOperation op : design.edges) sum += 5 * operation_parameters(op, c);
    if (c < 64) sum += 9 * c * 2 * c + 4 * c + 9 * 4 * c * c + 4 * c + 2 * c * c;
  }
  return sum;
}

TEST(CellNetwork, HasTheParametersOfItsDefinition) {
  using enum CellOperation;
  for (const CellNetwork& design :
       {CellNetwork{.edges = {kConv3x3, kConv3x3, kAvgPool, kSkip, kConv3x3, kSkip}},
        CellNetwork{.edges = {kAvgPool, kConv1x1, kSkip, kConv1x1, kSkip, kSkip}}}) {
    const Result<Network> network = build_cell_network(design);
    ASSERT_TRUE(network.ok()) << to_string(network.error());
    EXPECT_EQ(parameter_count(*network), parameters(design));
  }
}

// Every combination of operations must give a network, also those that pass nothing on.
TEST(CellNetwork, EveryDesignInfersAndLowers) {
  for (int index = 0; index < 15625; index += 37) {
    CellNetwork design{.channels = 4, .cells = 1, .image_size = 8};
    int rest = index;
    for (CellOperation& op : design.edges) {
      op = static_cast<CellOperation>(rest % 5);
      rest /= 5;
    }
    const Result<Network> network = build_cell_network(design);
    ASSERT_TRUE(network.ok()) << index;
    const auto values = infer_shapes(*network, kLimit);
    ASSERT_TRUE(values.ok()) << index << ": " << to_string(values.error());
    EXPECT_EQ(values->at(network->outputs[0]).dims, (std::vector<int64_t>{1, 10}));
  }
}

TEST(CellNetwork, DropsWhatReachesNothing) {
  using enum CellOperation;
  // Node 2 leads nowhere, so its convolutions do not exist.
  const CellNetwork dead{.edges = {kSkip, kConv3x3, kConv3x3, kConv1x1, kSkip, kNone}};
  const CellNetwork bare{.edges = {kSkip, kNone, kNone, kConv1x1, kSkip, kNone}};
  EXPECT_EQ(parameter_count(*build_cell_network(dead)), parameter_count(*build_cell_network(bare)));
}

TEST(CellNetwork, RefusesImpossibleSizes) {
  EXPECT_FALSE(build_cell_network({.channels = 0}).ok());
  EXPECT_FALSE(build_cell_network({.image_size = 30}).ok());
  EXPECT_FALSE(build_cell_network({.batch = 5000}).ok());
}

TEST(MobileNetwork, WithItsDefaultsIsTheZoosMobileNetV2) {
  const Result<Network> ours = build_mobile_network({}, 3);
  const Result<Network> zoo = build_zoo_network("mobilenet_v2", 1, 3);
  ASSERT_TRUE(ours.ok() && zoo.ok());
  EXPECT_EQ(parameter_count(*ours), parameter_count(*zoo));
  ASSERT_EQ(ours->nodes.size(), zoo->nodes.size());
  for (std::size_t i = 0; i < ours->nodes.size(); ++i) {
    EXPECT_EQ(ours->nodes[i].name, zoo->nodes[i].name);
  }
}

TEST(MobileNetwork, WidthsDepthsKernelsAndSizesInfer) {
  MobileNetwork design{.width = 0.35, .image_size = 96};
  design.stages[2] = {4, 5, 3};
  design.stages[5] = {2, 7, 4};
  const Result<Network> network = build_mobile_network(design);
  ASSERT_TRUE(network.ok());
  EXPECT_TRUE(infer_shapes(*network, kLimit).ok());
  design.stages[1].kernel = 4;
  EXPECT_FALSE(build_mobile_network(design).ok());
  EXPECT_FALSE(build_mobile_network({.width = 0}).ok());
}

}  // namespace
}  // namespace kernwise
