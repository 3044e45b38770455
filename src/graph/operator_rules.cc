// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "operator_rules.h"

#include <algorithm>
#include <array>

namespace kernwise::detail {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 7> kPool = {
    "auto_pad", "ceil_mode", "count_include_pad", "dilations", "kernel_shape", "pads", "strides"};
constexpr std::array<std::string_view, 7> kMaxPool = {
    "auto_pad", "ceil_mode", "dilations", "kernel_shape", "pads", "storage_order", "strides"};
constexpr std::array<std::string_view, 6> kConv = {"auto_pad",     "dilations", "group",
                                                   "kernel_shape", "pads",      "strides"};
constexpr std::array<std::string_view, 4> kBatchNormalization = {"epsilon", "momentum", "spatial",
                                                                 "training_mode"};
constexpr std::array<std::string_view, 2> kClip = {"max", "min"};
constexpr std::array<std::string_view, 1> kAxis = {"axis"};
constexpr std::array<std::string_view, 1> kAxes = {"axes"};
constexpr std::array<std::string_view, 5> kConstant = {"value", "value_float", "value_floats",
                                                       "value_int", "value_ints"};
constexpr std::array<std::string_view, 1> kConstantOfShape = {"value"};
constexpr std::array<std::string_view, 2> kDropout = {"ratio", "seed"};
constexpr std::array<std::string_view, 4> kGemm = {"alpha", "beta", "transA", "transB"};
constexpr std::array<std::string_view, 4> kLrn = {"alpha", "beta", "bias", "size"};
constexpr std::array<std::string_view, 1> kReshape = {"allowzero"};

constexpr int kMany = 1 << 20;

constexpr std::array<OperatorRule, 24> kRules = {{
    {"Add", 2, 2, Names(), infer_elementwise},
    {"AveragePool", 1, 1, kPool, infer_pool},
    {"BatchNormalization", 5, 5, kBatchNormalization, infer_batch_normalization},
    {"Clip", 1, 3, kClip, infer_activation},
    {"Concat", 1, kMany, kAxis, infer_concat},
    {"Constant", 0, 0, kConstant, infer_constant},
    {"ConstantOfShape", 1, 1, kConstantOfShape, infer_constant_of_shape},
    {"Conv", 2, 3, kConv, infer_conv},
    {"Dropout", 1, 3, kDropout, infer_dropout},
    {"Flatten", 1, 1, kAxis, infer_flatten},
    {"Gemm", 2, 3, kGemm, infer_gemm},
    {"GlobalAveragePool", 1, 1, Names(), infer_global_pool},
    {"GlobalMaxPool", 1, 1, Names(), infer_global_pool},
    {"Identity", 1, 1, Names(), infer_identity},
    {"LRN", 1, 1, kLrn, infer_lrn},
    {"MatMul", 2, 2, Names(), infer_matmul},
    {"MaxPool", 1, 1, kMaxPool, infer_pool},
    {"Mul", 2, 2, Names(), infer_elementwise},
    {"Relu", 1, 1, Names(), infer_activation},
    {"Reshape", 2, 2, kReshape, infer_reshape},
    {"Softmax", 1, 1, kAxis, infer_softmax},
    {"Squeeze", 1, 2, kAxes, infer_squeeze},
    {"Sum", 1, kMany, Names(), infer_elementwise},
    {"Unsqueeze", 1, 2, kAxes, infer_unsqueeze},
}};

}  // namespace

std::span<const OperatorRule> operator_rules() { return kRules; }

const OperatorRule* find_rule(std::string_view op_type) {
  const auto* found = std::lower_bound(
      kRules.begin(), kRules.end(), op_type,
      [](const OperatorRule& rule, std::string_view name) { return rule.name < name; });
  return found != kRules.end() && found->name == op_type ? found : nullptr;
}

}  // namespace kernwise::detail
