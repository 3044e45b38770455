// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The GEMMs of libraries behind one interface: a convolution on a GEMM takes a GemmLibrary, so one
// more library is one more row in the table of primitives.
//
// Threads: a convolution divides its work itself and calls each GEMM on one thread, from within its
// parallel region. No library's pool of threads ever runs beside ours, and what is done before and
// after a GEMM (gathering, bias, activation) is divided the same way and stays in the same caches.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kernwise/graph/problem.h"

namespace kernwise::detail {

// c[m, n] = op(a)[m, k] * op(b)[k, n] + (accumulate ? c : 0), all row-major. A transposed operand
// lies in memory as [k, m] or [n, k]; its leading dimension is that of memory.
struct Gemm {
  int64_t m = 0, n = 0, k = 0, lda = 0, ldb = 0, ldc = 0;
  bool accumulate = false;
  bool a_transposed = false, b_transposed = false;
};

// Thread-safety: constants; multiply() may run on any number of threads at once.
struct GemmLibrary {
  std::string_view name;  // in ids; empty for oneDNN's, whose ids came first
  // Why it cannot be used for this problem; empty if it can.
  std::string (*refusal)(const Problem& problem);
  // Where `refusal` is empty. On the calling thread alone if that is within a parallel region or
  // OpenMP is held to one thread.
  void (*multiply)(const Gemm& gemm, const float* a, const float* b, float* c);
};

const GemmLibrary& onednn_gemm();    // dnnl_sgemm
const GemmLibrary& openblas_gemm();  // cblas_sgemm; see openblas.cc for how it is loaded

// y = A x, or A^T x where it is transposed, for A [rows, columns] in memory without gaps. Where
// openblas_gemm() refuses nothing; threads as there.
struct Gemv {
  int64_t rows = 0, columns = 0;
  bool transposed = false;
};
void openblas_gemv(const Gemv& gemv, const float* a, const float* x, float* y);

// "openblas-0.3.21-skylakex", or "" where it cannot be used.
std::string openblas_version();

// "im2row", openblas, nhwc, nchw: "im2row-openblas-nhwc-nchw". Equal layouts are named once.
std::string gemm_conv_id(std::string_view algorithm, const GemmLibrary& library, Layout in,
                         Layout out);

}  // namespace kernwise::detail
