// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The primitives of plain matrix kernels (gemm, gemv, matconv) and of max pooling: the same
// computation by libraries and by algorithms of our own, as variants to choose from.
// Each function gives those of one file, in the order of the table.
#pragma once

#include "factories.h"

namespace kernwise::detail {

Primitives openblas_matrix_kernels();  // openblas-gemm, -gemv, -matconv
Primitives eigen_matrix_kernels();     // eigen-gemm, -gemv, -matconv, eigen-pool-nchw
Primitives ublas_matrix_kernels();     // ublas-gemm, -gemv, -matconv
Primitives fftw_matrix_kernels();      // fftw-matconv
Primitives onednn_matrix_kernels();    // onednn-gemm, -gemv, -matconv (onednn/matrix_kernels.cc)
Primitives gemm_kernels();             // blocked-gemm, ikj-gemm
Primitives gemv_kernels();             // rows-gemv, dot-gemv
Primitives matconv_kernels();          // direct-matconv
Primitives max_pools();                // direct-, separable- and van-herk-pool-nchw

}  // namespace kernwise::detail
