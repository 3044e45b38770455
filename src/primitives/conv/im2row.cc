// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// im2row: in nhwc, each output pixel is one row of a matrix that holds its whole window, and the
// convolution is [pixels, kh*kw*ic] * [kh*kw*ic, oc].
#include <omp.h>

#include <algorithm>

#include "conv/gemm_convolutions.h"
#include "conv/row_epilogue.h"
#include "support.h"

namespace kernwise::detail {
namespace {

// Rows [first, first + count) of the matrix of one image and group.
void gather_rows(const ConvProblem& p, const float* image, int64_t group, int64_t first,
                 int64_t count, float* to) {
  const int64_t icg = p.ic / p.g, ow = p.ow();
  // Where a window's row is one stretch of memory, it is copied at once.
  const bool contiguous = p.g == 1 && p.dw == 1;
  for (int64_t pixel = first; pixel < first + count; ++pixel) {
    const int64_t y0 = pixel / ow * p.sh - p.pt, x0 = pixel % ow * p.sw - p.pl;
    for (int64_t ky = 0; ky < p.kh; ++ky, to += p.kw * icg) {
      const int64_t y = y0 + ky * p.dh;
      if (y < 0 || y >= p.ih) {
        std::fill_n(to, p.kw * icg, 0.0f);
        continue;
      }
      const float* row = image + y * p.iw * p.ic + group * icg;
      if (contiguous && x0 >= 0 && x0 + p.kw <= p.iw) {
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

// [oc, icg, kh, kw] to [g, kh, kw, icg, ocg].
void pack_weights(const ConvProblem& p, std::span<const float> weights, float* to) {
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, taps = p.kh * p.kw;
  for (int64_t g = 0; g < p.g; ++g)
    for (int64_t t = 0; t < taps; ++t)
      for (int64_t i = 0; i < icg; ++i)
        for (int64_t o = 0; o < ocg; ++o) *to++ = weights[((g * ocg + o) * icg + i) * taps + t];
}

class Im2rowKernel final : public OwnKernel {
 public:
  Im2rowKernel(const Problem& problem, int threads, AlignedBuffer parameters)
      : OwnKernel(std::move(parameters),
                  pixel_blocks(*problem.as<ConvProblem>(), threads).workspace()),
        problem_(*problem.as<ConvProblem>()), threads_(threads),
        blocks_(pixel_blocks(problem_, threads)),
        epilogue_(make_epilogue(problem.post_ops, this->parameters() + weight_elements(problem))) {}

  void run(const KernelArgs& args) const override {
    const ConvProblem& p = problem_;
    const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, k = p.kh * p.kw * icg;
    const int64_t items = p.n * p.g * blocks_.blocks;
#pragma omp parallel num_threads(threads_) if (threads_ > 1)
    {
      float* matrix =
          reinterpret_cast<float*>(args.scratch) + omp_get_thread_num() * blocks_.slice_floats;
#pragma omp for schedule(static)
      for (int64_t item = 0; item < items; ++item) {
        const int64_t block = item % blocks_.blocks, group = item / blocks_.blocks % p.g;
        const int64_t n = item / blocks_.blocks / p.g;
        const int64_t first = block * blocks_.block;
        const int64_t count = std::min(blocks_.block, blocks_.pixels - first);
        gather_rows(p, args.inputs[0] + n * p.ih * p.iw * p.ic, group, first, count, matrix);
        float* out = args.output + (n * blocks_.pixels + first) * p.oc + group * ocg;
        sgemm({count, ocg, k, k, ocg, p.oc, epilogue_.residual}, matrix,
              parameters() + group * k * ocg, out);
        Epilogue epilogue = epilogue_;
        if (epilogue.bias) epilogue.bias += group * ocg;
        apply_row_epilogue({count, ocg, p.oc}, epilogue, out);
      }
    }
  }

 private:
  ConvProblem problem_;
  int threads_;
  PixelBlocks blocks_;
  Epilogue epilogue_;
};

class Im2row final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    return Admitted{pixel_blocks(*problem.as<ConvProblem>(), execution.threads).workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      AlignedBuffer parameters(float_bytes(weight_elements(problem) + bias_elements(problem)));
      pack_weights(*problem.as<ConvProblem>(), weights.weights, parameters.floats());
      std::copy(weights.bias.begin(), weights.bias.end(),
                parameters.floats() + weight_elements(problem));
      return std::make_unique<Im2rowKernel>(problem, execution.threads, std::move(parameters));
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_im2row() {
  return std::make_unique<Im2row>(PrimitiveInfo{"im2row-nhwc", "im2row", "kernwise", 1,
                                                ProblemKind::kConv, Layout::kNhwc, Layout::kNhwc});
}

}  // namespace kernwise::detail
