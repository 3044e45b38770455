// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <string>

#include "kernwise/base/result.h"
#include "kernwise/base/units.h"

namespace kernwise::detail {

// The `size` bytes that a tensor keeps in a file of its own (ONNX, "external data"). The file must
// be a regular one inside `folder`, also after symbolic links are followed.
Result<std::string> read_external_data(const onnx::TensorProto& proto,
                                       const std::filesystem::path& folder, Bytes size);

}  // namespace kernwise::detail
