// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cuda/cublas.h"

#include <dlfcn.h>

namespace kernwise::detail {
namespace {

struct Cublas {
  decltype(&cublasCreate_v2) create = nullptr;
  decltype(&cublasDestroy_v2) destroy = nullptr;
  decltype(&cublasSetStream_v2) set_stream = nullptr;
  decltype(&cublasSetMathMode) set_math_mode = nullptr;
  decltype(&cublasGetProperty) get_property = nullptr;
  decltype(&cublasSgemm_v2) sgemm = nullptr;
  decltype(&cublasSgemv_v2) sgemv = nullptr;
  std::string version = "none", refusal;
};

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

Cublas load() {
  Cublas blas;
  const std::string name = "libcublas.so." + std::to_string(CUBLAS_VER_MAJOR);
  void* library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  // Toolkits often lie where the loader does not look.
  if (library == nullptr)
    library = dlopen((KERNWISE_CUDA_LIBRARIES "/" + name).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    blas.refusal = "cuBLAS is not installed: there is no " + name;
    return blas;
  }
  if (!find(library, "cublasCreate_v2", blas.create) ||
      !find(library, "cublasDestroy_v2", blas.destroy) ||
      !find(library, "cublasSetStream_v2", blas.set_stream) ||
      !find(library, "cublasSetMathMode", blas.set_math_mode) ||
      !find(library, "cublasGetProperty", blas.get_property) ||
      !find(library, "cublasSgemm_v2", blas.sgemm) ||
      !find(library, "cublasSgemv_v2", blas.sgemv)) {
    blas.refusal = name + " is not cuBLAS as known here: a function is missing";
    return blas;
  }
  int major = 0, minor = 0, patch = 0;
  blas.get_property(MAJOR_VERSION, &major);
  blas.get_property(MINOR_VERSION, &minor);
  blas.get_property(PATCH_LEVEL, &patch);
  blas.version = std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
  return blas;
}

const Cublas& cublas() {
  static const Cublas library = load();
  return library;
}

Status status_of(const char* what, cublasStatus_t code) {
  if (code == CUBLAS_STATUS_SUCCESS) return Ok{};
  return unsupported(std::string("cuBLAS could not ") + what + ": status " + std::to_string(code));
}

}  // namespace

const std::string& cublas_refusal() { return cublas().refusal; }

std::string cublas_version() { return cublas().version; }

Result<cublasHandle_t> make_cublas_handle(cudaStream_t stream) {
  if (!cublas_refusal().empty()) return unsupported(cublas_refusal());
  cublasHandle_t handle = nullptr;
  KERNWISE_TRY(status_of("start", cublas().create(&handle)));
  Status ready = status_of("take a stream", cublas().set_stream(handle, stream));
  if (ready.ok()) {
    ready = status_of("be held to single precision",
                      cublas().set_math_mode(handle, CUBLAS_PEDANTIC_MATH));
  }
  if (ready.ok()) return handle;
  cublas().destroy(handle);
  return std::move(ready).error();
}

// cuBLAS counts columns first, so it sees each matrix transposed: C' = B' A'.
Status cublas_gemm(cublasHandle_t handle, int m, int n, int k, const float* a, const float* b,
                   float* c) {
  const float one = 1, zero = 0;
  return status_of("multiply matrices", cublas().sgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, n, m, k,
                                                       &one, b, n, a, k, &zero, c, n));
}

Status cublas_gemv(cublasHandle_t handle, int m, int n, const float* a, const float* x, float* y) {
  const float one = 1, zero = 0;
  return status_of("multiply a vector",
                   cublas().sgemv(handle, CUBLAS_OP_T, n, m, &one, a, n, x, 1, &zero, y, 1));
}

}  // namespace kernwise::detail
