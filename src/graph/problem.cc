// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/graph/problem.h"

#include <algorithm>
#include <array>
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
Shape4 input_of(const HasShape auto& p, int) { return p.shape; }

Shape4 output_of(const ConvProblem& p) { return {p.n, p.oc, p.oh(), p.ow()}; }
Shape4 output_of(const PoolProblem& p) { return {p.n, p.c, p.oh(), p.ow()}; }
Shape4 output_of(const FcProblem& p) { return {p.n, p.oc, 1, 1}; }
Shape4 output_of(const ConcatProblem& p) {
  return {p.n, std::accumulate(p.channels.begin(), p.channels.end(), int64_t{0}), p.h, p.w};
}
Shape4 output_of(const ReshapeProblem& p) { return p.to; }
Shape4 output_of(const HasShape auto& p) { return p.shape; }

}  // namespace

float apply(const Activation& activation, float x) {
  switch (activation.kind) {
    case ActivationKind::kNone: break;
    case ActivationKind::kRelu: return std::max(x, 0.0F);
    case ActivationKind::kClip: return std::min(std::max(x, activation.alpha), activation.beta);
  }
  return x;
}

std::string_view to_string(ProblemKind kind) {
  static constexpr std::array<std::string_view, std::variant_size_v<Operator>> kNames = {
      "conv",   "pool", "fc",      "eltwise", "scale",    "binary",
      "concat", "lrn",  "softmax", "reshape", "transform"};
  return kNames[static_cast<std::size_t>(kind)];
}

int input_count(const Problem& problem) {
  if (const auto* concat = problem.as<ConcatProblem>()) {
    return static_cast<int>(concat->channels.size());
  }
  return problem.kind() == ProblemKind::kBinary ? 2 : 1;
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
  return {0};
}

Bytes least_traffic(const Problem& problem) {
  const int64_t output = output_shape(problem).elements();
  int64_t elements = weight_elements(problem) + bias_elements(problem) + output;
  if (problem.post_ops.residual) elements += output;
  for (int i = 0; i < input_count(problem); ++i) elements += input_shape(problem, i).elements();
  return {4 * elements};
}

}  // namespace kernwise
