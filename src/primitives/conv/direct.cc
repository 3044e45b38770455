// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Direct convolution in nchw as a primitive: any shape, for those with few channels. The work is
// divided into blocks of output rows; each thread holds the band of input rows of its block.
#include <omp.h>

#include <algorithm>

#include "conv/direct_rows.h"
#include "factories.h"
#include "support.h"

namespace kernwise::detail {
namespace {

struct DirectPlan {
  int64_t block = 0, blocks = 0;  // output rows
  DirectBand band;
  int64_t slices = 0, slice_floats = 0;
  Bytes workspace() const { return float_bytes(slices * slice_floats); }
};

DirectPlan plan_direct(const ConvProblem& p, int threads) {
  // Half of a usual L2: what neighbouring blocks gather twice is a small part of it.
  constexpr int64_t kFloats = (1 << 20) / sizeof(float), kLine = 16;
  const int64_t icg = p.ic / p.g, images = p.n * p.g;
  const DirectBand one = direct_band(p, 1);
  const int64_t spare = std::max<int64_t>(0, kFloats - icg * one.channel);
  // A stride beyond the image leads to no second row.
  const int64_t step = std::min(p.sh, p.ih + p.pt + p.pb);
  const int64_t largest = 1 + spare / (icg * one.row * step);
  const int64_t wanted =
      std::max((p.oh() + largest - 1) / largest, std::min((threads + images - 1) / images, p.oh()));
  DirectPlan plan;
  plan.block = (p.oh() + wanted - 1) / wanted;
  plan.blocks = (p.oh() + plan.block - 1) / plan.block;
  plan.band = direct_band(p, plan.block);
  plan.slices = std::min<int64_t>(threads, images * plan.blocks);
  plan.slice_floats = (icg * plan.band.channel + kLine - 1) / kLine * kLine;
  return plan;
}

int64_t blocks_of(int64_t channels) { return (channels + kDirectChannels - 1) / kDirectChannels; }

int64_t group_floats(const ConvProblem& p) {
  return blocks_of(p.oc / p.g) * kDirectChannels * (p.ic / p.g) * p.kh * p.kw;
}

class DirectKernel final : public OwnKernel {
 public:
  // parameters: the weights of each group as direct_row reads them, then the bias of each.
  DirectKernel(const Problem& problem, int threads, AlignedBuffer parameters)
      : OwnKernel(std::move(parameters),
                  plan_direct(*problem.as<ConvProblem>(), threads).workspace()),
        problem_(*problem.as<ConvProblem>()), threads_(threads),
        plan_(plan_direct(problem_, threads)),
        epilogue_(make_epilogue(problem.post_ops,
                                this->parameters() + problem_.g * group_floats(problem_))) {
    for (int64_t ky = 0; ky < problem_.kh; ++ky)
      for (int64_t kx = 0; kx < problem_.kw; ++kx) {
        const int64_t x = kx * problem_.dw;
        taps_.push_back(ky * problem_.dh * plan_.band.row + x % problem_.sw * plan_.band.phase +
                        x / problem_.sw);
      }
  }

  void run(const KernelArgs& args) const override {
    const int64_t items = problem_.n * problem_.g * plan_.blocks;
#pragma omp parallel num_threads(threads_) if (threads_ > 1)
    {
      float* band =
          reinterpret_cast<float*>(args.scratch) + omp_get_thread_num() * plan_.slice_floats;
#pragma omp for schedule(static)
      for (int64_t item = 0; item < items; ++item)
        run_block(args, item / plan_.blocks, item % plan_.blocks * plan_.block, band);
    }
  }

 private:
  // `image` counts the groups of all images.
  void run_block(const KernelArgs& args, int64_t image, int64_t first, float* band) const {
    const ConvProblem& p = problem_;
    const int64_t icg = p.ic / p.g, ocg = p.oc / p.g, group = image % p.g;
    DirectRow row{.width = p.ow(),
                  .channels = ocg,
                  .inputs = icg,
                  .taps = taps_.data(),
                  .tap_count = p.kh * p.kw,
                  .band_channel = plan_.band.channel,
                  .out_channel = p.oh() * p.ow(),
                  .epilogue = epilogue_};
    if (row.epilogue.bias) row.epilogue.bias += group * ocg;
    fill_band(p, plan_.band, args.inputs[0] + image * icg * p.ih * p.iw, first, band);
    float* out = args.output + image * ocg * row.out_channel;
    for (int64_t y = first; y < std::min(first + plan_.block, p.oh()); ++y)
      direct_row(row, band + (y - first) * p.sh * plan_.band.row,
                 parameters() + group * group_floats(p), out + y * p.ow());
  }

  ConvProblem problem_;
  int threads_;
  DirectPlan plan_;
  std::vector<int64_t> taps_;
  Epilogue epilogue_;
};

// [oc, icg, kh, kw] to [g][blocks of 4][icg][kh][kw][4].
void pack_weights(const ConvProblem& p, std::span<const float> weights, float* to) {
  const int64_t ocg = p.oc / p.g, window = p.ic / p.g * p.kh * p.kw;
  std::fill_n(to, p.g * group_floats(p), 0.0f);
  for (int64_t o = 0; o < p.oc; ++o) {
    const int64_t channel = o % ocg;
    float* at = to + o / ocg * group_floats(p) +
                channel / kDirectChannels * window * kDirectChannels + channel % kDirectChannels;
    for (int64_t i = 0; i < window; ++i) at[i * kDirectChannels] = weights[o * window + i];
  }
}

class Direct final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const ConvProblem& p = *problem.as<ConvProblem>();
    const auto real = [](int64_t size) { return static_cast<double>(size); };
    // The band of one output row, with the phases of a stride that divides nothing.
    const double floats = real(p.ic / p.g) * (real(p.kh - 1) * real(p.dh) + 1) *
                          (real(p.ow() + 16) + real(p.kw - 1) * real(p.dw)) * real(p.sw);
    if (floats > kMostFloats)
      return Refused{"too large: the input rows of one output row would not fit in memory"};
    return Admitted{plan_direct(p, execution.threads).workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const ConvProblem& p = *problem.as<ConvProblem>();
      const int64_t packed = p.g * group_floats(p);
      AlignedBuffer parameters(float_bytes(packed + bias_elements(problem)));
      pack_weights(p, weights.weights, parameters.floats());
      std::copy(weights.bias.begin(), weights.bias.end(), parameters.floats() + packed);
      return std::make_unique<DirectKernel>(problem, execution.threads, std::move(parameters));
    });
  }

 private:
  static constexpr double kMostFloats = 1LL << 40;
};

}  // namespace

Primitives direct_convolutions() {
  Primitives primitives;
  primitives.push_back(std::make_unique<Direct>(PrimitiveInfo{
      "direct-nchw", "direct", "kernwise", 1, ProblemKind::kConv, Layout::kNchw, Layout::kNchw}));
  return primitives;
}

}  // namespace kernwise::detail
