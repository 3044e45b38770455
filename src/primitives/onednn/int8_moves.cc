// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What moves int8 tensors without multiplying them: floats into steps and back, one step's worth
// into another, and maximum pooling, whose output must have the input's step.
#include <new>

#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"
#include "onednn/int8_product.h"

namespace kernwise::detail {
namespace {

class Requantize final : public Primitive {
 public:
  Requantize()
      : Primitive({.id = "onednn-requantize",
                   .family = "int8",
                   .source = "onednn",
                   .revision = 1,
                   .kind = ProblemKind::kTransform,
                   .in = Layout::kNchw,
                   .out = Layout::kNhwcU8,
                   .precision = Precision::kInt8}) {}

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const TransformProblem& transform = *problem.as<TransformProblem>();
    if (!is_int8(transform.from) && !is_int8(transform.to))
      return Refused{"no int8 on either side: onednn-reorder does it"};
    if (const auto refusal = int8_refusal(info().id)) return *refusal;
    if (dnn_too_large(problem, transform.from, transform.to))
      return Refused{"too large for oneDNN"};
    const ThreadScope scope(execution.threads);
    // Another kernel may serve factors of 1, never a larger one.
    const DnnImplementation found = implementation(transform, 0.5F);
    if (!found) return Refused{"oneDNN offers no copy for this tensor"};
    return Admitted{dnn_workspace(found.get())};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    const Applicability answer = supports(problem, execution);
    if (const auto* refused = std::get_if<Refused>(&answer))
      return unsupported(info().id + ": " + refused->reason);
    const TransformProblem& transform = *problem.as<TransformProblem>();
    const ThreadScope scope(execution.threads);
    const float from = is_int8(transform.from) ? weights.steps.input : 1.0F;
    const float to = is_int8(transform.to) ? weights.steps.output : 1.0F;
    const DnnImplementation found = implementation(transform, from / to);
    if (!found) return unsupported(info().id + ": oneDNN offers no copy for this tensor");
    return DnnKernel::make(found.get(),
                           {{.id = DNNL_ARG_FROM,
                             .source = DnnSource::kInput,
                             .at = 0,
                             .desc = dnn_tensor(transform.shape, transform.from)},
                            {.id = DNNL_ARG_TO,
                             .source = DnnSource::kOutput,
                             .at = 0,
                             .desc = dnn_tensor(transform.shape, transform.to)}},
                           AlignedBuffer());
  }

 private:
  static DnnImplementation implementation(const TransformProblem& transform, float factor) {
    dnnl_primitive_attr_t attr = nullptr;
    if (dnnl_primitive_attr_create(&attr) != dnnl_success) throw std::bad_alloc();
    const DnnAttributes owner(attr);
    dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user);
    dnnl_primitive_attr_set_output_scales(attr, 1, 0, &factor);
    const dnnl_memory_desc_t source = dnn_tensor(transform.shape, transform.from);
    const dnnl_memory_desc_t target = dnn_tensor(transform.shape, transform.to);
    dnnl_primitive_desc_t created = nullptr;
    if (dnnl_reorder_primitive_desc_create(&created, &source, dnn_engine(), &target, dnn_engine(),
                                           attr) != dnnl_success)
      return nullptr;
    return DnnImplementation(created);
  }
};

class Int8MaxPool final : public DnnPrimitive {
 public:
  explicit Int8MaxPool(Layout layout)
      : DnnPrimitive({.id = "onednn-pool-int8-" + std::string(to_string(layout)),
                      .family = "int8",
                      .source = "onednn",
                      .revision = 1,
                      .kind = ProblemKind::kPool,
                      .in = layout,
                      .out = layout,
                      .precision = Precision::kInt8}) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const PoolProblem& pool = *problem.as<PoolProblem>();
    if (pool.kind != PoolKind::kMax)
      return Refused{"an average of int8 numbers would be rounded twice"};
    if (auto refusal = int8_refusal(info().id)) return *refusal;
    const dnnl_memory_desc_t source = dnn_tensor(input_shape(problem, 0), info().in);
    const dnnl_memory_desc_t target = dnn_tensor(output_shape(problem), info().out);
    const dnnl_dims_t strides = {pool.sh, pool.sw}, kernel = {pool.kh, pool.kw};
    const dnnl_dims_t before = {pool.pt, pool.pl}, after = {pool.pb, pool.pr};
    constexpr std::string_view kName = "jit_int:avx512_core";
    dnnl_pooling_desc_t operation;
    if (dnnl_pooling_forward_desc_init(&operation, dnnl_forward_inference, dnnl_pooling_max,
                                       &source, &target, strides, kernel, before,
                                       after) != dnnl_success)
      return offers_none(kName, info().in, info().out);
    const DnnAttributes attributes = dnn_attributes(problem.post_ops);
    DnnPlan plan;
    plan.implementation = find_implementation(&operation, attributes.get(), kName);
    if (!plan.implementation) return offers_none(kName, info().in, info().out);
    plan.arguments = dnn_arguments(problem, info().in, info().out);
    return plan;
  }
};

}  // namespace

void add_int8_moves(Primitives& primitives) {
  for (const Layout layout : kInt8Layouts)
    primitives.push_back(std::make_unique<Int8MaxPool>(layout));
  primitives.push_back(std::make_unique<Requantize>());
}

}  // namespace kernwise::detail
