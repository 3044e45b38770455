// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// A compiled kernel of an OpenCL device with its launch.
#pragma once

#include "opencl/device.h"

namespace kernwise::detail {

class OpenClKernel final : public DeviceKernel {
 public:
  // Owns `kernel`.
  OpenClKernel(const OpenClDevice& device, cl_kernel kernel, Launch launch)
      : device_(device), kernel_(kernel), launch_(std::move(launch)) {}
  ~OpenClKernel() override { clReleaseKernel(kernel_); }
  OpenClKernel(const OpenClKernel&) = delete;
  OpenClKernel& operator=(const OpenClKernel&) = delete;

  void run(const KernelArgs& args) const override;

 private:
  const OpenClDevice& device_;
  cl_kernel kernel_;
  Launch launch_;
};

}  // namespace kernwise::detail
