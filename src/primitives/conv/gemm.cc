// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/gemm.h"

#include <oneapi/dnnl/dnnl.h>

#include "kernwise/base/check.h"

namespace kernwise::detail {

const GemmLibrary& onednn_gemm() {
  static constexpr GemmLibrary kLibrary{
      "", [](const Problem&) { return std::string(); },
      [](const Gemm& gemm, const float* a, const float* b, float* c) {
        const dnnl_status_t status = dnnl_sgemm(
            gemm.a_transposed ? 'T' : 'N', gemm.b_transposed ? 'T' : 'N', gemm.m, gemm.n, gemm.k,
            1.0f, a, gemm.lda, b, gemm.ldb, gemm.accumulate ? 1.0f : 0.0f, c, gemm.ldc);
        KERNWISE_CHECK(status == dnnl_success);
      }};
  return kLibrary;
}

std::string gemm_conv_id(std::string_view algorithm, const GemmLibrary& library, Layout in,
                         Layout out) {
  std::string id(algorithm);
  if (!library.name.empty()) id.append("-").append(library.name);
  id.append("-").append(to_string(in));
  if (out != in) id.append("-").append(to_string(out));
  return id;
}

}  // namespace kernwise::detail
