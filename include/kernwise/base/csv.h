// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The grammar of RFC 4180 and nothing of what the fields mean. Strict where leniency would change
// data: a quote inside a bare field, text behind a closing quote and an open quote are errors.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kernwise/base/result.h"

namespace kernwise {

// What a hostile file is refused for before it takes memory: a record of more fields, more records.
// Public tables of designs have some tens of columns, or one for each of some thousand devices, and
// half a million rows.
inline constexpr std::size_t kMostCsvFields = std::size_t{1} << 16;
inline constexpr int64_t kMostCsvRows = int64_t{1} << 26;

// Quoted only if it must be.
void append_csv_field(std::string& line, std::string_view field);

// `row(line, fields)` for every record, with the number of the line it starts on, until one fails.
// Empty lines are passed over, as is a byte order mark. Beyond the limits: kInvalidInput.
Status for_each_csv_row(std::string_view text,
                        const std::function<Status(int64_t, const std::vector<std::string>&)>& row);

}  // namespace kernwise
