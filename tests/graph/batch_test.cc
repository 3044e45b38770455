// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/batch.h"

#include <gtest/gtest.h>

#include "graph/small_network.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/zoo.h"

namespace kernwise {
namespace {

using test::kPlenty;

TEST(Batch, EveryZooNetworkTakesAnotherBatch) {
  for (const ZooEntry& entry : zoo_entries()) {
    if (entry.parameters > 30'000'000) continue;  // time
    const Network network = *build_zoo_network(entry.name);
    const Result<Network> eight = with_batch(network, 8, kPlenty);
    ASSERT_TRUE(eight.ok()) << entry.name << ": " << to_string(eight.error());
    const Result<LayerGraph> one = lower(network, kPlenty), many = lower(*eight, kPlenty);
    ASSERT_TRUE(many.ok()) << entry.name << ": " << to_string(many.error());
    EXPECT_EQ(total_macs(*many).value, 8 * total_macs(*one).value) << entry.name;
  }
}

TEST(Batch, AReshapeThatStatesTheBatchFollows) {
  test::SmallNetwork n;
  n.input("x", {2, 4, 3, 3}).ints("shape", {2, 36}).node("Reshape", {"x", "shape"}, {"y"});
  n.net.outputs = {"y"};
  const Result<Network> five = with_batch(n.net, 5, kPlenty);
  ASSERT_TRUE(five.ok());
  const Result<InferredValues> values = infer_shapes(*five, kPlenty);
  ASSERT_TRUE(values.ok()) << to_string(values.error());
  EXPECT_EQ(values->at("y").dims, (std::vector<int64_t>{5, 36}));
}

TEST(Batch, InputsMustAgree) {
  test::SmallNetwork n;
  n.input("a", {2, 4}).input("b", {3, 4}).node("Concat", {"a", "b"}, {"y"}, {{"axis", int64_t{0}}});
  n.net.outputs = {"y"};
  EXPECT_FALSE(with_batch(n.net, 5, kPlenty).ok());
  EXPECT_FALSE(with_batch(Network{}, 5, kPlenty).ok());
}

}  // namespace
}  // namespace kernwise
