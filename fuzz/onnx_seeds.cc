// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
//   onnx_seeds FOLDER
//
// Writes the seeds of onnx_fuzz: small models that together use every operator, attribute and form
// of constant that the reader knows. fuzz/corpus/onnx holds its output.
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "kernwise/graph/onnx.h"

namespace {

using namespace kernwise;
using Ints = std::vector<int64_t>;
using Names = std::vector<std::string>;

struct Seed {
  std::string name;
  Network network;
};

ConstantTensor ones(Ints dims) { return ConstantTensor::filled(std::move(dims), 1); }
ConstantTensor ints(Ints values) {
  const auto count = static_cast<int64_t>(values.size());
  return ConstantTensor::ints({count}, std::move(values));
}

Network network(int64_t opset, Ints input, std::vector<Node> nodes,
                std::map<std::string, ConstantTensor> constants) {
  Network net;
  net.opset = opset;
  net.inputs = {{"x", std::move(input)}};
  net.outputs = {"y"};
  net.nodes = std::move(nodes);
  net.constants = std::move(constants);
  return net;
}

std::vector<Seed> seeds() {
  const Node relu{"Relu", "r", {"x"}, {"y"}, {}};
  const Attribute two = Ints{2, 2}, one = int64_t{1};
  std::vector<Seed> all;
  const auto add = [&](std::string name, Network net) {
    all.push_back({std::move(name), std::move(net)});
  };
  add("relu", network(13, {1, 2, 3, 3}, {relu}, {}));
  add("foreign", network(13, {1, 2, 3, 3}, {{"a.b.Op", "f", {"x"}, {"y"}, {}}}, {}));
  add("block",
      network(13, {1, 2, 4, 4},
              {{"Relu", "r", {"x"}, {"a"}, {}},
               {"Conv", "c", {"a", "w", "b"}, {"c"}, {{"pads", Ints{1, 1, 1, 1}}}},
               {"BatchNormalization", "n", {"c", "b", "b", "b", "b"}, {"n"}, {{"epsilon", 0.1F}}},
               {"Conv", "d", {"n", "w"}, {"d"}, {{"auto_pad", std::string("SAME_UPPER")}}},
               {"Add", "s", {"d", "a"}, {"s"}, {}},
               {"Clip", "y", {"s", "lo", "hi"}, {"y"}, {}}},
              {{"w", ones({2, 2, 3, 3})},
               {"b", ones({2})},
               {"lo", ConstantTensor::floats({}, {0})},
               {"hi", ConstantTensor::floats({}, {6})}}));
  add("grouped", network(11, {1, 4, 9, 9},
                         {{"Conv",
                           "c",
                           {"x", "w"},
                           {"y"},
                           {{"group", int64_t{2}},
                            {"strides", two},
                            {"dilations", two},
                            {"kernel_shape", Ints{3, 3}},
                            {"pads", Ints{0, 1, 2, 3}}}}},
                         {{"w", ones({2, 2, 3, 3})}}));
  add("pools",
      network(13, {1, 2, 8, 8},
              {{"MaxPool",
                "m",
                {"x"},
                {"m"},
                {{"kernel_shape", Ints{3, 3}}, {"strides", two}, {"ceil_mode", one}}},
               {"AveragePool",
                "a",
                {"m"},
                {"a"},
                {{"kernel_shape", two}, {"pads", Ints{1, 0, 0, 1}}, {"count_include_pad", one}}},
               {"Concat", "c", {"a", "a"}, {"c"}, {{"axis", one}}},
               {"LRN", "l", {"c"}, {"l"}, {{"size", int64_t{3}}, {"alpha", 0.1F}}},
               {"GlobalAveragePool", "g", {"l"}, {"y"}, {}}},
              {}));
  add("classifier_old", network(9, {1, 2, 2, 2},
                                {{"Dropout", "d", {"x"}, {"d", "mask"}, {{"ratio", 0.5F}}},
                                 {"Reshape", "r", {"d", "s"}, {"r"}, {}},
                                 {"ConstantOfShape",
                                  "w",
                                  {"ws"},
                                  {"w"},
                                  {{"value", ConstantTensor::floats({1}, {0.5F})}}},
                                 {"Gemm",
                                  "g",
                                  {"r", "w", "b"},
                                  {"g"},
                                  {{"transB", one}, {"alpha", 2.0F}, {"beta", 0.5F}}},
                                 {"Softmax", "y", {"g"}, {"y"}, {{"axis", one}}}},
                                {{"s", ints({0, -1})}, {"ws", ints({3, 8})}, {"b", ones({3})}}));
  add("classifier_new", network(21, {1, 2, 2, 2},
                                {{"Flatten", "f", {"x"}, {"f"}, {{"axis", one}}},
                                 {"MatMul", "m", {"f", "w"}, {"m"}, {}},
                                 {"Add", "a", {"m", "b"}, {"a"}, {}},
                                 {"Softmax", "y", {"a"}, {"y"}, {}}},
                                {{"w", ones({8, 3})}, {"b", ones({3})}}));
  add("views", network(13, {1, 4, 1, 3},
                       {{"Squeeze", "s", {"x", "two"}, {"s"}, {}},
                        {"Unsqueeze", "u", {"s", "two"}, {"u"}, {}},
                        {"Identity", "i", {"u"}, {"i"}, {}},
                        {"Constant", "c", {}, {"c"}, {{"value_ints", Ints{1, 2, 2, 3}}}},
                        {"Reshape", "r", {"i", "c"}, {"r"}, {}},
                        {"Mul", "m", {"r", "r"}, {"m"}, {}},
                        {"Sum", "y", {"m", "r", "m"}, {"y"}, {}}},
                       {{"two", ints({2})}}));
  add("bounds_old", network(7, {1, 4, 1, 3},
                            {{"Clip", "c", {"x"}, {"c"}, {{"min", -1.0F}, {"max", 1.0F}}},
                             {"Squeeze", "s", {"c"}, {"s"}, {{"axes", Ints{2}}}},
                             {"Unsqueeze", "u", {"s"}, {"y"}, {{"axes", Ints{2}}}}},
                            {}));
  add("gates", network(14, {1, 4, 5, 5},
                       {{"Pad", "p", {"x", "pads", "zero"}, {"p"}, {}},
                        {"Conv", "c", {"p", "w"}, {"c"}, {}},
                        {"Sigmoid", "s", {"c"}, {"s"}, {}},
                        {"Mul", "m", {"c", "s"}, {"m"}, {}},
                        {"GlobalAveragePool", "g", {"m"}, {"g"}, {}},
                        {"HardSigmoid", "h", {"g"}, {"h"}, {{"alpha", 0.2F}}},
                        {"Mul", "e", {"m", "h"}, {"e"}, {}},
                        {"LeakyRelu", "l", {"e"}, {"l"}, {{"alpha", 0.1F}}},
                        {"PRelu", "r", {"l", "slope"}, {"r"}, {}},
                        {"HardSwish", "y", {"r"}, {"y"}, {}}},
                       {{"pads", ints({0, 0, 1, 1, 0, 0, 1, 1})},
                        {"zero", ConstantTensor::floats({}, {0})},
                        {"w", ones({4, 4, 3, 3})},
                        {"slope", ones({4, 1, 1})}}));
  add("moves",
      network(13, {1, 6, 4, 4},
              {{"Reshape", "a", {"x", "apart"}, {"a"}, {}},
               {"Transpose", "t", {"a"}, {"t"}, {{"perm", Ints{0, 2, 1, 3, 4}}}},
               {"Reshape", "b", {"t", "together"}, {"b"}, {}},
               {"Split", "s", {"b", "parts"}, {"s0", "s1"}, {{"axis", one}}},
               {"Slice", "c", {"s1", "from", "to", "axes", "steps"}, {"c"}, {}},
               {"ConvTranspose", "d", {"c", "w"}, {"d"}, {{"strides", two}}},
               {"Resize", "z", {"d", "", "scales"}, {"z"}, {{"mode", std::string("linear")}}},
               {"ReduceMean", "m", {"z"}, {"m"}, {{"axes", Ints{0, 2}}}},
               {"Sub", "u", {"m", "z"}, {"u"}, {}},
               {"Div", "v", {"u", "scales"}, {"v"}, {}},
               {"Tanh", "y", {"v"}, {"y"}, {}}},
              {{"apart", ints({1, 2, 3, 4, 4})},
               {"together", ints({1, 6, 4, 4})},
               {"parts", ints({2, 4})},
               {"from", ints({3})},
               {"to", ints({-9})},
               {"axes", ints({3})},
               {"steps", ints({-2})},
               {"w", ones({4, 2, 2, 2})},
               {"scales", ConstantTensor::floats({4}, {1, 1, 2, 1})}}));
  add("sizes", network(15, {1, 6, 4, 4},
                       {{"Shape", "s", {"x"}, {"s"}, {{"start", int64_t{0}}}},
                        {"Gather", "g", {"s", "zero"}, {"g"}, {{"axis", int64_t{0}}}},
                        {"Cast", "f", {"g"}, {"f"}, {{"to", one}}},
                        {"Cast", "i", {"f"}, {"i"}, {{"to", int64_t{7}}}},
                        {"Concat", "c", {"i", "rest"}, {"c"}, {{"axis", int64_t{0}}}},
                        {"Reshape", "r", {"x", "c"}, {"r"}, {}},
                        {"Transpose", "t", {"r"}, {"t"}, {}},
                        {"MatMul", "y", {"r", "t"}, {"y"}, {}}},
                       {{"zero", ints({0})}, {"rest", ints({-1})}}));
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: onnx_seeds FOLDER\n");
    return 2;
  }
  for (const Seed& seed : seeds()) {
    const Status status = write_onnx(seed.network, std::filesystem::path(argv[1]) / seed.name);
    if (status.ok()) continue;
    std::fprintf(stderr, "%s: %s\n", seed.name.c_str(), to_string(status.error()).c_str());
    return 1;
  }
  return 0;
}
