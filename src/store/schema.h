// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The schema of a store file; docs/formats/store.md explains it. It is compared text by text when a
// store is opened: a file from elsewhere with a view or a trigger in place of a table could
// otherwise run anything it likes, for ever.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include "kernwise/base/result.h"

namespace kernwise::detail {

inline constexpr int kStoreApplicationId = 0x6b776973;  // "kwis"; frozen by a test
inline constexpr int kStoreSchemaVersion = 1;  // raised with every change; frozen by a test

enum class SchemaState { kEmpty, kStore };

// Creates everything; the caller holds the transaction.
void create_schema(SQLite::Database& database);

// The one index that merged records arrive in no order for. Within a transaction it can go and be
// made again, sorted, when they are many.
void drop_problem_index(SQLite::Database& database);
void create_problem_index(SQLite::Database& database);

// kInvalidInput on a file that is no kernwise store, is of a newer schema, or was tampered with.
// Throws SQLite::Exception on a damaged one.
Result<SchemaState> check_schema(SQLite::Database& database);

}  // namespace kernwise::detail
