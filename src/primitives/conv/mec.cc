// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Memory-efficient convolution (Cho and Brandt, "MEC: Memory-efficient Convolution for Deep Neural
// Network", ICML 2017, algorithm 2). Only the kernel's columns are lowered, not its rows: with all
// input rows of an output column side by side, the windows of the next output row begin sh input
// rows further on in the same matrix. So the lowered matrix is kh / sh times smaller than im2row's,
// and each output row is one GEMM on a shifted view of it:
//
//   from nhwc  L[ow][rows][kw][icg]   out row r, [ow, oc] = L(:, from row r sh) * W[K, oc]
//   from nchw  L[rows][kw][icg][ow]   out row r, [oc, ow] = W[oc, K] * L(from row r sh)
//
// with K = [kh][kw][icg]. Lowering is done for a block of output rows at a time.
#include <omp.h>

#include <algorithm>

#include "conv/gemm_convolutions.h"
#include "conv/row_epilogue.h"
#include "conv/window_gather.h"
#include "support.h"

namespace kernwise::detail {
namespace {

constexpr double kMostFloats = 1LL << 40;

struct MecPlan {
  int64_t block = 0, blocks = 0;  // output rows
  int64_t input_rows = 0;         // that a block needs
  int64_t slices = 0, slice_floats = 0;
  Bytes workspace() const { return float_bytes(slices * slice_floats); }
};

MecPlan plan_mec(const ConvProblem& p, int threads) {
  constexpr int64_t kFloats = (2 << 20) / sizeof(float), kLine = 16;
  const int64_t row_floats = p.ow() * p.kw * (p.ic / p.g), images = p.n * p.g;
  const auto rows_for = [&p](int64_t outputs) { return (outputs - 1) * p.sh + p.kh; };
  MecPlan plan;
  // As many output rows as the lowered input rows that fit have.
  const int64_t largest = std::max<int64_t>(1, (kFloats / row_floats - p.kh) / p.sh + 1);
  const int64_t wanted =
      std::max((p.oh() + largest - 1) / largest, std::min((threads + images - 1) / images, p.oh()));
  plan.block = (p.oh() + wanted - 1) / wanted;
  plan.blocks = (p.oh() + plan.block - 1) / plan.block;
  plan.input_rows = rows_for(plan.block);
  plan.slices = std::min<int64_t>(threads, images * plan.blocks);
  plan.slice_floats = (plan.input_rows * row_floats + kLine - 1) / kLine * kLine;
  return plan;
}

// Input rows [first, first + rows) of an image in nhwc, as L[ow][rows][kw][icg].
void lower_nhwc(const ConvProblem& p, const float* image, int64_t group, int64_t first,
                int64_t rows, float* to) {
  const int64_t icg = p.ic / p.g;
  for (int64_t ox = 0; ox < p.ow(); ++ox) {
    const int64_t x0 = ox * p.sw - p.pl;
    for (int64_t y = first; y < first + rows; ++y, to += p.kw * icg) {
      if (y < 0 || y >= p.ih) {
        std::fill_n(to, p.kw * icg, 0.0f);
        continue;
      }
      const float* row = image + y * p.iw * p.ic + group * icg;
      if (p.g == 1 && p.dw == 1 && x0 >= 0 && x0 + p.kw <= p.iw) {
        std::copy_n(row + x0 * icg, p.kw * icg, to);
        continue;
      }
      for (int64_t kx = 0; kx < p.kw; ++kx) {
        const int64_t x = x0 + kx * p.dw;
        if (x < 0 || x >= p.iw)
          std::fill_n(to + kx * icg, icg, 0.0f);
        else
          std::copy_n(row + x * p.ic, icg, to + kx * icg);
      }
    }
  }
}

// The same of one group in nchw, as L[rows][kw][icg][ow].
void lower_nchw(const ConvProblem& p, const float* image, int64_t first, int64_t rows, float* to) {
  for (int64_t y = first; y < first + rows; ++y)
    for (int64_t kx = 0; kx < p.kw; ++kx)
      for (int64_t c = 0; c < p.ic / p.g; ++c, to += p.ow()) {
        const bool inside = y >= 0 && y < p.ih;
        gather_row(p, inside ? image + (c * p.ih + y) * p.iw : nullptr, kx, 0, p.ow(), to);
      }
}

// [oc, icg, kh, kw] to [g][K][ocg] for nhwc, [g][ocg][K] for nchw.
void pack_weights(const ConvProblem& p, bool nhwc, std::span<const float> weights, float* to) {
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, taps = p.kh * p.kw, k = icg * taps;
  for (int64_t o = 0; o < p.oc; ++o)
    for (int64_t i = 0; i < icg; ++i)
      for (int64_t t = 0; t < taps; ++t) {
        const int64_t row = t * icg + i, column = o % ocg;
        to[o / ocg * k * ocg + (nhwc ? row * ocg + column : column * k + row)] =
            weights[(o * icg + i) * taps + t];
      }
}

class MecKernel final : public OwnKernel {
 public:
  // parameters: the packed weights, then the bias.
  MecKernel(const Problem& problem, const GemmLibrary& gemm, bool nhwc, int threads,
            AlignedBuffer parameters)
      : OwnKernel(std::move(parameters), plan_mec(*problem.as<ConvProblem>(), threads).workspace()),
        problem_(*problem.as<ConvProblem>()), gemm_(&gemm), nhwc_(nhwc), threads_(threads),
        plan_(plan_mec(problem_, threads)),
        epilogue_(make_epilogue(problem.post_ops, this->parameters() + weight_elements(problem))) {}

  void run(const KernelArgs& args) const override {
    const int64_t items = problem_.n * problem_.g * plan_.blocks;
#pragma omp parallel num_threads(threads_) if (threads_ > 1)
    {
      float* lowered =
          reinterpret_cast<float*>(args.scratch) + omp_get_thread_num() * plan_.slice_floats;
#pragma omp for schedule(static)
      for (int64_t item = 0; item < items; ++item) {
        const int64_t block = item % plan_.blocks, image = item / plan_.blocks;
        run_block(args, image / problem_.g, image % problem_.g, block * plan_.block, lowered);
      }
    }
  }

 private:
  void run_block(const KernelArgs& args, int64_t n, int64_t group, int64_t first,
                 float* lowered) const {
    const ConvProblem& p = problem_;
    const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, ow = p.ow(), pixels = p.oh() * ow;
    const int64_t rows = std::min(plan_.block, p.oh() - first);
    const int64_t input_rows = (rows - 1) * p.sh + p.kh, k = p.kh * p.kw * icg;
    const float* image = args.inputs[0] + n * p.ic * p.ih * p.iw;
    const float* weights = parameters() + group * k * ocg;
    float* out = args.output + n * p.oc * pixels;
    Epilogue epilogue = epilogue_;
    if (epilogue.bias) epilogue.bias += group * ocg;
    if (nhwc_) {
      lower_nhwc(p, image, group, first * p.sh - p.pt, input_rows, lowered);
      out += first * ow * p.oc + group * ocg;
      for (int64_t r = 0; r < rows; ++r)
        gemm_->multiply({.m = ow,
                         .n = ocg,
                         .k = k,
                         .lda = input_rows * p.kw * icg,
                         .ldb = ocg,
                         .ldc = p.oc,
                         .accumulate = epilogue.residual},
                        lowered + r * p.sh * p.kw * icg, weights, out + r * ow * p.oc);
      apply_row_epilogue({rows * ow, ocg, p.oc}, epilogue, out);
    } else {
      lower_nchw(p, image + group * icg * p.ih * p.iw, first * p.sh - p.pt, input_rows, lowered);
      out += group * ocg * pixels + first * ow;
      for (int64_t r = 0; r < rows; ++r)
        gemm_->multiply({.m = ocg,
                         .n = ow,
                         .k = k,
                         .lda = k,
                         .ldb = ow,
                         .ldc = pixels,
                         .accumulate = epilogue.residual},
                        weights, lowered + r * p.sh * p.kw * icg * ow, out + r * ow);
      apply_row_epilogue({ocg, rows * ow, pixels, true}, epilogue, out);
    }
  }

  ConvProblem problem_;
  const GemmLibrary* gemm_;
  bool nhwc_;
  int threads_;
  MecPlan plan_;
  Epilogue epilogue_;
};

class Mec final : public Primitive {
 public:
  Mec(PrimitiveInfo info, const GemmLibrary& gemm) : Primitive(std::move(info)), gemm_(&gemm) {}

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const ConvProblem& p = *problem.as<ConvProblem>();
    if (p.dh != 1)
      return Refused{"dilation: the rows of a window must follow each other in the lowered matrix"};
    if (p.kh <= p.sh)
      return Refused{"kernel no higher than the stride: lowering columns alone saves nothing"};
    if (static_cast<double>(p.ow()) * static_cast<double>(weight_elements(problem)) > kMostFloats)
      return Refused{"too large: one lowered output row would not fit in memory"};
    if (std::string reason = gemm_->refusal(problem); !reason.empty())
      return Refused{std::move(reason)};
    return Admitted{plan_mec(p, execution.threads).workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const bool nhwc = info().in == Layout::kNhwc;
      AlignedBuffer parameters(float_bytes(weight_elements(problem) + bias_elements(problem)));
      pack_weights(*problem.as<ConvProblem>(), nhwc, weights.weights, parameters.floats());
      std::copy(weights.bias.begin(), weights.bias.end(),
                parameters.floats() + weight_elements(problem));
      return std::make_unique<MecKernel>(problem, *gemm_, nhwc, execution.threads,
                                         std::move(parameters));
    });
  }

 private:
  const GemmLibrary* gemm_;
};

}  // namespace

Primitives mec_convolutions() {
  Primitives primitives;
  for (const Layout layout : {Layout::kNhwc, Layout::kNchw})
    primitives.push_back(std::make_unique<Mec>(
        PrimitiveInfo{gemm_conv_id("mec", onednn_gemm(), layout, layout), "mec", "kernwise", 1,
                      ProblemKind::kConv, layout, layout},
        onednn_gemm()));
  return primitives;
}

}  // namespace kernwise::detail
