// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// An OpenCL device with shared virtual memory (OpenCL 2.0, coarse grain), which is what lets its
// memory be addressed by plain pointers. One in-order queue; programs are built once each.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "opencl/error.h"
#include "resource/device_resource.h"

namespace kernwise::detail {

class OpenClDevice final : public DeviceResource {
 public:
  // Looks at the device and opens it, or says in refusal() why it cannot be used.
  OpenClDevice(std::string name, cl_platform_id platform, cl_device_id device);
  // Never destroyed but in tests of discovery: see all_resources().
  ~OpenClDevice() override;
  OpenClDevice(const OpenClDevice&) = delete;
  OpenClDevice& operator=(const OpenClDevice&) = delete;

  bool shares_processors() const override { return on_processors_; }
  Bytes memory() const override { return memory_; }
  Result<ResourceMemory> allocate(Bytes size) const override;
  Status copy_in(float* there, const float* here, int64_t elements) const override;
  Status copy_out(float* here, const float* there, int64_t elements) const override;
  Result<std::unique_ptr<Kernel>> make_kernel(const Launch& launch, int inputs) const override;

  // Sets the arguments of a kernel (pointers, then sizes), starts it and waits.
  Status start(cl_kernel kernel, const Launch& launch, std::span<const float* const> pointers,
               std::span<const int32_t> sizes) const;
  // start(), but a failure is the device's from then on.
  void run(cl_kernel kernel, const Launch& launch, std::span<const float* const> pointers) const;

 private:
  std::string find_refusal() const;
  Status open();
  Status copy(void* to, const void* from, int64_t elements) const;
  Result<cl_program> program(std::string_view name) const;

  cl_device_id device_ = nullptr;
  cl_context context_ = nullptr;
  cl_command_queue queue_ = nullptr;
  bool on_processors_ = false;
  Bytes memory_;
  int64_t largest_allocation_ = 0;
  mutable std::mutex mutex_;  // of the arguments of kernels, and of the programs
  mutable std::map<std::string, cl_program, std::less<>> programs_;
};

}  // namespace kernwise::detail
