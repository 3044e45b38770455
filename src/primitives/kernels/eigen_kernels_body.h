// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The body of eigen_baseline.cc, eigen_avx2.cc and eigen_avx512.cc. What they define before:
// KERNWISE_EIGEN_KERNELS, the function of eigen_kernels.h to define here, and, so that no two
// copies of one template are ever joined by the linker, Eigen as a name of their own.
#pragma once

#include <Eigen/Core>

#include "kernels/eigen_kernels.h"

namespace kernwise::detail {
namespace {

using Eigen::Index;
using Block = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Rows = Eigen::OuterStride<>;
using Steps = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;

// Eigen's blocking of a product, with its buffers in our scratch instead of on the heap. For the
// product of the transposed matrices, which in column-major order is ours.
class Blocking final : public Eigen::internal::level3_blocking<float, float> {
 public:
  explicit Blocking(const EigenGemmBlock& largest, float* scratch = nullptr) {
    m_mc = largest.columns;
    m_nc = largest.rows;
    m_kc = largest.k;
    Eigen::internal::computeProductBlockingSizes<float, float>(m_kc, m_mc, m_nc, Index{1});
    m_blockA = scratch;
    m_blockB = scratch == nullptr ? nullptr : scratch + lines(m_mc * m_kc);
  }
  int64_t floats() const { return lines(m_mc * m_kc) + lines(m_nc * m_kc); }

 private:
  static int64_t lines(int64_t floats) { return (floats + 15) / 16 * 16; }
};

int64_t gemm_scratch(const EigenGemmBlock& largest) { return Blocking(largest).floats(); }

void gemm(const EigenGemmBlock& g, const EigenGemmBlock& largest, const float* a, const float* b,
          float* c, float* scratch) {
  using Product =
      Eigen::internal::general_matrix_matrix_product<Index, float, Eigen::ColMajor, false, float,
                                                     Eigen::ColMajor, false, Eigen::ColMajor, 1>;
  Blocking blocking(largest, scratch);
  Eigen::Map<Block, 0, Rows>(c, g.rows, g.columns, Rows(g.ldc)).setZero();
  Product::run(g.columns, g.rows, g.k, b, g.ldb, a, g.lda, c, 1, g.ldc, 1.0f, blocking, nullptr);
}

void gemv(int64_t rows, int64_t columns, const float* a, const float* x, float* y) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::Map<Eigen::VectorXf> out(y, rows);
  out.noalias() =
      Eigen::Map<const Matrix>(a, rows, columns) * Eigen::Map<const Eigen::VectorXf>(x, columns);
}

void matconv(const EigenMatconv& p, const float* image, const float* kernel, float* to) {
  const Index columns = p.width - p.r + 1;
  Eigen::Map<Block> out(to, p.rows, columns);
  for (int64_t i = 0; i < p.r; ++i)
    for (int64_t j = 0; j < p.r; ++j) {
      const Eigen::Map<const Block, 0, Rows> shifted(image + i * p.width + j, p.rows, columns,
                                                     Rows(p.width));
      const float weight = kernel[i * p.r + j];
      if (i + j == 0)
        out = weight * shifted;
      else
        out += weight * shifted;
    }
}

template <typename Stride>
void pool_as(const EigenMaxPool& p, const Stride& stride, const float* in, float* to) {
  Eigen::Map<Block> out(to, p.rows, p.columns);
  for (int64_t i = 0; i < p.kh; ++i)
    for (int64_t j = 0; j < p.kw; ++j) {
      const Eigen::Map<const Block, 0, Stride> shifted(in + i * p.width + j, p.rows, p.columns,
                                                       stride);
      if (i + j == 0)
        out = shifted;
      else
        out = out.max(shifted);
    }
}

void max_pool(const EigenMaxPool& p, const float* in, float* to) {
  if (p.sw == 1)
    pool_as(p, Rows(p.sh * p.width), in, to);  // Eigen then knows that neighbours are adjacent
  else
    pool_as(p, Steps(p.sh * p.width, p.sw), in, to);
}

}  // namespace

EigenKernels KERNWISE_EIGEN_KERNELS() { return {gemm_scratch, gemm, gemv, matconv, max_pool}; }

}  // namespace kernwise::detail
