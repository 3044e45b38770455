// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs the built-in networks, in the float64 reference, on noise: with their random weights they
// must behave like networks, or accuracy checks and timings on them would mean little (denormals,
// infinities, layers of zeros).
#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/zoo.h"
#include "kernwise/primitives/reference.h"

namespace kernwise {
namespace {

double root_mean_square(const std::vector<double>& values) {
  double sum = 0;
  for (const double x : values) sum += x * x;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

class ZooActivationsTest : public testing::TestWithParam<ZooEntry> {};

TEST_P(ZooActivationsTest, NeitherExplodeNorVanish) {
  const auto network = build_zoo_network(GetParam().name);
  ASSERT_TRUE(network.ok());
  const auto graph = lower(*network, Bytes{int64_t{8} << 30});
  ASSERT_TRUE(graph.ok()) << to_string(graph.error());

  std::vector<std::vector<double>> values(graph->values.size());
  const auto at = [&](ValueId id) -> std::vector<double>& {
    return values[static_cast<std::size_t>(id)];
  };
  Rng rng;
  for (const ValueId id : graph->inputs) {
    const int64_t size = graph->values[static_cast<std::size_t>(id)].shape.elements();
    for (int64_t i = 0; i < size; ++i) at(id).push_back(rng.normal());
  }
  for (const Layer& layer : graph->layers) {
    const FoldedWeights weights = fold_weights(layer);
    std::vector<std::span<const double>> inputs;
    for (const ValueId id : layer.inputs) inputs.emplace_back(at(id));
    std::span<const double> residual;
    if (layer.residual) residual = at(*layer.residual);
    at(layer.output) =
        reference_run(layer.problem, inputs, residual, {weights.weights, weights.bias});
    const double size = root_mean_square(at(layer.output));
    EXPECT_GT(size, 0.05) << layer.name;
    EXPECT_LT(size, 50) << layer.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Zoo, ZooActivationsTest, testing::ValuesIn(zoo_entries()),
                         [](const auto& entry) { return std::string(entry.param.name); });

}  // namespace
}  // namespace kernwise
