// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Padding in nchw, row by row. (Zeros before a convolution are no layer: they are its own padding.)
#include <algorithm>
#include <cstring>

#include "ops/own_operators.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class PadKernel final : public OwnKernel {
 public:
  PadKernel(const PadProblem& problem, int threads)
      : OwnKernel({}, {0}), p_(problem), out_(output_shape({problem, {}})), threads_(threads) {}

  void run(const KernelArgs& args) const override {
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t row = 0; row < out_.n * out_.c * out_.h; ++row) {
      const int64_t h = source(row % out_.h - p_.hb, p_.shape.h);
      const int64_t c = source(row / out_.h % out_.c - p_.cb, p_.shape.c);
      const int64_t n = source(row / out_.h / out_.c - p_.nb, p_.shape.n);
      float* to = args.output + row * out_.w;
      if (std::min({n, c, h}) < 0) {
        std::fill_n(to, out_.w, p_.value);
        continue;
      }
      const float* from = args.inputs[0] + ((n * p_.shape.c + c) * p_.shape.h + h) * p_.shape.w;
      const auto outside = [&](int64_t at) {
        const int64_t w = source(at - p_.wb, p_.shape.w);
        return w < 0 ? p_.value : from[w];
      };
      for (int64_t i = 0; i < p_.wb; ++i) to[i] = outside(i);
      std::memcpy(to + p_.wb, from, p_.shape.w * sizeof(float));
      for (int64_t i = p_.wb + p_.shape.w; i < out_.w; ++i) to[i] = outside(i);
    }
  }

 private:
  // Of an index before 0 or from `size` on; -1: the constant.
  int64_t source(int64_t at, int64_t size) const {
    if (at >= 0 && at < size) return at;
    if (p_.kind == PadKind::kConstant) return -1;
    if (p_.kind == PadKind::kEdge) return std::clamp<int64_t>(at, 0, size - 1);
    return at < 0 ? -at : 2 * (size - 1) - at;
  }

  PadProblem p_;
  Shape4 out_;
  int threads_;
};

class Pad final : public Primitive {
 public:
  using Primitive::Primitive;
  Applicability supports(const Problem&, const Execution&) const override { return Admitted{{0}}; }
  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      return std::make_unique<PadKernel>(*problem.as<PadProblem>(), execution.threads);
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_pad() {
  return std::make_unique<Pad>(PrimitiveInfo{"pad-nchw", "pad", "kernwise", 1, ProblemKind::kPad,
                                             Layout::kNchw, Layout::kNchw});
}

}  // namespace kernwise::detail
