// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The primitives on XNNPACK. It has no sum with a residual, and of activations it fuses limits.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "factories.h"
#include "support.h"
#include "xnnpack/library.h"

namespace kernwise::detail {
namespace {

constexpr int64_t kMostFloats = std::numeric_limits<int32_t>::max() / int64_t{sizeof(float)};
constexpr int64_t kMostPointers = int64_t{1} << 27;  // to input pixels: 1 GiB
constexpr int64_t kSliceUnit = 16;                   // channels of its widest kernels

std::optional<XnnLimits> limits_of(const Activation& activation) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (activation.kind) {
    case ActivationKind::kNone: return XnnLimits{-kInfinity, kInfinity};
    case ActivationKind::kRelu: return XnnLimits{0, kInfinity};
    case ActivationKind::kClip:
      if (activation.alpha < activation.beta) return XnnLimits{activation.alpha, activation.beta};
      return std::nullopt;
    default: return std::nullopt;
  }
}

// What no operator of XNNPACK does.
std::string common_refusal(const Problem& problem) {
  if (problem.post_ops.residual) return "XNNPACK adds no residual";
  if (!limits_of(problem.post_ops.activation))
    return "of activations XNNPACK fuses relu and clip to more than one value only";
  if (weight_elements(problem) > kMostFloats || input_shape(problem, 0).elements() > kMostFloats ||
      output_shape(problem).elements() > kMostFloats)
    return "too large for XNNPACK";
  return xnn_refusal();
}

// Some of its SSE kernels load four channels at a time, those behind the last one included, and the
// last ones of a tensor may lie at the end of the memory there is. It uses one on every processor
// where outputs are fewer than its wide kernels have.
std::string overreading_refusal(int64_t inputs, int64_t outputs) {
  if (inputs % 4 == 0 || outputs >= kSliceUnit) return {};
  return "XNNPACK would read behind an input whose channels are no multiple of 4";
}

// `units` cut into at most `threads` slices, each of `unit` units or more: first one and length.
std::vector<std::pair<int64_t, int64_t>> cut(int64_t units, int64_t unit, int threads) {
  const int64_t blocks = std::max<int64_t>(1, units / unit);
  const int64_t parts = std::min<int64_t>(threads, blocks);
  std::vector<std::pair<int64_t, int64_t>> slices;
  for (int64_t i = 0; i < parts; ++i) {
    const int64_t begin = blocks * i / parts * unit;
    const int64_t end = i + 1 == parts ? units : blocks * (i + 1) / parts * unit;
    slices.emplace_back(begin, end - begin);
  }
  return slices;
}

std::vector<XnnSlice> slices_of(const ConvProblem& conv, int threads) {
  const int64_t inputs = conv.ic / conv.g, outputs = conv.oc / conv.g;
  const int64_t taps = inputs * conv.kh * conv.kw;  // weights of one output channel
  std::vector<XnnSlice> slices;
  if (conv.g == 1) {
    for (const auto& [first, count] : cut(conv.oc, kSliceUnit, threads))
      slices.push_back({1, inputs, count, 0, first, first * taps});
    return slices;
  }
  for (const auto& [first, count] : cut(conv.g, outputs == 1 ? kSliceUnit : 1, threads))
    slices.push_back(
        {count, inputs, outputs, first * inputs, first * outputs, first * outputs * taps});
  return slices;
}

// XNNPACK has depthwise kernels for these numbers of taps, and sends the rest through its general
// kernels one channel at a time.
bool has_depthwise_kernel(const ConvProblem& conv) {
  const int64_t taps = conv.kh * conv.kw;
  if (taps == 1) return conv.sh == 1 && conv.sw == 1 && conv.pt + conv.pb + conv.pl + conv.pr == 0;
  return taps == 4 || taps == 9 || taps == 25;
}

// The convolution and the depthwise primitive are one operator of XNNPACK, which chooses by shape.
class XnnConvolution final : public Primitive {
 public:
  explicit XnnConvolution(bool depthwise)
      : Primitive({.id = depthwise ? "xnnpack-depthwise-nhwc" : "xnnpack-conv-nhwc",
                   .family = depthwise ? "depthwise" : "direct",
                   .source = "xnnpack",
                   .revision = 1,
                   .kind = ProblemKind::kConv,
                   .in = Layout::kNhwc,
                   .out = Layout::kNhwc}),
        depthwise_(depthwise) {}

  Applicability supports(const Problem& problem, const Execution&) const override {
    const ConvProblem& conv = *problem.as<ConvProblem>();
    if (std::string reason = refusal(conv); !reason.empty()) return Refused{reason};
    if (std::string reason = common_refusal(problem); !reason.empty()) return Refused{reason};
    return Admitted{Bytes{0}};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const ConvProblem& conv = *problem.as<ConvProblem>();
      const int64_t inputs = conv.ic / conv.g, window = conv.kh * conv.kw;
      std::vector<float> packed(weights.weights.size());
      for (int64_t o = 0; o < conv.oc; ++o)
        for (int64_t i = 0; i < inputs; ++i)
          for (int64_t k = 0; k < window; ++k)
            packed[static_cast<std::size_t>((o * window + k) * inputs + i)] =
                weights.weights[static_cast<std::size_t>((o * inputs + i) * window + k)];
      return make_xnn_convolution(conv, slices_of(conv, execution.threads), packed, weights.bias,
                                  *limits_of(problem.post_ops.activation));
    });
  }

 private:
  std::string refusal(const ConvProblem& conv) const {
    if (depthwise_ && !conv.depthwise()) return "not a depthwise convolution";
    if (!depthwise_ && conv.depthwise())
      return "XNNPACK computes depthwise problems one channel at a time but for special windows";
    if (depthwise_ && !has_depthwise_kernel(conv))
      return "XNNPACK has depthwise kernels for windows of 1, 4, 9 and 25 taps only";
    const int64_t inputs = conv.ic / conv.g, outputs = conv.oc / conv.g;
    const bool one_channel = inputs == 1 && outputs == 1;  // a depthwise kernel for XNNPACK
    const bool sse = isa_in_use() < Isa::kAvx2 || conv.kh * conv.kw == 1;
    if (std::string reason = !one_channel ? overreading_refusal(inputs, outputs)
                             : sse        ? overreading_refusal(conv.ic, 0)
                                          : "";
        !reason.empty())
      return reason;
    for (const int64_t size : {conv.ih + conv.pt + conv.pb, conv.iw + conv.pl + conv.pr, conv.kh,
                               conv.kw, conv.sh, conv.sw, conv.dh * conv.kh, conv.dw * conv.kw})
      if (size > kMostFloats) return "too large for XNNPACK";
    // It keeps the address of every input pixel of every output pixel.
    if (conv.oh() * conv.ow() > kMostPointers / (conv.kh * conv.kw))
      return "XNNPACK would need more than 1 GiB of addresses";
    return {};
  }

  bool depthwise_;
};

class XnnFullyConnected final : public Primitive {
 public:
  explicit XnnFullyConnected(Layout layout)
      : Primitive({.id = "xnnpack-fc-" + std::string(to_string(layout)),
                   .family = "fc",
                   .source = "xnnpack",
                   .revision = 1,
                   .kind = ProblemKind::kFc,
                   .in = layout,
                   .out = Layout::kNchw}) {}

  Applicability supports(const Problem& problem, const Execution&) const override {
    const FcProblem& fc = *problem.as<FcProblem>();
    if (std::string reason = common_refusal(problem); !reason.empty()) return Refused{reason};
    if (std::string reason = overreading_refusal(fc.ic * fc.ih * fc.iw, fc.oc); !reason.empty())
      return Refused{reason};
    return Admitted{Bytes{0}};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const FcProblem& fc = *problem.as<FcProblem>();
      const int64_t image = fc.ih * fc.iw, length = fc.ic * image;
      std::vector<float> packed(weights.weights.begin(), weights.weights.end());
      if (info().in == Layout::kNhwc)
        for (int64_t o = 0; o < fc.oc; ++o)
          for (int64_t c = 0; c < fc.ic; ++c)
            for (int64_t p = 0; p < image; ++p)
              packed[static_cast<std::size_t>(o * length + p * fc.ic + c)] =
                  weights.weights[static_cast<std::size_t>(o * length + c * image + p)];
      std::vector<XnnSlice> slices;
      for (const auto& [first, count] : cut(fc.oc, kSliceUnit, execution.threads))
        slices.push_back({1, length, count, 0, first, first * length});
      return make_xnn_fully_connected(fc.n, length, fc.oc, slices, packed, weights.bias,
                                      *limits_of(problem.post_ops.activation));
    });
  }
};

}  // namespace

Primitives xnnpack_primitives() {
  Primitives primitives;
  primitives.push_back(std::make_unique<XnnConvolution>(/*depthwise=*/true));
  primitives.push_back(std::make_unique<XnnConvolution>(/*depthwise=*/false));
  for (const Layout layout : {Layout::kNchw, Layout::kNhwc})
    primitives.push_back(std::make_unique<XnnFullyConnected>(layout));
  return primitives;
}

}  // namespace kernwise::detail
