// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// uBLAS brings no threads; it may be called from several, so rows are divided among ours.
#include <algorithm>

#include "kernels/matrix_kernels.h"
#include "kernels/plain_primitive.h"
#include "kernels/row_parts.h"
#include "kernels/ublas_kernels.h"

namespace kernwise::detail {
namespace {

class UblasGemm {
 public:
  static std::string refusal(const Problem&, int) { return ublas_refusal(); }
  UblasGemm(const Problem& problem, int threads)
      : p_(*problem.as<GemmProblem>()), threads_(threads) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
    for_row_parts(p_.m, threads_, [&](const Range rows) {
      ublas_gemm(rows.count(), p_.n, p_.k, args.inputs[0] + rows.first * p_.k, args.inputs[1],
                 args.output + rows.first * p_.n);
    });
  }

 private:
  GemmProblem p_;
  int threads_;
};

class UblasGemv {
 public:
  static std::string refusal(const Problem&, int) { return ublas_refusal(); }
  UblasGemv(const Problem& problem, int threads)
      : p_(*problem.as<GemvProblem>()), threads_(threads) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
    for_row_parts(p_.m, threads_, [&](const Range rows) {
      ublas_gemv(rows.count(), p_.n, args.inputs[0] + rows.first * p_.n, args.inputs[1],
                 args.output + rows.first);
    });
  }

 private:
  GemvProblem p_;
  int threads_;
};

class UblasMatconv {
 public:
  static std::string refusal(const Problem&, int) { return ublas_refusal(); }
  UblasMatconv(const Problem& problem, int threads)
      : p_(*problem.as<MatconvProblem>()), threads_(threads) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
    for_row_parts(p_.oh(), threads_, [&](const Range rows) {
      ublas_matconv(rows.count(), p_.w, p_.r, args.inputs[0] + rows.first * p_.w, args.inputs[1],
                    args.output + rows.first * p_.ow());
    });
  }

 private:
  MatconvProblem p_;
  int threads_;
};

}  // namespace

Primitives ublas_matrix_kernels() {
  Primitives primitives;
  primitives.push_back(
      make_plain<UblasGemm>(ProblemKind::kGemm, {"ublas-gemm", "row-update", "ublas"}));
  primitives.push_back(make_plain<UblasGemv>(ProblemKind::kGemv, {"ublas-gemv", "dot", "ublas"}));
  primitives.push_back(
      make_plain<UblasMatconv>(ProblemKind::kMatconv, {"ublas-matconv", "shifted-sum", "ublas"}));
  return primitives;
}

}  // namespace kernwise::detail
