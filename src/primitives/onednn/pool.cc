// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <array>
#include <optional>

#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"
#include "onednn/operators.h"

namespace kernwise::detail {
namespace {

// Each is a real alternative: for max pooling in nhwc the SSE4.1 kernel was measured faster than
// both the AVX2 and the AVX-512 one.
struct PoolImplementation {
  std::string_view name, slug;
  dnnl_cpu_isa_t isa;
  std::array<std::optional<Layout>, 3> layouts;
};
constexpr std::array<PoolImplementation, 6> kPools = {{
    {"jit:avx512_core", "jit-avx512", dnnl_cpu_isa_avx512_core,
     {Layout::kNhwc, Layout::kNchw16c, Layout::kNchw}},
    {"jit:avx2", "jit-avx2", dnnl_cpu_isa_avx2, {Layout::kNhwc, Layout::kNchw8c}},
    {"jit:avx", "jit-avx", dnnl_cpu_isa_avx, {Layout::kNhwc, Layout::kNchw8c}},
    {"jit:sse41", "jit-sse41", dnnl_cpu_isa_sse41, {Layout::kNhwc, Layout::kNchw8c}},
    {"simple_nchw:any", "simple", dnnl_cpu_isa_sse41, {Layout::kNchw}},
    {"simple_nhwc:any", "simple", dnnl_cpu_isa_sse41, {Layout::kNhwc}},
}};

dnnl_alg_kind_t algorithm_of(PoolKind kind) {
  switch (kind) {
    case PoolKind::kMax: return dnnl_pooling_max;
    case PoolKind::kAvgIncludePad: return dnnl_pooling_avg_include_padding;
    case PoolKind::kAvgExcludePad: return dnnl_pooling_avg_exclude_padding;
  }
  return dnnl_alg_kind_undef;
}

class Pool final : public DnnPrimitive {
 public:
  Pool(const PoolImplementation& implementation, Layout layout)
      : DnnPrimitive({.id = "onednn-pool-" + std::string(implementation.slug) + "-" +
                            std::string(to_string(layout)),
                      .family = "pool",
                      .source = "onednn",
                      .revision = 1,
                      .kind = ProblemKind::kPool,
                      .in = layout,
                      .out = layout}),
        implementation_(implementation) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const PoolProblem& pool = *problem.as<PoolProblem>();
    if (!dnn_has(implementation_.isa)) return lacks_isa(implementation_.name, implementation_.isa);
    if (implementation_.isa == dnnl_cpu_isa_avx && dnn_has(dnnl_cpu_isa_avx2))
      return Refused{"jit:avx2 takes its place on this processor"};
    const dnnl_memory_desc_t source = dnn_tensor(input_shape(problem, 0), info().in);
    const dnnl_memory_desc_t target = dnn_tensor(output_shape(problem), info().out);
    const dnnl_dims_t strides = {pool.sh, pool.sw}, kernel = {pool.kh, pool.kw};
    const dnnl_dims_t before = {pool.pt, pool.pl}, after = {pool.pb, pool.pr};
    dnnl_pooling_desc_t operation;
    if (dnnl_pooling_forward_desc_init(&operation, dnnl_forward_inference,
                                       algorithm_of(pool.kind), &source, &target, strides, kernel,
                                       before, after) != dnnl_success)
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
  const PoolImplementation& implementation_;
};

}  // namespace

void add_pools(Primitives& primitives) {
  for (const PoolImplementation& implementation : kPools)
    for (const auto& layout : implementation.layouts)
      if (layout) primitives.push_back(std::make_unique<Pool>(implementation, *layout));
}

}  // namespace kernwise::detail
