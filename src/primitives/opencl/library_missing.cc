// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "resource/device_resource.h"

namespace kernwise::detail {

std::vector<std::unique_ptr<const Resource>> opencl_resources() { return {}; }

std::string opencl_refusal() { return "kernwise was built without OpenCL"; }

}  // namespace kernwise::detail
