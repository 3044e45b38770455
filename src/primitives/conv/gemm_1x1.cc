// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A 1x1 convolution is a GEMM on the input as it lies. Threads divide the longer side of the
// output matrix: the pixels, or, where images are small and weights large, the channels, so that
// the weights are read once.
#include <algorithm>

#include "conv/gemm_convolutions.h"
#include "conv/row_epilogue.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class Gemm1x1Kernel final : public OwnKernel {
 public:
  // parameters: weights [ic, oc] for nhwc, [oc, ic] for nchw; then the bias.
  Gemm1x1Kernel(const Problem& problem, bool nhwc, int threads, AlignedBuffer parameters)
      : OwnKernel(std::move(parameters), {0}), problem_(*problem.as<ConvProblem>()), nhwc_(nhwc),
        threads_(threads),
        epilogue_(make_epilogue(problem.post_ops, this->parameters() + weight_elements(problem))) {}

  void run(const KernelArgs& args) const override {
    const ConvProblem& p = problem_;
    const int64_t image_pixels = p.ih * p.iw, pixels = nhwc_ ? p.n * image_pixels : image_pixels;
    const int64_t images = nhwc_ ? 1 : p.n;
    const bool by_channel = p.oc > pixels;
    const int64_t extent = by_channel ? p.oc : pixels;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t item = 0; item < images * threads_; ++item) {
      const int64_t image = item / threads_, part = item % threads_;
      const int64_t first = extent * part / threads_;
      const int64_t count = extent * (part + 1) / threads_ - first;
      if (count == 0) continue;
      const float* in = args.inputs[0] + image * p.ic * image_pixels;
      float* out = args.output + image * p.oc * image_pixels;
      Epilogue epilogue = epilogue_;
      if (epilogue.bias && by_channel) epilogue.bias += first;
      if (nhwc_) {
        const int64_t rows = by_channel ? pixels : count, columns = by_channel ? count : p.oc;
        const float* a = by_channel ? in : in + first * p.ic;
        const float* b = by_channel ? parameters() + first : parameters();
        float* c = by_channel ? out + first : out + first * p.oc;
        sgemm({rows, columns, p.ic, p.ic, p.oc, p.oc, epilogue.residual}, a, b, c);
        apply_row_epilogue({rows, columns, p.oc}, epilogue, c);
      } else {
        const int64_t rows = by_channel ? count : p.oc, columns = by_channel ? pixels : count;
        const float* a = by_channel ? parameters() + first * p.ic : parameters();
        const float* b = by_channel ? in : in + first;
        float* c = by_channel ? out + first * pixels : out + first;
        sgemm({rows, columns, p.ic, p.ic, pixels, pixels, epilogue.residual}, a, b, c);
        apply_row_epilogue({rows, columns, pixels, true}, epilogue, c);
      }
    }
  }

 private:
  ConvProblem problem_;
  bool nhwc_;
  int threads_;
  Epilogue epilogue_;
};

class Gemm1x1 final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution&) const override {
    const ConvProblem& p = *problem.as<ConvProblem>();
    if (p.kh != 1 || p.kw != 1)
      return Refused{"kernel " + std::to_string(p.kh) + "x" + std::to_string(p.kw) +
                     ": only a 1x1 convolution is a GEMM on the input as it lies"};
    if (p.sh != 1 || p.sw != 1) return Refused{"stride: 1x1 as a GEMM needs stride 1"};
    if (p.pt + p.pb + p.pl + p.pr != 0) return Refused{"padding: 1x1 as a GEMM needs none"};
    if (p.g != 1) return Refused{"groups: 1x1 as a GEMM needs 1 group"};
    return Admitted{{0}};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const ConvProblem& p = *problem.as<ConvProblem>();
      const bool nhwc = info().in == Layout::kNhwc;
      AlignedBuffer parameters(float_bytes(weight_elements(problem) + bias_elements(problem)));
      for (int64_t o = 0; o < p.oc; ++o)
        for (int64_t i = 0; i < p.ic; ++i)
          parameters.floats()[nhwc ? i * p.oc + o : o * p.ic + i] = weights.weights[o * p.ic + i];
      std::copy(weights.bias.begin(), weights.bias.end(),
                parameters.floats() + weight_elements(problem));
      return std::make_unique<Gemm1x1Kernel>(problem, nhwc, execution.threads,
                                             std::move(parameters));
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_gemm_1x1_nhwc() {
  return std::make_unique<Gemm1x1>(PrimitiveInfo{"gemm-1x1-nhwc", "gemm-1x1", "kernwise", 1,
                                                 ProblemKind::kConv, Layout::kNhwc, Layout::kNhwc});
}
std::unique_ptr<const Primitive> make_gemm_1x1_nchw() {
  return std::make_unique<Gemm1x1>(PrimitiveInfo{"gemm-1x1-nchw", "gemm-1x1", "kernwise", 1,
                                                 ProblemKind::kConv, Layout::kNchw, Layout::kNchw});
}

}  // namespace kernwise::detail
