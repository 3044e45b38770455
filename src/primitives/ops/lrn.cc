// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <omp.h>

#include <algorithm>

#include "ops/lrn_kernels.h"
#include "ops/own_operators.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class LrnKernel final : public OwnKernel {
 public:
  LrnKernel(const LrnProblem& problem, Layout layout, int threads)
      : OwnKernel({}, workspace_of(problem, layout, threads)), problem_(problem), layout_(layout),
        threads_(threads) {}

  static Bytes workspace_of(const LrnProblem& problem, Layout layout, int threads) {
    if (layout == Layout::kNchw) return {0};
    return float_bytes(threads * lrn_pixel_floats(problem));
  }

  void run(const KernelArgs& args) const override {
    if (layout_ == Layout::kNchw)
      run_planes(args.inputs[0], args.output);
    else
      run_pixels(args.inputs[0], args.output, reinterpret_cast<float*>(args.scratch));
  }

 private:
  void run_planes(const float* in, float* out) const {
    constexpr int64_t kStrip = 64;  // pixels: four cache lines of each plane at a time
    const int64_t plane = problem_.shape.h * problem_.shape.w, image = problem_.shape.c * plane;
    const int64_t strips = (plane + kStrip - 1) / kStrip;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t item = 0; item < problem_.shape.n * strips; ++item) {
      const int64_t first = item % strips * kStrip, offset = item / strips * image + first;
      lrn_planes(problem_, in + offset, out + offset, std::min(kStrip, plane - first));
    }
  }

  void run_pixels(const float* in, float* out, float* scratch) const {
    const ImageLayout layout = image_layout(problem_.shape, layout_);
    const int64_t plane = problem_.shape.h * problem_.shape.w;
    const int64_t slice = lrn_pixel_floats(problem_);
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t item = 0; item < problem_.shape.n * plane; ++item) {
      const int64_t offset = item / plane * layout.image + item % plane * layout.pixel;
      lrn_pixel(problem_, layout, in + offset, out + offset,
                scratch + omp_get_thread_num() * slice);
    }
  }

  LrnProblem problem_;
  Layout layout_;
  int threads_;
};

class Lrn final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution& execution) const override {
    return Admitted{
        LrnKernel::workspace_of(*problem.as<LrnProblem>(), info().in, execution.threads)};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      return std::make_unique<LrnKernel>(*problem.as<LrnProblem>(), info().in, execution.threads);
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_lrn(Layout layout) {
  return std::make_unique<Lrn>(PrimitiveInfo{"lrn-" + std::string(to_string(layout)), "lrn",
                                             "kernwise", 1, ProblemKind::kLrn, layout, layout});
}

}  // namespace kernwise::detail
