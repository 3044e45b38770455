// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What this build was made of; filled in by CMake.
#pragma once

#include <string>

namespace kernwise::detail {

std::string build_compiler();  // "GNU 12.2.0 -O3 -DNDEBUG"
std::string build_version();   // "0.1.0+c333546", without the + where the commit is unknown

}  // namespace kernwise::detail
