// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <algorithm>

#include "kernels/division.h"
#include "kernels/eigen_kernels.h"
#include "kernels/matrix_kernels.h"
#include "kernels/plain_primitive.h"
#include "kernels/pool_bands.h"
#include "kernels/row_parts.h"

namespace kernwise::detail {
namespace {

class EigenGemm {
 public:
  static std::string refusal(const Problem&, int) { return {}; }
  EigenGemm(const Problem& problem, int threads)
      : p_(*problem.as<GemmProblem>()), threads_(threads), eigen_(eigen_for(isa_in_use())) {
    const bool by_rows = p_.m >= p_.n;
    largest_ = {.rows = by_rows ? longest_part(p_.m, threads) : p_.m,
                .columns = by_rows ? p_.n : longest_part(p_.n, threads),
                .k = p_.k};
    scratch_ = eigen_.gemm_scratch(largest_);
  }

  int64_t scratch_floats() const { return threads_ * scratch_; }

  void run(const KernelArgs& args) const {
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int part = 0; part < threads_; ++part) {
      const auto [rows, columns] = part_of(p_.m, p_.n, part, threads_);
      if (rows.count() == 0 || columns.count() == 0) continue;
      eigen_.gemm({rows.count(), columns.count(), p_.k, p_.k, p_.n, p_.n}, largest_,
                  args.inputs[0] + rows.first * p_.k, args.inputs[1] + columns.first,
                  args.output + rows.first * p_.n + columns.first,
                  reinterpret_cast<float*>(args.scratch) + part * scratch_);
    }
  }

 private:
  GemmProblem p_;
  int threads_;
  EigenKernels eigen_;
  EigenGemmBlock largest_;
  int64_t scratch_ = 0;  // floats of one thread
};

class EigenGemv {
 public:
  static std::string refusal(const Problem&, int) { return {}; }
  EigenGemv(const Problem& problem, int threads)
      : p_(*problem.as<GemvProblem>()), threads_(threads), eigen_(eigen_for(isa_in_use())) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
    for_row_parts(p_.m, threads_, [&](const Range rows) {
      eigen_.gemv(rows.count(), p_.n, args.inputs[0] + rows.first * p_.n, args.inputs[1],
                  args.output + rows.first);
    });
  }

 private:
  GemvProblem p_;
  int threads_;
  EigenKernels eigen_;
};

// The sum of the shifted image, each times its weight, as block expressions: r^2 passes over a band
// of the output that stays in L1.
class EigenMatconvs {
 public:
  static std::string refusal(const Problem&, int) { return {}; }
  EigenMatconvs(const Problem& problem, int threads)
      : p_(*problem.as<MatconvProblem>()), threads_(threads), eigen_(eigen_for(isa_in_use())) {
    constexpr int64_t kFloats = 4096;
    rows_ = std::max<int64_t>(1, kFloats / p_.ow());
  }

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int part = 0; part < threads_; ++part) {
      const Range mine = part_of(p_.oh(), part, threads_);
      for (int64_t y = mine.first; y < mine.last; y += rows_)
        eigen_.matconv({p_.w, p_.r, std::min(rows_, mine.last - y)}, args.inputs[0] + y * p_.w,
                       args.inputs[1], args.output + y * p_.ow());
    }
  }

 private:
  MatconvProblem p_;
  int threads_;
  EigenKernels eigen_;
  int64_t rows_ = 1;  // of a band
};

class EigenPool {
 public:
  static std::string refusal(const Problem& problem, int) { return max_pool_refusal(problem); }
  EigenPool(const Problem& problem, int threads)
      : p_(*problem.as<PoolProblem>()), bands_(p_, p_.ow(), threads), threads_(threads),
        eigen_(eigen_for(isa_in_use())) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t i = 0; i < bands_.count(); ++i) {
      const PoolBand band = bands_.at(i);
      eigen_.max_pool({p_.iw, p_.kh, p_.kw, p_.sh, p_.sw, band.rows, p_.ow()},
                      args.inputs[0] + band.input, args.output + band.output);
    }
  }

 private:
  PoolProblem p_;
  PoolBands bands_;
  int threads_;
  EigenKernels eigen_;
};

}  // namespace

Primitives eigen_matrix_kernels() {
  Primitives primitives;
  primitives.push_back(
      make_plain<EigenGemm>(ProblemKind::kGemm, {"eigen-gemm", "blocked", "eigen"}));
  primitives.push_back(
      make_plain<EigenGemv>(ProblemKind::kGemv, {"eigen-gemv", "row-block", "eigen"}));
  primitives.push_back(
      make_plain<EigenMatconvs>(ProblemKind::kMatconv, {"eigen-matconv", "shifted-sum", "eigen"}));
  primitives.push_back(
      make_plain<EigenPool>(ProblemKind::kPool, {"eigen-pool-nchw", "shifted-max", "eigen"}));
  return primitives;
}

}  // namespace kernwise::detail
