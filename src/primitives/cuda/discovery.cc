// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "cuda/device.h"

namespace kernwise::detail {

std::vector<std::unique_ptr<const Resource>> cuda_resources() {
  std::vector<std::unique_ptr<const Resource>> found;
  int count = 0;
  // Fails where there is no driver: then there is no device.
  if (cudaGetDeviceCount(&count) != cudaSuccess) return found;
  for (int i = 0; i < count; ++i) found.push_back(std::make_unique<CudaDevice>(i));
  return found;
}

std::string cuda_refusal() { return {}; }

}  // namespace kernwise::detail
