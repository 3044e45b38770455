// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "onednn/convolution.h"

#include "factories.h"
#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"

namespace kernwise::detail {

const ConvImplementation* find_conv_implementation(std::string_view name) {
  for (const ConvImplementation& implementation : kConvImplementations)
    if (implementation.name == name) return &implementation;
  return nullptr;
}

std::string conv_id(const ConvImplementation& implementation, const ConvLayouts& layouts) {
  std::string id = "onednn-" + std::string(implementation.slug) + "-";
  id += to_string(layouts.in);
  if (layouts.out != layouts.in) id.append("-").append(to_string(layouts.out));
  return id;
}

bool describe_convolution(const Problem& problem, dnnl_alg_kind_t algorithm, dnnl_format_tag_t in,
                          dnnl_format_tag_t out, dnnl_convolution_desc_t& operation) {
  const ConvProblem& conv = *problem.as<ConvProblem>();
  const dnnl_memory_desc_t source = dnn_tensor(input_shape(problem, 0), in);
  const dnnl_memory_desc_t target = dnn_tensor(output_shape(problem), out);
  const dnnl_memory_desc_t weights = dnn_weights(conv, dnnl_format_tag_any, dnnl_format_tag_any);
  const dnnl_memory_desc_t bias = dnn_vector(conv.oc);
  const dnnl_dims_t strides = {conv.sh, conv.sw};
  const dnnl_dims_t dilates = {conv.dh - 1, conv.dw - 1};  // oneDNN counts the skipped ones
  const dnnl_dims_t before = {conv.pt, conv.pl}, after = {conv.pb, conv.pr};
  return dnnl_dilated_convolution_forward_desc_init(
             &operation, dnnl_forward_inference, algorithm, &source, &weights,
             problem.post_ops.bias ? &bias : nullptr, &target, strides, dilates, before,
             after) == dnnl_success;
}

namespace {

// Is there an output row, or a column, whose window holds nothing but padding?
bool sees_padding_alone(const ConvProblem& p) {
  const auto along = [](int64_t size, int64_t outputs, int64_t kernel, int64_t stride,
                        int64_t dilation, int64_t padding) {
    const bool before = padding > (kernel - 1) * dilation;
    const bool after = (outputs - 1) * stride - padding >= size;
    return before || after || (kernel > 1 && dilation > size);  // taps that step over the image
  };
  return along(p.ih, p.oh(), p.kh, p.sh, p.dh, p.pt) || along(p.iw, p.ow(), p.kw, p.sw, p.dw, p.pl);
}

}  // namespace

std::string_view known_defect(const ConvImplementation& implementation, const Problem& problem,
                              Layout layout) {
  // It adds the residual from memory with an instruction that wants addresses aligned to 16 bytes.
  if (implementation.role == ConvRole::kDepthwise && implementation.isa == dnnl_cpu_isa_sse41 &&
      layout == Layout::kNhwc && problem.post_ops.residual && output_shape(problem).c % 4 != 0)
    return "oneDNN's kernel fails on a residual with channels that are no multiple of 4";
  // There it applies the post-operators alone, and reads the residual from a wild address.
  if (implementation.name == "brgconv:avx512_core" && problem.post_ops.residual &&
      sees_padding_alone(*problem.as<ConvProblem>()))
    return "oneDNN's kernel fails on a residual where an output sees nothing but padding";
  // For one pixel, nchw and nhwc are one to its cache of descriptors, though their scratch differs.
  if (implementation.role == ConvRole::kGemm && layout == Layout::kNchw &&
      same_bytes(input_shape(problem, 0), Layout::kNchw, Layout::kNhwc) &&
      same_bytes(output_shape(problem), Layout::kNchw, Layout::kNhwc))
    return "one pixel: oneDNN mistakes the scratch of nhwc, the same here, for that of nchw";
  return {};
}

namespace {

// Asked for the layouts of oneDNN's choice, so that its own choice is never refused: some of its
// depthwise kernels are offered in nhwc only when nhwc is asked for.
bool has_depthwise(const Problem& problem) {
  bool found = false;
  dnnl_convolution_desc_t operation;
  if (!describe_convolution(problem, dnnl_convolution_direct, dnnl_format_tag_any,
                            dnnl_format_tag_any, operation))
    return false;
  for_each_implementation(&operation, dnn_attributes(problem.post_ops).get(),
                          [&](std::string_view name, DnnImplementation) {
                            const ConvImplementation* known = find_conv_implementation(name);
                            found = known && known->role == ConvRole::kDepthwise &&
                                    known_defect(*known, problem, Layout::kNhwc).empty();
                            return !found;
                          });
  return found;
}

// 2: refuses where oneDNN is wrong (known_defect).
int revision_of(const ConvImplementation& implementation) {
  return implementation.name == "brgconv:avx512_core" || implementation.role == ConvRole::kGemm ? 2
                                                                                                : 1;
}

class Convolution final : public DnnPrimitive {
 public:
  Convolution(const ConvImplementation& implementation, const ConvLayouts& layouts)
      : DnnPrimitive({.id = conv_id(implementation, layouts),
                      .family = std::string(implementation.family),
                      .source = "onednn",
                      .revision = revision_of(implementation),
                      .kind = ProblemKind::kConv,
                      .in = layouts.in,
                      .out = layouts.out}),
        implementation_(implementation) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const ConvProblem& conv = *problem.as<ConvProblem>();
    if (!dnn_has(implementation_.isa)) return lacks_isa(implementation_.name, implementation_.isa);
    if (implementation_.isa == dnnl_cpu_isa_avx && dnn_has(dnnl_cpu_isa_avx2))
      return Refused{"jit:avx2 takes its place on this processor"};
    if (std::string reason = geometric_refusal(conv); !reason.empty()) return Refused{reason};
    if (const auto defect = known_defect(implementation_, problem, info().out); !defect.empty())
      return Refused{std::string(defect)};
    // Measured 570 to 1950 times slower than a depthwise kernel: not worth a single trial.
    if (implementation_.role == ConvRole::kGemm && conv.depthwise() && has_depthwise(problem))
      return Refused{"oneDNN has depthwise kernels for this problem"};

    const auto algorithm = implementation_.role == ConvRole::kWinograd ? dnnl_convolution_winograd
                                                                       : dnnl_convolution_direct;
    dnnl_convolution_desc_t operation;
    if (!describe_convolution(problem, algorithm, dnn_tag(info().in), dnn_tag(info().out),
                              operation))
      return offers_none(implementation_.name, info().in, info().out);
    const DnnAttributes attributes = dnn_attributes(problem.post_ops);
    DnnPlan plan;
    plan.implementation = find_implementation(&operation, attributes.get(), implementation_.name);
    if (!plan.implementation) return offers_none(implementation_.name, info().in, info().out);

    plan.arguments = dnn_arguments(problem, info().in, info().out);
    plan.constants.push_back({.id = DNNL_ARG_WEIGHTS,
                              .from = DnnConstant::kWeights,
                              .plain = dnn_weights(conv, dnnl_oihw, dnnl_goihw),
                              .packed = dnn_query(plan.implementation.get(), dnnl_query_weights_md),
                              .stage = {}});
    if (problem.post_ops.bias)
      plan.constants.push_back({.id = DNNL_ARG_BIAS,
                                .from = DnnConstant::kBias,
                                .plain = dnn_vector(conv.oc),
                                .packed = dnn_vector(conv.oc),
                                .stage = {}});
    return plan;
  }

 private:
  std::string geometric_refusal(const ConvProblem& conv) const {
    switch (implementation_.role) {
      case ConvRole::kGeneral: break;
      case ConvRole::kPointwise:
        if (conv.kh != 1 || conv.kw != 1) return "the kernel is not 1x1";
        break;
      case ConvRole::kDepthwise:
        if (!conv.depthwise()) return "not a depthwise convolution";
        break;
      case ConvRole::kWinograd:
        if (conv.kh != 3 || conv.kw != 3) return "Winograd F(mxm, 3x3) needs a 3x3 kernel";
        if (conv.sh != 1 || conv.sw != 1) return "Winograd needs stride 1";
        if (conv.dh != 1 || conv.dw != 1) return "Winograd needs a dense kernel (dilation 1)";
        if (conv.g != 1) return "oneDNN's Winograd has no groups";
        break;
      case ConvRole::kGemm: break;
    }
    return {};
  }

  const ConvImplementation& implementation_;
};

}  // namespace

Primitives onednn_convolutions() {
  Primitives primitives;
  for (const ConvImplementation& implementation : kConvImplementations)
    for (const auto& layouts : implementation.layouts)
      if (layouts) primitives.push_back(std::make_unique<Convolution>(implementation, *layouts));
  return primitives;
}

}  // namespace kernwise::detail
