// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/ublas_kernels.h"

namespace kernwise::detail {

std::string ublas_refusal() { return "kernwise was built without Boost uBLAS"; }
std::string ublas_version() { return {}; }

void ublas_gemm(int64_t, int64_t, int64_t, const float*, const float*, float*) {}
void ublas_gemv(int64_t, int64_t, const float*, const float*, float*) {}
void ublas_matconv(int64_t, int64_t, int64_t, const float*, const float*, float*) {}

}  // namespace kernwise::detail
