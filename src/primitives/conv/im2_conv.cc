// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// im2row and im2col: each output pixel's window is a row (from nhwc) or a column (from nchw) of a
// matrix, and the convolution is one product of that matrix with the weights:
//
//   to nhwc   [pixels, K] * [K, oc]    to nchw   [oc, K] * [K, pixels]
//
// where the matrix is passed as transposed if it does not lie so. The matrix is made in blocks that
// stay in L2 until they are multiplied.
#include <omp.h>

#include <algorithm>

#include "conv/gemm_convolutions.h"
#include "conv/row_epilogue.h"
#include "conv/window_gather.h"
#include "support.h"

namespace kernwise::detail {
namespace {

struct Variant {
  const GemmLibrary* gemm;
  Packing packing;
  Layout in, out;

  bool rows() const { return in == Layout::kNhwc; }
  bool to_nhwc() const { return out == Layout::kNhwc; }
};

// [oc, icg, kh, kw] to [g][K][ocg] for nhwc results, [g][ocg][K] for nchw; K is [kh][kw][icg] where
// windows are rows and [icg][kh][kw] where they are columns.
void pack_weights(const ConvProblem& p, const Variant& variant, std::span<const float> weights,
                  float* to) {
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, taps = p.kh * p.kw, k = icg * taps;
  for (int64_t o = 0; o < p.oc; ++o)
    for (int64_t i = 0; i < icg; ++i)
      for (int64_t t = 0; t < taps; ++t) {
        const int64_t row = variant.rows() ? t * icg + i : i * taps + t, column = o % ocg;
        const int64_t at = variant.to_nhwc() ? row * ocg + column : column * k + row;
        to[o / ocg * k * ocg + at] = weights[(o * icg + i) * taps + t];
      }
}

class Im2Kernel final : public OwnKernel {
 public:
  // parameters: the packed weights, then the bias.
  Im2Kernel(const Problem& problem, const Variant& variant, int threads, AlignedBuffer parameters)
      : OwnKernel(std::move(parameters),
                  pixel_blocks(*problem.as<ConvProblem>(), threads).workspace()),
        problem_(*problem.as<ConvProblem>()), variant_(variant), threads_(threads),
        blocks_(pixel_blocks(problem_, threads)),
        epilogue_(make_epilogue(problem.post_ops, this->parameters() + weight_elements(problem))) {}

  void run(const KernelArgs& args) const override {
    const int64_t items = problem_.n * problem_.g * blocks_.blocks;
#pragma omp parallel num_threads(threads_) if (threads_ > 1)
    {
      float* matrix =
          reinterpret_cast<float*>(args.scratch) + omp_get_thread_num() * blocks_.slice_floats;
#pragma omp for schedule(static)
      for (int64_t item = 0; item < items; ++item) {
        const int64_t block = item % blocks_.blocks, image = item / blocks_.blocks;
        const int64_t first = block * blocks_.block;
        run_block(args, image / problem_.g, image % problem_.g,
                  {first, std::min(blocks_.block, blocks_.pixels - first)}, matrix);
      }
    }
  }

 private:
  void run_block(const KernelArgs& args, int64_t n, int64_t group, PixelRange pixels,
                 float* matrix) const {
    const ConvProblem& p = problem_;
    const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, k = icg * p.kh * p.kw;
    const float* image = args.inputs[0] + n * p.ic * p.ih * p.iw;
    if (variant_.rows())
      gather_rows(variant_.packing, p, image, group, pixels, matrix);
    else
      gather_columns(variant_.packing, p, image + group * icg * p.ih * p.iw, pixels, matrix);

    float* out = args.output + n * p.oc * blocks_.pixels;
    const float* weights = parameters() + group * k * ocg;
    const int64_t ld = variant_.rows() ? k : pixels.count;  // of the matrix
    Epilogue epilogue = epilogue_;
    if (epilogue.bias) epilogue.bias += group * ocg;
    if (variant_.to_nhwc()) {
      out += pixels.first * p.oc + group * ocg;
      variant_.gemm->multiply({.m = pixels.count,
                               .n = ocg,
                               .k = k,
                               .lda = ld,
                               .ldb = ocg,
                               .ldc = p.oc,
                               .accumulate = epilogue.residual,
                               .a_transposed = !variant_.rows()},
                              matrix, weights, out);
      apply_row_epilogue({pixels.count, ocg, p.oc}, epilogue, out);
    } else {
      out += group * ocg * blocks_.pixels + pixels.first;
      variant_.gemm->multiply({.m = ocg,
                               .n = pixels.count,
                               .k = k,
                               .lda = k,
                               .ldb = ld,
                               .ldc = blocks_.pixels,
                               .accumulate = epilogue.residual,
                               .b_transposed = variant_.rows()},
                              weights, matrix, out);
      apply_row_epilogue({ocg, pixels.count, blocks_.pixels, true}, epilogue, out);
    }
  }

  ConvProblem problem_;
  Variant variant_;
  int threads_;
  PixelBlocks blocks_;
  Epilogue epilogue_;
};

class Im2 final : public Primitive {
 public:
  Im2(PrimitiveInfo info, const Variant& variant) : Primitive(std::move(info)), variant_(variant) {}

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const ConvProblem& p = *problem.as<ConvProblem>();
    if (variant_.packing == Packing::kScan && (p.sh != 1 || p.sw != 1))
      return Refused{"stride: scan packing needs stride 1"};
    if (variant_.packing == Packing::kScan && (p.dh != 1 || p.dw != 1))
      return Refused{"dilation: scan packing needs dilation 1"};
    if (std::string reason = variant_.gemm->refusal(problem); !reason.empty())
      return Refused{std::move(reason)};
    return Admitted{pixel_blocks(p, execution.threads).workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      AlignedBuffer parameters(float_bytes(weight_elements(problem) + bias_elements(problem)));
      pack_weights(*problem.as<ConvProblem>(), variant_, weights.weights, parameters.floats());
      std::copy(weights.bias.begin(), weights.bias.end(),
                parameters.floats() + weight_elements(problem));
      return std::make_unique<Im2Kernel>(problem, variant_, execution.threads,
                                         std::move(parameters));
    });
  }

 private:
  Variant variant_;
};

std::unique_ptr<const Primitive> make(const GemmLibrary& gemm, Packing packing, Layout in,
                                      Layout out) {
  const std::string family = in == Layout::kNhwc ? "im2row" : "im2col";
  const std::string algorithm = packing == Packing::kScan ? family + "-scan" : family;
  return std::make_unique<Im2>(PrimitiveInfo{gemm_conv_id(algorithm, gemm, in, out), family,
                                             "kernwise", 1, ProblemKind::kConv, in, out},
                               Variant{&gemm, packing, in, out});
}

}  // namespace

Primitives im2_convolutions() {
  Primitives primitives;
  const auto both_ways = [&](const GemmLibrary& gemm, Packing packing) {
    for (const Layout in : {Layout::kNhwc, Layout::kNchw})
      for (const Layout out : {Layout::kNhwc, Layout::kNchw})
        primitives.push_back(make(gemm, packing, in, out));
  };
  both_ways(onednn_gemm(), Packing::kCopy);
  both_ways(onednn_gemm(), Packing::kScan);
  both_ways(openblas_gemm(), Packing::kCopy);
  return primitives;
}

}  // namespace kernwise::detail
