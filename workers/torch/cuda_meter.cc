// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Compiled where libtorch has CUDA (KERNWISE_TORCH_CUDA). No machine of ours had
// such a libtorch: this was neither compiled nor run.
#include <ATen/Context.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <cuda_runtime_api.h>

#include <algorithm>
#include <vector>

#include "step_meter.h"

namespace kernwise::torch_worker {
namespace {

namespace cache = c10::cuda::CUDACachingAllocator;

constexpr auto kAll = static_cast<std::size_t>(cache::StatType::AGGREGATE);

class CudaMeter final : public StepMeter {
 public:
  c10::Device device() const override { return c10::Device(c10::DeviceType::CUDA, kDevice); }

  void set_limit(int64_t bytes) override {
    limit_ = bytes;
    const auto whole = static_cast<double>(at::cuda::getDeviceProperties(kDevice)->totalGlobalMem);
    cache::setMemoryFraction(bytes > 0 ? std::min(static_cast<double>(bytes) / whole, 1.0) : 1.0,
                             kDevice);
  }
  int64_t allocated_peak() const override {
    return cache::getDeviceStats(kDevice).allocated_bytes[kAll].peak;
  }
  void reset_peak() override {
    reserved_ = reserved_peak();  // a reset forgets both peaks
    cache::resetPeakStats(kDevice);
  }
  int64_t reserved_peak() const override {
    return std::max<int64_t>(reserved_, cache::getDeviceStats(kDevice).reserved_bytes[kAll].peak);
  }
  // The class of the exception differs between versions of libtorch; its words do not.
  bool ran_out(const std::string& thrown) const override {
    return thrown.find("out of memory") != std::string::npos;
  }
  std::string refusal() const override {
    return limit_ > 0 ? "more was asked for than " + std::to_string(limit_) + " bytes reserved"
                      : "the device has no more memory";
  }

  void mark(std::size_t i) override {
    while (events_.size() <= i) events_.emplace_back(cudaEventDefault);  // they keep time
    events_[i].record(at::cuda::getCurrentCUDAStream(kDevice));
  }
  double seconds(std::size_t from, std::size_t to) override {
    events_.at(to).synchronize();
    return 1e-3 * static_cast<double>(events_.at(from).elapsed_time(events_.at(to)));
  }

 private:
  static constexpr c10::DeviceIndex kDevice = 0;
  int64_t limit_ = 0, reserved_ = 0;
  std::vector<at::cuda::CUDAEvent> events_;
};

}  // namespace

Result<std::unique_ptr<StepMeter>> cuda_meter() {
  if (c10::cuda::device_count() < 1) return unsupported("there is no CUDA device");
  // The allocator has no statistics of a device before its first use.
  at::globalContext().lazyInitCUDA();
  return std::unique_ptr<StepMeter>(std::make_unique<CudaMeter>());
}

}  // namespace kernwise::torch_worker
