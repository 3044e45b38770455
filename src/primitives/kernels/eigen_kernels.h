// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The matrix kernels as Eigen computes them. Eigen chooses its instruction set when it is compiled,
// so it is compiled once for each (eigen_baseline.cc, eigen_avx2.cc, eigen_avx512.cc), under a name
// of its own each time; these structs of functions are all that leaves those files.
// Thread-safety: functions of their arguments, on the calling thread alone.
#pragma once

#include <cstdint>
#include <string>

#include "kernwise/device/device.h"

namespace kernwise::detail {

struct EigenGemmBlock {  // c[rows, columns] = a[rows, k] * b[k, columns], row-major
  int64_t rows = 0, columns = 0, k = 0, lda = 0, ldb = 0, ldc = 0;
};
struct EigenMatconv {  // some output rows
  int64_t width = 0, r = 0, rows = 0;
};
struct EigenMaxPool {  // some output rows of one plane
  int64_t width = 0, kh = 0, kw = 0, sh = 0, sw = 0, rows = 0, columns = 0;
};

struct EigenKernels {
  // Scratch in floats for a block and for every smaller one, whole cache lines.
  int64_t (*gemm_scratch)(const EigenGemmBlock& largest);
  // The scratch's size is that of `largest`.
  void (*gemm)(const EigenGemmBlock& block, const EigenGemmBlock& largest, const float* a,
               const float* b, float* c, float* scratch);
  // y = A x for A [rows, columns] without gaps.
  void (*gemv)(int64_t rows, int64_t columns, const float* a, const float* x, float* y);
  void (*matconv)(const EigenMatconv& part, const float* image, const float* kernel, float* out);
  void (*max_pool)(const EigenMaxPool& part, const float* in, float* out);
};

std::string eigen_version();  // "eigen-3.4.0"

EigenKernels eigen_baseline();
EigenKernels eigen_avx2();
EigenKernels eigen_avx512();

inline EigenKernels eigen_for(Isa isa) {
  switch (isa) {
    case Isa::kAvx512: return eigen_avx512();
    case Isa::kAvx2: return eigen_avx2();
    default: return eigen_baseline();
  }
}

}  // namespace kernwise::detail
