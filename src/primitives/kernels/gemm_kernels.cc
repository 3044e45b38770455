// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// blocked-gemm: both operands are brought into the order of the register-blocked kernel under our
// convolutions, in the run, since both are data. ikj-gemm: none is; see row_updates.h.
#include <algorithm>

#include "conv/packed_gemm.h"
#include "kernels/division.h"
#include "kernels/matrix_kernels.h"
#include "kernels/plain_primitive.h"
#include "kernels/row_updates.h"

namespace kernwise::detail {
namespace {

class BlockedGemm {
 public:
  static std::string refusal(const Problem&, int) { return {}; }
  BlockedGemm(const Problem& problem, int threads)
      : p_(*problem.as<GemmProblem>()), threads_(threads) {}

  int64_t scratch_floats() const { return a_floats() + packed_b_floats(p_.k, p_.n); }

  void run(const KernelArgs& args) const {
    float* a = reinterpret_cast<float*>(args.scratch);
    float* b = a + a_floats();
    const int64_t panels = panels_of(p_.n);
    const bool by_panels = panels >= threads_;
#pragma omp parallel num_threads(threads_) if (threads_ > 1)
    {
#pragma omp for schedule(static) nowait
      for (int64_t row = 0; row < p_.m; ++row) pack_row(args.inputs[0], row, a);
#pragma omp for schedule(static)
      for (int64_t panel = 0; panel < panels; ++panel) pack_panel(args.inputs[1], panel, b);
#pragma omp for schedule(static)
      for (int part = 0; part < threads_; ++part) {
        const Range rows = by_panels ? Range{0, p_.m} : part_of(p_.m, part, threads_);
        const Range columns = by_panels ? part_of(panels, part, threads_) : Range{0, panels};
        if (rows.count() == 0 || columns.count() == 0) continue;
        PackedGemm gemm;
        gemm.rows = rows.count(), gemm.k = p_.k, gemm.n = p_.n;
        gemm.a_chunk_stride = p_.m * kChunk;
        gemm.c_row_stride = p_.n;
        gemm.c_chunk_stride = kChunk;
        gemm.c_padded = false;
        gemm.first_panel = columns.first;
        gemm.last_panel = columns.last;
        packed_gemm(gemm, a + rows.first * kChunk, b, args.output + rows.first * p_.n);
      }
    }
  }

 private:
  int64_t a_floats() const { return chunks_of(p_.k) * p_.m * kChunk; }

  void pack_row(const float* from, int64_t row, float* a) const {
    for (int64_t column = 0; column < p_.k; column += kChunk)
      std::copy_n(from + row * p_.k + column, std::min(kChunk, p_.k - column),
                  a + (column / kChunk * p_.m + row) * kChunk);
  }

  void pack_panel(const float* from, int64_t panel, float* b) const {
    const int64_t first = panel * kPanel;
    const int64_t width = std::min(kPanel, chunks_of(p_.n) * kChunk - first);
    const int64_t valid = std::min(width, p_.n - first);
    float* to = b + packed_b_offset(p_.k, p_.n, 0, first);
    for (int64_t row = 0; row < p_.k; ++row, to += width) {
      std::copy_n(from + row * p_.n + first, valid, to);
      std::fill(to + valid, to + width, 0.0f);
    }
  }

  GemmProblem p_;
  int threads_;
};

class IkjGemm {
 public:
  static std::string refusal(const Problem&, int) { return {}; }
  IkjGemm(const Problem& problem, int threads)
      : p_(*problem.as<GemmProblem>()), threads_(threads) {}

  int64_t scratch_floats() const { return 0; }

  void run(const KernelArgs& args) const {
#pragma omp parallel for schedule(static) num_threads(threads_) if (threads_ > 1)
    for (int64_t row = 0; row < p_.m; ++row)
      row_times_matrix(args.inputs[0] + row * p_.k, args.inputs[1], p_.k, p_.n,
                       args.output + row * p_.n);
  }

 private:
  GemmProblem p_;
  int threads_;
};

}  // namespace

Primitives gemm_kernels() {
  Primitives primitives;
  primitives.push_back(make_plain<BlockedGemm>(ProblemKind::kGemm, {"blocked-gemm", "blocked"}));
  primitives.push_back(make_plain<IkjGemm>(
      ProblemKind::kGemm, {"ikj-gemm", "row-update", "kernwise", WorkTerm::kVectorSteps}));
  return primitives;
}

}  // namespace kernwise::detail
