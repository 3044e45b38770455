// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/workflow/load.h"

#include <gtest/gtest.h>
#include <malloc.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

namespace kernwise {
namespace {

constexpr int64_t kInputs = 2048, kOutputs = 1024;
constexpr int64_t kWeightBytes = kInputs * kOutputs * 4;

int64_t held() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<int64_t>(info.uordblks + info.hblkhd);
}

TEST(LoadModel, DroppedWeightsGiveTheFilesBytesBackAndLeaveTheLayers) {
  Network net;
  net.inputs = {{"x", {1, kInputs}}};
  net.outputs = {"y"};
  net.constants["w"] =
      ConstantTensor::floats({kInputs, kOutputs}, std::vector<float>(kInputs * kOutputs, 0.5F));
  net.nodes = {{"MatMul", "product", {"x", "w"}, {"y"}, {}}};
  const auto path = std::filesystem::temp_directory_path() /
                    ("kernwise_load_" + std::to_string(::getpid()) + ".onnx");
  ASSERT_TRUE(write_onnx(net, path).ok());
  auto model = load_model(path, {});
  std::filesystem::remove(path);
  ASSERT_TRUE(model.ok()) << to_string(model.error());
  ASSERT_EQ(fold_weights(model->graph.layers.at(0)).weights.size(), kWeightBytes / sizeof(float));
  const int64_t before = held();
  drop_weights(*model);
  const int64_t freed = before - held();
  EXPECT_TRUE(model->graph.layers[0].weights.weight.raw_bytes().empty());
  EXPECT_EQ(model->graph.layers[0].name, "product");
  EXPECT_EQ(model->graph.layers[0].problem.kind(), ProblemKind::kFc);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they have their own malloc
  EXPECT_GE(freed, kWeightBytes);
#else
  (void)freed;
#endif
}

}  // namespace
}  // namespace kernwise
