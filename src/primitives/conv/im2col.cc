// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// im2col: in nchw, each output pixel is one column of a matrix that holds its whole window, and the
// convolution is [oc, ic*kh*kw] * [ic*kh*kw, pixels].
#include <omp.h>

#include <algorithm>

#include "conv/gemm_convolutions.h"
#include "conv/row_epilogue.h"
#include "support.h"

namespace kernwise::detail {
namespace {

// One input row's values for the output columns [first, last): zero outside the image.
void gather_row(const ConvProblem& p, const float* row, int64_t kx, int64_t first, int64_t last,
                float* to) {
  for (int64_t ox = first; ox < last; ++ox) {
    const int64_t x = ox * p.sw - p.pl + kx * p.dw;
    *to++ = x < 0 || x >= p.iw ? 0.0f : row[x];
  }
}

void gather_row_of_stride_1(const ConvProblem& p, const float* row, int64_t kx, int64_t first,
                            int64_t last, float* to) {
  const int64_t shift = kx * p.dw - p.pl;  // x = ox + shift
  const int64_t begin = std::clamp(-shift, first, last);
  const int64_t end = std::clamp(p.iw - shift, begin, last);
  std::fill_n(to, begin - first, 0.0f);
  std::copy_n(row + (begin + shift), end - begin, to + (begin - first));
  std::fill_n(to + (end - first), last - end, 0.0f);
}

// Columns [first, first + count) of the matrix of one image and group, `count` floats a row.
void gather_columns(const ConvProblem& p, const float* image, int64_t first, int64_t count,
                    float* to) {
  const int64_t icg = p.ic / p.g, ow = p.ow(), last = first + count;
  for (int64_t c = 0; c < icg; ++c)
    for (int64_t ky = 0; ky < p.kh; ++ky)
      for (int64_t kx = 0; kx < p.kw; ++kx)
        for (int64_t pixel = first; pixel < last;) {
          const int64_t oy = pixel / ow, ox = pixel % ow;
          const int64_t ox_end = std::min(ow, ox + last - pixel);
          const int64_t y = oy * p.sh - p.pt + ky * p.dh;
          const float* row = image + (c * p.ih + y) * p.iw;
          if (y < 0 || y >= p.ih)
            std::fill_n(to, ox_end - ox, 0.0f);
          else if (p.sw == 1)
            gather_row_of_stride_1(p, row, kx, ox, ox_end, to);
          else
            gather_row(p, row, kx, ox, ox_end, to);
          to += ox_end - ox;
          pixel += ox_end - ox;
        }
}

class Im2colKernel final : public OwnKernel {
 public:
  Im2colKernel(const Problem& problem, int threads, AlignedBuffer parameters)
      : OwnKernel(std::move(parameters),
                  pixel_blocks(*problem.as<ConvProblem>(), threads).workspace()),
        problem_(*problem.as<ConvProblem>()), threads_(threads),
        blocks_(pixel_blocks(problem_, threads)),
        epilogue_(make_epilogue(problem.post_ops, this->parameters() + weight_elements(problem))) {}

  void run(const KernelArgs& args) const override {
    const ConvProblem& p = problem_;
    const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, k = icg * p.kh * p.kw;
    const int64_t items = p.n * p.g * blocks_.blocks;
#pragma omp parallel num_threads(threads_) if (threads_ > 1)
    {
      float* matrix =
          reinterpret_cast<float*>(args.scratch) + omp_get_thread_num() * blocks_.slice_floats;
#pragma omp for schedule(static)
      for (int64_t item = 0; item < items; ++item) {
        const int64_t block = item % blocks_.blocks, image = item / blocks_.blocks;
        const int64_t group = image % p.g;
        const int64_t first = block * blocks_.block;
        const int64_t count = std::min(blocks_.block, blocks_.pixels - first);
        gather_columns(p, args.inputs[0] + image * icg * p.ih * p.iw, first, count, matrix);
        float* out = args.output + image * ocg * blocks_.pixels + first;
        sgemm({ocg, count, k, k, count, blocks_.pixels, epilogue_.residual},
              parameters() + group * ocg * k, matrix, out);
        Epilogue epilogue = epilogue_;
        if (epilogue.bias) epilogue.bias += group * ocg;
        apply_row_epilogue({ocg, count, blocks_.pixels, true}, epilogue, out);
      }
    }
  }

 private:
  ConvProblem problem_;
  int threads_;
  PixelBlocks blocks_;
  Epilogue epilogue_;
};

class Im2col final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    return Admitted{pixel_blocks(*problem.as<ConvProblem>(), execution.threads).workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      AlignedBuffer parameters(float_bytes(weight_elements(problem) + bias_elements(problem)));
      float* bias = std::copy(weights.weights.begin(), weights.weights.end(), parameters.floats());
      std::copy(weights.bias.begin(), weights.bias.end(), bias);
      return std::make_unique<Im2colKernel>(problem, execution.threads, std::move(parameters));
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_im2col() {
  return std::make_unique<Im2col>(PrimitiveInfo{"im2col-nchw", "im2col", "kernwise", 1,
                                                ProblemKind::kConv, Layout::kNchw, Layout::kNchw});
}

}  // namespace kernwise::detail
