// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The tests that the ONNX project publishes for every operator, and the small networks it publishes
// with their expected outputs, through the whole runtime: file, lowering, plan, run.
//
// Each test is run in three ways: all float inputs given at run time; only the first one, the
// others being constants as weights are; and all of them constants, for what is computed while
// shapes are inferred. It passes if at least one way can be gone and every way that can gives the
// right output.
//
//   runtime_conformance_test [FOLDER]    FOLDER: the light_*.onnx networks and *_output_0.pb
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

#include "kernwise/base/file.h"
#include "kernwise/graph/onnx.h"
#include "kernwise/primitives/reference.h"
#include "kernwise/runtime/executor.h"
#include "runtime/table_order_plan.h"

namespace kernwise {
namespace {

namespace fs = std::filesystem;

constexpr Bytes kLimit{int64_t{2} << 30};
constexpr double kTolerance = 1e-5;
constexpr int kFloor = 267;  // passed of libonnx-testdata 1.12: none may be left out unnoticed
fs::path light_folder;

const std::set<std::string> kOperators = {"Add",
                                          "AveragePool",
                                          "BatchNormalization",
                                          "Cast",
                                          "Clip",
                                          "Concat",
                                          "Constant",
                                          "ConstantOfShape",
                                          "Conv",
                                          "ConvTranspose",
                                          "Div",
                                          "Dropout",
                                          "Flatten",
                                          "Gather",
                                          "Gemm",
                                          "GlobalAveragePool",
                                          "GlobalMaxPool",
                                          "HardSigmoid",
                                          "HardSwish",
                                          "Identity",
                                          "LRN",
                                          "LeakyRelu",
                                          "MatMul",
                                          "MaxPool",
                                          "Mul",
                                          "PRelu",
                                          "Pad",
                                          "ReduceMean",
                                          "Relu",
                                          "Reshape",
                                          "Resize",
                                          "Shape",
                                          "Sigmoid",
                                          "Slice",
                                          "Softmax",
                                          "Split",
                                          "Squeeze",
                                          "Sub",
                                          "Sum",
                                          "Tanh",
                                          "Transpose",
                                          "Unsqueeze"};

// Why a test may be left out: what kernwise does not claim to compute. Anything else is a failure.
constexpr std::array kReasons = {"only float32 is computed",  // integers, float64, ...
                                 "kernwise computes in float32",
                                 "constants of type",
                                 "a cast to",
                                 "at run time",
                                 "an input is not a tensor",  // sequences and optionals
                                 "training mode",
                                 "mode 'cubic'",
                                 "coordinate_transformation_mode 'tf_crop_and_resize'",
                                 "coordinate_transformation_mode 'tf_half_pixel_for_nn'",
                                 "1-D or 2-D images",
                                 "is used",  // a second output: masks, indices, statistics
                                 "leaves dimension 0 open",  // no elements
                                 "has opset",  // operators that became something else by opset 7
                                 "dilated pooling"};

struct Case {
  std::string model;
  std::vector<std::pair<std::string, ConstantTensor>> inputs;
  std::vector<ConstantTensor> outputs;
};

std::vector<ConstantTensor> read_tensors(const fs::path& folder, const std::string& kind) {
  std::vector<ConstantTensor> tensors;
  for (int i = 0;; ++i) {
    const fs::path file = folder / (kind + "_" + std::to_string(i) + ".pb");
    if (!fs::exists(file)) return tensors;
    auto tensor = read_tensor_proto(file, kLimit);
    tensors.push_back(tensor.ok() ? *tensor : ConstantTensor());
  }
}

// Empty if every element is right.
std::string difference(const ConstantTensor& expected, std::span<const float> values,
                       const std::vector<int64_t>& dims) {
  if (expected.type() != DataType::kFloat32) return "the expected output is not float32";
  if (expected.dims() != dims) return "the output has another shape";
  const std::vector<float> floats = expected.to_floats();
  const std::vector<double> wanted(floats.begin(), floats.end());
  const double error = relative_error(values, wanted);
  if (error <= kTolerance) return {};
  return "relative error " + std::to_string(error);
}

std::string difference(const ConstantTensor& expected, const ConstantTensor& value) {
  if (expected.type() != value.type()) return "the output has another type";
  if (expected.type() == DataType::kFloat32) {
    return difference(expected, value.to_floats(), value.dims());
  }
  if (expected.dims() != value.dims()) return "the output has another shape";
  if (expected.raw_bytes() == value.raw_bytes()) return {};
  const bool integers = expected.type() == DataType::kInt64 ||
                        expected.type() == DataType::kInt32 || expected.type() == DataType::kBool;
  if (!integers) return "the output has other bytes";
  return expected.to_ints() == value.to_ints() ? "" : "the output has other values";
}

struct Outcome {
  bool ran = false;
  std::string text;  // why it did not run, or what is wrong; empty: passed
};

// Outputs that shape inference knows already.
Outcome compare_constants(const Network& network, const Case& test) {
  const auto values = infer_shapes(network, kLimit);
  if (!values.ok()) return {false, values.error().message};
  for (std::size_t i = 0; i < network.outputs.size(); ++i) {
    const InferredValue& value = values->at(network.outputs[i]);
    if (!value.constant) return {false, "output is computed at run time"};
    const std::string wrong = difference(test.outputs.at(i), *value.constant);
    if (!wrong.empty()) return {true, "constant: " + wrong};
  }
  return {true, {}};
}

Outcome run(const Network& network, const Case& test) {
  const auto graph = lower(network, kLimit);
  if (!graph.ok()) {
    const Outcome constants = compare_constants(network, test);
    return constants.ran ? constants : Outcome{false, graph.error().message};
  }
  const auto plan = test::plan_by_table_order(*graph);
  if (!plan.ok()) return {true, plan.error().message};
  auto executor = Executor::create(*graph, *plan);
  if (!executor.ok()) return {true, to_string(executor.error())};
  for (std::size_t i = 0; i < graph->inputs.size(); ++i) {
    const std::string& name = graph->values[static_cast<std::size_t>(graph->inputs[i])].name;
    for (const auto& [given, tensor] : test.inputs) {
      if (given == name)
        std::ranges::copy(tensor.to_floats(), executor->input(static_cast<int>(i)).begin());
    }
  }
  executor->run();
  for (std::size_t i = 0; i < graph->outputs.size(); ++i) {
    const Value& value = graph->values[static_cast<std::size_t>(graph->outputs[i])];
    const std::string wrong =
        difference(test.outputs.at(i), executor->output(static_cast<int>(i)), value.dims);
    if (!wrong.empty()) return {true, value.name + ": " + wrong};
  }
  return {true, {}};
}

// All three ways; the text of the first failure, or of the last refusal.
Outcome run_each_way(const Case& test) {
  Outcome best{false, "no way to run it"};
  for (const std::size_t at_run_time : {std::size_t{1}, std::size_t{1000}, std::size_t{0}}) {
    OnnxOptions options;
    for (std::size_t i = 0; i < test.inputs.size(); ++i) {
      const auto& [name, tensor] = test.inputs[i];
      if (i >= at_run_time || tensor.type() != DataType::kFloat32) {
        options.constants.emplace(name, tensor);
      }
    }
    const auto network = parse_onnx(test.model, {}, options);
    const Outcome outcome =
        network.ok() ? run(*network, test) : Outcome{false, network.error().message};
    if (outcome.ran && !outcome.text.empty()) return outcome;
    if (outcome.ran) best = outcome;
    if (!best.ran && at_run_time == 1) best = outcome;
  }
  return best;
}

// Operators that mean in opset 7 what they meant before, so that older tests of them can be read.
const std::set<std::string> kUnchanged = {"AveragePool",   "Clip",        "Concat",
                                          "Constant",      "Conv",        "ConvTranspose",
                                          "Flatten",       "Gather",      "GlobalAveragePool",
                                          "GlobalMaxPool", "HardSigmoid", "Identity",
                                          "LeakyRelu",     "MatMul",      "MaxPool",
                                          "Pad",           "ReduceMean",  "Relu",
                                          "Reshape",       "Sigmoid",     "Slice",
                                          "Softmax",       "Split",       "Squeeze",
                                          "Sum",           "Tanh",        "Transpose",
                                          "Unsqueeze"};

// A model as its file has it, whatever kernwise makes of it.
struct Declared {
  std::string bytes;
  std::vector<std::string> inputs;
  std::set<std::string> operators;
  bool only_tensors = true;
};
Declared declared(const fs::path& model) {
  Declared result;
  const auto bytes = read_file(model, kLimit);
  onnx::ModelProto proto;
  if (!bytes.ok() || !proto.ParseFromString(*bytes)) return result;
  for (const auto& input : proto.graph().input()) {
    result.inputs.push_back(input.name());
    result.only_tensors &= input.type().has_tensor_type();
  }
  for (const auto& node : proto.graph().node()) result.operators.insert(node.op_type());
  const bool unchanged = std::ranges::includes(kUnchanged, result.operators);
  if (unchanged && proto.opset_import(0).version() < 7) {
    proto.mutable_opset_import(0)->set_version(7);
  }
  result.bytes = proto.SerializeAsString();
  return result;
}

TEST(OnnxConformance, OperatorsGiveThePublishedOutputs) {
  int passed = 0, left_out = 0, failed = 0;
  std::map<std::string, std::vector<std::string>> reasons;
  std::set<std::string> covered;
  for (const char* kind : {"node", "pytorch-operator", "pytorch-converted", "simple"}) {
    const fs::path root = fs::path(KERNWISE_ONNX_TESTDATA) / kind;
    if (!fs::exists(root)) continue;
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(root)) folders.push_back(entry.path());
    std::ranges::sort(folders);
    for (const fs::path& folder : folders) {
      const fs::path model = folder / "model.onnx", data = folder / "test_data_set_0";
      if (!fs::exists(model) || !fs::exists(data)) continue;
      const std::vector<ConstantTensor> tensors = read_tensors(data, "input");
      const auto [bytes, names, operators, only_tensors] = declared(model);
      const bool ours = !operators.empty() && std::ranges::all_of(operators, [](const auto& op) {
        return kOperators.contains(op);
      });
      if (!ours) continue;
      Case test{bytes, {}, read_tensors(data, "output")};
      for (std::size_t i = 0; i < std::min(names.size(), tensors.size()); ++i) {
        test.inputs.emplace_back(names[i], tensors[i]);
      }
      const Outcome outcome =
          only_tensors ? run_each_way(test) : Outcome{false, "an input is not a tensor"};
      const std::string name = std::string(kind) + "/" + folder.filename().string();
      const bool known = std::ranges::any_of(kReasons, [&](const char* reason) {
        return outcome.text.find(reason) != std::string::npos;
      });
      if (outcome.ran && outcome.text.empty()) {
        ++passed;
        covered.insert(operators.begin(), operators.end());
      } else if (!outcome.ran && known) {
        ++left_out;
        reasons[outcome.text.substr(0, 160)].push_back(name);
      } else {
        ++failed;
        ADD_FAILURE() << name << ": " << outcome.text;
      }
    }
  }
  std::printf("passed %d, not applicable %d, failed %d\n", passed, left_out, failed);
  for (const auto& [reason, tests] : reasons) {
    std::printf("not applicable, %zu: %s\n   ", tests.size(), reason.c_str());
    for (const std::string& name : tests) std::printf(" %s", name.c_str());
    std::printf("\n");
  }
  EXPECT_GE(passed, kFloor);
  covered.insert("Cast");  // the published ones are all about types that are not computed
  EXPECT_EQ(covered, kOperators);
}

// The networks are not part of this project, so this needs a folder that has them.
TEST(OnnxConformance, LightNetworksGiveThePublishedOutputs) {
  if (light_folder.empty()) GTEST_SKIP() << "give the folder of the light networks as argument";
  int count = 0;
  for (const auto& entry : fs::directory_iterator(light_folder)) {
    if (entry.path().extension() != ".onnx") continue;
    Case test;
    const auto output =
        read_tensor_proto(light_folder / (entry.path().stem().string() + "_output_0.pb"), kLimit);
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
    const Outcome outcome = run(*network, test);
    EXPECT_TRUE(outcome.ran && outcome.text.empty()) << entry.path() << ": " << outcome.text;
    ++count;
  }
  EXPECT_GE(count, 1);
}

}  // namespace
}  // namespace kernwise

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc > 1) kernwise::light_folder = argv[1];
  return RUN_ALL_TESTS();
}
