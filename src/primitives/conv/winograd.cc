// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Winograd convolution F(2x2, 3x3) and F(4x4, 3x3) as primitives. F(4x4) does 4 times fewer
// multiplications than the definition, F(2x2) 2.25 times; F(4x4) has 1.8 times the weights of
// F(2x2) to stream, which decides between them where images are small.
#include "conv/image_layout.h"
#include "conv/winograd_plan.h"
#include "factories.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class WinogradKernel final : public OwnKernel {
 public:
  WinogradKernel(const Problem& problem, const WinogradPlan& plan, const PrimitiveInfo& info,
                 int threads, AlignedBuffer parameters)
      : OwnKernel(std::move(parameters), plan.workspace()), plan_(plan),
        in_(image_layout(input_shape(problem, 0), info.in)),
        out_(image_layout(output_shape(problem), info.out)), threads_(threads),
        epilogue_(make_epilogue(
            problem.post_ops,
            this->parameters() + plan.positions() * packed_b_floats(in_.channels, out_.channels))) {
  }

  void run(const KernelArgs& args) const override {
    run_winograd(plan_, in_, out_, parameters(), epilogue_, threads_, args.inputs[0], args.output,
                 reinterpret_cast<float*>(args.scratch));
  }

 private:
  WinogradPlan plan_;
  ImageLayout in_, out_;
  int threads_;
  Epilogue epilogue_;
};

class Winograd final : public Primitive {
 public:
  Winograd(PrimitiveInfo info, int64_t m) : Primitive(std::move(info)), m_(m) {}

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    const ConvProblem& p = *problem.as<ConvProblem>();
    if (p.kh != 3 || p.kw != 3)
      return Refused{"kernel " + std::to_string(p.kh) + "x" + std::to_string(p.kw) +
                     ": this Winograd algorithm is for 3x3"};
    if (p.sh != 1 || p.sw != 1) return Refused{"stride: Winograd needs stride 1"};
    if (p.dh != 1 || p.dw != 1) return Refused{"dilation: Winograd needs dilation 1"};
    if (p.g != 1) return Refused{"groups: this Winograd algorithm needs 1 group"};
    return Admitted{plan_winograd(p, m_, execution.threads).workspace()};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const ConvProblem& p = *problem.as<ConvProblem>();
      const WinogradPlan plan = plan_winograd(p, m_, execution.threads);
      const int64_t packed = plan.positions() * packed_b_floats(p.ic, p.oc);
      const int64_t bias = problem.post_ops.bias ? chunks_of(p.oc) * kChunk : 0;
      AlignedBuffer parameters(float_bytes(packed + bias));
      winograd_weights(m_, p.ic, p.oc, weights.weights, parameters.floats());
      float* to = std::fill_n(parameters.floats() + packed, bias, 0.0f) - bias;
      std::copy(weights.bias.begin(), weights.bias.end(), to);
      return std::make_unique<WinogradKernel>(problem, plan, info(), execution.threads,
                                              std::move(parameters));
    });
  }

 private:
  int64_t m_;
};

}  // namespace

Primitives winograd_convolutions() {
  Primitives primitives;
  const auto add = [&](std::string id, int64_t m, Layout layout) {
    primitives.push_back(std::make_unique<Winograd>(
        PrimitiveInfo{std::move(id), "winograd", "kernwise", 1, ProblemKind::kConv, layout, layout},
        m));
  };
  add("winograd-f2x3-nhwc", 2, Layout::kNhwc);
  add("winograd-f4x3-nhwc", 4, Layout::kNhwc);
  add("winograd-f2x3-nchw16c", 2, Layout::kNchw16c);
  add("winograd-f4x3-nchw16c", 4, Layout::kNchw16c);
  return primitives;
}

}  // namespace kernwise::detail
