// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>

#include "conv/tiled_conv.h"
#include "support.h"

namespace kernwise::detail {
namespace {

// parameters: the packed weights of each group, then the bias of each group in whole chunks.
class TiledKernel final : public OwnKernel {
 public:
  TiledKernel(std::shared_ptr<const TileTransform> transform, const Problem& problem,
              const TiledPlan& plan, Layout layout, int threads, AlignedBuffer parameters)
      : OwnKernel(std::move(parameters), plan.workspace()), transform_(std::move(transform)),
        plan_(plan), in_(image_layout(input_shape(problem, 0), layout)),
        out_(image_layout(output_shape(problem), layout)), groups_(problem.as<ConvProblem>()->g),
        threads_(threads),
        epilogue_(
            make_epilogue(problem.post_ops, this->parameters() + groups_ * plan.weight_floats())) {}

  void run(const KernelArgs& args) const override {
    for (int64_t group = 0; group < groups_; ++group) {
      TiledRun run{.in_layout = group_layout(in_, groups_),
                   .out_layout = group_layout(out_, groups_),
                   .in = args.inputs[0] + group_offset(in_, groups_, group),
                   .weights = parameters() + group * plan_.weight_floats(),
                   .epilogue = epilogue_,
                   .out = args.output + group_offset(out_, groups_, group)};
      if (epilogue_.bias) run.epilogue.bias += group * chunks_of(run.out_layout.channels) * kChunk;
      run_tiled(*transform_, plan_, run, threads_, reinterpret_cast<float*>(args.scratch));
    }
  }

 private:
  std::shared_ptr<const TileTransform> transform_;
  TiledPlan plan_;
  ImageLayout in_, out_;
  int64_t groups_;
  int threads_;
  Epilogue epilogue_;
};

}  // namespace

std::string refuse_tiled(const ConvProblem& p, Layout layout) {
  if (p.sh != 1 || p.sw != 1) return "stride: overlapping tiles need stride 1";
  if (p.dh != 1 || p.dw != 1) return "dilation: overlapping tiles need dilation 1";
  const int64_t icg = p.ic / p.g, ocg = p.oc / p.g;
  if (p.g > 1 && layout == Layout::kNchw16c && (icg % kChunk != 0 || ocg % kChunk != 0))
    return "groups of " + std::to_string(icg) + " and " + std::to_string(ocg) +
           " channels: in nchw16c they must fill whole blocks of 16";
  if (p.g > 1 && std::min(icg, ocg) < kChunk / 2)
    return "groups of " + std::to_string(std::min(icg, ocg)) +
           " channels: they fill less than half of a block of 16";
  return "";
}

std::unique_ptr<Kernel> make_tiled_kernel(std::shared_ptr<const TileTransform> transform,
                                          const Problem& problem, const WeightView& weights,
                                          const Execution& execution, Layout layout) {
  const ConvProblem& p = *problem.as<ConvProblem>();
  const TiledPlan plan = plan_tiled(*transform, p, execution.threads);
  ConvProblem one = p;
  one.ic /= p.g;
  one.oc /= p.g;
  one.g = 1;
  const int64_t group_bias = chunks_of(one.oc) * kChunk;
  const int64_t group_weights = one.oc * one.ic * p.kh * p.kw;
  const int64_t bias = problem.post_ops.bias ? p.g * group_bias : 0;
  AlignedBuffer parameters(float_bytes(p.g * plan.weight_floats() + bias));
  for (int64_t group = 0; group < p.g; ++group)
    transform->weights(one, weights.weights.subspan(group * group_weights, group_weights),
                       parameters.floats() + group * plan.weight_floats());
  float* to = std::fill_n(parameters.floats() + p.g * plan.weight_floats(), bias, 0.0f) - bias;
  for (int64_t o = 0; o < static_cast<int64_t>(weights.bias.size()); ++o)
    to[o / one.oc * group_bias + o % one.oc] = weights.bias[o];
  return std::make_unique<TiledKernel>(std::move(transform), problem, plan, layout,
                                       execution.threads, std::move(parameters));
}

}  // namespace kernwise::detail
