// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernwise/primitives/reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernwise/base/check.h"
#include "reference_moves.h"
#include "reference_taps.h"

namespace kernwise {
namespace {

using Values = std::vector<double>;
using View = std::span<const double>;

int64_t round_up(int64_t value, int64_t unit) { return (value + unit - 1) / unit * unit; }

double activate(const Activation& activation, double x) {
  switch (activation.kind) {
    case ActivationKind::kNone: return x;
    case ActivationKind::kRelu: return std::max(x, 0.0);
    case ActivationKind::kClip:
      return std::min(std::max(x, double{activation.alpha}), double{activation.beta});
    case ActivationKind::kLeakyRelu: return x < 0 ? double{activation.alpha} * x : x;
    case ActivationKind::kSigmoid: return 1 / (1 + std::exp(-x));
    case ActivationKind::kTanh: return std::tanh(x);
    case ActivationKind::kHardSigmoid:
      return std::min(std::max(double{activation.alpha} * x + double{activation.beta}, 0.0), 1.0);
    case ActivationKind::kHardSwish: return x * std::min(std::max(x / 6 + 0.5, 0.0), 1.0);
    case ActivationKind::kSwish: return x / (1 + std::exp(-x));
  }
  return x;
}

// out = activation(out + bias[channel] + residual), as post-operators are defined.
void finish(const Problem& problem, std::span<const float> bias, View residual, Values& out) {
  const Shape4 shape = output_shape(problem);
  const int64_t plane = shape.h * shape.w;
  for (int64_t i = 0; i < shape.elements(); ++i) {
    double value = out[i];
    if (!bias.empty()) value += bias[i / plane % shape.c];
    if (!residual.empty()) value += residual[i];
    out[i] = activate(problem.post_ops.activation, value);
  }
}

// One padded image of one group, split by the phase of the stride: the value at padded row y and
// column x lies in plane (y % sh, x % sw) at (y / sh, x / sw). Neighbouring outputs then read
// neighbouring values whatever the stride, and a tap is a fixed offset.
struct Phases {
  int64_t height, width, rows, columns;  // padded image; one plane

  explicit Phases(const ConvProblem& p)
      : height(p.ih + p.pt + p.pb), width(p.iw + p.pl + p.pr), rows((height + p.sh - 1) / p.sh),
        columns((width + p.sw - 1) / p.sw) {}

  int64_t channel_size(const ConvProblem& p) const { return p.sh * p.sw * rows * columns; }
  int64_t at(const ConvProblem& p, int64_t y, int64_t x) const {
    return ((y % p.sh * p.sw + x % p.sw) * rows + y / p.sh) * columns + x / p.sw;
  }
};

void reference_conv(const ConvProblem& p, View in, std::span<const float> weights, Values& out) {
  const Phases phases(p);
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, oh = p.oh(), ow = p.ow();
  const int64_t taps = icg * p.kh * p.kw;
  const int64_t span = (oh - 1) * phases.columns + ow;  // outputs with the gaps between the rows
  const int64_t stride = round_up(span, detail::kTapsRound);
  const int64_t blocks = (ocg + detail::kTapsOutputs - 1) / detail::kTapsOutputs;

  Values padded(icg * phases.channel_size(p) + detail::kTapsRound);
  std::vector<int64_t> offsets;
  for (int64_t c = 0; c < icg; ++c)
    for (int64_t ky = 0; ky < p.kh; ++ky)
      for (int64_t kx = 0; kx < p.kw; ++kx)
        offsets.push_back(c * phases.channel_size(p) + phases.at(p, ky * p.dh, kx * p.dw));

  for (int64_t ng = 0; ng < p.n * p.g; ++ng) {
    const int64_t group = ng % p.g;
    const double* image = in.data() + ng * icg * p.ih * p.iw;
    for (int64_t c = 0; c < icg; ++c)
      for (int64_t y = 0; y < p.ih; ++y)
        for (int64_t x = 0; x < p.iw; ++x)
          padded[c * phases.channel_size(p) + phases.at(p, y + p.pt, x + p.pl)] =
              image[(c * p.ih + y) * p.iw + x];
#pragma omp parallel for schedule(static)
    for (int64_t block = 0; block < blocks; ++block) {
      const int64_t first = block * detail::kTapsOutputs;
      const int64_t channels = std::min(detail::kTapsOutputs, ocg - first);
      Values tap_weights(taps * detail::kTapsOutputs);
      for (int64_t j = 0; j < channels; ++j)
        for (int64_t t = 0; t < taps; ++t)
          tap_weights[t * detail::kTapsOutputs + j] = weights[(group * ocg + first + j) * taps + t];
      Values sums(stride * detail::kTapsOutputs);
      detail::reference_taps(padded.data(), offsets, tap_weights.data(), sums.data(), stride, span);
      for (int64_t j = 0; j < channels; ++j)
        for (int64_t y = 0; y < oh; ++y)
          std::copy_n(sums.data() + j * stride + y * phases.columns, ow,
                      out.data() + ((ng * ocg + first + j) * oh + y) * ow);
    }
  }
}

void reference_fc(const FcProblem& p, View in, std::span<const float> weights, Values& out) {
  const int64_t length = p.ic * p.ih * p.iw;
#pragma omp parallel for schedule(static)
  for (int64_t o = 0; o < p.oc; ++o)
    for (int64_t n = 0; n < p.n; ++n) {
      double sums[4] = {0, 0, 0, 0};  // four chains, or the latency of one addition is the speed
      for (int64_t i = 0; i < length; ++i)
        sums[i % 4] += double{weights[o * length + i]} * in[n * length + i];
      out[n * p.oc + o] = sums[0] + sums[1] + sums[2] + sums[3];
    }
}

double pool_window(const PoolProblem& p, const double* plane, int64_t oy, int64_t ox) {
  double sum = 0, largest = -std::numeric_limits<double>::infinity();
  int64_t inside = 0;
  for (int64_t ky = 0; ky < p.kh; ++ky)
    for (int64_t kx = 0; kx < p.kw; ++kx) {
      const int64_t y = oy * p.sh - p.pt + ky, x = ox * p.sw - p.pl + kx;
      if (y < 0 || y >= p.ih || x < 0 || x >= p.iw) continue;
      ++inside;
      sum += plane[y * p.iw + x];
      largest = std::max(largest, plane[y * p.iw + x]);
    }
  switch (p.kind) {
    case PoolKind::kMax: return largest;
    case PoolKind::kAvgIncludePad: return sum / static_cast<double>(p.kh * p.kw);
    case PoolKind::kAvgExcludePad: return inside > 0 ? sum / static_cast<double>(inside) : 0;
  }
  return 0;
}

void reference_pool(const PoolProblem& p, View in, Values& out) {
  int64_t i = 0;
  for (int64_t plane = 0; plane < p.n * p.c; ++plane)
    for (int64_t y = 0; y < p.oh(); ++y)
      for (int64_t x = 0; x < p.ow(); ++x)
        out[i++] = pool_window(p, in.data() + plane * p.ih * p.iw, y, x);
}

// ONNX operator LRN: the window of channel c is [c - floor((size-1)/2), c + ceil((size-1)/2)].
void reference_lrn(const LrnProblem& p, View in, Values& out) {
  const int64_t plane = p.shape.h * p.shape.w, channels = p.shape.c;
  for (int64_t i = 0; i < p.shape.elements(); ++i) {
    const int64_t c = i / plane % channels;
    const int64_t low = std::max<int64_t>(0, c - (p.size - 1) / 2);
    const int64_t high = std::min(channels - 1, c + p.size / 2);
    double squares = 0;
    for (int64_t k = low; k <= high; ++k) {
      const double x = in[i + (k - c) * plane];
      squares += x * x;
    }
    const double base = p.k + double{p.alpha} / static_cast<double>(p.size) * squares;
    out[i] = in[i] / std::pow(base, p.beta);
  }
}

void reference_softmax(const SoftmaxProblem& p, View in, Values& out) {
  const int64_t plane = p.shape.h * p.shape.w, channels = p.shape.c;
  for (int64_t n = 0; n < p.shape.n; ++n)
    for (int64_t i = 0; i < plane; ++i) {
      const int64_t first = n * channels * plane + i;
      double largest = in[first], sum = 0;
      for (int64_t c = 0; c < channels; ++c) largest = std::max(largest, in[first + c * plane]);
      for (int64_t c = 0; c < channels; ++c)
        sum += out[first + c * plane] = std::exp(in[first + c * plane] - largest);
      for (int64_t c = 0; c < channels; ++c) out[first + c * plane] /= sum;
    }
}

void reference_concat(const ConcatProblem& p, std::span<const View> inputs, Values& out) {
  auto to = out.begin();
  for (int64_t n = 0; n < p.n; ++n)
    for (size_t i = 0; i < inputs.size(); ++i) {
      const int64_t size = p.channels[i] * p.h * p.w;
      to = std::copy_n(inputs[i].begin() + n * size, size, to);
    }
}

template <typename T>
double relative_error_of(std::span<const T> a, std::span<const double> b) {
  KERNWISE_CHECK(a.size() == b.size());
  double difference = 0, scale = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i]))
      return std::numeric_limits<double>::infinity();
    difference = std::max(difference, std::abs(a[i] - b[i]));
    scale = std::max(scale, std::abs(b[i]));
  }
  return difference == 0 ? 0 : difference / scale;
}

// Calls visit(first, stride, index) for each row of the logical tensor: its offset in the layout,
// the distance of neighbours there, and its offset in nchw.
template <typename Visit>
void for_each_row(const Shape4& shape, Layout layout, Visit visit) {
  const int64_t stride =
      shape.w > 1 ? offset_of(shape, layout, 0, 0, 0, 1) - offset_of(shape, layout, 0, 0, 0, 0) : 1;
  int64_t index = 0;
  for (int64_t n = 0; n < shape.n; ++n)
    for (int64_t c = 0; c < shape.c; ++c)
      for (int64_t h = 0; h < shape.h; ++h, index += shape.w)
        visit(offset_of(shape, layout, n, c, h, 0), stride, index);
}

}  // namespace

std::vector<double> reference_run(const Problem& problem,
                                  std::span<const std::span<const double>> inputs,
                                  std::span<const double> residual, const WeightView& weights) {
  KERNWISE_CHECK(static_cast<int>(inputs.size()) == input_count(problem));
  for (int i = 0; i < input_count(problem); ++i)
    KERNWISE_CHECK(static_cast<int64_t>(inputs[i].size()) == input_shape(problem, i).elements());
  KERNWISE_CHECK(static_cast<int64_t>(weights.weights.size()) == weight_elements(problem));
  KERNWISE_CHECK(static_cast<int64_t>(weights.bias.size()) == bias_elements(problem));
  const int64_t size = output_shape(problem).elements();
  KERNWISE_CHECK(residual.empty() == !problem.post_ops.residual);
  KERNWISE_CHECK(residual.empty() || static_cast<int64_t>(residual.size()) == size);

  Values out(size);
  const View in = inputs[0];
  if (const auto* conv = problem.as<ConvProblem>()) {
    reference_conv(*conv, in, weights.weights, out);
  } else if (const auto* pool = problem.as<PoolProblem>()) {
    reference_pool(*pool, in, out);
  } else if (const auto* fc = problem.as<FcProblem>()) {
    reference_fc(*fc, in, weights.weights, out);
  } else if (const auto* scale = problem.as<ScaleProblem>()) {
    const int64_t plane = scale->shape.h * scale->shape.w;
    for (int64_t i = 0; i < size; ++i)
      out[i] = double{weights.weights[i / plane % scale->shape.c]} * in[i];
  } else if (const auto* binary = problem.as<BinaryProblem>()) {
    for (int64_t i = 0; i < size; ++i)
      out[i] = detail::reference_binary(binary->kind, in[i], inputs[1][i]);
  } else if (const auto* concat = problem.as<ConcatProblem>()) {
    reference_concat(*concat, inputs, out);
  } else if (const auto* lrn = problem.as<LrnProblem>()) {
    reference_lrn(*lrn, in, out);
  } else if (const auto* softmax = problem.as<SoftmaxProblem>()) {
    reference_softmax(*softmax, in, out);
  } else if (detail::reference_moves(problem, inputs, weights.weights, out)) {
    // transposed convolution, broadcasting, and all that moves values: reference_moves.cc
  } else {  // eltwise: its activation is a post-operator; reshape, transform: the same values
    std::copy(in.begin(), in.end(), out.begin());
  }
  finish(problem, weights.bias, residual, out);
  return out;
}

double relative_error(std::span<const float> a, std::span<const double> b) {
  return relative_error_of(a, b);
}
double relative_error(std::span<const double> a, std::span<const double> b) {
  return relative_error_of(a, b);
}

std::vector<float> to_layout(std::span<const float> nchw, const Shape4& shape, Layout layout) {
  KERNWISE_CHECK(static_cast<int64_t>(nchw.size()) == shape.elements());
  std::vector<float> data(physical_elements(shape, layout));
  for_each_row(shape, layout, [&](int64_t first, int64_t stride, int64_t index) {
    for (int64_t w = 0; w < shape.w; ++w) data[first + w * stride] = nchw[index + w];
  });
  return data;
}

std::vector<float> from_layout(std::span<const float> data, const Shape4& shape, Layout layout) {
  KERNWISE_CHECK(static_cast<int64_t>(data.size()) == physical_elements(shape, layout));
  std::vector<float> nchw(shape.elements());
  for_each_row(shape, layout, [&](int64_t first, int64_t stride, int64_t index) {
    for (int64_t w = 0; w < shape.w; ++w) nchw[index + w] = data[first + w * stride];
  });
  return nchw;
}

std::vector<float> read_tensor(const void* data, const Shape4& shape, Layout layout, float step) {
  const auto count = static_cast<std::size_t>(physical_elements(shape, layout));
  if (!is_int8(layout)) return from_layout({static_cast<const float*>(data), count}, shape, layout);
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const int number = layout == Layout::kNhwcU8 ? static_cast<const uint8_t*>(data)[i]
                                                 : static_cast<const int8_t*>(data)[i];
    values[i] = step * static_cast<float>(number);
  }
  return from_layout(values, shape, Layout::kNhwc);
}

}  // namespace kernwise
