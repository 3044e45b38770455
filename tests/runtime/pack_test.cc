// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A pack runs as the plan from which it was made, bit for bit; what is no sound pack is refused,
// whichever byte of it is another one and wherever it ends.
#include "kernwise/runtime/pack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "graph/small_network.h"
#include "kernwise/base/hash.h"
#include "kernwise/base/rng.h"
#include "kernwise/runtime/executor.h"
#include "kernwise/runtime/input.h"
#include "runtime/random_plan.h"
#include "runtime/table_order_plan.h"

namespace kernwise {
namespace {

using test::says;

// All kinds of weights: a convolution with BatchNormalization and residual, a deconvolution, a
// transposed fully connected layer with bias.
LayerGraph mixed_graph() {
  test::SmallNetwork network;
  network.input("x", {1, 3, 8, 8}).conv("x", "stem", 3, 8, 3).batch_norm("stem", "normal", 8);
  network.node("Relu", {"normal"}, {"a"}).conv("a", "c", 8, 8, 3).node("Add", {"c", "a"}, {"sum"});
  network.constant("up_w", test::some_floats({8, 4, 2, 2}));
  network.node("ConvTranspose", {"sum", "up_w"}, {"up"}, {{"strides", std::vector<int64_t>{2, 2}}});
  network.node("GlobalAveragePool", {"up"}, {"pooled"}).node("Flatten", {"pooled"}, {"flat"});
  network.constant("fc_w", test::some_floats({4, 5})).constant("fc_b", test::some_floats({5}));
  network.node("Gemm", {"flat", "fc_w", "fc_b"}, {"y"}).output("y");
  network.net.content_hash = "00112233445566778899aabbccddeeff";
  auto graph = lower(network.net, test::kPlenty);
  EXPECT_TRUE(graph.ok()) << to_string(graph.error());
  return std::move(graph).value();
}

struct Made {
  LayerGraph graph = mixed_graph();
  Plan plan = *test::plan_by_table_order(graph);
  std::string bytes = *pack_bytes(graph, plan);
};

std::vector<float> run(const LayerGraph& graph, const Plan& plan) {
  auto executor = Executor::create(graph, plan);
  EXPECT_TRUE(executor.ok()) << to_string(executor.error());
  if (!executor.ok()) return {};
  std::ranges::copy(random_input(graph.values[0].shape, 3), executor->input(0).begin());
  executor->run();
  const auto out = executor->output(0);
  return {out.begin(), out.end()};
}

// With a checksum that fits, so that what lies behind it is looked at.
std::string resealed(std::string bytes) {
  bytes.resize(bytes.size() - 32);
  return bytes + content_hash(bytes);
}

std::string replaced(std::string bytes, const std::string& from, const std::string& to) {
  const std::size_t at = bytes.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(from.size(), to.size());
  if (at != std::string::npos) bytes.replace(at, from.size(), to);
  return resealed(std::move(bytes));
}

TEST(Pack, RunsBitForBitAsItsPlan) {
  const Made made;
  const auto back = parse_pack(made.bytes);
  ASSERT_TRUE(back.ok()) << to_string(back.error());
  EXPECT_EQ(back->plan, made.plan);
  EXPECT_EQ(run(back->graph, back->plan), run(made.graph, made.plan));
  EXPECT_EQ(*pack_bytes(back->graph, back->plan), made.bytes);
}

// Whatever was chosen: a plan that went through its file, and one that went through a pack, give
// the bits of the plan in memory.
TEST(Pack, AnyPlanReplaysBitIdentically) {
  const LayerGraph graph = mixed_graph();
  Rng rng(4);
  for (int i = 0; i < 20; ++i) {
    const Plan plan = test::random_plan(graph, 1, rng);
    const std::vector<float> expected = run(graph, plan);
    const auto read = plan_from_json(plan_to_json(plan));
    ASSERT_TRUE(read.ok()) << to_string(read.error());
    EXPECT_EQ(run(graph, *read), expected) << plan_to_json(plan);
    const auto bytes = pack_bytes(graph, plan);
    ASSERT_TRUE(bytes.ok()) << to_string(bytes.error());
    const auto pack = parse_pack(*bytes);
    ASSERT_TRUE(pack.ok()) << to_string(pack.error());
    EXPECT_EQ(run(pack->graph, pack->plan), expected) << plan_to_json(plan);
  }
}

TEST(Pack, EveryPrefixAndEveryDamagedByteIsRefused) {
  const Made made;
  for (std::size_t size = 0; size < made.bytes.size(); size += size < 2000 ? 1 : 97) {
    EXPECT_FALSE(parse_pack(std::string_view(made.bytes).substr(0, size)).ok()) << size;
  }
  for (std::size_t at = 0; at < made.bytes.size(); at += at < 2000 ? 1 : 97) {
    std::string damaged = made.bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    EXPECT_FALSE(parse_pack(damaged).ok()) << at;
  }
}

// Whatever a forger writes with the right checksum is an error, or runs without reading or writing
// beyond its buffers (which the sanitizers watch).
TEST(Pack, ForgedBytesAreRefusedOrSound) {
  const Made made;
  Rng rng(11);
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string forged = made.bytes;
    const auto texts = static_cast<int64_t>(std::min<std::size_t>(forged.size() - 33, 9000));
    for (int64_t k = rng.integer(1, 3); k > 0; --k) {
      forged[static_cast<std::size_t>(rng.integer(0, texts))] =
          static_cast<char>(rng.integer(32, 126));
    }
    const auto pack = parse_pack(resealed(forged), {1 << 20});
    if (!pack.ok()) {
      EXPECT_EQ(pack.error().code, ErrorCode::kInvalidInput);
      continue;
    }
    ++accepted;
    auto executor = Executor::create(pack->graph, pack->plan);
    if (executor.ok()) executor->run();
  }
  EXPECT_GT(accepted, 0);
}

TEST(Pack, WhatIsWrongIsSaid) {
  const Made made;
  const auto error = [](const std::string& bytes) {
    const auto pack = parse_pack(bytes);
    return pack.ok() ? std::string("none") : to_string(pack.error());
  };
  EXPECT_TRUE(says(error("ONNX"), "this is no pack"));
  EXPECT_TRUE(says(error(made.bytes.substr(0, 900)), "cut off"));
  std::string changed = made.bytes;
  changed[changed.size() / 2] ^= 1;
  EXPECT_TRUE(says(error(changed), "checksum"));
  std::string newer = made.bytes;
  newer[16] = 2;
  EXPECT_TRUE(says(error(newer), "version 2"));
  EXPECT_TRUE(says(error(resealed(made.bytes + "0123")), "more weights"));
  std::string shorter = made.bytes.substr(0, made.bytes.size() - 40) + std::string(32, '0');
  EXPECT_TRUE(says(error(resealed(shorter)), "ends before its weights"));
  EXPECT_TRUE(says(error(replaced(made.bytes, R"("outputs":[)", R"("outputs":{)")), "JSON"));
  EXPECT_TRUE(says(error(replaced(made.bytes, R"("inputs":[0])", R"("inputs":[9])")), "value"));
  const auto tight = parse_pack(made.bytes, {64});
  ASSERT_FALSE(tight.ok());
  EXPECT_TRUE(says(tight.error().message, "limit"));
}

}  // namespace
}  // namespace kernwise
