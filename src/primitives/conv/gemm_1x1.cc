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

struct Variant {
  const GemmLibrary* gemm;
  Layout in, out;

  bool from_nhwc() const { return in == Layout::kNhwc; }
  bool to_nhwc() const { return out == Layout::kNhwc; }
};

class Gemm1x1Kernel final : public OwnKernel {
 public:
  // parameters: weights [ic, oc] for nhwc results, [oc, ic] for nchw; then the bias.
  Gemm1x1Kernel(const Problem& problem, const Variant& variant, int threads,
                AlignedBuffer parameters)
      : OwnKernel(std::move(parameters), {0}), problem_(*problem.as<ConvProblem>()),
        variant_(variant), threads_(threads),
        epilogue_(make_epilogue(problem.post_ops, this->parameters() + weight_elements(problem))) {}

  void run(const KernelArgs& args) const override {
    const ConvProblem& p = problem_;
    // Where both sides are nhwc, the images of a batch are one long matrix.
    const bool joined = variant_.from_nhwc() && variant_.to_nhwc();
    const int64_t images = joined ? 1 : p.n;
    const int64_t pixels = p.ih * p.iw * (joined ? p.n : 1);
    const bool by_channel = p.oc > pixels;
    const int64_t extent = by_channel ? p.oc : pixels;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t item = 0; item < images * threads_; ++item) {
      const int64_t image = item / threads_, part = item % threads_;
      const int64_t first = extent * part / threads_;
      const int64_t count = extent * (part + 1) / threads_ - first;
      if (count == 0) continue;
      const float* in = args.inputs[0] + image * p.ic * pixels;
      float* out = args.output + image * p.oc * pixels;
      if (by_channel)
        run_part(in, out, pixels, {0, pixels}, {first, count});
      else
        run_part(in, out, pixels, {first, count}, {0, p.oc});
    }
  }

 private:
  struct Range {
    int64_t first, count;
  };

  // Some output channels of some pixels of an image (or a batch) with `pixels` of them.
  void run_part(const float* in, float* out, int64_t pixels, Range part, Range channels) const {
    const ConvProblem& p = problem_;
    in += part.first * (variant_.from_nhwc() ? p.ic : 1);
    const int64_t ld = variant_.from_nhwc() ? p.ic : pixels;
    Epilogue epilogue = epilogue_;
    if (epilogue.bias) epilogue.bias += channels.first;
    if (variant_.to_nhwc()) {
      out += part.first * p.oc + channels.first;
      variant_.gemm->multiply({.m = part.count,
                               .n = channels.count,
                               .k = p.ic,
                               .lda = ld,
                               .ldb = p.oc,
                               .ldc = p.oc,
                               .accumulate = epilogue.residual,
                               .a_transposed = !variant_.from_nhwc()},
                              in, parameters() + channels.first, out);
      apply_row_epilogue({part.count, channels.count, p.oc}, epilogue, out);
    } else {
      out += channels.first * pixels + part.first;
      variant_.gemm->multiply({.m = channels.count,
                               .n = part.count,
                               .k = p.ic,
                               .lda = p.ic,
                               .ldb = ld,
                               .ldc = pixels,
                               .accumulate = epilogue.residual,
                               .b_transposed = variant_.from_nhwc()},
                              parameters() + channels.first * p.ic, in, out);
      apply_row_epilogue({channels.count, part.count, pixels, true}, epilogue, out);
    }
  }

  ConvProblem problem_;
  Variant variant_;
  int threads_;
  Epilogue epilogue_;
};

class Gemm1x1 final : public Primitive {
 public:
  Gemm1x1(PrimitiveInfo info, const Variant& variant)
      : Primitive(std::move(info)), variant_(variant) {}

  Applicability supports(const Problem& problem, const Execution&) const override {
    const ConvProblem& p = *problem.as<ConvProblem>();
    if (p.kh != 1 || p.kw != 1)
      return Refused{"kernel " + std::to_string(p.kh) + "x" + std::to_string(p.kw) +
                     ": only a 1x1 convolution is a GEMM on the input as it lies"};
    if (p.sh != 1 || p.sw != 1) return Refused{"stride: 1x1 as a GEMM needs stride 1"};
    if (p.pt + p.pb + p.pl + p.pr != 0) return Refused{"padding: 1x1 as a GEMM needs none"};
    if (p.g != 1) return Refused{"groups: 1x1 as a GEMM needs 1 group"};
    if (std::string reason = variant_.gemm->refusal(problem); !reason.empty())
      return Refused{std::move(reason)};
    return Admitted{{0}};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const ConvProblem& p = *problem.as<ConvProblem>();
      AlignedBuffer parameters(float_bytes(weight_elements(problem) + bias_elements(problem)));
      for (int64_t o = 0; o < p.oc; ++o)
        for (int64_t i = 0; i < p.ic; ++i)
          parameters.floats()[variant_.to_nhwc() ? i * p.oc + o : o * p.ic + i] =
              weights.weights[o * p.ic + i];
      std::copy(weights.bias.begin(), weights.bias.end(),
                parameters.floats() + weight_elements(problem));
      return std::make_unique<Gemm1x1Kernel>(problem, variant_, execution.threads,
                                             std::move(parameters));
    });
  }

 private:
  Variant variant_;
};

}  // namespace

Primitives gemm_1x1_convolutions() {
  Primitives primitives;
  for (const GemmLibrary* gemm : {&onednn_gemm(), &openblas_gemm()})
    for (const Layout in : {Layout::kNhwc, Layout::kNchw})
      for (const Layout out : {Layout::kNhwc, Layout::kNchw})
        primitives.push_back(std::make_unique<Gemm1x1>(
            PrimitiveInfo{gemm_conv_id("gemm-1x1", *gemm, in, out), "gemm-1x1", "kernwise", 1,
                          ProblemKind::kConv, in, out},
            Variant{gemm, in, out}));
  return primitives;
}

}  // namespace kernwise::detail
