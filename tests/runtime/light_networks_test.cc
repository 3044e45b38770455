// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The small networks that the ONNX project publishes with their expected outputs. They are not part
// of this project: the build is told where they lie (KERNWISE_LIGHT_NETWORKS), and without it this
// test is not registered.
#include <gtest/gtest.h>

#include <filesystem>

#include "kernwise/graph/onnx.h"
#include "runtime/conformance_case.h"

namespace kernwise::test {
namespace {

TEST(LightNetworks, GiveThePublishedOutputs) {
  const std::filesystem::path folder = KERNWISE_LIGHT_NETWORKS;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".onnx") continue;
    ConformanceCase test;
    const auto output = read_tensor_proto(folder / (entry.path().stem().string() + "_output_0.pb"),
                                          kConformanceLimit);
    ASSERT_TRUE(output.ok()) << to_string(output.error());
    test.outputs.push_back(*output);
    const auto network = read_onnx(entry.path());
    ASSERT_TRUE(network.ok()) << to_string(network.error());
    for (const ValueShape& input : network->inputs) {
      // What ONNX's own test runner feeds these: i / n.
      int64_t n = 1;
      for (const int64_t dim : input.dims) n *= dim;
      std::vector<float> values;
      for (int64_t i = 0; i < n; ++i) {
        values.push_back(static_cast<float>(static_cast<double>(i) / static_cast<double>(n)));
      }
      test.inputs.emplace_back(input.name, ConstantTensor::floats(input.dims, std::move(values)));
    }
    const Outcome outcome = run_case(*network, test);
    EXPECT_TRUE(outcome.ran && outcome.text.empty()) << entry.path() << ": " << outcome.text;
    ++count;
  }
  EXPECT_GE(count, 1);
}

}  // namespace
}  // namespace kernwise::test
