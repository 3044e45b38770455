// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Depthwise convolution as primitives, in nhwc and nchw16c.
#include <algorithm>

#include "conv/depthwise_rows.h"
#include "conv/image_layout.h"
#include "conv/packed_gemm.h"
#include "factories.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class DepthwiseKernel final : public OwnKernel {
 public:
  // parameters, in rows of whole chunks of channels: kh * kw of weights, zeros, the bias.
  DepthwiseKernel(const Problem& problem, const PrimitiveInfo& info, int threads,
                  AlignedBuffer parameters)
      : OwnKernel(std::move(parameters), {0}), problem_(*problem.as<ConvProblem>()),
        in_(image_layout(input_shape(problem, 0), info.in)),
        out_(image_layout(output_shape(problem), info.out)), threads_(threads),
        epilogue_(make_epilogue(problem.post_ops, zeros() + weight_stride())) {}

  void run(const KernelArgs& args) const override {
    const ConvProblem& p = problem_;
    const bool blocked = out_.padded;
    const int64_t parts = blocked ? chunks_of(p.oc) : 1;
    const int64_t oh = p.oh(), rows = p.n * parts * oh;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t item = 0; item < rows; ++item) {
      const int64_t oy = item % oh, part = item / oh % parts, n = item / oh / parts;
      const int64_t first = part * kChunk;
      const DepthwiseRow row{blocked ? kChunk : p.oc, in_.pixel, in_.row, out_.pixel,
                             weight_stride(),         zeros()};
      Epilogue epilogue = epilogue_;
      if (epilogue.bias) epilogue.bias += first;
      float* out = args.output + n * out_.image + part * out_.chunk + oy * out_.row;
      depthwise_row(p, row, oy, args.inputs[0] + n * in_.image + part * in_.chunk,
                    parameters() + first, epilogue, out);
      // A clip that excludes zero would leave its bound in the channel padding.
      if (blocked && first + kChunk > p.oc)
        for (int64_t x = 0; x < p.ow(); ++x)
          std::fill_n(out + x * kChunk + (p.oc - first), first + kChunk - p.oc, 0.0f);
    }
  }

 private:
  const float* zeros() const { return parameters() + problem_.kh * problem_.kw * weight_stride(); }
  int64_t weight_stride() const { return chunks_of(problem_.oc) * kChunk; }

  ConvProblem problem_;
  ImageLayout in_, out_;
  int threads_;
  Epilogue epilogue_;
};

class Depthwise final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution&) const override {
    if (!problem.as<ConvProblem>()->depthwise())
      return Refused{"not depthwise: it needs g = ic = oc, more than 1"};
    return Admitted{{0}};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const ConvProblem& p = *problem.as<ConvProblem>();
      const int64_t taps = p.kh * p.kw, stride = chunks_of(p.oc) * kChunk;
      const int64_t rows = taps + 1 + (problem.post_ops.bias ? 1 : 0);
      AlignedBuffer parameters(float_bytes(rows * stride));
      float* to = parameters.floats();
      std::fill_n(to, rows * stride, 0.0f);
      for (int64_t c = 0; c < p.oc; ++c)
        for (int64_t t = 0; t < taps; ++t) to[t * stride + c] = weights.weights[c * taps + t];
      std::copy(weights.bias.begin(), weights.bias.end(), to + (taps + 1) * stride);
      return std::make_unique<DepthwiseKernel>(problem, info(), execution.threads,
                                               std::move(parameters));
    });
  }
};

}  // namespace

Primitives depthwise_convolutions() {
  Primitives primitives;
  for (const Layout layout : {Layout::kNhwc, Layout::kNchw16c})
    primitives.push_back(std::make_unique<Depthwise>(
        PrimitiveInfo{"depthwise-" + std::string(to_string(layout)), "depthwise", "kernwise", 1,
                      ProblemKind::kConv, layout, layout}));
  return primitives;
}

}  // namespace kernwise::detail
