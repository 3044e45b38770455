// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Which build of a shared library is loaded, for one that carries no version.
#pragma once

#include <string>

namespace kernwise::detail {

// The build id (lower-case hex) of the library that holds `address`; "unknown" if it has none.
std::string build_id_of(const void* address);

}  // namespace kernwise::detail
