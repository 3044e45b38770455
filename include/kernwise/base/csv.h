// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The grammar of RFC 4180 and nothing of what the fields mean. Strict where leniency would change
// data: a quote inside a bare field, text behind a closing quote and an open quote are errors.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise {

// Quoted only if it must be.
void append_csv_field(std::string& line, std::string_view field);

// `row(line, fields)` for every record, with the number of the line it starts on, until one fails.
// Empty lines are passed over, as is a byte order mark.
Status for_each_csv_row(std::string_view text,
                        const std::function<Status(int64_t, const std::vector<std::string>&)>& row);

}  // namespace kernwise
