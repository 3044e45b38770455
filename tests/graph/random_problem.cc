// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "graph/random_problem.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace kernwise {
namespace {

// Both ends included.
int64_t draw(int64_t low, int64_t high) { return *rc::gen::inRange<int64_t>(low, high + 1); }
bool flip() { return *rc::gen::arbitrary<bool>(); }

// Any finite float, subnormals and huge ones included: all bit patterns are drawn.
float draw_float() {
  const float value = std::bit_cast<float>(*rc::gen::arbitrary<uint32_t>());
  return std::isfinite(value) ? value : 1.5F;
}

float draw_bound() {
  switch (draw(0, 5)) {
    case 0: return 0;
    case 1: return 6;
    case 2: return std::numeric_limits<float>::infinity();
    case 3: return -std::numeric_limits<float>::infinity();
    default: return draw_float();
  }
}

Activation draw_activation(bool may_be_none) {
  switch (draw(may_be_none ? 0 : 1, 2)) {
    case 0: return {};
    case 1: return {.kind = ActivationKind::kRelu};
    default: break;
  }
  const float a = draw_bound(), b = draw_bound();
  return {.kind = ActivationKind::kClip, .alpha = std::min(a, b), .beta = std::max(a, b)};
}

Shape4 draw_shape() {
  return {.n = draw(1, 8), .c = draw(1, 40), .h = draw(1, 20), .w = draw(1, 20)};
}

ConvProblem draw_conv() {
  ConvProblem p;
  p.n = draw(1, 8);
  p.g = flip() ? 1 : draw(1, 6);
  p.ic = p.g * draw(1, 20);
  p.oc = p.g * draw(1, 20);
  p.kh = draw(1, 5), p.kw = flip() ? p.kh : draw(1, 7);
  p.sh = draw(1, 3), p.sw = flip() ? p.sh : draw(1, 3);
  p.dh = draw(1, 3), p.dw = flip() ? p.dh : draw(1, 3);
  p.pt = draw(0, 3), p.pb = flip() ? p.pt : draw(0, 3);
  p.pl = flip() ? p.pt : draw(0, 3), p.pr = flip() ? p.pl : draw(0, 3);
  p.ih = std::max<int64_t>(1, (p.kh - 1) * p.dh + 1 - p.pt - p.pb) + draw(0, 20);
  p.iw = flip() ? p.ih : 0;
  p.iw = std::max(p.iw, std::max<int64_t>(1, (p.kw - 1) * p.dw + 1 - p.pl - p.pr) + draw(0, 5));
  return p;
}

PoolProblem draw_pool() {
  PoolProblem p;
  p.kind = *rc::gen::element(PoolKind::kMax, PoolKind::kAvgIncludePad, PoolKind::kAvgExcludePad);
  p.n = draw(1, 8), p.c = draw(1, 40);
  p.kh = draw(1, 5), p.kw = flip() ? p.kh : draw(1, 5);
  p.sh = draw(1, 3), p.sw = flip() ? p.sh : draw(1, 3);
  p.pt = draw(0, p.kh - 1), p.pb = flip() ? p.pt : draw(0, p.kh - 1);
  p.pl = draw(0, p.kw - 1), p.pr = flip() ? p.pl : draw(0, p.kw - 1);
  p.ih = p.kh + draw(0, 20), p.iw = p.kw + draw(0, 20);
  return p;
}

Operator draw_operator(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kConv: return draw_conv();
    case ProblemKind::kPool: return draw_pool();
    case ProblemKind::kFc: {
      const Shape4 in = draw_shape();
      return FcProblem{.n = in.n, .ic = in.c, .ih = in.h, .iw = in.w, .oc = draw(1, 50)};
    }
    case ProblemKind::kEltwise: return EltwiseProblem{draw_shape()};
    case ProblemKind::kScale: return ScaleProblem{draw_shape()};
    case ProblemKind::kBinary:
      return BinaryProblem{flip() ? BinaryKind::kAdd : BinaryKind::kMul, draw_shape()};
    case ProblemKind::kConcat: {
      const Shape4 shape = draw_shape();
      ConcatProblem p{.n = shape.n, .h = shape.h, .w = shape.w};
      for (int64_t i = draw(1, 5); i > 0; --i) p.channels.push_back(draw(1, 40));
      return p;
    }
    case ProblemKind::kLrn: {
      LrnProblem p{.shape = draw_shape(), .size = draw(1, 7), .alpha = 1e-4F, .beta = 0.75F};
      if (flip()) p.alpha = draw_float(), p.beta = draw_float(), p.k = draw_float();
      return p;
    }
    case ProblemKind::kSoftmax: return SoftmaxProblem{draw_shape()};
    case ProblemKind::kReshape: {
      const Shape4 from = draw_shape();
      const Shape4 flat{.n = from.n, .c = from.c * from.h * from.w};
      const Shape4 turned{.n = from.n, .c = from.h, .h = from.w, .w = from.c};
      return ReshapeProblem{from, flip() ? flat : turned};
    }
    case ProblemKind::kTransform: break;
  }
  const auto layout = [] { return kAllLayouts[static_cast<std::size_t>(draw(0, 3))]; };
  return TransformProblem{draw_shape(), layout(), layout()};
}

PostOps draw_post_ops(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kConv:
    case ProblemKind::kFc:
    case ProblemKind::kScale:
      return {.bias = flip(), .residual = flip(), .activation = draw_activation(true)};
    case ProblemKind::kBinary: return {.activation = draw_activation(true)};
    case ProblemKind::kEltwise: return {.activation = draw_activation(false)};
    default: return {};
  }
}

}  // namespace

rc::Gen<Problem> any_problem(ProblemKind kind) {
  return rc::gen::exec([kind] { return Problem{draw_operator(kind), draw_post_ops(kind)}; });
}

rc::Gen<Problem> any_problem() {
  return rc::gen::exec([] {
    const auto last = static_cast<int64_t>(std::variant_size_v<Operator>) - 1;
    const auto kind = static_cast<ProblemKind>(draw(0, last));
    return Problem{draw_operator(kind), draw_post_ops(kind)};
  });
}

rc::Gen<Shape4> any_shape() { return rc::gen::exec(draw_shape); }

}  // namespace kernwise
