// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cuda/device.h"

#include <algorithm>
#include <array>
#include <vector>

#include "cuda/kernels.h"

namespace kernwise::detail {
namespace {

constexpr size_t kMostArguments = 16;  // the kernel with most of them has 12

Error cuda_error(const std::string& device, std::string_view what, cudaError_t code) {
  return unsupported(device + " could not " + std::string(what) + ": " + cudaGetErrorString(code) +
                     " (" + cudaGetErrorName(code) + ")");
}

std::string version(int number) {  // 13000 -> "13.0"
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

class CudaKernel final : public DeviceKernel {
 public:
  CudaKernel(const CudaDevice& device, const void* function, Launch launch)
      : device_(device), function_(function), launch_(std::move(launch)) {}

  void run(const KernelArgs& args) const override {
    std::array<const float*, 3> pointers{};  // two inputs at most, and the output
    KERNWISE_CHECK(args.inputs.size() < pointers.size());
    std::ranges::copy(args.inputs, pointers.begin());
    pointers[args.inputs.size()] = args.output;
    device_.run(function_, launch_, std::span(pointers).first(args.inputs.size() + 1));
  }

 private:
  const CudaDevice& device_;
  const void* function_;
  Launch launch_;
};

}  // namespace

CudaDevice::CudaDevice(int index) : DeviceResource("cuda:" + std::to_string(index)), index_(index) {
  cudaDeviceProp properties{};
  if (const cudaError_t code = cudaGetDeviceProperties(&properties, index); code != cudaSuccess) {
    refusal_ = cuda_error(name_, "be described", code).message;
    description_ = name_;
    return;
  }
  int driver = 0;
  cudaDriverGetVersion(&driver);
  memory_ = {static_cast<int64_t>(properties.totalGlobalMem)};
  std::array<char, 32> bus{};
  cudaDeviceGetPCIBusId(bus.data(), static_cast<int>(bus.size()), index);
  description_ = without_blanks(properties.name) + " sm-" + std::to_string(properties.major) + "." +
                 std::to_string(properties.minor) + " driver-" + version(driver) + " runtime-" +
                 version(CUDART_VERSION) + " cublas-" + cublas_version() + " bus-" + bus.data();
  if (const Status opened = open(); !opened.ok()) refusal_ = opened.error().message;
}

Status CudaDevice::open() {
  cudaError_t code = cudaSetDevice(index_);
  if (code == cudaSuccess) code = cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking);
  if (code != cudaSuccess) return cuda_error(name_, "be opened", code);
  return Ok{};
}

Result<ResourceMemory> CudaDevice::allocate(Bytes size) const {
  if (!refusal_.empty()) return unsupported(name_ + " cannot be used: " + refusal_);
  if (size.value <= 0) return ResourceMemory{};
  void* data = nullptr;
  cudaError_t code = cudaSetDevice(index_);
  if (code == cudaSuccess) code = cudaMalloc(&data, static_cast<size_t>(size.value));
  if (code != cudaSuccess) {
    cudaGetLastError();  // too large a wish is no failure of the device
    return cuda_error(name_, "give " + std::to_string(size.value) + " bytes", code);
  }
  return ResourceMemory(static_cast<float*>(data), size, [index = index_](float* memory) {
    cudaSetDevice(index);
    cudaFree(memory);
  });
}

Status CudaDevice::select() const {
  if (const cudaError_t code = cudaSetDevice(index_); code != cudaSuccess)
    return cuda_error(name_, "be selected", code);
  return Ok{};
}

Status CudaDevice::wait(std::string_view what) const {
  if (const cudaError_t code = cudaStreamSynchronize(stream_); code != cudaSuccess)
    return cuda_error(name_, what, code);
  return Ok{};
}

Status CudaDevice::copy(void* to, const void* from, int64_t elements, cudaMemcpyKind kind) const {
  if (!refusal_.empty()) return unsupported(name_ + " cannot be used: " + refusal_);
  if (elements <= 0) return Ok{};
  cudaError_t code = cudaSetDevice(index_);
  if (code == cudaSuccess)
    code = cudaMemcpyAsync(to, from, static_cast<size_t>(elements) * sizeof(float), kind, stream_);
  Status done = code == cudaSuccess ? wait("copy") : cuda_error(name_, "copy", code);
  if (!done.ok()) note_failure(done.error());
  return done;
}

Status CudaDevice::copy_in(float* there, const float* here, int64_t elements) const {
  return copy(there, here, elements, cudaMemcpyHostToDevice);
}

Status CudaDevice::copy_out(float* here, const float* there, int64_t elements) const {
  return copy(here, there, elements, cudaMemcpyDeviceToHost);
}

Result<std::unique_ptr<Kernel>> CudaDevice::make_kernel(const Launch& launch, int inputs) const {
  const void* function = find_cuda_kernel(launch.kernel);
  if (function == nullptr)
    return internal_error("no kernel " + std::string(launch.kernel) + " was compiled for CUDA");
  KERNWISE_ASSIGN(const ResourceMemory nothing, allocate({64}));
  const std::vector<const float*> pointers(static_cast<size_t>(inputs) + 1, nothing.data());
  const std::vector<int32_t> zeros(launch.sizes.size(), 0);
  KERNWISE_TRY(start(function, launch, pointers, zeros));
  return std::unique_ptr<Kernel>(std::make_unique<CudaKernel>(*this, function, launch));
}

Status CudaDevice::start(const void* function, const Launch& launch,
                         std::span<const float* const> pointers,
                         std::span<const int32_t> sizes) const {
  std::array<void*, kMostArguments> arguments{};
  KERNWISE_CHECK(pointers.size() + sizes.size() <= arguments.size());
  size_t at = 0;
  // The runtime reads the arguments only; its interface knows no const.
  for (const float* const& pointer : pointers)
    arguments[at++] = const_cast<void*>(static_cast<const void*>(&pointer));
  for (const int32_t& size : sizes) arguments[at++] = const_cast<int32_t*>(&size);
  const auto dimensions = [](const std::array<int64_t, 3>& counts) {
    return dim3(static_cast<unsigned>(counts[0]), static_cast<unsigned>(counts[1]),
                static_cast<unsigned>(counts[2]));
  };
  cudaError_t code = cudaSetDevice(index_);
  if (code == cudaSuccess)
    code = cudaLaunchKernel(function, dimensions(launch.groups), dimensions(launch.group),
                            arguments.data(), 0, stream_);
  if (code == cudaSuccess) code = cudaStreamSynchronize(stream_);
  if (code != cudaSuccess) return cuda_error(name_, "run " + std::string(launch.kernel), code);
  return Ok{};
}

void CudaDevice::run(const void* function, const Launch& launch,
                     std::span<const float* const> pointers) const {
  if (Status done = start(function, launch, pointers, launch.sizes); !done.ok())
    note_failure(std::move(done).error());
}

void CudaDevice::finish(Status before) const {
  Status done = before.ok() ? wait("run cuBLAS") : std::move(before);
  if (!done.ok()) note_failure(std::move(done).error());
}

// With the mutex held.
Result<cublasHandle_t> CudaDevice::cublas() const {
  if (cublas_ != nullptr) return cublas_;
  KERNWISE_TRY(select());
  KERNWISE_ASSIGN(cublas_, make_cublas_handle(stream_));
  return cublas_;
}

}  // namespace kernwise::detail
