// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Products of two tensors of matrices in nchw, by oneDNN's sgemm.
#include "conv/gemm.h"
#include "ops/own_operators.h"
#include "support.h"

namespace kernwise::detail {
namespace {

class MatmulKernel final : public OwnKernel {
 public:
  MatmulKernel(const MatmulProblem& problem, int threads)
      : OwnKernel({}, {0}), p_(problem), out_(output_shape({problem, {}})), threads_(threads) {}

  void run(const KernelArgs& args) const override {
    const int64_t products = out_.n * out_.c;
    // With fewer products than threads, each is computed by all of them.
#pragma omp parallel for schedule(static) \
    num_threads(threads_) if (threads_ > 1 && products >= threads_)
    for (int64_t item = 0; item < products; ++item) {
      const Gemm gemm{
          .m = p_.a.h, .n = p_.b.w, .k = p_.a.w, .lda = p_.a.w, .ldb = p_.b.w, .ldc = p_.b.w};
      onednn_gemm().multiply(gemm, args.inputs[0] + matrix(p_.a, item) * p_.a.h * p_.a.w,
                             args.inputs[1] + matrix(p_.b, item) * p_.b.h * p_.b.w,
                             args.output + item * out_.h * out_.w);
    }
  }

 private:
  // Which matrix of an operand goes into product `item`.
  int64_t matrix(const Shape4& operand, int64_t item) const {
    const int64_t n = operand.n == 1 ? 0 : item / out_.c, c = operand.c == 1 ? 0 : item % out_.c;
    return n * operand.c + c;
  }

  MatmulProblem p_;
  Shape4 out_;
  int threads_;
};

class Matmul final : public Primitive {
 public:
  using Primitive::Primitive;
  Applicability supports(const Problem&, const Execution&) const override { return Admitted{{0}}; }
  Result<std::unique_ptr<Kernel>> prepare(const Problem& problem, const WeightView& weights,
                                          const Execution& execution) const override {
    return prepare_own(*this, problem, weights, execution, [&] {
      return std::make_unique<MatmulKernel>(*problem.as<MatmulProblem>(), execution.threads);
    });
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_matmul() {
  return std::make_unique<Matmul>(PrimitiveInfo{
      "sgemm-nchw", "gemm", "kernwise", 1, ProblemKind::kMatmul, Layout::kNchw, Layout::kNchw});
}

}  // namespace kernwise::detail
