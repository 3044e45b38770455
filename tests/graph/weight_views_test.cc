// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Taking the weights out of a file before protobuf sees it must not change what the file says.
#include "graph/weight_views.h"

#include <gtest/gtest.h>

#include "kernwise/base/rng.h"
#include "onnx_fixture.h"

namespace kernwise::detail {
namespace {

using test::add_tensor;
using test::relu_model;

onnx::ModelProto model_with_weights() {
  auto model = relu_model();
  add_tensor(model, "small", {1}).set_raw_data(std::string(4, 's'));
  add_tensor(model, "large", {100}).set_raw_data(std::string(400, 'w'));
  for (int i = 0; i < 30; ++i) add_tensor(model, "typed", {30}).add_float_data(1.5F);
  add_tensor(model, "last", {25}).set_raw_data(std::string(100, 'v'));
  return model;
}

// The skeleton with its views put back; nothing if protobuf does not take it.
std::optional<onnx::ModelProto> rejoined(const SplitModel& split) {
  onnx::ModelProto model;
  if (!model.ParseFromString(split.skeleton)) return std::nullopt;
  if (!model.has_graph()) return model;
  auto& tensors = *model.mutable_graph()->mutable_initializer();
  EXPECT_EQ(static_cast<std::size_t>(tensors.size()), split.views.size());
  for (int i = 0; i < tensors.size(); ++i) {
    const auto view = split.views.at(static_cast<std::size_t>(i));
    if (!view) continue;
    EXPECT_FALSE(tensors[i].has_raw_data());
    tensors[i].set_raw_data(std::string(*view));
  }
  return model;
}

TEST(WeightViews, PointIntoTheFile) {
  const std::string bytes = model_with_weights().SerializeAsString();
  const auto split = split_weights(bytes);
  ASSERT_TRUE(split.has_value());
  ASSERT_EQ(split->views.size(), 33U);
  EXPECT_FALSE(split->views[0].has_value());
  EXPECT_EQ(split->views[1], std::string(400, 'w'));
  EXPECT_GE(split->views[1]->data(), bytes.data());
  EXPECT_LT(split->views[1]->data(), bytes.data() + bytes.size());
  EXPECT_EQ(split->views[32], std::string(100, 'v'));
  EXPECT_LT(split->skeleton.size(), bytes.size() - 490);
  EXPECT_EQ(rejoined(*split)->SerializeAsString(), bytes);
}

// Protobuf is the judge: it takes the skeleton exactly when it takes the whole, and they mean the
// same.
TEST(WeightViews, AgreeWithProtobufOnDamagedFiles) {
  const std::string good = model_with_weights().SerializeAsString();
  Rng rng(11);
  int split_and_good = 0, split_and_bad = 0, not_split = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = good;
    for (int64_t change = rng.integer(1, 2); change > 0; --change) {
      const auto at =
          static_cast<std::size_t>(rng.integer(0, static_cast<int64_t>(good.size()) - 1));
      bytes[at] = static_cast<char>(rng.integer(0, 255));
    }
    const auto split = split_weights(bytes);
    onnx::ModelProto whole;
    const bool taken = whole.ParseFromString(bytes);
    if (!split) {
      ++not_split;
      continue;
    }
    const auto again = rejoined(*split);
    ASSERT_EQ(again.has_value(), taken);
    ++(taken ? split_and_good : split_and_bad);
    if (!taken) continue;
    ASSERT_TRUE(again->SerializeAsString() == whole.SerializeAsString()) << "damage " << i;
  }
  EXPECT_GT(split_and_good, 500);
  EXPECT_GT(split_and_bad, 10);
  EXPECT_GT(not_split, 100);
}

}  // namespace
}  // namespace kernwise::detail
