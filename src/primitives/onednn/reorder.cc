// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Copies: a tensor into another layout, and values into another shape. oneDNN has a kernel for
// every pair of layouts and picks it itself; there is nothing to choose from.
#include "onednn/dnn_primitive.h"
#include "onednn/operators.h"

namespace kernwise::detail {
namespace {

class Copy : public DnnPrimitive {
 public:
  using DnnPrimitive::DnnPrimitive;

 protected:
  Plan copy(const dnnl_memory_desc_t& source, const dnnl_memory_desc_t& target) const {
    const DnnAttributes attributes = dnn_attributes({});
    dnnl_primitive_desc_t created = nullptr;
    if (dnnl_reorder_primitive_desc_create(&created, &source, dnn_engine(), &target, dnn_engine(),
                                           attributes.get()) != dnnl_success)
      return Refused{"oneDNN offers no copy for this tensor"};
    DnnPlan plan;
    plan.implementation.reset(created);
    plan.arguments = {
        {.id = DNNL_ARG_FROM, .source = DnnSource::kInput, .at = 0, .desc = source},
        {.id = DNNL_ARG_TO, .source = DnnSource::kOutput, .at = 0, .desc = target}};
    return plan;
  }
};

class Reorder final : public Copy {
 public:
  Reorder()
      : Copy({.id = "onednn-reorder", .family = "reorder", .source = "onednn", .revision = 1,
              .kind = ProblemKind::kTransform, .in = Layout::kNchw, .out = Layout::kNchw}) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const TransformProblem& transform = *problem.as<TransformProblem>();
    if (is_int8(transform.from) || is_int8(transform.to))
      return Refused{"onednn-requantize turns floats into int8 and back"};
    return copy(dnn_tensor(transform.shape, transform.from),
                dnn_tensor(transform.shape, transform.to));
  }
};

class Reshape final : public Copy {
 public:
  Reshape()
      : Copy({.id = "onednn-reshape-nchw", .family = "copy", .source = "onednn", .revision = 1,
              .kind = ProblemKind::kReshape, .in = Layout::kNchw, .out = Layout::kNchw}) {}

 protected:
  Plan plan(const Problem& problem) const override {
    const dnnl_memory_desc_t values = dnn_vector(output_shape(problem).elements());
    return copy(values, values);
  }
};

}  // namespace

void add_reshape(Primitives& primitives) { primitives.push_back(std::make_unique<Reshape>()); }

Primitives onednn_transforms() {
  Primitives primitives;
  primitives.push_back(std::make_unique<Reorder>());
  return primitives;
}

}  // namespace kernwise::detail
