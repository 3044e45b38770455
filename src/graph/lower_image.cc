// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Layers of the operators that work on images. A 1-D one is an image of height 1.
#include <utility>

#include "attributes.h"
#include "lowering.h"
#include "operator_rules.h"
#include "window.h"

namespace kernwise::detail {

Status LayerBuilder::take_conv(const NodeView& view) {
  const Node& node = view.node;
  KERNWISE_ASSIGN(const ValueId input, materialise(node.inputs[0]));
  const Shape4 x = shape(input);
  LayerWeights weights;
  weights.weight = constant(view, 1);
  const Shape4 w = view_of(weights.weight.dims());
  KERNWISE_ASSIGN(const Window window,
                  conv_window(node, view.inputs[0]->dims, weights.weight.dims()));
  KERNWISE_ASSIGN(const int64_t groups, int_attribute(node, "group", 1));
  Problem problem;
  problem.op = ConvProblem{.n = x.n,
                           .ic = x.c,
                           .ih = x.h,
                           .iw = x.w,
                           .oc = w.n,
                           .kh = w.h,
                           .kw = w.w,
                           .sh = window.h.stride,
                           .sw = window.w.stride,
                           .pt = window.h.begin,
                           .pb = window.h.end,
                           .pl = window.w.begin,
                           .pr = window.w.end,
                           .dh = window.h.dilation,
                           .dw = window.w.dilation,
                           .g = groups};
  if (view.has(2)) {
    weights.bias = constant(view, 2);
    problem.post_ops.bias = true;
  }
  return emit_node(node, std::move(problem), {input}, std::move(weights));
}

Status LayerBuilder::take_deconv(const NodeView& view) {
  const Node& node = view.node;
  KERNWISE_ASSIGN(const ValueId input, materialise(node.inputs[0]));
  const Shape4 x = shape(input);
  LayerWeights weights;
  weights.weight = constant(view, 1);
  const Shape4 w = view_of(weights.weight.dims());
  KERNWISE_ASSIGN(const Window window,
                  deconv_window(node, view.inputs[0]->dims, weights.weight.dims()));
  KERNWISE_ASSIGN(const int64_t groups, int_attribute(node, "group", 1));
  Problem problem;
  problem.op = DeconvProblem{.n = x.n,
                             .ic = x.c,
                             .ih = x.h,
                             .iw = x.w,
                             .oc = w.c * groups,
                             .oh = window.h.output,
                             .ow = window.w.output,
                             .kh = w.h,
                             .kw = w.w,
                             .sh = window.h.stride,
                             .sw = window.w.stride,
                             .pt = window.h.begin,
                             .pl = window.w.begin,
                             .dh = window.h.dilation,
                             .dw = window.w.dilation,
                             .g = groups};
  if (view.has(2)) {
    weights.bias = constant(view, 2);
    problem.post_ops.bias = true;
  }
  return emit_node(node, std::move(problem), {input}, std::move(weights));
}

Status LayerBuilder::take_pool(const NodeView& view) {
  KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
  const Shape4 x = shape(input);
  KERNWISE_ASSIGN(const Window window, pool_window(view.node, view.inputs[0]->dims));
  KERNWISE_ASSIGN(const PoolKind kind, pool_kind(view.node, window));
  const PoolProblem pool{.kind = kind,
                         .n = x.n,
                         .c = x.c,
                         .ih = x.h,
                         .iw = x.w,
                         .kh = window.h.kernel,
                         .kw = window.w.kernel,
                         .sh = window.h.stride,
                         .sw = window.w.stride,
                         .pt = window.h.begin,
                         .pb = window.h.end,
                         .pl = window.w.begin,
                         .pr = window.w.end};
  return emit_node(view.node, {pool, {}}, {input});
}

Status LayerBuilder::take_global_pool(const NodeView& view) {
  KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
  const Shape4 x = shape(input);
  KERNWISE_ASSIGN(const PoolKind kind, pool_kind(view.node, {}));
  const PoolProblem pool{
      .kind = kind, .n = x.n, .c = x.c, .ih = x.h, .iw = x.w, .kh = x.h, .kw = x.w};
  return emit_node(view.node, {pool, {}}, {input});
}

Status LayerBuilder::take_batch_normalization(const NodeView& view) {
  KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
  LayerWeights weights;
  LayerWeights::BatchNorm norm{constant(view, 1), constant(view, 2), constant(view, 3),
                               constant(view, 4), 1e-5F};
  KERNWISE_ASSIGN(norm.epsilon, float_attribute(view.node, "epsilon", 1e-5F));
  weights.batch_norm = std::move(norm);
  return emit_node(view.node, {ScaleProblem{shape(input)}, {}}, {input}, std::move(weights));
}

Status LayerBuilder::take_lrn(const NodeView& view) {
  KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
  LrnProblem lrn{.shape = shape(input)};
  KERNWISE_ASSIGN(lrn.size, int_attribute(view.node, "size", 1));
  KERNWISE_ASSIGN(lrn.alpha, float_attribute(view.node, "alpha", 1e-4F));
  KERNWISE_ASSIGN(lrn.beta, float_attribute(view.node, "beta", 0.75F));
  KERNWISE_ASSIGN(lrn.k, float_attribute(view.node, "bias", 1));
  return emit_node(view.node, {lrn, {}}, {input});
}

Status LayerBuilder::take_resize(const NodeView& view) {
  KERNWISE_ASSIGN(const ResizeProblem resize, resize_of(view));
  KERNWISE_ASSIGN(const ValueId input, materialise(view.node.inputs[0]));
  if (resize.ih == resize.oh && resize.iw == resize.ow && resize.yscale == 1 &&
      resize.xscale == 1) {
    set_output(view.node, input);
    return Ok{};
  }
  return emit_node(view.node, {resize, {}}, {input});
}

}  // namespace kernwise::detail
