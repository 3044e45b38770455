// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Convolution as batch-reduce GEMMs of libxsmm (Georganas et al., "High-Performance Deep Learning
// via a Single Building Block", IPDPS 2020): a stretch of an output row times a block of output
// channels is the sum, over the taps of the kernel, of a product that reads the input as it lies:
// the pixels a tap sees are a constant distance apart. With padding, a band of input rows is copied
// with zeros around it.
#include <omp.h>

#include <algorithm>
#include <vector>

#include "conv/gemm_convolutions.h"
#include "conv/image_layout.h"
#include "conv/row_epilogue.h"
#include "conv/xsmm.h"
#include "support.h"

namespace kernwise::detail {
namespace {

struct BrgemmPlan {
  int64_t k = 0, chunks = 0;                // input channels of a product; products for a tap
  int64_t m = 0, m_last = 0, m_blocks = 0;  // output channels of a product
  int64_t n = 0, n_last = 0, n_blocks = 0;  // output pixels of a product
  int64_t rows = 0, blocks = 0;             // output rows of an item
  bool pad = false;
  int64_t pixel = 0, row = 0, chunk = 0;  // strides of what is read: the image, or the band
  int64_t slices = 0, slice_floats = 0;
  Bytes workspace() const { return float_bytes(slices * slice_floats); }
};

BrgemmPlan plan_brgemm(const ConvProblem& p, const ImageLayout& in, int threads) {
  // A block of weights and the rows it passes over share L2; 64 channels fill the registers even
  // where a row has only 7 pixels.
  constexpr int64_t kMostChannels = 64, kMostPixels = 64, kLine = 16;
  constexpr int64_t kFloats = (512 << 10) / sizeof(float);
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g;
  BrgemmPlan plan;
  plan.k = in.padded ? 16 : icg;
  plan.chunks = in.padded ? (icg + 15) / 16 : 1;
  plan.m = in.padded ? 16 : std::min(ocg, kMostChannels);
  plan.m_blocks = (ocg + plan.m - 1) / plan.m;
  plan.m_last = in.padded ? 16 : ocg - (plan.m_blocks - 1) * plan.m;
  plan.n_blocks = (p.ow() + kMostPixels - 1) / kMostPixels;
  plan.n = (p.ow() + plan.n_blocks - 1) / plan.n_blocks;
  plan.n_blocks = (p.ow() + plan.n - 1) / plan.n;
  plan.n_last = p.ow() - (plan.n_blocks - 1) * plan.n;

  plan.pad = p.pt + p.pb + p.pl + p.pr != 0;
  plan.pixel = plan.pad ? plan.k : in.pixel;
  plan.row = plan.pad ? plan.k * (p.iw + p.pl + p.pr) : in.row;
  const int64_t row_floats = plan.chunks * plan.k * (p.iw + p.pl + p.pr);
  const int64_t extent = (p.kh - 1) * p.dh + 1, images = p.n * p.g;
  const int64_t largest =
      std::clamp<int64_t>((kFloats / row_floats - extent) / p.sh + 1, 1, p.oh());
  const int64_t wanted =
      std::max((p.oh() + largest - 1) / largest, std::min((threads + images - 1) / images, p.oh()));
  plan.rows = (p.oh() + wanted - 1) / wanted;
  plan.blocks = (p.oh() + plan.rows - 1) / plan.rows;
  const int64_t band_rows = (plan.rows - 1) * p.sh + extent;
  plan.chunk = plan.pad ? band_rows * plan.row : in.chunk;
  if (plan.pad) {
    plan.slices = std::min<int64_t>(threads, images * plan.blocks);
    plan.slice_floats = (band_rows * row_floats + kLine - 1) / kLine * kLine;
  }
  return plan;
}

// For whole and last blocks of channels (first index) and of pixels.
struct Kernels {
  BatchKernel at[2][2];
  bool complete() const { return at[0][0] && at[0][1] && at[1][0] && at[1][1]; }
};
Kernels find_kernels(const ConvProblem& p, const BrgemmPlan& plan, const ImageLayout& out,
                     bool accumulate) {
  Kernels kernels;
  for (const int m_last : {0, 1})
    for (const int n_last : {0, 1})
      kernels.at[m_last][n_last] = xsmm_kernel({.m = m_last ? plan.m_last : plan.m,
                                                .n = n_last ? plan.n_last : plan.n,
                                                .k = plan.k,
                                                .lda = plan.m,
                                                .ldb = p.sw * plan.pixel,
                                                .ldc = out.pixel,
                                                .accumulate = accumulate});
  return kernels;
}

int64_t block_floats(const ConvProblem& p, const BrgemmPlan& plan) {
  return plan.chunks * p.kh * p.kw * plan.k * plan.m;
}

class BrgemmKernel final : public OwnKernel {
 public:
  // parameters: the weights of each block of each group, [chunks][kh][kw][k][m]; then the bias of
  // each group in whole blocks.
  BrgemmKernel(const Problem& problem, const BrgemmPlan& plan, const ImageLayout& in,
               const ImageLayout& out, int threads, AlignedBuffer parameters)
      : OwnKernel(std::move(parameters), plan.workspace()), problem_(*problem.as<ConvProblem>()),
        in_(in), out_(out), plan_(plan), threads_(threads),
        epilogue_(make_epilogue(
            problem.post_ops,
            this->parameters() + problem_.g * plan.m_blocks * block_floats(problem_, plan))),
        kernels_(find_kernels(problem_, plan, out, epilogue_.residual)) {
    for (int64_t c = 0; c < plan.chunks; ++c)
      for (int64_t ky = 0; ky < problem_.kh; ++ky)
        for (int64_t kx = 0; kx < problem_.kw; ++kx) {
          const int64_t at =
              c * plan.chunk + ky * problem_.dh * plan.row + kx * problem_.dw * plan.pixel;
          b_offsets_.push_back(static_cast<unsigned long long>(at) * sizeof(float));
          a_offsets_.push_back(a_offsets_.size() * plan.k * plan.m * sizeof(float));
        }
  }

  void run(const KernelArgs& args) const override {
    const int64_t items = problem_.n * problem_.g * plan_.blocks;
#pragma omp parallel num_threads(threads_) if (threads_ > 1)
    {
      float* band =
          reinterpret_cast<float*>(args.scratch) + omp_get_thread_num() * plan_.slice_floats;
#pragma omp for schedule(static)
      for (int64_t item = 0; item < items; ++item) {
        const int64_t image = item / plan_.blocks;
        run_block(args, image / problem_.g, image % problem_.g, item % plan_.blocks * plan_.rows,
                  band);
      }
    }
  }

 private:
  void run_block(const KernelArgs& args, int64_t n, int64_t group, int64_t first,
                 float* band) const {
    const ConvProblem& p = problem_;
    const int64_t ocg = p.oc / p.g, last = std::min(first + plan_.rows, p.oh());
    const float* image = args.inputs[0] + n * in_.image + group_offset(in_, group, p.ic / p.g);
    const float* from = plan_.pad ? band : image + first * p.sh * plan_.row;
    if (plan_.pad) fill_band(image, first * p.sh - p.pt, (last - 1 - first) * p.sh, band);
    float* out = args.output + n * out_.image + group_offset(out_, group, ocg);
    const BatchOffsets offsets{a_offsets_, b_offsets_};
    for (int64_t b = 0; b < plan_.m_blocks; ++b) {
      const bool last_block = b + 1 == plan_.m_blocks;
      const float* weights = parameters() + (group * plan_.m_blocks + b) * block_floats(p, plan_);
      // A block of nhwc is that many channels further on, one of nchw16c a chunk.
      float* block = out + (out_.padded ? b * out_.chunk : b * plan_.m);
      Epilogue epilogue = epilogue_;
      if (epilogue.bias) epilogue.bias += (group * plan_.m_blocks + b) * plan_.m;
      for (int64_t y = first; y < last; ++y)
        for (int64_t s = 0; s < plan_.n_blocks; ++s) {
          const int64_t x = s * plan_.n;
          run_batch(kernels_.at[last_block][s + 1 == plan_.n_blocks], offsets, weights,
                    from + (y - first) * p.sh * plan_.row + x * p.sw * plan_.pixel,
                    block + y * out_.row + x * out_.pixel);
        }
      finish(epilogue, b, (last - first) * p.ow(), block + first * out_.row);
    }
  }

  static int64_t group_offset(const ImageLayout& layout, int64_t group, int64_t channels) {
    return layout.padded ? group * channels / 16 * layout.chunk : group * channels;
  }

  // The band of input rows from `y` on, as [chunks][rows][padded width][k].
  void fill_band(const float* image, int64_t y, int64_t reach, float* to) const {
    const ConvProblem& p = problem_;
    const int64_t rows = reach + (p.kh - 1) * p.dh + 1, k = plan_.k;
    for (int64_t c = 0; c < plan_.chunks; ++c)
      for (int64_t r = 0; r < rows; ++r) {
        float* at = to + c * plan_.chunk + r * plan_.row;
        if (y + r < 0 || y + r >= p.ih) {
          std::fill_n(at, plan_.row, 0.0f);
          continue;
        }
        const float* row = image + c * in_.chunk + (y + r) * in_.row;
        at = std::fill_n(at, p.pl * k, 0.0f);
        for (int64_t x = 0; x < p.iw; ++x) at = std::copy_n(row + x * in_.pixel, k, at);
        std::fill_n(at, p.pr * k, 0.0f);
      }
  }

  void finish(const Epilogue& epilogue, int64_t block, int64_t pixels, float* data) const {
    const bool last = block + 1 == plan_.m_blocks;
    apply_row_epilogue({pixels, last ? plan_.m_last : plan_.m, out_.pixel}, epilogue, data);
    const int64_t surplus =
        out_.padded && last ? plan_.m_blocks * 16 - problem_.oc / problem_.g : 0;
    if (surplus == 0) return;
    // An activation that excludes zero would leave its bound in the channel padding.
    for (int64_t i = 0; i < pixels; ++i) std::fill_n(data + i * 16 + 16 - surplus, surplus, 0.0f);
  }

  ConvProblem problem_;
  ImageLayout in_, out_;
  BrgemmPlan plan_;
  int threads_;
  Epilogue epilogue_;
  Kernels kernels_;
  std::vector<unsigned long long> a_offsets_, b_offsets_;
};

void pack_weights(const ConvProblem& p, const BrgemmPlan& plan, std::span<const float> weights,
                  float* to) {
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, taps = p.kh * p.kw;
  std::fill_n(to, p.g * plan.m_blocks * block_floats(p, plan), 0.0f);
  for (int64_t o = 0; o < p.oc; ++o) {
    const int64_t block = o / ocg * plan.m_blocks + o % ocg / plan.m;
    float* at = to + block * block_floats(p, plan) + o % ocg % plan.m;
    for (int64_t i = 0; i < icg; ++i)
      for (int64_t t = 0; t < taps; ++t)
        at[((i / plan.k * taps + t) * plan.k + i % plan.k) * plan.m] =
            weights[(o * icg + i) * taps + t];
  }
}

class Brgemm final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const ConvProblem& p = *problem.as<ConvProblem>();
    if (std::string reason = xsmm_refusal(); !reason.empty()) return Refused{std::move(reason)};
    if (p.depthwise()) return Refused{"depthwise: products of one channel"};
    const bool blocked = info().in == Layout::kNchw16c;
    if (blocked && p.g > 1 && (p.ic / p.g % 16 != 0 || p.oc / p.g % 16 != 0))
      return Refused{"groups: in nchw16c they must fill whole blocks of 16 channels"};
    const auto real = [](int64_t size) { return static_cast<double>(size); };
    if ((real(p.kh - 1) * real(p.dh) + 1) * real(p.iw + p.pl + p.pr) * (real(p.ic) + 16) >
        kMostFloats)
      return Refused{"too large: the input rows of one output row would not fit in memory"};
    const BrgemmPlan plan = plan_of(problem, execution);
    if (!find_kernels(p, plan, layout_of(output_shape(problem)), problem.post_ops.residual)
             .complete())
      return Refused{"libxsmm generates no code for products of this shape"};
    return Admitted{plan.workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const ConvProblem& p = *problem.as<ConvProblem>();
      const BrgemmPlan plan = plan_of(problem, execution);
      const int64_t packed = p.g * plan.m_blocks * block_floats(p, plan), ocg = p.oc / p.g;
      const int64_t bias = problem.post_ops.bias ? p.g * plan.m_blocks * plan.m : 0;
      AlignedBuffer parameters(float_bytes(packed + bias));
      pack_weights(p, plan, weights.weights, parameters.floats());
      float* to = parameters.floats() + packed;
      std::fill_n(to, bias, 0.0f);
      for (size_t i = 0; i < weights.bias.size(); ++i) {
        const int64_t o = static_cast<int64_t>(i);
        to[o / ocg * plan.m_blocks * plan.m + o % ocg] = weights.bias[i];
      }
      return std::make_unique<BrgemmKernel>(problem, plan, layout_of(input_shape(problem, 0)),
                                            layout_of(output_shape(problem)), execution.threads,
                                            std::move(parameters));
    });
  }

 private:
  static constexpr double kMostFloats = 1LL << 40;

  ImageLayout layout_of(const Shape4& shape) const { return image_layout(shape, info().in); }
  BrgemmPlan plan_of(const Problem& problem, const Execution& execution) const {
    return plan_brgemm(*problem.as<ConvProblem>(), layout_of(input_shape(problem, 0)),
                       execution.threads);
  }
};

}  // namespace

Primitives brgemm_convolutions() {
  Primitives primitives;
  for (const Layout layout : {Layout::kNhwc, Layout::kNchw16c})
    primitives.push_back(
        std::make_unique<Brgemm>(PrimitiveInfo{"brgemm-" + std::string(to_string(layout)), "brgemm",
                                               "kernwise", 1, ProblemKind::kConv, layout, layout}));
  return primitives;
}

}  // namespace kernwise::detail
