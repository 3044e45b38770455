// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// The tables of a PostgreSQL store, in the schema "kernwise" (docs/formats/store.md). Each version
// is what the one before it was and one migration: a script that runs once, in a transaction.
#pragma once

#include "postgres_connection.h"

namespace kernwise::detail {

inline constexpr int kPostgresSchemaVersion = 2;

// kReadWrite brings an older or missing schema up to date, one process at a time; kReadOnly takes
// any version that this kernwise knows. kInvalidInput for a newer one, or none.
Status prepare_schema(PostgresConnection& connection, StoreMode mode);

}  // namespace kernwise::detail
