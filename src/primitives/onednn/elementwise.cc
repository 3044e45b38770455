// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Activations on their own, sums and products of two tensors, softmax: one primitive in each
// layout, with the first implementation that oneDNN offers there (they differ by instruction set
// alone, and the best comes first).
#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"
#include "onednn/operators.h"

namespace kernwise::detail {
namespace {

// oneDNN lets each of these write onto its (first) source.
PrimitiveInfo info_of(std::string_view name, ProblemKind kind, Layout layout) {
  return {.id = "onednn-" + std::string(name) + "-" + std::string(to_string(layout)),
          .family = std::string(name),
          .source = "onednn",
          .revision = 1,
          .kind = kind,
          .in = layout,
          .out = layout,
          .view = false,
          .in_place = true};
}

class Elementwise : public DnnPrimitive {
 public:
  using DnnPrimitive::DnnPrimitive;

 protected:
  Plan finish(const Problem& problem, const_dnnl_op_desc_t operation,
              const PostOps& post_ops) const {
    const DnnAttributes attributes = dnn_attributes(post_ops);
    DnnPlan plan;
    plan.implementation = first_implementation(operation, attributes.get());
    if (!plan.implementation) return nothing();
    plan.arguments = dnn_arguments(problem, info().in, info().out);
    return plan;
  }
  Refused nothing() const {
    return offers_none("optimised " + info().family, info().in, info().out);
  }
};

class Eltwise final : public Elementwise {
 public:
  explicit Eltwise(Layout layout)
      : Elementwise(info_of("eltwise", ProblemKind::kEltwise, layout)) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const dnnl_memory_desc_t tensor = dnn_tensor(output_shape(problem), info().in);
    const DnnActivation activation = dnn_activation(problem.post_ops.activation);
    dnnl_eltwise_desc_t operation;
    if (dnnl_eltwise_forward_desc_init(&operation, dnnl_forward_inference, activation.algorithm,
                                       &tensor, activation.alpha,
                                       activation.beta) != dnnl_success)
      return nothing();
    // The activation is the operator itself.
    PostOps rest;
    if (dnn_clamps_after(problem.post_ops.activation))
      rest.activation = {ActivationKind::kClip, 0, 1};
    return finish(problem, &operation, rest);
  }
};

dnnl_alg_kind_t algorithm_of(BinaryKind kind) {
  switch (kind) {
    case BinaryKind::kAdd: return dnnl_binary_add;
    case BinaryKind::kMul: return dnnl_binary_mul;
    case BinaryKind::kSub: return dnnl_binary_sub;
    case BinaryKind::kDiv: return dnnl_binary_div;
    case BinaryKind::kPrelu: break;
  }
  return dnnl_alg_kind_undef;
}

class Binary final : public Elementwise {
 public:
  explicit Binary(Layout layout) : Elementwise(info_of("binary", ProblemKind::kBinary, layout)) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const auto kind = problem.as<BinaryProblem>()->kind;
    const Shape4 shape = output_shape(problem);
    const int64_t count = physical_elements(shape, info().in);
    // As one row of values, padding included: oneDNN 2.6.3 writes beyond the output when it fuses
    // an activation in nchw8c with AVX-512. Zeros in the padding stay zeros, unless clipped away.
    if (count != shape.elements() && kind == BinaryKind::kDiv)
      return Refused{"the channel padding would be 0 / 0"};
    if (count != shape.elements() && apply(problem.post_ops.activation, 0.0f) != 0)
      return Refused{"the activation does not keep the zeros of the channel padding"};
    const dnnl_memory_desc_t tensor = dnn_vector(count);
    dnnl_binary_desc_t operation;
    if (kind == BinaryKind::kPrelu) return Refused{"prelu is no binary operation of oneDNN"};
    if (dnnl_binary_desc_init(&operation, algorithm_of(kind), &tensor, &tensor, &tensor) !=
        dnnl_success)
      return nothing();
    Plan plan = finish(problem, &operation, problem.post_ops);
    if (auto* made = std::get_if<DnnPlan>(&plan))
      for (DnnArgument& argument : made->arguments) argument.desc = tensor;
    return plan;
  }
};

class Softmax final : public Elementwise {
 public:
  explicit Softmax(Layout layout)
      : Elementwise(info_of("softmax", ProblemKind::kSoftmax, layout)) {}

 protected:
  Plan plan(const Problem& problem) const override {
    constexpr int kChannels = 1;
    const dnnl_memory_desc_t tensor = dnn_tensor(output_shape(problem), info().in);
    dnnl_softmax_desc_t operation;
    if (dnnl_softmax_forward_desc_init(&operation, dnnl_forward_inference, &tensor, kChannels) !=
        dnnl_success)
      return nothing();
    return finish(problem, &operation, problem.post_ops);
  }
};

}  // namespace

void add_eltwise(Primitives& primitives) {
  for (const Layout layout : kAllLayouts) primitives.push_back(std::make_unique<Eltwise>(layout));
}
void add_binaries(Primitives& primitives) {
  for (const Layout layout : kAllLayouts) primitives.push_back(std::make_unique<Binary>(layout));
}
void add_softmaxes(Primitives& primitives) {
  for (const Layout layout : kAllLayouts) primitives.push_back(std::make_unique<Softmax>(layout));
}

}  // namespace kernwise::detail
