// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What OpenCL says when it fails, as an error of ours. The calls are those of OpenCL 2.0.
#pragma once

#define CL_TARGET_OPENCL_VERSION 200
#include <CL/cl.h>

#include <string>

#include "kernwise/base/result.h"

namespace kernwise::detail {

// kUnsupported: "opencl:0 could not copy: CL_OUT_OF_RESOURCES (-5)".
Error opencl_error(const std::string& device, const std::string& what, cl_int code);

}  // namespace kernwise::detail
