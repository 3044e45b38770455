// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kernwise/graph/problem.h"
#include "problem_fields.h"
#include "saturate.h"

namespace kernwise {
namespace detail {
namespace {

Status check_ranges(Operator op) {
  for (const auto& group : field_groups(op)) {
    for (const Field& field : group) {
      const auto in_range = [&field](int64_t value) -> Status {
        if (value >= field.low && value <= field.high) return Ok{};
        return invalid_input(fmt::format("{} is {}; it must lie between {} and {}", field.name,
                                         value, field.low, field.high));
      };
      if (field.use == Field::Use::kBothSides) continue;  // pt, pb, pl, pr are looked at
      if (field.size != nullptr) KERNWISE_TRY(in_range(*field.size));
      if (field.real != nullptr && !std::isfinite(*field.real)) {
        return invalid_input(fmt::format("{} is not a finite number", field.name));
      }
      if (field.list != nullptr) {
        const auto count = static_cast<int64_t>(field.list->size());
        if (count < 1 || count > kMaxConcatInputs) {
          return invalid_input(fmt::format("{} is given {} times; it must be given 1 to {} times",
                                           field.name, count, kMaxConcatInputs));
        }
        for (const int64_t value : *field.list) KERNWISE_TRY(in_range(value));
      }
    }
  }
  return Ok{};
}

Status check_elements(std::string_view what, std::initializer_list<int64_t> dims) {
  const int64_t count = saturating_product(std::span(dims.begin(), dims.size()));
  if (count <= kMaxElements) return Ok{};
  return invalid_input(fmt::format("the {} would have more than 2^40 elements", what));
}

Status check_elements(std::string_view what, const Shape4& shape) {
  return check_elements(what, {shape.n, shape.c, shape.h, shape.w});
}

Status check_macs(int64_t outputs, int64_t per_output) {
  int64_t product = 0;
  if (!__builtin_mul_overflow(outputs, per_output, &product)) return Ok{};
  return invalid_input("it takes more than 2^63 multiply-accumulates");
}

Status check_window(std::string_view axis, int64_t extent, int64_t padded) {
  if (extent <= padded) return Ok{};
  return invalid_input(fmt::format("the kernel spans {} elements along {}, the padded input has {}",
                                   extent, axis, padded));
}

// Each of these runs after check_ranges, so sums and single products stay within int64.
Status check_operator(const ConvProblem& p) {
  if (p.ic % p.g != 0) return invalid_input(fmt::format("g{} does not divide ic{}", p.g, p.ic));
  if (p.oc % p.g != 0) return invalid_input(fmt::format("g{} does not divide oc{}", p.g, p.oc));
  const int64_t padded_h = p.ih + p.pt + p.pb, padded_w = p.iw + p.pl + p.pr;
  KERNWISE_TRY(check_window("h", (p.kh - 1) * p.dh + 1, padded_h));
  KERNWISE_TRY(check_window("w", (p.kw - 1) * p.dw + 1, padded_w));
  KERNWISE_TRY(check_elements("padded input", {p.n, p.ic, padded_h, padded_w}));
  KERNWISE_TRY(check_elements("output", {p.n, p.oc, p.oh(), p.ow()}));
  KERNWISE_TRY(check_elements("weight tensor", {p.oc, p.ic / p.g, p.kh, p.kw}));
  return check_macs(p.n * p.oc * p.oh() * p.ow(), p.ic / p.g * p.kh * p.kw);
}

Status check_operator(const PoolProblem& p) {
  const int64_t padded_h = p.ih + p.pt + p.pb, padded_w = p.iw + p.pl + p.pr;
  KERNWISE_TRY(check_window("h", p.kh, padded_h));
  KERNWISE_TRY(check_window("w", p.kw, padded_w));
  // A window in the padding alone has no maximum and no mean; below kh it always meets the input.
  if (p.pt >= p.kh || p.pb >= p.kh || p.pl >= p.kw || p.pr >= p.kw) {
    return invalid_input("the padding must be smaller than the pooling window");
  }
  KERNWISE_TRY(check_elements("padded input", {p.n, p.c, padded_h, padded_w}));
  return check_elements("output", {p.n, p.c, p.oh(), p.ow()});
}

Status check_operator(const FcProblem& p) {
  KERNWISE_TRY(check_elements("input", {p.n, p.ic, p.ih, p.iw}));
  KERNWISE_TRY(check_elements("output", {p.n, p.oc}));
  KERNWISE_TRY(check_elements("weight tensor", {p.oc, p.ic, p.ih, p.iw}));
  return check_macs(p.n * p.oc, p.ic * p.ih * p.iw);
}

Status check_operator(const ConcatProblem& p) {
  int64_t channels = 0;  // at most 2^12 summands of at most 2^40
  for (const int64_t c : p.channels) channels += c;
  return check_elements("output", {p.n, channels, p.h, p.w});
}

Status check_operator(const ReshapeProblem& p) {
  KERNWISE_TRY(check_elements("input", p.from));
  KERNWISE_TRY(check_elements("output", p.to));
  if (p.from.elements() == p.to.elements()) return Ok{};
  return invalid_input(
      fmt::format("it turns {} elements into {}", p.from.elements(), p.to.elements()));
}

Status check_operator(const DeconvProblem& p) {
  if (p.ic % p.g != 0) return invalid_input(fmt::format("g{} does not divide ic{}", p.g, p.ic));
  if (p.oc % p.g != 0) return invalid_input(fmt::format("g{} does not divide oc{}", p.g, p.oc));
  KERNWISE_TRY(check_elements("input", {p.n, p.ic, p.ih, p.iw}));
  KERNWISE_TRY(check_elements("output", {p.n, p.oc, p.oh, p.ow}));
  KERNWISE_TRY(check_elements("weight tensor", {p.oc, p.ic / p.g, p.kh, p.kw}));
  // What the taps reach, before padding cuts it down to the stated output.
  const auto reach = [](int64_t in, int64_t stride, int64_t kernel, int64_t dilation) {
    return saturating_add(saturating_multiply(in - 1, stride), (kernel - 1) * dilation + 1);
  };
  KERNWISE_TRY(check_elements("unpadded output", {reach(p.ih, p.sh, p.kh, p.dh)}));
  KERNWISE_TRY(check_elements("unpadded output", {reach(p.iw, p.sw, p.kw, p.dw)}));
  return check_macs(p.n * p.ic * p.ih * p.iw, p.oc / p.g * p.kh * p.kw);
}

Status check_alike(const Shape4& a, const Shape4& b, bool matrices) {
  const std::array<std::array<int64_t, 2>, 4> sizes = {
      {{a.n, b.n}, {a.c, b.c}, {a.h, b.h}, {a.w, b.w}}};
  constexpr std::string_view kNames = "nchw";
  for (std::size_t i = 0; i < (matrices ? 2 : 4); ++i) {
    if (sizes[i][0] == sizes[i][1] || sizes[i][0] == 1 || sizes[i][1] == 1) continue;
    return invalid_input(fmt::format("the operands have {} and {} along {}: neither equal nor 1",
                                     sizes[i][0], sizes[i][1], kNames[i]));
  }
  return Ok{};
}

Status check_operator(const BroadcastProblem& p) {
  KERNWISE_TRY(check_elements("first operand", p.a));
  KERNWISE_TRY(check_elements("second operand", p.b));
  KERNWISE_TRY(check_alike(p.a, p.b, false));
  return check_elements("output", {std::max(p.a.n, p.b.n), std::max(p.a.c, p.b.c),
                                   std::max(p.a.h, p.b.h), std::max(p.a.w, p.b.w)});
}

Status check_operator(const MatmulProblem& p) {
  KERNWISE_TRY(check_elements("first operand", p.a));
  KERNWISE_TRY(check_elements("second operand", p.b));
  KERNWISE_TRY(check_alike(p.a, p.b, true));
  if (p.a.w != p.b.h) {
    return invalid_input(fmt::format("rows of {} do not meet columns of {}", p.a.w, p.b.h));
  }
  KERNWISE_TRY(
      check_elements("output", {std::max(p.a.n, p.b.n), std::max(p.a.c, p.b.c), p.a.h, p.b.w}));
  return check_macs(std::max(p.a.n, p.b.n) * std::max(p.a.c, p.b.c) * p.a.h * p.b.w, p.a.w);
}

Status check_operator(const StridedProblem& p) {
  constexpr std::size_t kMaxDims = 16;
  KERNWISE_TRY(check_elements("input", p.from));
  KERNWISE_TRY(check_elements("output", p.to));
  if (p.sizes.size() != p.strides.size() || p.sizes.size() > kMaxDims) {
    return invalid_input(fmt::format("{} sizes and {} strides; as many of both, at most {}",
                                     p.sizes.size(), p.strides.size(), kMaxDims));
  }
  if (saturating_product(p.sizes) != p.to.elements()) {
    return invalid_input(fmt::format("the sizes do not make {} elements", p.to.elements()));
  }
  // At most 16 summands; each product fits when its size and stride stay within the input.
  int64_t lowest = p.offset, highest = p.offset;
  for (std::size_t i = 0; i < p.sizes.size(); ++i) {
    int64_t reach = 0;
    if (__builtin_mul_overflow(p.sizes[i] - 1, p.strides[i], &reach) || reach > kMaxElements ||
        reach < -kMaxElements) {
      return invalid_input("a stride leads out of the input");
    }
    (reach < 0 ? lowest : highest) += reach;
  }
  if (lowest >= 0 && highest < p.from.elements()) return Ok{};
  return invalid_input(
      fmt::format("elements {} to {} are read of {}", lowest, highest, p.from.elements()));
}

Status check_operator(const SliceProblem& p) {
  KERNWISE_TRY(check_elements("input", p.shape));
  if (p.first <= p.shape.c - p.count) return Ok{};
  return invalid_input(
      fmt::format("channels {} to {} are taken of {}", p.first, p.first + p.count - 1, p.shape.c));
}

Status check_operator(const ShuffleProblem& p) {
  KERNWISE_TRY(check_elements("tensor", p.shape));
  if (p.shape.c % p.g == 0) return Ok{};
  return invalid_input(fmt::format("g{} does not divide c{}", p.g, p.shape.c));
}

Status check_operator(const PadProblem& p) {
  KERNWISE_TRY(check_elements("input", p.shape));
  KERNWISE_TRY(check_elements("output", {p.shape.n + p.nb + p.na, p.shape.c + p.cb + p.ca,
                                         p.shape.h + p.hb + p.ha, p.shape.w + p.wb + p.wa}));
  if (p.kind != PadKind::kConstant && p.value != 0) {
    return invalid_input("only constant padding has a value");
  }
  const bool inside = std::max(p.nb, p.na) < p.shape.n && std::max(p.cb, p.ca) < p.shape.c &&
                      std::max(p.hb, p.ha) < p.shape.h && std::max(p.wb, p.wa) < p.shape.w;
  if (p.kind != PadKind::kReflect || inside) return Ok{};
  return invalid_input("reflected padding must be smaller than what it reflects");
}

Status check_operator(const ResizeProblem& p) {
  KERNWISE_TRY(check_elements("input", {p.n, p.c, p.ih, p.iw}));
  KERNWISE_TRY(check_elements("output", {p.n, p.c, p.oh, p.ow}));
  if (p.kind == ResizeKind::kLinear && p.rounding != ResizeRounding::kFloor) {
    return invalid_input("linear interpolation does not round");
  }
  if (p.yscale > 0 && p.xscale > 0) return Ok{};
  return invalid_input("scales must be positive");
}

Status check_operator(const GemmProblem& p) {
  KERNWISE_TRY(check_elements("first matrix", {p.m, p.k}));
  KERNWISE_TRY(check_elements("second matrix", {p.k, p.n}));
  KERNWISE_TRY(check_elements("output", {p.m, p.n}));
  return check_macs(p.m * p.n, p.k);
}

Status check_operator(const GemvProblem& p) { return check_elements("matrix", {p.m, p.n}); }

Status check_operator(const MatconvProblem& p) {
  KERNWISE_TRY(check_window("h", p.r, p.h));
  KERNWISE_TRY(check_window("w", p.r, p.w));
  KERNWISE_TRY(check_elements("image", {p.h, p.w}));
  return check_macs(p.oh() * p.ow(), p.r * p.r);
}

// Eltwise, scale, binary, lrn, softmax, transform.
Status check_operator(const auto& p) { return check_elements("tensor", p.shape); }

Status check_activation(const Activation& activation) {
  switch (activation.kind) {
    case ActivationKind::kClip:
      if (activation.alpha <= activation.beta) return Ok{};  // false if either is no number
      return invalid_input("clip's lower bound must not exceed its upper bound");
    case ActivationKind::kLeakyRelu:
      if (activation.beta != 0) return invalid_input("leaky has a slope and nothing else");
      if (std::isfinite(activation.alpha)) return Ok{};
      return invalid_input("leaky's slope is not a finite number");
    case ActivationKind::kHardSigmoid:
      if (std::isfinite(activation.alpha) && std::isfinite(activation.beta)) return Ok{};
      return invalid_input("hardsigmoid's alpha and beta must be finite numbers");
    default:
      if (activation.alpha == 0 && activation.beta == 0) return Ok{};
      return invalid_input("only clip, leaky and hardsigmoid have bounds or parameters");
  }
}

Status check_post_ops(ProblemKind kind, const PostOps& post_ops) {
  const bool all =
      kind == ProblemKind::kConv || kind == ProblemKind::kFc || kind == ProblemKind::kScale;
  const bool biased = all || kind == ProblemKind::kDeconv;
  const bool eltwise = kind == ProblemKind::kEltwise;
  const bool activated =
      biased || eltwise || kind == ProblemKind::kBinary || kind == ProblemKind::kBroadcast;
  const bool activates = post_ops.activation.kind != ActivationKind::kNone;
  const auto refuse = [kind](std::string_view what) {
    return invalid_input(fmt::format("{} takes no {}", to_string(kind), what),
                         "conv, fc and scale take +bias, +sum and an activation; deconv +bias and "
                         "an activation; eltwise, binary and broadcast an activation; the rest "
                         "nothing");
  };
  if (post_ops.bias && !biased) return refuse("+bias");
  if (post_ops.residual && !all) return refuse("+sum");
  if (activates && !activated) return refuse("activation");
  if (eltwise && !activates) {
    return invalid_input("eltwise has no activation to apply", "add one: +relu or +clip0,6");
  }
  return check_activation(post_ops.activation);
}

}  // namespace

Status check_problem(const Problem& problem) {
  KERNWISE_TRY(check_ranges(problem.op));
  KERNWISE_TRY(std::visit([](const auto& op) { return check_operator(op); }, problem.op));
  return check_post_ops(problem.kind(), problem.post_ops);
}

}  // namespace detail

Status validate(const Problem& problem) {
  Status status = detail::check_problem(problem);
  if (status.ok()) return status;
  return std::move(status).error().within(detail::problem_place(to_string(problem)));
}

}  // namespace kernwise
