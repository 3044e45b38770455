// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// SQLite's errors in kernwise's words: what happened to the file, and what to do next.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <string_view>

#include "kernwise/base/result.h"

namespace kernwise::detail {

// `doing` completes "cannot ...": "read", "write". `system_error` is an errno value, or 0.
Error store_error(const SQLite::Exception& exception, int system_error, std::string_view doing,
                  const std::filesystem::path& path);

}  // namespace kernwise::detail
