// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The matrix kernels on OpenBLAS. As under our convolutions, each call runs on one thread and the
// matrix is divided by us (conv/openblas.cc says why).
#include <algorithm>

#include "conv/gemm.h"
#include "kernels/division.h"
#include "kernels/matrix_kernels.h"
#include "kernels/plain_primitive.h"
#include "kernels/row_parts.h"

namespace kernwise::detail {
namespace {

class OpenBlasGemm {
 public:
  static std::string refusal(const Problem& problem, int) {
    return openblas_gemm().refusal(problem);
  }
  OpenBlasGemm(const Problem& problem, int threads)
      : p_(*problem.as<GemmProblem>()), threads_(threads) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int part = 0; part < threads_; ++part) {
      const auto [rows, columns] = part_of(p_.m, p_.n, part, threads_);
      if (rows.count() == 0 || columns.count() == 0) continue;
      const Gemm gemm{.m = rows.count(),
                      .n = columns.count(),
                      .k = p_.k,
                      .lda = p_.k,
                      .ldb = p_.n,
                      .ldc = p_.n};
      openblas_gemm().multiply(gemm, args.inputs[0] + rows.first * p_.k,
                               args.inputs[1] + columns.first,
                               args.output + rows.first * p_.n + columns.first);
    }
  }

 private:
  GemmProblem p_;
  int threads_;
};

class OpenBlasGemv {
 public:
  static std::string refusal(const Problem& problem, int) {
    return openblas_gemm().refusal(problem);
  }
  OpenBlasGemv(const Problem& problem, int threads)
      : p_(*problem.as<GemvProblem>()), threads_(threads) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
    for_row_parts(p_.m, threads_, [&](const Range rows) {
      openblas_gemv({.rows = rows.count(), .columns = p_.n}, args.inputs[0] + rows.first * p_.n,
                    args.inputs[1], args.output + rows.first);
    });
  }

 private:
  GemvProblem p_;
  int threads_;
};

// im2row with the rows lying down: row t of the matrix holds, for each output pixel of a block,
// what tap t reads, so it is copied in runs as long as an output row; the result is the transposed
// matrix times the kernel.
class OpenBlasMatconv {
 public:
  static std::string refusal(const Problem& problem, int) {
    return openblas_gemm().refusal(problem);
  }
  OpenBlasMatconv(const Problem& problem, int threads)
      : p_(*problem.as<MatconvProblem>()), threads_(threads) {
    // A block that stays in L2, of whole output rows, and no more than one part of the threads.
    constexpr int64_t kFloats = 1 << 16;
    const int64_t rows = kFloats / (p_.r * p_.r) / p_.ow();
    rows_ = std::clamp<int64_t>(rows, 1, longest_part(p_.oh(), threads));
  }

  int64_t scratch_floats() const { return threads_ * block_floats(); }

  void run(const KernelArgs& args) const {
    const int64_t blocks = (p_.oh() + rows_ - 1) / rows_;
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int part = 0; part < threads_; ++part) {
      float* matrix = reinterpret_cast<float*>(args.scratch) + part * block_floats();
      const Range mine = part_of(blocks, part, threads_);
      for (int64_t block = mine.first; block < mine.last; ++block) {
        const int64_t first = block * rows_, count = std::min(rows_, p_.oh() - first);
        gather(args.inputs[0] + first * p_.w, count, matrix);
        openblas_gemv({.rows = p_.r * p_.r, .columns = count * p_.ow(), .transposed = true}, matrix,
                      args.inputs[1], args.output + first * p_.ow());
      }
    }
  }

 private:
  int64_t block_floats() const { return whole_lines(p_.r * p_.r * rows_ * p_.ow()); }

  void gather(const float* image, int64_t rows, float* to) const {
    for (int64_t i = 0; i < p_.r; ++i)
      for (int64_t j = 0; j < p_.r; ++j)
        for (int64_t y = 0; y < rows; ++y, to += p_.ow())
          std::copy_n(image + (y + i) * p_.w + j, p_.ow(), to);
  }

  MatconvProblem p_;
  int threads_;
  int64_t rows_ = 1;  // of the output, in a block
};

}  // namespace

Primitives openblas_matrix_kernels() {
  Primitives primitives;
  primitives.push_back(
      make_plain<OpenBlasGemm>(ProblemKind::kGemm, {"openblas-gemm", "blas", "openblas"}));
  primitives.push_back(
      make_plain<OpenBlasGemv>(ProblemKind::kGemv, {"openblas-gemv", "blas", "openblas"}));
  primitives.push_back(make_plain<OpenBlasMatconv>(ProblemKind::kMatconv,
                                                   {"openblas-matconv", "im2row", "openblas"}));
  return primitives;
}

}  // namespace kernwise::detail
