// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "conv/xsmm.h"

#if KERNWISE_HAS_LIBXSMM

#include <libxsmm.h>

#include <limits>

#include "onednn/library.h"

namespace kernwise::detail {
namespace {

struct Target {
  int id;
  const char* name;
};

// What oneDNN may use of this processor, so that both are held to the same.
Target start() {
  const Target target = dnn_has(dnnl_cpu_isa_avx512_core)
                            ? Target{LIBXSMM_X86_AVX512_CORE, "avx512"}
                        : dnn_has(dnnl_cpu_isa_avx2) ? Target{LIBXSMM_X86_AVX2, "avx2"}
                        : dnn_has(dnnl_cpu_isa_avx)  ? Target{LIBXSMM_X86_AVX, "avx"}
                                                     : Target{LIBXSMM_X86_SSE4, "sse41"};
  libxsmm_init();
  libxsmm_set_target_archid(target.id);
  return target;
}

const Target& target() {
  static const Target chosen = start();
  return chosen;
}

}  // namespace

std::string xsmm_refusal() {
  const Target& wanted = target();  // starts libxsmm; only then it can be asked
  if (libxsmm_get_target_archid() == wanted.id) return {};
  return std::string("libxsmm generates no code for ") + wanted.name + " here";
}

std::string xsmm_version() {
  if (!xsmm_refusal().empty()) return {};
  return "libxsmm-" + std::to_string(LIBXSMM_VERSION_MAJOR) + "." +
         std::to_string(LIBXSMM_VERSION_MINOR) + "-" + target().name;
}

BatchKernel xsmm_kernel(const BatchGemm& gemm) {
  constexpr int64_t kMost = std::numeric_limits<libxsmm_blasint>::max();
  for (const int64_t size : {gemm.m, gemm.n, gemm.k, gemm.lda, gemm.ldb, gemm.ldc})
    if (size > kMost) return nullptr;
  const auto narrow = [](int64_t size) { return static_cast<libxsmm_blasint>(size); };
  const libxsmm_blasint lda = narrow(gemm.lda), ldb = narrow(gemm.ldb), ldc = narrow(gemm.ldc);
  const float alpha = 1, beta = gemm.accumulate ? 1 : 0;
  return libxsmm_smmdispatch_reducebatch_offs(narrow(gemm.m), narrow(gemm.n), narrow(gemm.k), &lda,
                                              &ldb, &ldc, &alpha, &beta, nullptr, nullptr);
}

}  // namespace kernwise::detail

#else

#include "kernwise/base/check.h"

namespace kernwise::detail {

std::string xsmm_refusal() { return "this kernwise is built without libxsmm"; }
std::string xsmm_version() { return {}; }
BatchKernel xsmm_kernel(const BatchGemm&) {
  KERNWISE_CHECK(false);
  return nullptr;
}

}  // namespace kernwise::detail

#endif
