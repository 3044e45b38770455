// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What the latency model sees of a layer.
#include <algorithm>
#include <cmath>

#include "kernwise/footprint/latency_model.h"
#include "kernwise/footprint/step_memory.h"

namespace kernwise {
namespace {

constexpr std::array<std::string_view, kOperatorClasses> kNames = {
    "conv", "pointwise", "depthwise", "matrix", "normalisation", "pooling", "elementwise", "move"};
constexpr double kBlock = 16;  // channels that kernels compute at once

double log_of(double size) { return std::log(std::max(size, 1.0)); }

}  // namespace

std::string_view to_string(OperatorClass operator_class) {
  return kNames[static_cast<std::size_t>(operator_class)];
}

OperatorClass class_of(const Layer& layer) {
  switch (layer.problem.kind()) {
    case ProblemKind::kConv: {
      const auto& p = *layer.problem.as<ConvProblem>();
      if (p.depthwise()) return OperatorClass::kDepthwise;
      return p.kh == 1 && p.kw == 1 && p.g == 1 ? OperatorClass::kPointwise : OperatorClass::kConv;
    }
    case ProblemKind::kDeconv: return OperatorClass::kConv;
    case ProblemKind::kFc:
    case ProblemKind::kMatmul: return OperatorClass::kMatrix;
    case ProblemKind::kScale:
      return layer.weights.batch_norm ? OperatorClass::kNormalisation : OperatorClass::kElementwise;
    case ProblemKind::kLrn: return OperatorClass::kNormalisation;
    case ProblemKind::kPool: return OperatorClass::kPooling;
    case ProblemKind::kEltwise:
    case ProblemKind::kBinary:
    case ProblemKind::kBroadcast:
    case ProblemKind::kSoftmax: return OperatorClass::kElementwise;
    default: return OperatorClass::kMove;
  }
}

std::array<double, kLatencyFeatures> latency_features(const Layer& layer) {
  const Problem& problem = layer.problem;
  double in = 0;
  for (int i = 0; i < input_count(problem); ++i) {
    in += static_cast<double>(input_shape(problem, i).elements());
  }
  const Shape4 out = output_shape(problem);
  double ic = static_cast<double>(input_shape(problem, 0).c), oc = static_cast<double>(out.c);
  double taps = 1, stride = 1, groups = 1;
  if (const auto* p = problem.as<ConvProblem>()) {
    taps = static_cast<double>(p->kh * p->kw);
    stride = static_cast<double>(p->sh * p->sw);
    groups = static_cast<double>(p->g);
  } else if (const auto* q = problem.as<PoolProblem>()) {
    taps = static_cast<double>(q->kh * q->kw);
    stride = static_cast<double>(q->sh * q->sw);
  } else if (problem.kind() == ProblemKind::kEltwise) {
    // Kinds of activation differ by what they compute.
    taps = 1 + static_cast<double>(problem.post_ops.activation.kind);
  }
  const auto padded = [](double channels) { return std::ceil(channels / kBlock) * kBlock; };
  const auto work = static_cast<double>(macs(problem).value);
  return {log_of(work),
          log_of(in),
          log_of(static_cast<double>(out.elements())),
          log_of(ic / groups),
          log_of(oc / groups),
          log_of(static_cast<double>(out.h * out.w)),
          log_of(taps),
          log_of(stride),
          log_of(static_cast<double>(out.n)),
          log_of(static_cast<double>(weight_elements(problem))),
          log_of(padded(ic / groups) / (ic / groups)),
          log_of(padded(oc) / oc)};
}

TimedStep untimed_step(const LayerGraph& graph, const StepOptions& step) {
  TimedStep sizes;
  sizes.step = step;
  for (const Layer& layer : graph.layers) {
    sizes.layers.push_back({class_of(layer), latency_features(layer)});
    sizes.parameter_bytes += learned_bytes(layer);
    sizes.parameter_tensors += learned_tensors(layer);
  }
  return sizes;
}

}  // namespace kernwise
