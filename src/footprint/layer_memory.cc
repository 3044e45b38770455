// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Operator by operator, what libtorch's derivatives (tools/autograd/derivatives.yaml, 1.13) save
// and make.
#include "layer_memory.h"

#include <algorithm>

namespace kernwise::detail {
namespace {

constexpr int64_t kFloat = 4;
constexpr int64_t kIndex = 8;  // of a maximum

using enum GradientForm;

// An operator that makes a tensor of the output's size and, backward, one of the input's.
LayerMemory plain(const Layer& layer, bool saves_input, bool saves_output) {
  LayerMemory memory;
  const int inputs = input_count(layer.problem);
  memory.saves_input.assign(static_cast<std::size_t>(inputs), saves_input);
  memory.saves_output = saves_output;
  memory.gradients.assign(static_cast<std::size_t>(inputs), kNew);
  memory.forward_peak = tensor_bytes(output_shape(layer.problem));
  for (int i = 0; i < inputs; ++i)
    memory.backward_peak += tensor_bytes(input_shape(layer.problem, i));
  return memory;
}

LayerMemory view_of_input(const Layer& layer) {
  LayerMemory memory = plain(layer, false, false);
  memory.output_is_view = true;
  memory.forward_peak = memory.backward_peak = 0;
  memory.gradients = {kView};
  return memory;
}

LayerMemory batch_norm(const Layer& layer, const Shape4& shape) {
  LayerMemory memory = plain(layer, true, false);
  memory.saved_bytes = 2 * kFloat * shape.c;  // mean and inverse deviation of the batch
  memory.parameter_gradients = 2 * kFloat * shape.c;
  memory.forward_peak += memory.saved_bytes + 2 * kFloat * shape.c;
  memory.backward_peak += memory.parameter_gradients;
  return memory;
}

LayerMemory scale(const Layer& layer, const Shape4& shape) {
  const LayerWeights& w = layer.weights;
  const int64_t x = tensor_bytes(shape);
  const bool multiplies = w.weight.type() == DataType::kFloat32;
  const bool learned = multiplies && w.weight.elements() > 1;
  LayerMemory memory = plain(layer, learned, false);
  const bool adds = w.bias.has_value();
  if (multiplies && adds) memory.forward_peak += x;
  if (!multiplies) memory.gradients = {kShare};
  memory.backward_peak = multiplies ? x + (learned ? x : 0) : 0;
  if (learned) memory.parameter_gradients += kFloat * w.weight.elements();
  if (adds && w.bias->elements() > 1) memory.parameter_gradients += kFloat * w.bias->elements();
  return memory;
}

LayerMemory binary(const Layer& layer, BinaryKind kind, int64_t y) {
  LayerMemory memory = plain(layer, kind != BinaryKind::kAdd && kind != BinaryKind::kSub, false);
  switch (kind) {
    case BinaryKind::kAdd:
      memory.gradients = {kShare, kShare};
      memory.backward_peak = 0;
      break;
    case BinaryKind::kSub:
      memory.gradients = {kShare, kNew};
      memory.backward_peak = y;
      break;
    case BinaryKind::kMul: break;
    case BinaryKind::kDiv: memory.backward_peak += 2 * y; break;
    case BinaryKind::kPrelu: memory.backward_peak += 2 * y; break;
  }
  return memory;
}

LayerMemory broadcast(const Layer& layer, const BroadcastProblem& p) {
  const int64_t y = tensor_bytes(output_shape(layer.problem));
  const bool multiplies =
      p.kind == BinaryKind::kMul || p.kind == BinaryKind::kDiv || p.kind == BinaryKind::kPrelu;
  const bool number = p.constant != ConstantOperand::kNone && layer.weights.weight.elements() == 1;
  LayerMemory memory = plain(layer, multiplies && !number, false);
  memory.backward_peak = 0;
  // The gradient of a repeated operand is a sum over a product of the output's size.
  const auto operand = [&](std::size_t input, const Shape4& shape) {
    const int64_t own = tensor_bytes(shape);
    const bool whole = own == y;
    if (!multiplies && whole && p.kind != BinaryKind::kSub) {
      memory.gradients[input] = kShare;
      return;
    }
    memory.backward_peak += own + (whole || !multiplies ? 0 : y);
  };
  std::size_t at = 0;
  if (p.constant != ConstantOperand::kFirst) operand(at++, p.a);
  if (p.constant != ConstantOperand::kSecond) operand(at++, p.b);
  if (p.constant != ConstantOperand::kNone && !number) {
    const int64_t own = kFloat * layer.weights.weight.elements();
    memory.parameter_gradients = own;
    memory.backward_peak += own + (multiplies ? y : 0);
  }
  return memory;
}

LayerMemory pool(const Layer& layer, const PoolProblem& p) {
  const bool maximum = p.kind == PoolKind::kMax;
  const bool whole = !maximum && p.kh == p.ih && p.kw == p.iw && p.pt + p.pb + p.pl + p.pr == 0;
  LayerMemory memory = plain(layer, !whole, false);
  if (maximum) {
    memory.saved_bytes = kIndex * p.n * p.c * p.oh() * p.ow();
    memory.forward_peak += memory.saved_bytes;
  }
  return memory;
}

LayerMemory fully_connected(const Layer& layer, const FcProblem& p) {
  LayerMemory memory = plain(layer, true, false);
  const int64_t weights = kFloat * p.oc * p.ic * p.ih * p.iw;
  memory.parameter_gradients = weights + (layer.weights.bias ? kFloat * p.oc : 0);
  memory.backward_peak += memory.parameter_gradients;
  return memory;
}

// libtorch multiplies by columns, image by image.
LayerMemory deconv(const Layer& layer, const DeconvProblem& p) {
  LayerMemory memory = plain(layer, true, false);
  const int64_t weights = kFloat * p.ic * (p.oc / p.g) * p.kh * p.kw;
  const int64_t columns = kFloat * (p.oc / p.g) * p.kh * p.kw * p.ih * p.iw;
  memory.parameter_gradients = weights + (layer.weights.bias ? kFloat * p.oc : 0);
  memory.forward_peak += columns;
  memory.backward_peak += memory.parameter_gradients + columns;
  return memory;
}

LayerMemory eltwise(const Layer& layer) {
  switch (layer.problem.post_ops.activation.kind) {
    case ActivationKind::kRelu:
    case ActivationKind::kSigmoid:
    case ActivationKind::kTanh: return plain(layer, false, true);
    default: return plain(layer, true, false);
  }
}

// The chain of operators that libtorch makes it of: square, pad, average, scale, shift, power.
LayerMemory lrn(const Layer& layer, const LrnProblem& p) {
  LayerMemory memory = plain(layer, true, false);
  const int64_t x = tensor_bytes(p.shape);
  memory.saved_bytes = 3 * x;
  memory.forward_peak = 5 * x;
  memory.backward_peak = 4 * x;
  return memory;
}

}  // namespace

int64_t tensor_bytes(const Shape4& shape) { return kFloat * shape.elements(); }

ParameterElements parameters_of(const Layer& layer) {
  ParameterElements elements;
  const LayerWeights& w = layer.weights;
  if (w.batch_norm) {
    const int64_t c = w.batch_norm->scale.elements();
    return {{c, c}, 2 * c};
  }
  const auto add = [&](const ConstantTensor& constant, bool always) {
    if (always || constant.elements() > 1) {
      elements.learned.push_back(constant.elements());
    } else {
      elements.fixed += 1;
    }
  };
  const ProblemKind kind = layer.problem.kind();
  const bool numbers = kind == ProblemKind::kScale || kind == ProblemKind::kBroadcast;
  if (w.weight.type() == DataType::kFloat32) add(w.weight, !numbers);
  if (w.bias) add(*w.bias, !numbers);
  return elements;
}

LayerMemory layer_memory(const Layer& layer, const LayerSituation& situation,
                         const KernelRules& rules) {
  const Problem& problem = layer.problem;
  switch (problem.kind()) {
    case ProblemKind::kConv:
      return conv_memory(*problem.as<ConvProblem>(), layer.weights.bias.has_value(), situation,
                         rules);
    case ProblemKind::kDeconv: return deconv(layer, *problem.as<DeconvProblem>());
    case ProblemKind::kPool: return pool(layer, *problem.as<PoolProblem>());
    case ProblemKind::kFc: return fully_connected(layer, *problem.as<FcProblem>());
    case ProblemKind::kEltwise: return eltwise(layer);
    case ProblemKind::kScale:
      return layer.weights.batch_norm ? batch_norm(layer, problem.as<ScaleProblem>()->shape)
                                      : scale(layer, problem.as<ScaleProblem>()->shape);
    case ProblemKind::kBinary: {
      const auto& p = *problem.as<BinaryProblem>();
      return binary(layer, p.kind, tensor_bytes(p.shape));
    }
    case ProblemKind::kBroadcast: return broadcast(layer, *problem.as<BroadcastProblem>());
    case ProblemKind::kConcat: {
      LayerMemory memory = plain(layer, false, false);
      memory.gradients.assign(memory.gradients.size(), kView);
      memory.backward_peak = 0;
      return memory;
    }
    case ProblemKind::kLrn: return lrn(layer, *problem.as<LrnProblem>());
    case ProblemKind::kSoftmax: return plain(layer, false, true);
    case ProblemKind::kReshape:
    case ProblemKind::kTransform: {
      LayerMemory memory = view_of_input(layer);
      memory.gradients = {kShare};
      if (situation.input_strided) return plain(layer, false, false);
      return memory;
    }
    case ProblemKind::kSlice: {
      LayerMemory memory = view_of_input(layer);
      memory.output_is_strided = problem.as<SliceProblem>()->shape.n > 1;
      memory.gradients = {kNew};
      memory.backward_peak = tensor_bytes(input_shape(problem, 0));
      return memory;
    }
    case ProblemKind::kMatmul:
    case ProblemKind::kGemm:  // this and the two below: kernels of programs, in no network
    case ProblemKind::kGemv:
    case ProblemKind::kMatconv: return plain(layer, true, false);
    case ProblemKind::kStrided:
    case ProblemKind::kShuffle:
    case ProblemKind::kPad:
    case ProblemKind::kResize: break;
  }
  return plain(layer, false, false);
}

}  // namespace kernwise::detail
