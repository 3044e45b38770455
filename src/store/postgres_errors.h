// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// What a failure at the server means to the person who named it.
#pragma once

#include <exception>
#include <pqxx/pqxx>
#include <string_view>

#include "kernwise/base/result.h"

namespace kernwise::detail {

// The connection is gone, or was taken back by the server (a restart, an administrator): a new one
// may succeed. False for what a new one would meet again.
bool is_connection_lost(const std::exception& exception);

// `shown`: the location without its password; what libpq says holds none either.
Error database_error(const std::exception& exception, std::string_view doing,
                     const std::string& shown);

}  // namespace kernwise::detail
