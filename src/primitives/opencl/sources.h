// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The sources of the kernels, which CMake puts into the program.
#pragma once

#include <string>
#include <string_view>

namespace kernwise::detail {

// "gemm" -> opencl/words.cl and resource/gemm_kernels.cl; empty if there is none of that name.
std::string opencl_source(std::string_view program);

}  // namespace kernwise::detail
