// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Opens the database of a store: looks at what the path names, creates or checks the schema, and
// sets the journal. What can be wrong with a file is all decided here.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>

#include "kernwise/base/result.h"
#include "kernwise/store/store.h"

namespace kernwise::detail {

// How long a process waits for another one's batch; a batch takes milliseconds.
inline constexpr int kBusyTimeoutMs = 15000;

Result<std::unique_ptr<SQLite::Database>> open_database(const std::filesystem::path& path,
                                                        StoreMode mode);

// The write-ahead log, and how far each batch waits for the disk.
void choose_journal(SQLite::Database& database);

}  // namespace kernwise::detail
