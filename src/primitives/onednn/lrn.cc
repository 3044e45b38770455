// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// oneDNN divides alpha by the window size as ONNX does (oneDNN developer guide, "Local Response
// Normalization", formula for across channels), so alpha is handed over unchanged.
#include <array>
#include <optional>

#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"
#include "onednn/operators.h"

namespace kernwise::detail {
namespace {

struct LrnImplementation {
  std::string_view name, slug;
  dnnl_cpu_isa_t isa;
  std::array<std::optional<Layout>, 3> layouts;
};
constexpr std::array<LrnImplementation, 3> kLrns = {{
    {"lrn_jit:avx512_core", "jit-avx512", dnnl_cpu_isa_avx512_core,
     {Layout::kNchw16c, Layout::kNhwc}},
    {"jit:avx2", "jit-avx2", dnnl_cpu_isa_avx2,
     {Layout::kNchw, Layout::kNhwc, Layout::kNchw8c}},
    {"jit:sse41", "jit-sse41", dnnl_cpu_isa_sse41,
     {Layout::kNchw, Layout::kNhwc, Layout::kNchw8c}},
}};

class Lrn final : public DnnPrimitive {
 public:
  Lrn(const LrnImplementation& implementation, Layout layout)
      : DnnPrimitive({.id = "onednn-lrn-" + std::string(implementation.slug) + "-" +
                            std::string(to_string(layout)),
                      .family = "lrn",
                      .source = "onednn",
                      .revision = 1,
                      .kind = ProblemKind::kLrn,
                      .in = layout,
                      .out = layout}),
        implementation_(implementation) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const LrnProblem& lrn = *problem.as<LrnProblem>();
    if (!dnn_has(implementation_.isa)) return lacks_isa(implementation_.name, implementation_.isa);
    // An even window has one neighbour more above than below in ONNX, one fewer in oneDNN.
    if (lrn.size % 2 == 0) return Refused{"oneDNN's windows are odd"};
    const dnnl_memory_desc_t tensor = dnn_tensor(lrn.shape, info().in);
    dnnl_lrn_desc_t operation;
    if (dnnl_lrn_forward_desc_init(&operation, dnnl_forward_inference, dnnl_lrn_across_channels,
                                   &tensor, lrn.size, lrn.alpha, lrn.beta,
                                   lrn.k) != dnnl_success)
      return offers_none(implementation_.name, info().in, info().out);
    const DnnAttributes attributes = dnn_attributes(problem.post_ops);
    DnnPlan plan;
    plan.implementation =
        find_implementation(&operation, attributes.get(), implementation_.name);
    if (!plan.implementation)
      return offers_none(implementation_.name, info().in, info().out);
    plan.arguments = dnn_arguments(problem, info().in, info().out);
    return plan;
  }

 private:
  const LrnImplementation& implementation_;
};

}  // namespace

void add_lrns(Primitives& primitives) {
  for (const LrnImplementation& implementation : kLrns)
    for (const auto& layout : implementation.layouts)
      if (layout) primitives.push_back(std::make_unique<Lrn>(implementation, *layout));
}

}  // namespace kernwise::detail
