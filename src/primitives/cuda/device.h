// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A CUDA device. One stream; kernels are those that nvcc compiled into the program
// (cuda/kernels.cu).
#pragma once

#include <cuda_runtime.h>

#include <mutex>
#include <span>
#include <string>

#include "cuda/cublas.h"
#include "resource/device_resource.h"

namespace kernwise::detail {

class CudaDevice final : public DeviceResource {
 public:
  // Looks at device `index` and opens it, or says in refusal() why it cannot be used. Never
  // destroyed: see all_resources().
  explicit CudaDevice(int index);

  bool shares_processors() const override { return false; }
  Bytes memory() const override { return memory_; }
  Result<ResourceMemory> allocate(Bytes size) const override;
  Status copy_in(float* there, const float* here, int64_t elements) const override;
  Status copy_out(float* here, const float* there, int64_t elements) const override;
  Result<std::unique_ptr<Kernel>> make_kernel(const Launch& launch, int inputs) const override;

  // Starts a kernel (pointers, then sizes) and waits.
  Status start(const void* function, const Launch& launch, std::span<const float* const> pointers,
               std::span<const int32_t> sizes) const;
  // start(), but a failure is the device's from then on.
  void run(const void* function, const Launch& launch,
           std::span<const float* const> pointers) const;

  // The handle of cuBLAS for this device, made on the first call. Whoever uses it holds
  // cublas_mutex(): a handle serves one thread at a time. Select the device before each use.
  Result<cublasHandle_t> cublas() const;
  Status select() const;  // for the calling thread
  std::mutex& cublas_mutex() const { return cublas_mutex_; }
  // Waits for what was started; a failure of it, or `before`, is the device's from then on.
  void finish(Status before) const;

 private:
  Status open();
  Status copy(void* to, const void* from, int64_t elements, cudaMemcpyKind kind) const;
  Status wait(std::string_view what) const;

  int index_ = 0;
  Bytes memory_;
  cudaStream_t stream_ = nullptr;
  mutable std::mutex cublas_mutex_;
  mutable cublasHandle_t cublas_ = nullptr;
};

}  // namespace kernwise::detail
