// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "layer_forward.h"

#include <limits>
#include <optional>

namespace kernwise::torch_worker {
namespace {

using at::Tensor;

Tensor four(const Tensor& x, const Shape4& shape) {
  return x.reshape({shape.n, shape.c, shape.h, shape.w});
}

Tensor forward(const ConvProblem& p, const LayerTensors& t, Tensor x) {
  std::vector<int64_t> pads = {p.pt, p.pl};
  if (p.pt != p.pb || p.pl != p.pr) {
    x = at::constant_pad_nd(x, {p.pl, p.pr, p.pt, p.pb});
    pads = {0, 0};
  }
  return at::conv2d(x, t.weight, t.bias, {p.sh, p.sw}, at::IntArrayRef(pads), {p.dh, p.dw}, p.g);
}

int64_t output_padding(int64_t out, int64_t in, int64_t stride, int64_t pad, int64_t kernel,
                       int64_t dilation) {
  return out - ((in - 1) * stride - 2 * pad + dilation * (kernel - 1) + 1);
}

Tensor forward(const DeconvProblem& p, const LayerTensors& t, const Tensor& x) {
  const int64_t h = output_padding(p.oh, p.ih, p.sh, p.pt, p.kh, p.dh);
  const int64_t w = output_padding(p.ow, p.iw, p.sw, p.pl, p.kw, p.dw);
  return at::conv_transpose2d(x, t.weight, t.bias, {p.sh, p.sw}, {p.pt, p.pl}, {h, w}, p.g,
                              {p.dh, p.dw});
}

// The size that libtorch gives a window with `pad` on both sides (its pooling_output_shape()).
int64_t pooled(int64_t in, int64_t kernel, int64_t stride, int64_t pad, bool ceil) {
  const int64_t out = (in + 2 * pad - kernel + (ceil ? stride - 1 : 0)) / stride + 1;
  return ceil && (out - 1) * stride >= in + pad ? out - 1 : out;
}

Tensor forward(const PoolProblem& p, Tensor x) {
  const bool maximum = p.kind == PoolKind::kMax;
  const bool padded = p.pt + p.pb + p.pl + p.pr > 0;
  if (!maximum && !padded && p.kh == p.ih && p.kw == p.iw)
    return at::adaptive_avg_pool2d(x, {1, 1});
  // Ceil mode is spelt as padding at the end.
  std::optional<bool> ceil;
  for (const bool mode : {false, true}) {
    if (!ceil && p.oh() == pooled(p.ih, p.kh, p.sh, p.pt, mode) &&
        p.ow() == pooled(p.iw, p.kw, p.sw, p.pl, mode)) {
      ceil = mode;
    }
  }
  const bool fits = ceil && 2 * p.pt <= p.kh && 2 * p.pl <= p.kw;
  std::vector<int64_t> pads = {p.pt, p.pl};
  if (!fits) {  // refused for averages that leave padding out
    const double fill = maximum ? -std::numeric_limits<double>::infinity() : 0;
    x = at::constant_pad_nd(x, {p.pl, p.pr, p.pt, p.pb}, fill);
    pads = {0, 0};
  }
  const bool up = fits && *ceil;
  if (maximum) return at::max_pool2d(x, {p.kh, p.kw}, {p.sh, p.sw}, pads, {1, 1}, up);
  return at::avg_pool2d(x, {p.kh, p.kw}, {p.sh, p.sw}, pads, up,
                        p.kind == PoolKind::kAvgIncludePad);
}

Tensor forward(const FcProblem& p, const LayerTensors& t, const LayerWeights& w, const Tensor& x) {
  const Tensor rows = x.reshape({p.n, p.ic * p.ih * p.iw});
  const Tensor columns = w.fc_transposed ? t.weight : t.weight.t();
  const Tensor y = t.bias.defined() ? at::addmm(t.bias, rows, columns, w.fc_beta, w.fc_alpha)
                                    : at::mm(rows, columns);
  const Tensor scaled = !t.bias.defined() && w.fc_alpha != 1 ? y * w.fc_alpha : y;
  return scaled.view({p.n, p.oc, 1, 1});
}

Tensor activate(const Activation& a, const Tensor& x) {
  switch (a.kind) {
    case ActivationKind::kRelu: return at::relu(x);
    case ActivationKind::kClip: return at::hardtanh(x, a.alpha, a.beta);
    case ActivationKind::kLeakyRelu: return at::leaky_relu(x, a.alpha);
    case ActivationKind::kSigmoid: return at::sigmoid(x);
    case ActivationKind::kTanh: return at::tanh(x);
    case ActivationKind::kHardSigmoid:
      if (a.alpha == 1.0F / 6 && a.beta == 0.5F) return at::hardsigmoid(x);
      return at::hardtanh(x * a.alpha + a.beta, 0, 1);
    case ActivationKind::kHardSwish: return at::hardswish(x);
    case ActivationKind::kSwish: return at::silu(x);
    case ActivationKind::kNone: break;
  }
  return x;
}

Tensor scale(const Layer& layer, const LayerTensors& t, const Tensor& x, bool training) {
  if (layer.weights.batch_norm) {
    return at::batch_norm(x, t.weight, t.bias, t.mean, t.variance, training, 0.1,
                          layer.weights.batch_norm->epsilon, false);
  }
  Tensor y = x;
  if (t.weight.defined()) y = y * t.weight;
  if (t.bias.defined()) y = y + t.bias;
  return y;
}

Tensor combine(BinaryKind kind, const Tensor& a, const Tensor& b) {
  switch (kind) {
    case BinaryKind::kAdd: return a + b;
    case BinaryKind::kMul: return a * b;
    case BinaryKind::kSub: return a - b;
    case BinaryKind::kDiv: return a / b;
    case BinaryKind::kPrelu: break;
  }
  return at::where(a < 0, a * b, a);
}

Tensor forward(const BroadcastProblem& p, const LayerTensors& t,
               const std::vector<Tensor>& inputs) {
  if (p.constant == ConstantOperand::kFirst) return combine(p.kind, t.weight, four(inputs[0], p.b));
  if (p.constant == ConstantOperand::kSecond)
    return combine(p.kind, four(inputs[0], p.a), t.weight);
  return combine(p.kind, four(inputs[0], p.a), four(inputs[1], p.b));
}

// torch.nn.functional.local_response_norm, for images.
Tensor forward(const LrnProblem& p, const Tensor& x) {
  const int64_t before = p.size / 2, after = (p.size - 1) / 2;
  Tensor squares = at::constant_pad_nd(x.mul(x).unsqueeze(1), {0, 0, 0, 0, before, after});
  squares = at::avg_pool3d(squares, {p.size, 1, 1}, {1, 1, 1}).squeeze(1);
  return x / squares.mul(p.alpha).add(p.k).pow(p.beta);
}

Tensor forward(const ShuffleProblem& p, const Tensor& x) {
  const Shape4& s = p.shape;
  return four(x.reshape({s.n, p.g, s.c / p.g, s.h, s.w}).transpose(1, 2), s);
}

Tensor forward(const PadProblem& p, const Tensor& x) {
  if (p.kind == PadKind::kConstant) {
    return at::constant_pad_nd(x, {p.wb, p.wa, p.hb, p.ha, p.cb, p.ca, p.nb, p.na}, p.value);
  }
  const std::vector<int64_t> pads = {p.wb, p.wa, p.hb, p.ha};
  return p.kind == PadKind::kReflect ? at::reflection_pad2d(x, pads)
                                     : at::replication_pad2d(x, pads);
}

Tensor forward(const ResizeProblem& p, const Tensor& x) {
  if (p.kind == ResizeKind::kNearest) return at::upsample_nearest2d(x, {p.oh, p.ow});
  return at::upsample_bilinear2d(x, {p.oh, p.ow},
                                 p.coordinates == ResizeCoordinates::kAlignCorners);
}

}  // namespace

std::string refusal(const Layer& layer) {
  const Problem& problem = layer.problem;
  if (const auto* p = problem.as<DeconvProblem>()) {
    const int64_t h = output_padding(p->oh, p->ih, p->sh, p->pt, p->kh, p->dh);
    const int64_t w = output_padding(p->ow, p->iw, p->sw, p->pl, p->kw, p->dw);
    const bool fits = h >= 0 && w >= 0 && h < std::max(p->sh, p->dh) && w < std::max(p->sw, p->dw);
    return fits ? "" : "padding that differs between begin and end";
  }
  if (const auto* p = problem.as<PoolProblem>()) {
    if (p->kind == PoolKind::kMax || p->pt + p->pb + p->pl + p->pr == 0) return "";
    for (const bool mode : {false, true}) {
      if (p->oh() == pooled(p->ih, p->kh, p->sh, p->pt, mode) &&
          p->ow() == pooled(p->iw, p->kw, p->sw, p->pl, mode) && 2 * p->pt <= p->kh &&
          2 * p->pl <= p->kw) {
        return "";
      }
    }
    return "an average with padding that differs between begin and end";
  }
  if (const auto* p = problem.as<PadProblem>(); p != nullptr && p->kind != PadKind::kConstant) {
    return p->nb + p->na + p->cb + p->ca == 0 ? "" : "reflecting or repeating along n or c";
  }
  if (const auto* p = problem.as<ResizeProblem>()) {
    // libtorch's nearest is floor(x * in / out).
    const bool nearest = p->kind == ResizeKind::kNearest &&
                         p->coordinates == ResizeCoordinates::kAsymmetric &&
                         p->rounding == ResizeRounding::kFloor;
    const bool linear =
        p->kind == ResizeKind::kLinear && (p->coordinates == ResizeCoordinates::kHalfPixel ||
                                           p->coordinates == ResizeCoordinates::kPytorchHalfPixel ||
                                           p->coordinates == ResizeCoordinates::kAlignCorners);
    // Enlarged by a whole number, the pixel whose centre is nearest is the same one.
    const bool whole =
        p->kind == ResizeKind::kNearest && p->oh % p->ih == 0 && p->ow % p->iw == 0 &&
        p->coordinates == ResizeCoordinates::kHalfPixel &&
        (p->rounding == ResizeRounding::kPreferFloor || p->rounding == ResizeRounding::kPreferCeil);
    return nearest || linear || whole ? "" : "resizing with these coordinates";
  }
  return "";
}

Tensor layer_forward(const Layer& layer, const LayerTensors& t, const std::vector<Tensor>& inputs,
                     bool training) {
  const Problem& problem = layer.problem;
  const Tensor& x = inputs[0];
  switch (problem.kind()) {
    case ProblemKind::kConv: return forward(*problem.as<ConvProblem>(), t, x);
    case ProblemKind::kDeconv: return forward(*problem.as<DeconvProblem>(), t, x);
    case ProblemKind::kPool: return forward(*problem.as<PoolProblem>(), x);
    case ProblemKind::kFc: return forward(*problem.as<FcProblem>(), t, layer.weights, x);
    case ProblemKind::kEltwise: return activate(problem.post_ops.activation, x);
    case ProblemKind::kScale: return scale(layer, t, x, training);
    case ProblemKind::kBinary:
      return combine(problem.as<BinaryProblem>()->kind, inputs[0], inputs[1]);
    case ProblemKind::kBroadcast: return forward(*problem.as<BroadcastProblem>(), t, inputs);
    case ProblemKind::kConcat: return at::cat(inputs, 1);
    case ProblemKind::kLrn: return forward(*problem.as<LrnProblem>(), x);
    case ProblemKind::kSoftmax: return at::softmax(x, 1);
    case ProblemKind::kReshape: return four(x, problem.as<ReshapeProblem>()->to);
    case ProblemKind::kTransform: return x;
    case ProblemKind::kStrided: {
      const auto& p = *problem.as<StridedProblem>();
      return four(x.contiguous().as_strided(p.sizes, p.strides, p.offset), p.to);
    }
    case ProblemKind::kSlice: {
      const auto& p = *problem.as<SliceProblem>();
      return x.narrow(1, p.first, p.count);
    }
    case ProblemKind::kShuffle: return forward(*problem.as<ShuffleProblem>(), x);
    case ProblemKind::kPad: return forward(*problem.as<PadProblem>(), x);
    case ProblemKind::kResize: return forward(*problem.as<ResizeProblem>(), x);
    case ProblemKind::kMatmul: return at::matmul(inputs[0], inputs[1]);
    case ProblemKind::kGemm:
    case ProblemKind::kGemv:
    case ProblemKind::kMatconv: KERNWISE_CHECK(false);  // kernels of programs, in no network
  }
  return x;
}

}  // namespace kernwise::torch_worker
