// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A fully connected layer for one image, one primitive for each layout of the input: the weights
// are brought into the order of the input once, so the input never is.
#include "ops/gemv_kernels.h"

#include <algorithm>

#include "epilogue.h"
#include "ops/own_operators.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class GemvKernel final : public OwnKernel {
 public:
  GemvKernel(const Problem& problem, int64_t length, int threads, AlignedBuffer parameters)
      : OwnKernel(std::move(parameters), {0}), rows_(problem.as<FcProblem>()->oc), length_(length),
        threads_(threads),
        epilogue_(make_epilogue(problem.post_ops,
                                this->parameters() + gemv_packed_floats(rows_, length))) {}

  void run(const KernelArgs& args) const override {
    const int64_t groups = (rows_ + kGemvRows - 1) / kGemvRows;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t group = 0; group < groups; ++group) {
      const int64_t first = group * kGemvRows;
      float sums[kGemvRows];
      gemv_four_rows(parameters() + first * gemv_row_floats(length_), args.inputs[0], length_,
                     sums);
      for (int64_t row = first; row < std::min(first + kGemvRows, rows_); ++row) {
        float value = sums[row - first];
        if (epilogue_.bias) value += epilogue_.bias[row];
        if (epilogue_.residual) value += args.output[row];
        value = std::min(std::max(value, epilogue_.low), epilogue_.high);
        args.output[row] = apply(epilogue_.curve, value);
      }
    }
  }

 private:
  int64_t rows_, length_;
  int threads_;
  Epilogue epilogue_;
};

class Gemv final : public Primitive {
 public:
  using Primitive::Primitive;

  Applicability supports(const Problem& problem, const Execution&) const override {
    const int64_t n = problem.as<FcProblem>()->n;
    if (n != 1)
      return Refused{"batch " + std::to_string(n) + ": a matrix-vector product needs batch 1"};
    return Admitted{{0}};
  }

  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      const FcProblem& p = *problem.as<FcProblem>();
      const Shape4 shape = input_shape(problem, 0);
      const int64_t length = physical_elements(shape, info().in), logical = shape.elements();
      const int64_t packed = gemv_packed_floats(p.oc, length);
      AlignedBuffer parameters(float_bytes(packed + bias_elements(problem)));
      std::fill_n(parameters.floats(), packed, 0.0f);
#pragma omp parallel for schedule(static)
      for (int64_t row = 0; row < p.oc; ++row) {
        const float* from = weights.weights.data() + row * logical;
        for (int64_t c = 0; c < shape.c; ++c)
          for (int64_t h = 0; h < shape.h; ++h)
            for (int64_t w = 0; w < shape.w; ++w) {
              const int64_t column = offset_of(shape, info().in, 0, c, h, w);
              parameters.floats()[gemv_packed_offset(length, row, column)] = *from++;
            }
      }
      std::copy(weights.bias.begin(), weights.bias.end(), parameters.floats() + packed);
      return std::make_unique<GemvKernel>(problem, length, execution.threads,
                                          std::move(parameters));
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_gemv(Layout layout) {
  return std::make_unique<Gemv>(PrimitiveInfo{"gemv-" + std::string(to_string(layout)), "gemv",
                                              "kernwise", 1, ProblemKind::kFc, layout,
                                              Layout::kNchw});
}

}  // namespace kernwise::detail
