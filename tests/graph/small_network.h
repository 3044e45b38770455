// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Small networks for the tests of this room, written down in a few lines.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "kernwise/base/rng.h"
#include "kernwise/graph/network.h"

namespace kernwise::test {

constexpr Bytes kPlenty{int64_t{1} << 30};

// For EXPECT_TRUE: an error message has to contain this.
inline ::testing::AssertionResult says(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "'" << part << "' is not in: " << text;
}

// "v", 3 -> "v3"
inline std::string numbered(std::string prefix, int64_t number) {
  prefix += std::to_string(number);
  return prefix;
}

// Numbers that differ from element to element and are the same in every run.
inline ConstantTensor some_floats(std::vector<int64_t> dims, uint64_t seed = 7, double low = -1,
                                  double high = 1) {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  Rng rng(seed);
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(rng.uniform(low, high)));
  return ConstantTensor::floats(std::move(dims), std::move(values));
}

class SmallNetwork {
 public:
  explicit SmallNetwork(int64_t opset = 13) { net.opset = opset; }

  SmallNetwork& input(std::string name, std::vector<int64_t> dims) {
    net.inputs.push_back({std::move(name), std::move(dims)});
    return *this;
  }
  SmallNetwork& constant(const std::string& name, ConstantTensor tensor) {
    net.constants.emplace(name, std::move(tensor));
    return *this;
  }
  SmallNetwork& ints(const std::string& name, std::vector<int64_t> values) {
    const auto count = static_cast<int64_t>(values.size());
    return constant(name, ConstantTensor::ints({count}, std::move(values)));
  }
  // The node is named after its first output: "n_" + output.
  SmallNetwork& node(const std::string& op, std::vector<std::string> inputs,
                     std::vector<std::string> outputs,
                     std::map<std::string, Attribute> attributes = {}) {
    std::string name = "n_";
    name += outputs.front();
    net.nodes.push_back(
        {op, std::move(name), std::move(inputs), std::move(outputs), std::move(attributes)});
    return *this;
  }
  // A square convolution without bias and its weights.
  SmallNetwork& conv(const std::string& from, const std::string& to, int64_t ic, int64_t oc,
                     int64_t kernel) {
    constant(to + "_w", some_floats({oc, ic, kernel, kernel}, net.constants.size() + 1));
    const int64_t pad = kernel / 2;
    return node("Conv", {from, to + "_w"}, {to},
                {{"pads", std::vector<int64_t>{pad, pad, pad, pad}}});
  }
  // A BatchNormalization and its constants.
  SmallNetwork& batch_norm(const std::string& from, const std::string& to, int64_t channels) {
    const uint64_t seed = net.constants.size() + 100;
    constant(to + "_scale", some_floats({channels}, seed, 0.5, 1.5));
    constant(to + "_shift", some_floats({channels}, seed + 1));
    constant(to + "_mean", some_floats({channels}, seed + 2));
    constant(to + "_var", some_floats({channels}, seed + 3, 0.2, 2));
    return node("BatchNormalization",
                {from, to + "_scale", to + "_shift", to + "_mean", to + "_var"}, {to});
  }
  SmallNetwork& output(std::string name) {
    net.outputs.push_back(std::move(name));
    return *this;
  }

  Network net;
};

inline std::vector<int64_t> list(std::initializer_list<int64_t> values) { return values; }

}  // namespace kernwise::test
