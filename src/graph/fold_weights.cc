// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>
#include <cmath>

#include "kernwise/base/check.h"
#include "kernwise/graph/layer_graph.h"

namespace kernwise {
namespace {

// y = scale * x + shift for each output channel.
struct Affine {
  std::vector<double> scale, shift;
};

// A vector with one number per channel, or one for all.
double channel_value(const std::vector<float>& values, std::size_t channel) {
  return values[values.size() == 1 ? 0 : channel];
}

// What follows the product: the bias, then the BatchNormalization (Ioffe & Szegedy 2015, algorithm
// 2, step 11): gamma * (x - mean) / sqrt(variance + epsilon) + beta.
Affine after_product(const LayerWeights& weights, std::size_t channels) {
  Affine result{std::vector<double>(channels, 1), std::vector<double>(channels, 0)};
  if (weights.bias) {
    const std::vector<float> bias = weights.bias->to_floats();
    KERNWISE_CHECK(bias.size() == channels || bias.size() == 1);
    for (std::size_t i = 0; i < channels; ++i) {
      result.shift[i] = static_cast<double>(weights.fc_beta) * channel_value(bias, i);
    }
  }
  if (!weights.batch_norm) return result;
  const LayerWeights::BatchNorm& norm = *weights.batch_norm;
  const std::vector<float> gamma = norm.scale.to_floats(), beta = norm.shift.to_floats();
  const std::vector<float> mean = norm.mean.to_floats(), variance = norm.variance.to_floats();
  KERNWISE_CHECK(gamma.size() == channels && beta.size() == channels);
  KERNWISE_CHECK(mean.size() == channels && variance.size() == channels);
  for (std::size_t i = 0; i < channels; ++i) {
    const double factor =
        gamma[i] / std::sqrt(static_cast<double>(variance[i]) + static_cast<double>(norm.epsilon));
    result.scale[i] *= factor;
    result.shift[i] = (result.shift[i] - mean[i]) * factor + beta[i];
  }
  return result;
}

// [rows, columns] -> [columns, rows], in tiles so that both sides stay in the cache.
std::vector<float> transposed(const std::vector<float>& from, std::size_t rows,
                              std::size_t columns) {
  constexpr std::size_t kTile = 32;
  std::vector<float> to(from.size());
  for (std::size_t r0 = 0; r0 < rows; r0 += kTile) {
    for (std::size_t c0 = 0; c0 < columns; c0 += kTile) {
      for (std::size_t r = r0; r < std::min(rows, r0 + kTile); ++r) {
        for (std::size_t c = c0; c < std::min(columns, c0 + kTile); ++c) {
          to[c * rows + r] = from[r * columns + c];
        }
      }
    }
  }
  return to;
}

// [groups, inputs, outputs, taps] -> [groups, outputs, inputs, taps]
std::vector<float> outputs_first(const std::vector<float>& from, const DeconvProblem& p) {
  const auto groups = static_cast<std::size_t>(p.g);
  const auto inputs = static_cast<std::size_t>(p.ic / p.g);
  const auto outputs = static_cast<std::size_t>(p.oc / p.g);
  const auto taps = static_cast<std::size_t>(p.kh * p.kw);
  std::vector<float> to(from.size());
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t i = 0; i < inputs; ++i) {
      for (std::size_t o = 0; o < outputs; ++o) {
        const auto source =
            from.begin() + static_cast<std::ptrdiff_t>(((g * inputs + i) * outputs + o) * taps);
        std::copy_n(
            source, taps,
            to.begin() + static_cast<std::ptrdiff_t>(((g * outputs + o) * inputs + i) * taps));
      }
    }
  }
  return to;
}

FoldedWeights fold_scale_layer(const LayerWeights& weights, std::size_t channels) {
  const Affine affine = after_product(weights, channels);
  const bool scaled = weights.weight.type() == DataType::kFloat32;
  const std::vector<float> factors = scaled ? weights.weight.to_floats() : std::vector<float>{1};
  KERNWISE_CHECK(factors.size() == channels || factors.size() == 1);
  FoldedWeights folded;
  for (std::size_t i = 0; i < channels; ++i) {
    folded.weights.push_back(static_cast<float>(affine.scale[i] * channel_value(factors, i)));
    folded.bias.push_back(static_cast<float>(affine.shift[i]));
  }
  return folded;
}

}  // namespace

FoldedWeights fold_weights(const Layer& layer) {
  const LayerWeights& weights = layer.weights;
  const ProblemKind kind = layer.problem.kind();
  if (weights.folded) return *weights.folded;
  if (weight_elements(layer.problem) == 0) return {};
  if (kind == ProblemKind::kBroadcast) return {weights.weight.to_floats(), {}};
  const auto channels = static_cast<std::size_t>(output_shape(layer.problem).c);
  if (kind == ProblemKind::kScale) return fold_scale_layer(weights, channels);

  FoldedWeights folded;
  folded.weights = weights.weight.to_floats();
  KERNWISE_CHECK(static_cast<int64_t>(folded.weights.size()) == weight_elements(layer.problem));
  const std::size_t row = folded.weights.size() / channels;
  if (const auto* deconv = layer.problem.as<DeconvProblem>()) {
    folded.weights = outputs_first(folded.weights, *deconv);
  }
  if (weights.fc_transposed) folded.weights = transposed(folded.weights, row, channels);

  const Affine affine = after_product(weights, channels);
  for (std::size_t i = 0; i < channels; ++i) {
    const double factor = affine.scale[i] * static_cast<double>(weights.fc_alpha);
    if (factor == 1) continue;
    for (std::size_t j = i * row; j < (i + 1) * row; ++j) {
      folded.weights[j] = static_cast<float>(factor * folded.weights[j]);
    }
  }
  if (layer.problem.post_ops.bias) {
    for (const double shift : affine.shift) folded.bias.push_back(static_cast<float>(shift));
  }
  return folded;
}

}  // namespace kernwise
