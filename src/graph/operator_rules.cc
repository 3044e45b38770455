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
constexpr std::array<std::string_view, 8> kDeconv = {
    "auto_pad",       "dilations",    "group", "kernel_shape",
    "output_padding", "output_shape", "pads",  "strides"};
constexpr std::array<std::string_view, 1> kAlpha = {"alpha"};
constexpr std::array<std::string_view, 2> kHardSigmoid = {"alpha", "beta"};
constexpr std::array<std::string_view, 1> kCast = {"to"};
constexpr std::array<std::string_view, 3> kPad = {"mode", "pads", "value"};
constexpr std::array<std::string_view, 3> kReduce = {"axes", "keepdims", "noop_with_empty_axes"};
constexpr std::array<std::string_view, 9> kResize = {"antialias",
                                                     "axes",
                                                     "coordinate_transformation_mode",
                                                     "cubic_coeff_a",
                                                     "exclude_outside",
                                                     "extrapolation_value",
                                                     "keep_aspect_ratio_policy",
                                                     "mode",
                                                     "nearest_mode"};
constexpr std::array<std::string_view, 2> kShape = {"end", "start"};
constexpr std::array<std::string_view, 3> kSlice = {"axes", "ends", "starts"};
constexpr std::array<std::string_view, 3> kSplit = {"axis", "num_outputs", "split"};
constexpr std::array<std::string_view, 1> kTranspose = {"perm"};

constexpr int kMany = 1 << 20;

constexpr std::array<OperatorRule, 42> kRules = {{
    {"Add", 2, 2, Names(), infer_elementwise},
    {"AveragePool", 1, 1, kPool, infer_pool},
    {"BatchNormalization", 5, 5, kBatchNormalization, infer_batch_normalization},
    {"Cast", 1, 1, kCast, infer_cast},
    {"Clip", 1, 3, kClip, infer_activation},
    {"Concat", 1, kMany, kAxis, infer_concat},
    {"Constant", 0, 0, kConstant, infer_constant},
    {"ConstantOfShape", 1, 1, kConstantOfShape, infer_constant_of_shape},
    {"Conv", 2, 3, kConv, infer_conv},
    {"ConvTranspose", 2, 3, kDeconv, infer_deconv},
    {"Div", 2, 2, Names(), infer_elementwise},
    {"Dropout", 1, 3, kDropout, infer_dropout},
    {"Flatten", 1, 1, kAxis, infer_flatten},
    {"Gather", 2, 2, kAxis, infer_gather},
    {"Gemm", 2, 3, kGemm, infer_gemm},
    {"GlobalAveragePool", 1, 1, Names(), infer_global_pool},
    {"GlobalMaxPool", 1, 1, Names(), infer_global_pool},
    {"HardSigmoid", 1, 1, kHardSigmoid, infer_activation},
    {"HardSwish", 1, 1, Names(), infer_activation},
    {"Identity", 1, 1, Names(), infer_identity},
    {"LRN", 1, 1, kLrn, infer_lrn},
    {"LeakyRelu", 1, 1, kAlpha, infer_activation},
    {"MatMul", 2, 2, Names(), infer_matmul},
    {"MaxPool", 1, 1, kMaxPool, infer_pool},
    {"Mul", 2, 2, Names(), infer_elementwise},
    {"PRelu", 2, 2, Names(), infer_elementwise},
    {"Pad", 1, 4, kPad, infer_pad},
    {"ReduceMean", 1, 2, kReduce, infer_reduce_mean},
    {"Relu", 1, 1, Names(), infer_activation},
    {"Reshape", 2, 2, kReshape, infer_reshape},
    {"Resize", 1, 4, kResize, infer_resize},
    {"Shape", 1, 1, kShape, infer_shape},
    {"Sigmoid", 1, 1, Names(), infer_activation},
    {"Slice", 1, 5, kSlice, infer_slice},
    {"Softmax", 1, 1, kAxis, infer_softmax},
    {"Split", 1, 2, kSplit, nullptr, infer_split},
    {"Squeeze", 1, 2, kAxes, infer_squeeze},
    {"Sub", 2, 2, Names(), infer_elementwise},
    {"Sum", 1, kMany, Names(), infer_elementwise},
    {"Tanh", 1, 1, Names(), infer_activation},
    {"Transpose", 1, 1, kTranspose, infer_transpose},
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

bool shares_input(std::string_view op_type) {
  return op_type == "Identity" || op_type == "Dropout" || op_type == "Flatten" ||
         op_type == "Reshape" || op_type == "Squeeze" || op_type == "Unsqueeze";
}

}  // namespace kernwise::detail
