// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// libxsmm's batch-reduce GEMM: machine code generated for one shape, which sums products of small
// matrices without writing intermediate results. libxsmm is optional: where kernwise is built
// without it, xsmm_refusal() says so and nothing else may be called.
// Thread-safety: free functions, from any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace kernwise::detail {

// Why it cannot be used here; empty if it can.
std::string xsmm_refusal();
std::string xsmm_version();  // "libxsmm-1.17-avx512", or "" where it cannot be used

// c[n][m] = sum over i of  b_i[n][k] * a_i[k][m]  (+ c, if `accumulate`); strides in floats between
// the rows of b, a and c.
struct BatchGemm {
  int64_t m = 0, n = 0, k = 0, lda = 0, ldb = 0, ldc = 0;
  bool accumulate = false;
};
// Lives as long as the process; libxsmm keeps one for each shape. Null if it has none for it.
using BatchKernel = void (*)(const float* a, const float* b, float* c,
                             const unsigned long long* count, const unsigned long long* a_offsets,
                             const unsigned long long* b_offsets, ...);
BatchKernel xsmm_kernel(const BatchGemm& gemm);

// a_i and b_i lie at these numbers of bytes behind a and b.
struct BatchOffsets {
  std::span<const unsigned long long> a, b;
};
inline void run_batch(BatchKernel kernel, const BatchOffsets& offsets, const float* a,
                      const float* b, float* c) {
  const unsigned long long count = offsets.a.size();
  kernel(a, b, c, &count, offsets.a.data(), offsets.b.data());
}

}  // namespace kernwise::detail
