// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// cuBLAS, loaded when it is first asked for: it is hundreds of megabytes, and most runs of the
// program need none of it.
#pragma once

#include <cublas_v2.h>

#include <string>

#include "kernwise/base/result.h"

namespace kernwise::detail {

// Why it cannot be used; empty if it can.
const std::string& cublas_refusal();
// "13.0.2"; "none" where there is none.
std::string cublas_version();

// A handle for the current CUDA device, in single precision throughout (no TF32).
Result<cublasHandle_t> make_cublas_handle(cudaStream_t stream);

// Row-major C[m x n] = A[m x k] * B[k x n], and y[m] = A[m x n] * x[n], started but not waited for.
Status cublas_gemm(cublasHandle_t handle, int m, int n, int k, const float* a, const float* b,
                   float* c);
Status cublas_gemv(cublasHandle_t handle, int m, int n, const float* a, const float* x, float* y);

}  // namespace kernwise::detail
