// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A fully connected layer is a matrix product in any layout if the columns of the weights follow
// the order in which the image lies in memory, channel padding included (its columns are zero). So
// put, oneDNN offers its batch-reduced kernels where the four-dimensional form offers GEMM only.
#include <array>

#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"
#include "onednn/operators.h"

namespace kernwise::detail {
namespace {

struct FcImplementation {
  std::string_view name, slug;
  dnnl_cpu_isa_t isa;
};
constexpr std::array<FcImplementation, 2> kImplementations = {{
    {"brgemm:avx512_core", "brgemm-avx512", dnnl_cpu_isa_avx512_core},
    {"x64:gemm:jit", "gemm", dnnl_cpu_isa_sse41},
}};

class FullyConnected final : public DnnPrimitive {
 public:
  FullyConnected(const FcImplementation& implementation, Layout layout)
      : DnnPrimitive({.id = "onednn-fc-" + std::string(implementation.slug) + "-" +
                            std::string(to_string(layout)),
                      .family = "fc",
                      .source = "onednn",
                      .revision = 1,
                      .kind = ProblemKind::kFc,
                      .in = layout,
                      .out = Layout::kNchw}),
        implementation_(implementation) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const FcProblem& fc = *problem.as<FcProblem>();
    if (!dnn_has(implementation_.isa)) return lacks_isa(implementation_.name, implementation_.isa);
    const Shape4 weights_shape{fc.oc, fc.ic, fc.ih, fc.iw};
    const int64_t length = physical_elements({1, fc.ic, fc.ih, fc.iw}, info().in);

    const dnnl_memory_desc_t source = dnn_matrix(fc.n, length, dnnl_ab);
    const dnnl_memory_desc_t target = dnn_matrix(fc.n, fc.oc, dnnl_ab);
    const dnnl_memory_desc_t weights = dnn_matrix(fc.oc, length, dnnl_format_tag_any);
    const dnnl_memory_desc_t bias = dnn_vector(fc.oc);
    dnnl_inner_product_desc_t operation;
    if (dnnl_inner_product_forward_desc_init(&operation, dnnl_forward_inference, &source, &weights,
                                             problem.post_ops.bias ? &bias : nullptr,
                                             &target) != dnnl_success)
      return offers_none(implementation_.name, info().in, info().out);
    const DnnAttributes attributes = dnn_attributes(problem.post_ops);
    DnnPlan plan;
    plan.implementation =
        find_implementation(&operation, attributes.get(), implementation_.name);
    if (!plan.implementation) return offers_none(implementation_.name, info().in, info().out);

    plan.arguments = {
        {.id = DNNL_ARG_SRC, .source = DnnSource::kInput, .at = 0, .desc = source},
        {.id = DNNL_ARG_DST, .source = DnnSource::kOutput, .at = 0, .desc = target}};
    DnnPacking packing{.id = DNNL_ARG_WEIGHTS, .from = DnnConstant::kWeights,
                       .plain = dnn_matrix(fc.oc, length, dnnl_ab),
                       .packed = dnn_query(plan.implementation.get(), dnnl_query_weights_md),
                       .stage = {}};
    if (!same_bytes(weights_shape, Layout::kNchw, info().in)) {
      packing.plain = dnn_tensor(weights_shape, Layout::kNchw);
      packing.stage = {.desc = dnn_tensor(weights_shape, info().in),
                       .view = dnn_matrix(fc.oc, length, dnnl_ab)};
    }
    plan.constants.push_back(packing);
    if (problem.post_ops.bias)
      plan.constants.push_back({.id = DNNL_ARG_BIAS, .from = DnnConstant::kBias, .plain = bias,
                                .packed = bias, .stage = {}});
    return plan;
  }

 private:
  const FcImplementation& implementation_;
};

}  // namespace

void add_fully_connected(Primitives& primitives) {
  for (const FcImplementation& implementation : kImplementations)
    for (const Layout layout : kAllLayouts)
      primitives.push_back(std::make_unique<FullyConnected>(implementation, layout));
}

}  // namespace kernwise::detail
