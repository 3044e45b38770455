// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// OpenBLAS, loaded when it is first asked for. Why not linked: it chooses its kernels and starts
// its threads while it is being loaded, and both choices must be ours.
//  - Kernels: up to 0.3.24 it takes some processors with AVX-512 for a "Prescott" of 2004 and runs
//    SSE3 on them, 4.5 times slower than it could (its issue 4267). OPENBLAS_CORETYPE overrides.
//  - Threads: the build on pthreads starts a pool that spins beside OpenMP's. With
//    OPENBLAS_NUM_THREADS=1 it starts none, and each call runs on the thread that makes it. The
//    build on OpenMP does so within a parallel region by itself.
// Both variables are set while the library is loaded and put back afterwards.
#include <dlfcn.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <limits>
#include <optional>

#include "conv/gemm.h"
#include "onednn/library.h"

namespace kernwise::detail {
namespace {

// cblas.h is no part of the build; these are its types and values for 32-bit integers.
constexpr int kRowMajor = 101, kNoTrans = 111, kTrans = 112;
using Sgemm = void (*)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha,
                       const float* a, int lda, const float* b, int ldb, float beta, float* c,
                       int ldc);

using Sgemv = void (*)(int order, int trans, int m, int n, float alpha, const float* a, int lda,
                       const float* x, int incx, float beta, float* y, int incy);

class EnvironmentScope {
 public:
  EnvironmentScope(const char* name, const char* value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value, 1);
  }
  ~EnvironmentScope() {
    if (before_)
      setenv(name_, before_->c_str(), 1);
    else
      unsetenv(name_);
  }
  EnvironmentScope(const EnvironmentScope&) = delete;
  EnvironmentScope& operator=(const EnvironmentScope&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

struct OpenBlas {
  Sgemm sgemm = nullptr;
  Sgemv sgemv = nullptr;
  std::string version, core;
  std::string refusal;
};

// The kernels for what oneDNN may use of this processor, so that both are held to the same.
const char* wanted_core() {
  if (dnn_has(dnnl_cpu_isa_avx512_core)) return "SkylakeX";
  if (dnn_has(dnnl_cpu_isa_avx2)) return "Haswell";
  if (dnn_has(dnnl_cpu_isa_avx)) return "Sandybridge";
  return "Nehalem";
}

template <typename Function>
Function symbol(void* library, const char* name) {
  return reinterpret_cast<Function>(dlsym(library, name));
}

OpenBlas load() {
  OpenBlas blas;
  const auto refuse = [&blas](std::string reason) {
    blas.sgemm = nullptr;
    blas.refusal = std::move(reason);
    return blas;
  };
  void* library = nullptr;
  {
    const EnvironmentScope core("OPENBLAS_CORETYPE", wanted_core());
    const EnvironmentScope threads("OPENBLAS_NUM_THREADS", "1");
    library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  }
  if (library == nullptr)
    return refuse("OpenBLAS is not installed: there is no libopenblas.so.0 (Debian: libopenblas0)");
  blas.sgemm = symbol<Sgemm>(library, "cblas_sgemm");
  blas.sgemv = symbol<Sgemv>(library, "cblas_sgemv");
  const auto config = symbol<char* (*)()>(library, "openblas_get_config");
  const auto core = symbol<char* (*)()>(library, "openblas_get_corename");
  const auto parallel = symbol<int (*)()>(library, "openblas_get_parallel");
  if (!blas.sgemm || !blas.sgemv || !config || !core || !parallel)
    return refuse("libopenblas.so.0 is not OpenBLAS as known here: a function is missing");

  const std::string text = config();  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
  const size_t begin = text.find(' ') + 1;
  blas.version = text.substr(begin, text.find(' ', begin) - begin);
  blas.core = core();
  if (text.find("USE64BITINT") != std::string::npos)
    return refuse("this OpenBLAS counts in 64 bits; the build that counts in 32 is needed");
  if (parallel() == 0)
    return refuse(
        "this OpenBLAS is built without threads and may not be called from several of "
        "ours; libopenblas0-openmp or libopenblas0-pthread may");
  if (blas.core != wanted_core())
    return refuse("OpenBLAS " + blas.version + " runs its kernels for " + blas.core +
                  " here, not those for " + wanted_core());
  return blas;
}

const OpenBlas& openblas() {
  static const OpenBlas library = load();
  return library;
}

std::string refusal(const Problem& problem) {
  if (!openblas().refusal.empty()) return openblas().refusal;
  const int64_t most = std::numeric_limits<int>::max();
  bool fits = output_shape(problem).elements() <= most && weight_elements(problem) <= most;
  for (int i = 0; i < input_count(problem); ++i)
    fits = fits && input_shape(problem, i).elements() <= most;
  if (!fits) return "too large: OpenBLAS counts in 32 bits";
  return {};
}

void multiply(const Gemm& gemm, const float* a, const float* b, float* c) {
  const auto narrow = [](int64_t size) { return static_cast<int>(size); };
  openblas().sgemm(kRowMajor, gemm.a_transposed ? kTrans : kNoTrans,
                   gemm.b_transposed ? kTrans : kNoTrans, narrow(gemm.m), narrow(gemm.n),
                   narrow(gemm.k), 1.0f, a, narrow(gemm.lda), b, narrow(gemm.ldb),
                   gemm.accumulate ? 1.0f : 0.0f, c, narrow(gemm.ldc));
}

}  // namespace

const GemmLibrary& openblas_gemm() {
  static constexpr GemmLibrary kLibrary{"openblas", refusal, multiply};
  return kLibrary;
}

void openblas_gemv(const Gemv& gemv, const float* a, const float* x, float* y) {
  const auto rows = static_cast<int>(gemv.rows), columns = static_cast<int>(gemv.columns);
  openblas().sgemv(kRowMajor, gemv.transposed ? kTrans : kNoTrans, rows, columns, 1.0f, a, columns,
                   x, 1, 0.0f, y, 1);
}

std::string openblas_version() {
  if (!openblas().refusal.empty()) return {};
  std::string core = openblas().core;
  std::ranges::transform(core, core.begin(), [](unsigned char c) { return std::tolower(c); });
  return "openblas-" + openblas().version + "-" + core;
}

}  // namespace kernwise::detail
