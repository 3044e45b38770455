// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What nvcc compiled, for the rest of the program.
#pragma once

#include <string_view>

namespace kernwise::detail {

struct CudaKernelEntry {
  std::string_view name;
  const void* function = nullptr;
};

// For cudaLaunchKernel; nullptr if there is none of that name.
const void* find_cuda_kernel(std::string_view name);

}  // namespace kernwise::detail
