// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "kernels/matrix_kernels.h"

#include <iterator>

namespace kernwise::detail {

Primitives matrix_kernels() {
  Primitives primitives;
  for (auto* make :
       {onednn_matrix_kernels, openblas_matrix_kernels, gemm_kernels, gemv_kernels, matconv_kernels,
        eigen_matrix_kernels, ublas_matrix_kernels, fftw_matrix_kernels, max_pools}) {
    Primitives part = make();
    primitives.insert(primitives.end(), std::make_move_iterator(part.begin()),
                      std::make_move_iterator(part.end()));
  }
  return primitives;
}

}  // namespace kernwise::detail
