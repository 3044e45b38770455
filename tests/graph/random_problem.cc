// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "graph/random_problem.h"

#include <algorithm>
#include <array>
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
  const auto kind = static_cast<ActivationKind>(draw(may_be_none ? 0 : 1, 8));
  switch (kind) {
    case ActivationKind::kClip: break;
    case ActivationKind::kLeakyRelu: return {.kind = kind, .alpha = draw_float()};
    case ActivationKind::kHardSigmoid:
      return {.kind = kind, .alpha = draw_float(), .beta = draw_float()};
    default: return {.kind = kind};
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

float draw_scale() { return static_cast<float>(draw(1, 1000)) / static_cast<float>(draw(1, 1000)); }

StridedProblem draw_strided() {
  StridedProblem p;
  p.from = draw_shape();
  // Any box in the tensor, walked through in either direction.
  const std::array<int64_t, 4> dims = {p.from.n, p.from.c, p.from.h, p.from.w};
  int64_t stride = p.from.elements();
  for (const int64_t dim : dims) {
    stride /= dim;
    const int64_t size = draw(1, dim);
    const bool back = flip();
    p.sizes.push_back(size);
    p.strides.push_back(back ? -stride : stride);
    p.offset += (back ? size - 1 : 0) * stride;
  }
  p.to = {p.sizes[0], p.sizes[1] * p.sizes[2], p.sizes[3], 1};
  return p;
}

Operator draw_later_operator(ProblemKind kind) {
  const Shape4 s = draw_shape();
  switch (kind) {
    case ProblemKind::kDeconv: {
      const int64_t g = flip() ? 1 : draw(1, 6);
      return DeconvProblem{.n = s.n,
                           .ic = g * draw(1, 20),
                           .ih = s.h,
                           .iw = s.w,
                           .oc = g * draw(1, 20),
                           .oh = draw(1, 40),
                           .ow = draw(1, 40),
                           .kh = draw(1, 5),
                           .kw = draw(1, 5),
                           .sh = draw(1, 3),
                           .sw = draw(1, 3),
                           .pt = draw(0, 3),
                           .pl = draw(0, 3),
                           .dh = draw(1, 3),
                           .dw = draw(1, 3),
                           .g = g};
    }
    case ProblemKind::kBroadcast: {
      const auto some = [&] {
        return Shape4{flip() ? s.n : 1, flip() ? s.c : 1, flip() ? s.h : 1, flip() ? s.w : 1};
      };
      return BroadcastProblem{static_cast<BinaryKind>(draw(0, 4)),
                              static_cast<ConstantOperand>(draw(0, 2)), some(), some()};
    }
    case ProblemKind::kStrided: return draw_strided();
    case ProblemKind::kSlice: {
      const int64_t first = draw(0, s.c - 1);
      return SliceProblem{s, first, draw(1, s.c - first)};
    }
    case ProblemKind::kShuffle: {
      const int64_t g = draw(1, 6);
      return ShuffleProblem{{s.n, g * s.c, s.h, s.w}, g};
    }
    case ProblemKind::kPad: {
      PadProblem p{.kind = static_cast<PadKind>(draw(0, 2)), .shape = s};
      p.hb = draw(0, s.h - 1), p.ha = draw(0, s.h - 1), p.wb = draw(0, s.w - 1);
      p.ca = draw(0, s.c - 1);
      if (p.kind == PadKind::kConstant) p.value = draw_float();
      return p;
    }
    case ProblemKind::kResize: {
      ResizeProblem p{.kind = static_cast<ResizeKind>(draw(0, 1)),
                      .coordinates = static_cast<ResizeCoordinates>(draw(0, 4)),
                      .n = s.n,
                      .c = s.c,
                      .ih = s.h,
                      .iw = s.w,
                      .oh = draw(1, 40),
                      .ow = draw(1, 40),
                      .yscale = draw_scale(),
                      .xscale = draw_scale()};
      if (p.kind == ResizeKind::kNearest) p.rounding = static_cast<ResizeRounding>(draw(0, 3));
      return p;
    }
    case ProblemKind::kGemm: return GemmProblem{draw(1, 1024), draw(1, 1024), draw(1, 1024)};
    case ProblemKind::kGemv: return GemvProblem{draw(1, 1024), draw(1, 1024)};
    case ProblemKind::kMatconv: {
      const int64_t r = draw(1, 9);
      return MatconvProblem{r + draw(0, 1024), r + draw(0, 1024), r};
    }
    default: break;
  }
  const int64_t inner = draw(1, 20);
  return MatmulProblem{{s.n, flip() ? s.c : 1, s.h, inner}, {flip() ? s.n : 1, s.c, inner, s.w}};
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
      return BinaryProblem{static_cast<BinaryKind>(draw(0, 4)), draw_shape()};
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
    default: return draw_later_operator(kind);
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
    case ProblemKind::kDeconv: return {.bias = flip(), .activation = draw_activation(true)};
    case ProblemKind::kBroadcast:
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
