// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include <cstdlib>
#include <vector>

#include "opencl/device.h"

namespace kernwise::detail {

std::vector<std::unique_ptr<const Resource>> opencl_resources() {
  std::vector<std::unique_ptr<const Resource>> found;
  cl_uint count = 0;
  // PoCL's worker threads then keep to a processor each (its documentation, "POCL_AFFINITY");
  // otherwise two of them share one for whole stretches of time. What the user has set stays. Read
  // by the workers when they start, which is below.
  setenv("POCL_AFFINITY", "1", /*overwrite=*/0);
  // Fails where the loader finds no driver: then there is no device.
  if (clGetPlatformIDs(0, nullptr, &count) != CL_SUCCESS || count == 0) return found;
  std::vector<cl_platform_id> platforms(count);
  if (clGetPlatformIDs(count, platforms.data(), nullptr) != CL_SUCCESS) return found;
  for (const cl_platform_id platform : platforms) {
    if (clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, nullptr, &count) != CL_SUCCESS) continue;
    std::vector<cl_device_id> devices(count);
    if (count == 0 ||
        clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, devices.data(), nullptr) != CL_SUCCESS)
      continue;
    for (const cl_device_id device : devices)
      found.push_back(std::make_unique<OpenClDevice>("opencl:" + std::to_string(found.size()),
                                                     platform, device));
  }
  return found;
}

std::string opencl_refusal() { return {}; }

}  // namespace kernwise::detail
