// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Any convolution over our own packed GEMM: windows are gathered into blocks of rows, as in im2row,
// but the weights are packed once instead of in every call, and the epilogue is applied before the
// results leave the registers. A 1x1 convolution of stride 1 in nchw16c needs no gathering at all.
//
// The work is divided into items: a group of an image's output channels, and a block of its pixels.
// Threads take whole items if there are enough of them; otherwise all of them work on one item
// after another and divide its rows while gathering and its panels while multiplying.
#include <omp.h>

#include <algorithm>

#include "conv/chunk_gather.h"
#include "conv/gemm_convolutions.h"
#include "conv/image_layout.h"
#include "conv/packed_gemm.h"
#include "support.h"

namespace kernwise::detail {
namespace {

struct PackedConvPlan {
  int64_t k = 0, ocg = 0;
  bool gather = true;
  int64_t pixels = 0, block = 0, blocks = 0;  // of one image
  int64_t items = 0;
  bool split = false;
  int64_t slices = 0, chunk_stride = 0;  // scratch: slices of [chunks of k][chunk_stride]

  int64_t slice_floats() const { return gather ? chunks_of(k) * chunk_stride : 0; }
  Bytes workspace() const { return float_bytes(slices * slice_floats()); }
};

PackedConvPlan plan_packed_conv(const ConvProblem& p, Layout layout, int threads) {
  // A block's matrix takes half of a usual L2, and the panels of the weights pass over it. Weights
  // that stay in L2 themselves may come again for every block, so blocks can be so small that what
  // was gathered is still near when it is read.
  constexpr int64_t kSmallFloats = (64 << 10) / sizeof(float);
  constexpr int64_t kFloats = (1 << 20) / sizeof(float), kLeastPixels = 28;
  PackedConvPlan plan;
  plan.k = p.kh * p.kw * (p.ic / p.g);
  plan.ocg = p.oc / p.g;
  plan.pixels = p.oh() * p.ow();
  plan.gather = layout != Layout::kNchw16c || p.kh != 1 || p.kw != 1 || p.sh != 1 || p.sw != 1 ||
                p.pt + p.pb + p.pl + p.pr != 0 || p.g != 1;
  const bool small = plan.gather && packed_b_floats(plan.k, plan.ocg) <= kFloats / 2;
  const int64_t largest = std::max(kLeastPixels, (small ? kSmallFloats : kFloats) / plan.k);
  plan.blocks = (plan.pixels + largest - 1) / largest;
  plan.split = threads > 1 && p.n * p.g * plan.blocks < 2 * threads && panels_of(plan.ocg) > 1;
  if (!plan.split && threads > 1) {
    const int64_t images = p.n * p.g;
    plan.blocks = std::max(plan.blocks, std::min((threads + images - 1) / images, plan.pixels));
  }
  plan.block = (plan.pixels + plan.blocks - 1) / plan.blocks;
  plan.blocks = (plan.pixels + plan.block - 1) / plan.block;
  plan.items = p.n * p.g * plan.blocks;
  plan.slices = plan.split ? 1 : std::min<int64_t>(threads, plan.items);
  // An odd number of cache lines: the chunks of a row never fall into the same set.
  plan.chunk_stride = (plan.block | 1) * kChunk;
  return plan;
}

// [oc, icg, kh, kw] to one packed B for each group, with rows [kh][kw][icg].
void pack_weights(const ConvProblem& p, std::span<const float> weights, float* to) {
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, taps = p.kh * p.kw, k = taps * icg;
  std::fill_n(to, p.g * packed_b_floats(k, ocg), 0.0f);
  for (int64_t o = 0; o < p.oc; ++o) {
    float* group = to + o / ocg * packed_b_floats(k, ocg);
    for (int64_t i = 0; i < icg; ++i)
      for (int64_t t = 0; t < taps; ++t)
        group[packed_b_offset(k, ocg, t * icg + i, o % ocg)] = weights[(o * icg + i) * taps + t];
  }
}

class PackedConvKernel final : public OwnKernel {
 public:
  // parameters: the packed weights of each group, then the bias of each group in whole chunks.
  PackedConvKernel(const Problem& problem, const PrimitiveInfo& info, int threads,
                   AlignedBuffer parameters)
      : OwnKernel(std::move(parameters),
                  plan_packed_conv(*problem.as<ConvProblem>(), info.in, threads).workspace()),
        problem_(*problem.as<ConvProblem>()), in_(image_layout(input_shape(problem, 0), info.in)),
        out_(image_layout(output_shape(problem), info.out)),
        plan_(plan_packed_conv(problem_, info.in, threads)), threads_(threads),
        epilogue_(
            make_epilogue(problem.post_ops,
                          this->parameters() + problem_.g * packed_b_floats(plan_.k, plan_.ocg))) {}

  void run(const KernelArgs& args) const override {
    float* scratch = reinterpret_cast<float*>(args.scratch);
#pragma omp parallel num_threads(threads_) if (threads_ > 1)
    {
      const int team = omp_get_num_threads(), member = omp_get_thread_num();
      if (plan_.split) {
        for (int64_t item = 0; item < plan_.items; ++item)
          run_item(item, args, scratch, member, team);
      } else {
        for (int64_t item = member; item < plan_.items; item += team)
          run_item(item, args, scratch + member * plan_.slice_floats(), 0, 1);
      }
    }
  }

 private:
  // The share of one member of a team; with more than one, all of them come here together.
  void run_item(int64_t item, const KernelArgs& args, float* matrix, int member, int team) const {
    const int64_t block = item % plan_.blocks, group = item / plan_.blocks % problem_.g;
    const int64_t n = item / plan_.blocks / problem_.g;
    const int64_t first = block * plan_.block;
    const int64_t rows = std::min(plan_.block, plan_.pixels - first);
    const float* image = args.inputs[0] + n * in_.image;
    const int64_t panels = panels_of(plan_.ocg), oc_first = group * plan_.ocg;
    PackedGemm gemm{.rows = rows,
                    .k = plan_.k,
                    .n = plan_.ocg,
                    .a_chunk_stride = plan_.gather ? plan_.chunk_stride : in_.chunk,
                    .c_row_stride = out_.pixel,
                    .c_chunk_stride = out_.chunk,
                    .c_padded = out_.padded,
                    .first_panel = panels * member / team,
                    .last_panel = panels * (member + 1) / team,
                    .epilogue = epilogue_};
    if (gemm.epilogue.bias) gemm.epilogue.bias += group * chunks_of(plan_.ocg) * kChunk;
    const float* a = plan_.gather ? matrix : image + first * in_.pixel;
    if (plan_.gather) {
      const int64_t from = rows * member / team, to = rows * (member + 1) / team;
      gather_chunks(problem_, in_, image, group, first + from, first + to, matrix + from * kChunk,
                    plan_.chunk_stride);
      if (team > 1) {
#pragma omp barrier
      }
    }
    packed_gemm(gemm, a, parameters() + group * packed_b_floats(plan_.k, plan_.ocg),
                args.output + n * out_.image + first * out_.pixel + oc_first / 16 * out_.chunk +
                    oc_first % 16);
    if (plan_.gather && team > 1) {
#pragma omp barrier
    }
  }

  ConvProblem problem_;
  ImageLayout in_, out_;
  PackedConvPlan plan_;
  int threads_;
  Epilogue epilogue_;
};

class PackedConv final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const ConvProblem& p = *problem.as<ConvProblem>();
    if (p.depthwise())
      return Refused{"depthwise: one channel fills a sixteenth of a panel of weights"};
    if (info().out == Layout::kNchw16c && p.g > 1 && p.oc / p.g % kChunk != 0)
      return Refused{"groups of " + std::to_string(p.oc / p.g) +
                     " output channels: in nchw16c they must fill whole blocks of 16"};
    return Admitted{plan_packed_conv(p, info().in, execution.threads).workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const ConvProblem& p = *problem.as<ConvProblem>();
      const int64_t ocg = p.oc / p.g, group_bias = chunks_of(ocg) * kChunk;
      const int64_t packed = p.g * packed_b_floats(p.kh * p.kw * (p.ic / p.g), ocg);
      const int64_t bias = problem.post_ops.bias ? p.g * group_bias : 0;
      AlignedBuffer parameters(float_bytes(packed + bias));
      pack_weights(p, weights.weights, parameters.floats());
      float* to = parameters.floats() + packed;
      std::fill_n(to, bias, 0.0f);
      for (size_t o = 0; o < weights.bias.size(); ++o)
        to[static_cast<int64_t>(o) / ocg * group_bias + static_cast<int64_t>(o) % ocg] =
            weights.bias[o];
      return std::make_unique<PackedConvKernel>(problem, info(), execution.threads,
                                                std::move(parameters));
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_packed_conv(Layout layout) {
  return std::make_unique<PackedConv>(PrimitiveInfo{"packed-gemm-" + std::string(to_string(layout)),
                                                    "packed-gemm", "kernwise", 1,
                                                    ProblemKind::kConv, layout, layout});
}

}  // namespace kernwise::detail
