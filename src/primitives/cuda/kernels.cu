// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The kernels, compiled for CUDA, and the list by which the host finds them.
#include <cmath>

#include "cuda/kernels.h"
#include "cuda/words.cuh"
#include "resource/gemm_kernels.cl"
#include "resource/gemv_kernels.cl"
#include "resource/matconv_kernels.cl"
#include "resource/pool_kernels.cl"

namespace kernwise::detail {
namespace {

template <typename Function>
CudaKernelEntry entry(std::string_view name, Function* function) {
  return {name, reinterpret_cast<const void*>(function)};
}

}  // namespace

const void* find_cuda_kernel(std::string_view name) {
  static const CudaKernelEntry kKernels[] = {
      entry("gemm_global", gemm_global),       entry("gemm_tiled", gemm_tiled),
      entry("gemv_global", gemv_global),       entry("gemv_local", gemv_local),
      entry("matconv_global", matconv_global), entry("matconv_tiled", matconv_tiled),
      entry("pool_global", pool_global),       entry("pool_tiled", pool_tiled)};
  for (const CudaKernelEntry& kernel : kKernels)
    if (kernel.name == name) return kernel.function;
  return nullptr;
}

}  // namespace kernwise::detail
