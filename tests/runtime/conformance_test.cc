// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The tests that the ONNX project publishes for every operator, through the whole runtime: file,
// lowering, plan, run.
//
// Each test is run in three ways: all float inputs given at run time; only the first one, the
// others being constants as weights are; and all of them constants, for what is computed while
// shapes are inferred. It passes if at least one way can be gone and every way that can gives the
// right output.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

#include "kernwise/base/file.h"
#include "kernwise/graph/onnx.h"
#include "runtime/conformance_case.h"

namespace kernwise {
namespace {

namespace fs = std::filesystem;
using test::ConformanceCase;
using test::kConformanceLimit;
using test::Outcome;
using test::run_case;

constexpr int kFloor = 267;  // passed of libonnx-testdata 1.12: none may be left out unnoticed

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

std::vector<ConstantTensor> read_tensors(const fs::path& folder, const std::string& kind) {
  std::vector<ConstantTensor> tensors;
  for (int i = 0;; ++i) {
    const fs::path file = folder / (kind + "_" + std::to_string(i) + ".pb");
    if (!fs::exists(file)) return tensors;
    auto tensor = read_tensor_proto(file, kConformanceLimit);
    tensors.push_back(tensor.ok() ? *tensor : ConstantTensor());
  }
}

// All three ways; the text of the first failure, or of the last refusal.
Outcome run_each_way(const ConformanceCase& test) {
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
        network.ok() ? run_case(*network, test) : Outcome{false, network.error().message};
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
  const auto bytes = read_file(model, kConformanceLimit);
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
      ConformanceCase test{bytes, {}, read_tensors(data, "output")};
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
  // The published tests of Cast are all about types that are not computed; see the next test.
  EXPECT_FALSE(covered.contains("Cast"));
  covered.insert("Cast");
  EXPECT_EQ(covered, kOperators);
}

ConstantTensor bools(std::vector<int64_t> dims, std::string values) {
  return ConstantTensor::raw(DataType::kBool, std::move(dims),
                             std::make_shared<const std::string>(std::move(values)));
}

ConstantTensor int32s(std::vector<int64_t> dims, const std::vector<int32_t>& values) {
  std::string bytes(values.size() * sizeof(int32_t), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return ConstantTensor::raw(DataType::kInt32, std::move(dims),
                             std::make_shared<const std::string>(std::move(bytes)));
}

// Outputs as the standard's text of Cast demands: fractions are cut off towards zero, what is not
// zero is true, true is one.
TEST(OnnxConformance, CastGivesWhatTheStandardDemands) {
  const ConstantTensor floats = ConstantTensor::floats({2, 2}, {-1.75F, 0.F, 0.5F, 3.F});
  const ConstantTensor ints = ConstantTensor::ints({3}, {-2, 0, 40'000});
  const ConstantTensor flags = bools({2}, {0, 1});
  const std::vector<std::pair<ConstantTensor, ConstantTensor>> casts = {
      {floats, floats},
      {floats, ConstantTensor::ints({2, 2}, {-1, 0, 0, 3})},
      {floats, int32s({2, 2}, {-1, 0, 0, 3})},
      {floats, bools({2, 2}, {1, 0, 1, 1})},
      {ints, ConstantTensor::floats({3}, {-2.F, 0.F, 40'000.F})},
      {ints, int32s({3}, {-2, 0, 40'000})},
      {ints, bools({3}, {1, 0, 1})},
      {int32s({2}, {-7, 7}), ConstantTensor::floats({2}, {-7.F, 7.F})},
      {int32s({2}, {-7, 7}), ConstantTensor::ints({2}, {-7, 7})},
      {flags, ConstantTensor::floats({2}, {0.F, 1.F})},
      {flags, ConstantTensor::ints({2}, {0, 1})},
      {flags, int32s({2}, {0, 1})},
  };
  for (const auto& [from, to] : casts) {
    Network network;
    network.constants.emplace("x", from);
    network.nodes.push_back(
        {"Cast", "cast", {"x"}, {"y"}, {{"to", static_cast<int64_t>(to.type())}}});
    network.outputs = {"y"};
    const Outcome outcome = run_case(network, {{}, {}, {to}});
    EXPECT_TRUE(outcome.ran && outcome.text.empty())
        << to_string(from.type()) << " to " << to_string(to.type()) << ": " << outcome.text;
  }
}

}  // namespace
}  // namespace kernwise
