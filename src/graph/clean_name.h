// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Names from a file end up in messages, JSON and terminals. Clean ones are UTF-8 (as ONNX demands)
// without control characters, so nothing downstream needs to escape or fear them.
#pragma once

#include <string_view>

namespace kernwise::detail {

bool is_clean_name(std::string_view name);  // an empty name is clean

}  // namespace kernwise::detail
