// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The matrix kernels on oneDNN: its sgemm, its matmul primitive for a vector, and a convolution of
// one channel whose weights are data, so that bringing them into the kernel's order is part of the
// run.
#include <array>

#include "conv/gemm.h"
#include "kernels/division.h"
#include "kernels/matrix_kernels.h"
#include "kernels/plain_primitive.h"
#include "onednn/dnn_primitive.h"
#include "onednn/implementations.h"
#include "onednn/one_channel.h"

namespace kernwise::detail {
namespace {

class DnnGemm {
 public:
  static std::string refusal(const Problem& problem, int) {
    return dnn_too_large(problem, Layout::kNchw, Layout::kNchw) ? "too large for oneDNN" : "";
  }
  DnnGemm(const Problem& problem, int) : p_(*problem.as<GemmProblem>()) {}

  int64_t scratch_floats() const { return 0; }

  // On all threads of the caller, as oneDNN divides it.
  void run(const KernelArgs& args) const {
    const Gemm gemm{.m = p_.m, .n = p_.n, .k = p_.k, .lda = p_.k, .ldb = p_.n, .ldc = p_.n};
    onednn_gemm().multiply(gemm, args.inputs[0], args.inputs[1], args.output);
  }

 private:
  GemmProblem p_;
};

class DnnGemv final : public DnnPrimitive {
 public:
  using DnnPrimitive::DnnPrimitive;

 protected:
  Plan plan(const Problem& problem) const override {
    const GemvProblem& p = *problem.as<GemvProblem>();
    const dnnl_memory_desc_t a = dnn_matrix(p.m, p.n, dnnl_ab), x = dnn_matrix(p.n, 1, dnnl_ab),
                             y = dnn_matrix(p.m, 1, dnnl_ab);
    dnnl_matmul_desc_t operation;
    if (dnnl_matmul_desc_init(&operation, &a, &x, nullptr, &y) != dnnl_success)
      return offers_none("matmul", info().in, info().out);
    const DnnAttributes attributes = dnn_attributes(problem.post_ops);
    DnnPlan plan;
    plan.implementation = first_implementation(&operation, attributes.get());
    if (!plan.implementation) return offers_none("matmul", info().in, info().out);
    plan.arguments = {{.id = DNNL_ARG_SRC, .source = DnnSource::kInput, .at = 0, .desc = a},
                      {.id = DNNL_ARG_WEIGHTS, .source = DnnSource::kInput, .at = 1, .desc = x},
                      {.id = DNNL_ARG_DST, .source = DnnSource::kOutput, .at = 0, .desc = y}};
    return plan;
  }
};

}  // namespace

Primitives onednn_matrix_kernels() {
  Primitives primitives;
  primitives.push_back(
      make_plain<DnnGemm>(ProblemKind::kGemm, {"onednn-gemm", "blocked", "onednn"}));
  primitives.push_back(std::make_unique<DnnGemv>(
      matrix_kernel_info(ProblemKind::kGemv, {"onednn-gemv", "row-block", "onednn"})));
  primitives.push_back(make_one_channel());
  return primitives;
}

}  // namespace kernwise::detail
