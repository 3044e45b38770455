// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// y[c] = scale[c] x[c] + shift[c] in two ways: as a depthwise 1x1 convolution, and as a product
// with a broadcast vector. oneDNN's batch normalisation fuses less, and was measured 1.4 to 4 times
// slower than the better of the two, save where channels do not fill their blocks.
#include "onednn/convolution.h"
#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"
#include "onednn/operators.h"

namespace kernwise::detail {
namespace {

PrimitiveInfo info_of(std::string_view way, Layout layout, bool in_place) {
  return {.id = "onednn-scale-" + std::string(way) + "-" + std::string(to_string(layout)),
          .family = "scale",
          .source = "onednn",
          .revision = 1,
          .kind = ProblemKind::kScale,
          .in = layout,
          .out = layout,
          .view = false,
          .in_place = in_place};
}

class ScaleByConvolution final : public DnnPrimitive {
 public:
  explicit ScaleByConvolution(Layout layout) : DnnPrimitive(info_of("depthwise", layout, false)) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const Shape4 shape = output_shape(problem);
    if (shape.c == 1) return Refused{"one channel: no depthwise convolution"};
    const Problem conv{ConvProblem{.n = shape.n, .ic = shape.c, .ih = shape.h, .iw = shape.w,
                                   .oc = shape.c, .g = shape.c},
                       {.bias = true,  // the shift
                        .residual = problem.post_ops.residual,
                        .activation = problem.post_ops.activation}};
    dnnl_convolution_desc_t operation;
    const dnnl_format_tag_t tag = dnn_tag(info().in);
    if (!describe_convolution(conv, dnnl_convolution_direct, tag, tag, operation))
      return nothing();
    const DnnAttributes attributes = dnn_attributes(problem.post_ops);
    DnnPlan plan;
    for_each_implementation(
        &operation, attributes.get(),
        [&](std::string_view name, DnnImplementation implementation) {
          const ConvImplementation* known = find_conv_implementation(name);
          if (!known || known->role != ConvRole::kDepthwise ||
              !known_defect(*known, conv, info().in).empty())
            return true;
          plan.implementation = std::move(implementation);
          return false;
        });
    if (!plan.implementation) return nothing();
    plan.arguments = dnn_arguments(problem, info().in, info().out);
    plan.constants.push_back(
        {.id = DNNL_ARG_WEIGHTS, .from = DnnConstant::kWeights,
         .plain = dnn_weights(*conv.as<ConvProblem>(), dnnl_oihw, dnnl_goihw),
         .packed = dnn_query(plan.implementation.get(), dnnl_query_weights_md), .stage = {}});
    plan.constants.push_back({.id = DNNL_ARG_BIAS, .from = DnnConstant::kBias,
                              .plain = dnn_vector(shape.c), .packed = dnn_vector(shape.c),
                              .stage = {}});
    return plan;
  }

 private:
  Refused nothing() const {
    return offers_none("depthwise convolution", info().in, info().out);
  }
};

class ScaleByProduct final : public DnnPrimitive {
 public:
  // oneDNN lets a binary operation write onto its first source, but no convolution.
  explicit ScaleByProduct(Layout layout) : DnnPrimitive(info_of("product", layout, true)) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const Shape4 shape = output_shape(problem);
    // Channels last is one long image, whatever the batch. So put, oneDNN 2.6.3 computes correctly;
    // for a batch of 1x1 images it broadcasts wrongly.
    const bool channels_last = info().in == Layout::kNhwc || shape.h * shape.w == 1;
    const dnnl_memory_desc_t tensor =
        channels_last ? dnn_tensor({1, shape.c, shape.n * shape.h * shape.w, 1}, Layout::kNhwc)
                      : dnn_tensor(shape, Layout::kNchw);
    const dnnl_memory_desc_t vector = dnn_tensor({1, shape.c, 1, 1}, dnnl_nchw);
    dnnl_binary_desc_t operation;
    if (dnnl_binary_desc_init(&operation, dnnl_binary_mul, &tensor, &vector, &tensor) !=
        dnnl_success)
      return offers_none("broadcast product", info().in, info().out);
    const DnnAttributes attributes = dnn_attributes_with_shift(problem.post_ops, shape.c);
    DnnPlan plan;
    plan.implementation = first_implementation(&operation, attributes.get());
    if (!plan.implementation) return offers_none("broadcast product", info().in, info().out);
    plan.arguments = {
        {.id = DNNL_ARG_SRC_0, .source = DnnSource::kInput, .at = 0, .desc = tensor},
        {.id = DNNL_ARG_DST, .source = DnnSource::kOutput, .at = 0, .desc = tensor}};
    plan.constants.push_back({.id = DNNL_ARG_SRC_1, .from = DnnConstant::kWeights,
                              .plain = vector, .packed = vector, .stage = {}});
    plan.constants.push_back({.id = DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1,
                              .from = DnnConstant::kBias, .plain = vector, .packed = vector,
                              .stage = {}});
    return plan;
  }
};

}  // namespace

void add_scales(Primitives& primitives) {
  for (const Layout layout : {Layout::kNhwc, Layout::kNchw8c, Layout::kNchw16c})
    primitives.push_back(std::make_unique<ScaleByConvolution>(layout));
  for (const Layout layout : {Layout::kNchw, Layout::kNhwc})
    primitives.push_back(std::make_unique<ScaleByProduct>(layout));
}

}  // namespace kernwise::detail
