// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/problem.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <numeric>
#include <type_traits>

#include "kernwise/base/check.h"

namespace kernwise {
namespace {

template <typename T>
concept HasShape = requires(const T& op) {
  { op.shape } -> std::convertible_to<Shape4>;
};

Shape4 input_of(const ConvProblem& p, int) { return {p.n, p.ic, p.ih, p.iw}; }
Shape4 input_of(const PoolProblem& p, int) { return {p.n, p.c, p.ih, p.iw}; }
Shape4 input_of(const FcProblem& p, int) { return {p.n, p.ic, p.ih, p.iw}; }
Shape4 input_of(const ConcatProblem& p, int index) {
  return {p.n, p.channels[static_cast<std::size_t>(index)], p.h, p.w};
}
Shape4 input_of(const ReshapeProblem& p, int) { return p.from; }
Shape4 input_of(const DeconvProblem& p, int) { return {p.n, p.ic, p.ih, p.iw}; }
Shape4 input_of(const BroadcastProblem& p, int index) {
  return index == 1 || p.constant == ConstantOperand::kFirst ? p.b : p.a;
}
Shape4 input_of(const StridedProblem& p, int) { return p.from; }
Shape4 input_of(const ResizeProblem& p, int) { return {p.n, p.c, p.ih, p.iw}; }
Shape4 input_of(const MatmulProblem& p, int index) { return index == 0 ? p.a : p.b; }
Shape4 input_of(const GemmProblem& p, int index) {
  return index == 0 ? Shape4{1, 1, p.m, p.k} : Shape4{1, 1, p.k, p.n};
}
Shape4 input_of(const GemvProblem& p, int index) {
  return index == 0 ? Shape4{1, 1, p.m, p.n} : Shape4{1, 1, 1, p.n};
}
Shape4 input_of(const MatconvProblem& p, int index) {
  return index == 0 ? Shape4{1, 1, p.h, p.w} : Shape4{1, 1, p.r, p.r};
}
Shape4 input_of(const HasShape auto& p, int) { return p.shape; }

Shape4 output_of(const ConvProblem& p) { return {p.n, p.oc, p.oh(), p.ow()}; }
Shape4 output_of(const PoolProblem& p) { return {p.n, p.c, p.oh(), p.ow()}; }
Shape4 output_of(const FcProblem& p) { return {p.n, p.oc, 1, 1}; }
Shape4 output_of(const ConcatProblem& p) {
  return {p.n, std::accumulate(p.channels.begin(), p.channels.end(), int64_t{0}), p.h, p.w};
}
Shape4 output_of(const ReshapeProblem& p) { return p.to; }
Shape4 output_of(const DeconvProblem& p) { return {p.n, p.oc, p.oh, p.ow}; }
Shape4 output_of(const BroadcastProblem& p) {
  return {std::max(p.a.n, p.b.n), std::max(p.a.c, p.b.c), std::max(p.a.h, p.b.h),
          std::max(p.a.w, p.b.w)};
}
Shape4 output_of(const StridedProblem& p) { return p.to; }
Shape4 output_of(const SliceProblem& p) { return {p.shape.n, p.count, p.shape.h, p.shape.w}; }
Shape4 output_of(const PadProblem& p) {
  return {p.shape.n + p.nb + p.na, p.shape.c + p.cb + p.ca, p.shape.h + p.hb + p.ha,
          p.shape.w + p.wb + p.wa};
}
Shape4 output_of(const ResizeProblem& p) { return {p.n, p.c, p.oh, p.ow}; }
Shape4 output_of(const MatmulProblem& p) {
  return {std::max(p.a.n, p.b.n), std::max(p.a.c, p.b.c), p.a.h, p.b.w};
}
Shape4 output_of(const GemmProblem& p) { return {1, 1, p.m, p.n}; }
Shape4 output_of(const GemvProblem& p) { return {1, 1, 1, p.m}; }
Shape4 output_of(const MatconvProblem& p) { return {1, 1, p.oh(), p.ow()}; }
Shape4 output_of(const HasShape auto& p) { return p.shape; }

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

float apply(const Activation& activation, float x) {
  switch (activation.kind) {
    case ActivationKind::kNone: break;
    case ActivationKind::kRelu: return std::max(x, 0.0F);
    case ActivationKind::kClip: return std::min(std::max(x, activation.alpha), activation.beta);
    case ActivationKind::kLeakyRelu: return x < 0 ? activation.alpha * x : x;
    case ActivationKind::kSigmoid: return sigmoid(x);
    case ActivationKind::kTanh: return std::tanh(x);
    case ActivationKind::kHardSigmoid:
      return std::min(std::max(activation.alpha * x + activation.beta, 0.0F), 1.0F);
    case ActivationKind::kHardSwish: return x * std::min(std::max(x / 6 + 0.5F, 0.0F), 1.0F);
    case ActivationKind::kSwish: return x * sigmoid(x);
  }
  return x;
}

std::string_view to_string(ProblemKind kind) {
  static constexpr std::array<std::string_view, std::variant_size_v<Operator>> kNames = {
      "conv",  "pool",    "fc",      "eltwise",   "scale",  "binary",    "concat",
      "lrn",   "softmax", "reshape", "transform", "deconv", "broadcast", "strided",
      "slice", "shuffle", "pad",     "resize",    "matmul", "gemm",      "gemv",
      "matconv"};
  return kNames[static_cast<std::size_t>(kind)];
}

int input_count(const Problem& problem) {
  if (const auto* concat = problem.as<ConcatProblem>()) {
    return static_cast<int>(concat->channels.size());
  }
  if (const auto* broadcast = problem.as<BroadcastProblem>()) {
    return broadcast->constant == ConstantOperand::kNone ? 2 : 1;
  }
  switch (problem.kind()) {
    case ProblemKind::kBinary:
    case ProblemKind::kMatmul:
    case ProblemKind::kGemm:
    case ProblemKind::kGemv:
    case ProblemKind::kMatconv: return 2;
    default: return 1;
  }
}

Shape4 input_shape(const Problem& problem, int index) {
  KERNWISE_CHECK(index >= 0 && index < input_count(problem));
  return std::visit([index](const auto& op) { return input_of(op, index); }, problem.op);
}

Shape4 output_shape(const Problem& problem) {
  return std::visit([](const auto& op) { return output_of(op); }, problem.op);
}

int64_t weight_elements(const Problem& problem) {
  if (const auto* conv = problem.as<ConvProblem>()) {
    return conv->oc * (conv->ic / conv->g) * conv->kh * conv->kw;
  }
  if (const auto* fc = problem.as<FcProblem>()) return fc->oc * fc->ic * fc->ih * fc->iw;
  if (const auto* scale = problem.as<ScaleProblem>()) return scale->shape.c;
  if (const auto* deconv = problem.as<DeconvProblem>()) {
    return deconv->oc * (deconv->ic / deconv->g) * deconv->kh * deconv->kw;
  }
  if (const auto* broadcast = problem.as<BroadcastProblem>()) {
    if (broadcast->constant == ConstantOperand::kFirst) return broadcast->a.elements();
    if (broadcast->constant == ConstantOperand::kSecond) return broadcast->b.elements();
  }
  return 0;
}

int64_t bias_elements(const Problem& problem) {
  const bool shifts = problem.kind() == ProblemKind::kScale;
  return problem.post_ops.bias || shifts ? output_shape(problem).c : 0;
}

Macs macs(const Problem& problem) {
  if (const auto* conv = problem.as<ConvProblem>()) {
    return {output_shape(problem).elements() * (conv->ic / conv->g) * conv->kh * conv->kw};
  }
  if (const auto* fc = problem.as<FcProblem>()) return {fc->n * weight_elements(problem)};
  if (const auto* deconv = problem.as<DeconvProblem>()) {
    return {input_shape(problem, 0).elements() * (deconv->oc / deconv->g) * deconv->kh *
            deconv->kw};
  }
  if (const auto* matmul = problem.as<MatmulProblem>()) {
    return {output_shape(problem).elements() * matmul->a.w};
  }
  if (const auto* gemm = problem.as<GemmProblem>()) return {gemm->m * gemm->n * gemm->k};
  if (const auto* gemv = problem.as<GemvProblem>()) return {gemv->m * gemv->n};
  if (const auto* conv = problem.as<MatconvProblem>()) {
    return {conv->oh() * conv->ow() * conv->r * conv->r};
  }
  return {0};
}

Bytes least_traffic(const Problem& problem) {
  const int64_t output = output_shape(problem).elements();
  int64_t elements = weight_elements(problem) + bias_elements(problem) + output;
  if (problem.post_ops.residual) elements += output;
  for (int i = 0; i < input_count(problem); ++i) elements += input_shape(problem, i).elements();
  return {4 * elements};
}

namespace {

// The length of the output before it was rounded down, which the published tests go by; the stated
// one where the scale says the same up to its own rounding.
double stretched(int64_t in, int64_t out, float scale) {
  constexpr double kRounding = 1e-4;
  const double length = double{scale} * static_cast<double>(in);
  const auto stated = static_cast<double>(out);
  const bool same = std::abs(length - stated) < kRounding * stated;
  return same || length <= 1 ? stated : length;
}

}  // namespace

double resize_source(ResizeCoordinates coordinates, int64_t at, int64_t in, int64_t out,
                     float scale) {
  const double x = static_cast<double>(at), factor = scale;
  const double half_pixel = (x + 0.5) / factor - 0.5;
  switch (coordinates) {
    case ResizeCoordinates::kHalfPixel: return half_pixel;
    case ResizeCoordinates::kAsymmetric: return x / factor;
    case ResizeCoordinates::kAlignCorners:
      return out == 1 ? 0 : x * static_cast<double>(in - 1) / (stretched(in, out, scale) - 1);
    case ResizeCoordinates::kPytorchHalfPixel: return out == 1 ? 0 : half_pixel;
    case ResizeCoordinates::kHalfPixelSymmetric: {
      // What the scale promises and what the rounded size holds differ; the surplus is centred.
      const double adjustment = static_cast<double>(out) / (factor * static_cast<double>(in));
      const double centre = static_cast<double>(in) / 2;
      return centre * (1 - adjustment) + half_pixel;
    }
  }
  return half_pixel;
}

int64_t resize_nearest(const ResizeProblem& problem, int64_t at, int64_t in, int64_t out,
                       float scale) {
  const double source = resize_source(problem.coordinates, at, in, out, scale);
  double rounded = std::floor(source);
  switch (problem.rounding) {
    case ResizeRounding::kFloor: break;
    case ResizeRounding::kCeil: rounded = std::ceil(source); break;
    case ResizeRounding::kPreferFloor: rounded = std::ceil(source - 0.5); break;
    case ResizeRounding::kPreferCeil: rounded = std::floor(source + 0.5); break;
  }
  return static_cast<int64_t>(std::clamp(rounded, 0.0, static_cast<double>(in - 1)));
}

}  // namespace kernwise
