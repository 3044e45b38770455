// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Runs a layer graph in double precision, as plainly as can be, to see whether lowering kept the
// meaning. A residual is taken away from where it lay, as a kernel that accumulates into it would:
// reading it afterwards fails the test.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "kernwise/graph/layer_graph.h"

namespace kernwise::test {

using Tensor = std::vector<double>;  // in nchw order

class Interpreter {
 public:
  explicit Interpreter(const LayerGraph& graph) : graph_(graph) {}

  // Inputs and outputs in the graph's order.
  std::vector<Tensor> run(const std::vector<Tensor>& inputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i) values_[graph_.inputs.at(i)] = inputs[i];
    for (const Layer& layer : graph_.layers) values_[layer.output] = run_layer(layer);
    std::vector<Tensor> outputs;
    for (const ValueId output : graph_.outputs) outputs.push_back(read(output));
    return outputs;
  }

 private:
  Tensor read(ValueId value) const {
    const auto found = values_.find(value);
    if (found != values_.end()) return found->second;
    ADD_FAILURE() << "value '" << graph_.values.at(static_cast<std::size_t>(value)).name
                  << "' is not there";
    return Tensor(static_cast<std::size_t>(
        graph_.values.at(static_cast<std::size_t>(value)).shape.elements()));
  }

  Tensor run_layer(const Layer& layer) {
    const FoldedWeights folded = fold_weights(layer);
    std::vector<Tensor> in;
    for (const ValueId input : layer.inputs) in.push_back(read(input));
    Tensor out = product(layer, folded, in);
    const Shape4 shape = output_shape(layer.problem);
    const auto plane = static_cast<std::size_t>(shape.h * shape.w);
    const auto channels = static_cast<std::size_t>(shape.c);
    Tensor residual;
    if (layer.residual) {
      residual = read(*layer.residual);
      values_.erase(*layer.residual);
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!folded.bias.empty()) out[i] += folded.bias.at(i / plane % channels);
      if (layer.residual) out[i] += residual.at(i);
      const Activation& activation = layer.problem.post_ops.activation;
      if (activation.kind == ActivationKind::kRelu) out[i] = std::fmax(out[i], 0);
      if (activation.kind == ActivationKind::kClip) {
        out[i] = std::fmin(std::fmax(out[i], activation.alpha), activation.beta);
      }
    }
    return out;
  }

  static Tensor product(const Layer& layer, const FoldedWeights& folded,
                        const std::vector<Tensor>& in) {
    if (const auto* conv = layer.problem.as<ConvProblem>()) return convolve(*conv, folded, in[0]);
    if (const auto* fc = layer.problem.as<FcProblem>()) return multiply(*fc, folded, in[0]);
    if (const auto* scale = layer.problem.as<ScaleProblem>()) {
      Tensor out = in[0];
      const auto plane = static_cast<std::size_t>(scale->shape.h * scale->shape.w);
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] *= folded.weights.at(i / plane % static_cast<std::size_t>(scale->shape.c));
      }
      return out;
    }
    if (const auto* binary = layer.problem.as<BinaryProblem>()) {
      Tensor out = in[0];
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = binary->kind == BinaryKind::kAdd ? out[i] + in[1].at(i) : out[i] * in[1].at(i);
      }
      return out;
    }
    const ProblemKind kind = layer.problem.kind();
    EXPECT_TRUE(kind == ProblemKind::kEltwise || kind == ProblemKind::kReshape) << to_string(kind);
    return in[0];
  }

  static Tensor convolve(const ConvProblem& p, const FoldedWeights& folded, const Tensor& in) {
    Tensor out(static_cast<std::size_t>(p.n * p.oc * p.oh() * p.ow()));
    const int64_t icg = p.ic / p.g, ocg = p.oc / p.g;
    for (int64_t at = 0; at < static_cast<int64_t>(out.size()); ++at) {
      const int64_t x = at % p.ow(), y = at / p.ow() % p.oh();
      const int64_t oc = at / (p.ow() * p.oh()) % p.oc, n = at / (p.ow() * p.oh() * p.oc);
      for (int64_t tap = 0; tap < icg * p.kh * p.kw; ++tap) {
        const int64_t c = tap / (p.kh * p.kw), ky = tap / p.kw % p.kh, kx = tap % p.kw;
        const int64_t iy = y * p.sh - p.pt + ky * p.dh, ix = x * p.sw - p.pl + kx * p.dw;
        if (iy < 0 || iy >= p.ih || ix < 0 || ix >= p.iw) continue;
        const int64_t ic = oc / ocg * icg + c;
        out[static_cast<std::size_t>(at)] +=
            static_cast<double>(
                folded.weights.at(static_cast<std::size_t>(oc * icg * p.kh * p.kw + tap))) *
            in.at(static_cast<std::size_t>(((n * p.ic + ic) * p.ih + iy) * p.iw + ix));
      }
    }
    return out;
  }

  static Tensor multiply(const FcProblem& p, const FoldedWeights& folded, const Tensor& in) {
    const auto inner = static_cast<std::size_t>(p.ic * p.ih * p.iw);
    const auto oc = static_cast<std::size_t>(p.oc);
    Tensor out(static_cast<std::size_t>(p.n) * oc);
    for (std::size_t at = 0; at < out.size(); ++at) {
      for (std::size_t k = 0; k < inner; ++k) {
        out[at] += static_cast<double>(folded.weights.at(at % oc * inner + k)) *
                   in.at(at / oc * inner + k);
      }
    }
    return out;
  }

  const LayerGraph& graph_;
  std::map<ValueId, Tensor> values_;
};

}  // namespace kernwise::test
