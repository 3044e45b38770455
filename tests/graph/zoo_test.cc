// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/zoo.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include "graph/zoo_definitions.h"
#include "kernwise/graph/layer_graph.h"
#include "kernwise/graph/onnx.h"

namespace kernwise {
namespace {

constexpr Bytes kLimit{int64_t{8} << 30};

// Structure without weights: all that counting and shapes need.
Network outline(std::string_view name, int64_t batch = 1) {
  for (const auto& [entry, build] : detail::zoo_definitions()) {
    if (entry.name != name) continue;
    return build(detail::NetworkBuilder(std::string(name), batch, 1, detail::WeightSource::kNone),
                 entry.image_size);
  }
  ADD_FAILURE() << "no network " << name;
  return {};
}

std::map<std::string, int> operators(const Network& network) {
  std::map<std::string, int> counts;
  for (const Node& node : network.nodes) ++counts[node.op_type];
  return counts;
}

const Node& node_called(const Network& network, std::string_view name) {
  for (const Node& node : network.nodes) {
    if (node.name == name) return node;
  }
  throw std::out_of_range("no node " + std::string(name));
}

std::vector<int64_t> ints(const Node& node, const std::string& attribute) {
  return std::get<std::vector<int64_t>>(node.attributes.at(attribute));
}

Network seeded(std::string_view name, int64_t batch = 1, uint64_t seed = 1) {
  Result<Network> network = build_zoo_network(name, batch, seed);
  EXPECT_TRUE(network.ok());
  return network.ok() ? std::move(network).value() : Network{};
}

std::string bytes_of(const Network& network, const std::string& constant) {
  return std::string(network.constants.at(constant).raw_bytes());
}

// Command lines and stores name networks so.
TEST(ZooTest, NamesAreFrozen) {
  std::vector<std::string_view> names;
  for (const ZooEntry& entry : zoo_entries()) names.push_back(entry.name);
  EXPECT_EQ(names, (std::vector<std::string_view>{
                       "alexnet", "vgg11", "vgg16", "vgg19", "resnet18", "resnet34", "resnet50",
                       "googlenet", "squeezenet1_1", "mobilenet_v2", "mnasnet1_0", "densenet121",
                       "inception_v3", "shufflenet_v2_x1_0", "efficientnet_b0", "esrgan_small"}));
}

class ZooNetworkTest : public testing::TestWithParam<ZooEntry> {};

TEST_P(ZooNetworkTest, HasThePublishedNumberOfParameters) {
  EXPECT_EQ(parameter_count(outline(GetParam().name)), GetParam().parameters);
}

TEST_P(ZooNetworkTest, TakesThePublishedNumberOfMacs) {
  const auto graph = lower(outline(GetParam().name), kLimit);
  ASSERT_TRUE(graph.ok()) << to_string(graph.error());
  const double gmacs = static_cast<double>(total_macs(*graph).value) * 1e-9;
  EXPECT_NEAR(gmacs / GetParam().gmacs, 1, 0.01);
}

// Shapes fit together for any batch, and the end is 1000 logits per image (or a larger image).
TEST_P(ZooNetworkTest, TurnsABatchOfImagesIntoLogits) {
  const Network network = outline(GetParam().name, 3);
  ASSERT_EQ(network.inputs.size(), 1U);
  EXPECT_EQ(network.inputs[0].name, "input");
  const int64_t size = GetParam().image_size;
  EXPECT_EQ(network.inputs[0].dims, (std::vector<int64_t>{3, 3, size, size}));
  const auto values = infer_shapes(network, kLimit);
  ASSERT_TRUE(values.ok()) << to_string(values.error());
  ASSERT_EQ(network.outputs.size(), 1U);
  const bool enlarges = GetParam().name == "esrgan_small";
  EXPECT_EQ(values->at(network.outputs[0]).dims,
            enlarges ? (std::vector<int64_t>{3, 3, 256, 256}) : (std::vector<int64_t>{3, 1000}));
}

TEST_P(ZooNetworkTest, IsAnInferenceGraphWithNamesOfItsOwn) {
  const Network network = outline(GetParam().name);
  EXPECT_EQ(network.opset, 13);
  EXPECT_EQ(network.name, GetParam().name);
  std::set<std::string> names;
  for (const Node& node : network.nodes) {
    EXPECT_TRUE(names.insert(node.name).second) << node.name << " twice";
    EXPECT_NE(node.op_type, "Dropout");
    EXPECT_NE(node.op_type, "Softmax");
  }
  for (const auto& [name, constant] : network.constants) {
    // Integers are lengths of a Split and sizes of a Reshape.
    EXPECT_TRUE(constant.type() == DataType::kFloat32 || constant.elements() <= 5) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Zoo, ZooNetworkTest, testing::ValuesIn(zoo_entries()),
                         [](const auto& entry) { return std::string(entry.param.name); });

// Layers as the published definitions count them.
TEST(ZooTest, NetworksHaveTheLayersOfTheirDefinitions) {
  using Counts = std::map<std::string, int>;
  EXPECT_EQ(operators(outline("alexnet")),
            (Counts{{"Conv", 5}, {"Gemm", 3}, {"Relu", 7}, {"MaxPool", 3}, {"Flatten", 1}}));
  EXPECT_EQ(operators(outline("vgg19")),
            (Counts{{"Conv", 16}, {"Gemm", 3}, {"Relu", 18}, {"MaxPool", 5}, {"Flatten", 1}}));
  EXPECT_EQ(operators(outline("resnet50")), (Counts{{"Conv", 53},
                                                    {"BatchNormalization", 53},
                                                    {"Relu", 49},
                                                    {"Add", 16},
                                                    {"MaxPool", 1},
                                                    {"GlobalAveragePool", 1},
                                                    {"Flatten", 1},
                                                    {"Gemm", 1}}));
  EXPECT_EQ(operators(outline("googlenet")), (Counts{{"Conv", 57},
                                                     {"BatchNormalization", 57},
                                                     {"Relu", 57},
                                                     {"Concat", 9},
                                                     {"MaxPool", 13},
                                                     {"GlobalAveragePool", 1},
                                                     {"Flatten", 1},
                                                     {"Gemm", 1}}));
  EXPECT_EQ(operators(outline("squeezenet1_1")), (Counts{{"Conv", 26},
                                                         {"Relu", 26},
                                                         {"Concat", 8},
                                                         {"MaxPool", 3},
                                                         {"GlobalAveragePool", 1},
                                                         {"Flatten", 1}}));
  EXPECT_EQ(operators(outline("mobilenet_v2")), (Counts{{"Conv", 52},
                                                        {"BatchNormalization", 52},
                                                        {"Clip", 35},
                                                        {"Add", 10},
                                                        {"GlobalAveragePool", 1},
                                                        {"Flatten", 1},
                                                        {"Gemm", 1}}));
}

TEST(ZooTest, LaterNetworksHaveTheLayersOfTheirDefinitions) {
  using Counts = std::map<std::string, int>;
  EXPECT_EQ(operators(outline("mnasnet1_0")), (Counts{{"Conv", 52},
                                                      {"BatchNormalization", 52},
                                                      {"Relu", 35},
                                                      {"Add", 10},
                                                      {"GlobalAveragePool", 1},
                                                      {"Flatten", 1},
                                                      {"Gemm", 1}}));
  EXPECT_EQ(operators(outline("densenet121")), (Counts{{"Conv", 120},
                                                       {"BatchNormalization", 121},
                                                       {"Relu", 121},
                                                       {"Concat", 58},
                                                       {"MaxPool", 1},
                                                       {"AveragePool", 3},
                                                       {"GlobalAveragePool", 1},
                                                       {"Flatten", 1},
                                                       {"Gemm", 1}}));
  EXPECT_EQ(operators(outline("inception_v3")), (Counts{{"Conv", 94},
                                                        {"BatchNormalization", 94},
                                                        {"Relu", 94},
                                                        {"Concat", 15},
                                                        {"MaxPool", 4},
                                                        {"AveragePool", 9},
                                                        {"GlobalAveragePool", 1},
                                                        {"Flatten", 1},
                                                        {"Gemm", 1}}));
  EXPECT_EQ(operators(outline("shufflenet_v2_x1_0")), (Counts{{"Conv", 56},
                                                              {"BatchNormalization", 56},
                                                              {"Relu", 37},
                                                              {"Split", 13},
                                                              {"Concat", 16},
                                                              {"Reshape", 32},
                                                              {"Transpose", 16},
                                                              {"MaxPool", 1},
                                                              {"GlobalAveragePool", 1},
                                                              {"Flatten", 1},
                                                              {"Gemm", 1}}));
  EXPECT_EQ(operators(outline("efficientnet_b0")), (Counts{{"Conv", 81},
                                                           {"BatchNormalization", 49},
                                                           {"Sigmoid", 65},
                                                           {"Mul", 65},
                                                           {"Add", 9},
                                                           {"GlobalAveragePool", 17},
                                                           {"Flatten", 1},
                                                           {"Gemm", 1}}));
}

// Every SiLU, shuffle and split of these networks is one layer or part of one.
TEST(ZooTest, LaterNetworksAreLoweredWithoutCopies) {
  for (const char* name : {"shufflenet_v2_x1_0", "efficientnet_b0", "esrgan_small"}) {
    const auto graph = lower(outline(name), kLimit);
    ASSERT_TRUE(graph.ok()) << to_string(graph.error());
    std::map<ProblemKind, int> kinds;
    for (const Layer& layer : graph->layers) ++kinds[layer.problem.kind()];
    for (const ProblemKind kind : {ProblemKind::kReshape, ProblemKind::kStrided,
                                   ProblemKind::kEltwise, ProblemKind::kScale}) {
      EXPECT_EQ(kinds[kind], 0) << name << " " << to_string(kind);
    }
    // The first features of the super-resolution network are added twice; once they must stay.
    EXPECT_EQ(kinds[ProblemKind::kBinary], name == std::string("esrgan_small") ? 1 : 0) << name;
  }
}

// By hand: three blocks of convolutions from 32, 48, 64 and 80 to 16 channels and from 96 to 32;
// four convolutions of 32 features, of which one works at each of the sizes 64 and 128 and two at
// 256; one from three channels and one to them.
TEST(ZooTest, TheSuperResolutionNetworkHasTheSizeComputedByHand) {
  const int64_t block = 9 * (16 * (32 + 48 + 64 + 80) + 32 * 96), wide = 9 * 32 * 32;
  const int64_t parameters =
      3 * (block + 4 * 16 + 32) + 4 * (wide + 32) + (9 * 3 * 32 + 32) + (9 * 32 * 3 + 3);
  const int64_t small = 64 * 64, middle = 128 * 128, large = 256 * 256;
  const int64_t macs =
      small * (9 * 3 * 32 + 3 * block + wide) + middle * wide + large * (2 * wide + 9 * 32 * 3);
  const Network network = outline("esrgan_small");
  EXPECT_EQ(parameter_count(network), parameters);
  const auto graph = lower(network, kLimit);
  ASSERT_TRUE(graph.ok()) << to_string(graph.error());
  EXPECT_EQ(total_macs(*graph).value, macs);
}

// torchvision's "v1.5": the bottleneck's stride lies on the 3 x 3 convolution.
TEST(ZooTest, ResnetStridesOnTheMiddleConvolution) {
  const Network network = outline("resnet50");
  EXPECT_EQ(ints(node_called(network, "layer2.0.conv1"), "strides"), (std::vector<int64_t>{1, 1}));
  EXPECT_EQ(ints(node_called(network, "layer2.0.conv2"), "strides"), (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(ints(node_called(network, "layer2.0.conv2"), "kernel_shape"),
            (std::vector<int64_t>{3, 3}));
}

// Ceil-mode pools: 112 -> 56 -> 28 -> 14 -> 7 without padding.
TEST(ZooTest, GooglenetRoundsPooledSizesUp) {
  const Network network = outline("googlenet");
  const auto values = infer_shapes(network, kLimit);
  ASSERT_TRUE(values.ok()) << to_string(values.error());
  EXPECT_EQ(values->at("maxpool1").dims, (std::vector<int64_t>{1, 64, 56, 56}));
  EXPECT_EQ(values->at("maxpool2").dims, (std::vector<int64_t>{1, 192, 28, 28}));
  EXPECT_EQ(values->at("maxpool3").dims, (std::vector<int64_t>{1, 480, 14, 14}));
  EXPECT_EQ(values->at("maxpool4").dims, (std::vector<int64_t>{1, 832, 7, 7}));
}

TEST(ZooTest, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  const Network a = seeded("squeezenet1_1", 1, 7), b = seeded("squeezenet1_1", 2, 7),
                c = seeded("squeezenet1_1", 1, 8);
  ASSERT_EQ(a.constants.size(), b.constants.size());
  for (const auto& [name, constant] : a.constants) {
    EXPECT_EQ(bytes_of(a, name), bytes_of(b, name)) << name;
    EXPECT_NE(bytes_of(a, name), bytes_of(c, name)) << name;
  }
}

// Plans name a network by the hash of its file, so a seed must give the same weights for ever.
TEST(ZooTest, FirstWeightsAreFrozen) {
  const auto weights = seeded("squeezenet1_1").constants.at("features.0.weight").to_floats();
  EXPECT_FLOAT_EQ(weights[0], -0.33932441F);
  EXPECT_FLOAT_EQ(weights[1], -0.37659892F);
  EXPECT_FLOAT_EQ(weights[2], -0.036140341F);
}

// He et al. 2015, eq. 10: mean 0, deviation sqrt(2 / fan-in); fan-in counts one group's channels.
TEST(ZooTest, WeightsAreHeNormal) {
  const Network network = seeded("mobilenet_v2");
  for (const auto& [name, fan_in] :
       {std::pair{"features.18.0.weight", 320.0}, std::pair{"features.17.conv.1.0.weight", 9.0},
        std::pair{"classifier.1.weight", 1280.0}}) {
    const std::vector<float> weights = network.constants.at(name).to_floats();
    const auto count = static_cast<double>(weights.size());
    double sum = 0, squares = 0;
    for (const double w : weights) sum += w, squares += w * w;
    const double variance = 2 / fan_in;
    EXPECT_NEAR(sum / count, 0, 5 * std::sqrt(variance / count)) << name;
    EXPECT_NEAR(squares / count / variance, 1, 5 * std::sqrt(2 / count)) << name;
  }
}

TEST(ZooTest, VariancesArePositive) {
  const Network network = seeded("googlenet");
  int seen = 0;
  for (const auto& [name, constant] : network.constants) {
    if (!name.ends_with(".running_var")) continue;
    ++seen;
    for (const float variance : constant.to_floats()) EXPECT_GT(variance, 0.1F) << name;
  }
  EXPECT_EQ(seen, 57);
}

TEST(ZooTest, AWrittenNetworkIsReadBackAsItWas) {
  const Network network = seeded("mobilenet_v2", 2);
  const auto path = std::filesystem::temp_directory_path() /
                    ("kernwise_zoo_test" + std::to_string(::getpid()) + ".onnx");
  const Status written = write_onnx(network, path);
  ASSERT_TRUE(written.ok()) << to_string(written.error());
  const auto back = read_onnx(path);
  std::filesystem::remove(path);
  ASSERT_TRUE(back.ok()) << to_string(back.error());
  EXPECT_EQ(parameter_count(*back), parameter_count(network));
  const auto before = lower(network, kLimit), after = lower(*back, kLimit);
  ASSERT_TRUE(before.ok() && after.ok());
  ASSERT_EQ(before->layers.size(), after->layers.size());
  for (std::size_t i = 0; i < before->layers.size(); ++i) {
    EXPECT_EQ(to_string(before->layers[i].problem), to_string(after->layers[i].problem));
  }
  for (const auto& [name, constant] : network.constants) {
    EXPECT_EQ(back->constants.at(name).to_floats(), constant.to_floats()) << name;
  }
}

TEST(ZooTest, AnUnknownNameListsTheKnownOnes) {
  const auto network = build_zoo_network("resnet51");
  ASSERT_FALSE(network.ok());
  EXPECT_EQ(network.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(network.error().message.find("resnet51"), std::string::npos);
  for (const ZooEntry& entry : zoo_entries()) {
    EXPECT_NE(network.error().hint.find(entry.name), std::string::npos) << entry.name;
  }
}

TEST(ZooTest, ImpossibleBatchesAreRefused) {
  for (const int64_t batch : {int64_t{0}, int64_t{-1}, kMaxZooBatch + 1}) {
    const auto network = build_zoo_network("squeezenet1_1", batch);
    ASSERT_FALSE(network.ok()) << batch;
    EXPECT_EQ(network.error().code, ErrorCode::kInvalidInput);
  }
}

}  // namespace
}  // namespace kernwise
