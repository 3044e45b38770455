// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cuda/cublas_primitives.h"

#include <vector>

#include "cuda/cublas.h"
#include "cuda/device.h"
#include "resource/device_primitive.h"
#include "resource/variants.h"

namespace kernwise::detail {
namespace {

class CublasKernel final : public DeviceKernel {
 public:
  CublasKernel(const CudaDevice& device, cublasHandle_t handle, const Problem& problem)
      : device_(device), handle_(handle), problem_(problem) {}

  void run(const KernelArgs& args) const override {
    const std::lock_guard lock(device_.cublas_mutex());
    device_.finish(start(args));
  }

 private:
  Status start(const KernelArgs& args) const {
    KERNWISE_TRY(device_.select());
    const auto narrow = [](int64_t size) { return static_cast<int>(size); };
    if (const auto* p = problem_.as<GemmProblem>())
      return cublas_gemm(handle_, narrow(p->m), narrow(p->n), narrow(p->k), args.inputs[0],
                         args.inputs[1], args.output);
    const GemvProblem& p = *problem_.as<GemvProblem>();
    return cublas_gemv(handle_, narrow(p.m), narrow(p.n), args.inputs[0], args.inputs[1],
                       args.output);
  }

  const CudaDevice& device_;
  cublasHandle_t handle_;
  Problem problem_;
};

class CublasPrimitive final : public DevicePrimitive {
 public:
  using DevicePrimitive::DevicePrimitive;

 private:
  std::string refusal(const Problem& problem, const DeviceResource&) const override {
    if (!cublas_refusal().empty()) return cublas_refusal();
    return too_large(problem, {});
  }

  // Runs once on memory of its own: cuBLAS chooses and loads its kernels at the first call of a
  // shape.
  Result<std::unique_ptr<Kernel>> make(const Problem& problem,
                                       const DeviceResource& resource) const override {
    const auto& device = static_cast<const CudaDevice&>(resource);
    std::unique_ptr<Kernel> kernel;
    {
      const std::lock_guard lock(device.cublas_mutex());
      KERNWISE_ASSIGN(const cublasHandle_t handle, device.cublas());
      kernel = std::make_unique<CublasKernel>(device, handle, problem);
    }
    std::vector<ResourceMemory> memory;
    std::vector<const float*> inputs;
    for (int i = 0; i < input_count(problem); ++i) {
      KERNWISE_ASSIGN(ResourceMemory input,
                      device.allocate({input_shape(problem, i).elements() * 4}));
      inputs.push_back(input.data());
      memory.push_back(std::move(input));
    }
    KERNWISE_ASSIGN(const ResourceMemory output,
                    device.allocate({output_shape(problem).elements() * 4}));
    kernel->run({inputs, output.data(), nullptr});
    KERNWISE_TRY(device.state());
    return kernel;
  }
};

}  // namespace

std::unique_ptr<const Primitive> make_cublas_primitive(ProblemKind kind) {
  return std::make_unique<CublasPrimitive>(cublas_info(kind));
}

}  // namespace kernwise::detail
