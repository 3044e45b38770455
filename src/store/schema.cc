// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
#include "schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace kernwise::detail {
namespace {

struct SchemaObject {
  std::string_view type;
  std::string_view name;
  std::string_view sql;  // as SQLite keeps it: from CREATE to the last character before ';'
};

constexpr std::string_view kProblemIndex = "measurements_by_problem";

constexpr std::array<SchemaObject, 12> kSchema = {{
    {"table", "devices",
     R"sql(CREATE TABLE devices (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL UNIQUE,
  cpu TEXT NOT NULL,
  vendor TEXT NOT NULL,
  family INTEGER NOT NULL,
  model INTEGER NOT NULL,
  stepping INTEGER NOT NULL,
  isa TEXT NOT NULL,
  is_virtual INTEGER NOT NULL CHECK (is_virtual IN (0, 1)),
  cores INTEGER NOT NULL,
  l1d_bytes INTEGER NOT NULL,
  l2_bytes INTEGER NOT NULL,
  l3_bytes INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL
) STRICT)sql"},
    {"table", "sessions",
     R"sql(CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  device INTEGER NOT NULL REFERENCES devices (id),
  started TEXT NOT NULL,
  context TEXT NOT NULL
) STRICT)sql"},
    {"table", "measurements",
     R"sql(CREATE TABLE measurements (
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES sessions (id),
  device TEXT NOT NULL,
  problem TEXT NOT NULL,
  primitive TEXT NOT NULL,
  revision INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  metric TEXT NOT NULL,
  protocol TEXT NOT NULL,
  libraries TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 2),
  reason TEXT NOT NULL,
  runs_s BLOB NOT NULL CHECK (length(runs_s) % 8 = 0),
  median_s REAL NOT NULL,
  spread REAL NOT NULL,
  grade TEXT NOT NULL CHECK (grade IN ('A', 'B', 'C', 'D', 'E', 'F')),
  workspace_bytes INTEGER NOT NULL,
  packed_bytes INTEGER NOT NULL,
  reference_drift REAL NOT NULL
) STRICT)sql"},
    {"index", "measurements_by_problem",
     "CREATE INDEX measurements_by_problem ON measurements (problem, device, threads, protocol)"},
    {"index", "measurements_by_session",
     "CREATE INDEX measurements_by_session ON measurements (session)"},
    {"index", "sessions_by_device", "CREATE INDEX sessions_by_device ON sessions (device)"},
    {"trigger", "devices_keep",
     "CREATE TRIGGER devices_keep BEFORE UPDATE ON devices "
     "BEGIN SELECT RAISE(ABORT, 'a kernwise store is append-only'); END"},
    {"trigger", "devices_stay",
     "CREATE TRIGGER devices_stay BEFORE DELETE ON devices "
     "BEGIN SELECT RAISE(ABORT, 'a kernwise store is append-only'); END"},
    {"trigger", "sessions_keep",
     "CREATE TRIGGER sessions_keep BEFORE UPDATE ON sessions "
     "BEGIN SELECT RAISE(ABORT, 'a kernwise store is append-only'); END"},
    {"trigger", "sessions_stay",
     "CREATE TRIGGER sessions_stay BEFORE DELETE ON sessions "
     "BEGIN SELECT RAISE(ABORT, 'a kernwise store is append-only'); END"},
    {"trigger", "measurements_keep",
     "CREATE TRIGGER measurements_keep BEFORE UPDATE ON measurements "
     "BEGIN SELECT RAISE(ABORT, 'a kernwise store is append-only'); END"},
    {"trigger", "measurements_stay",
     "CREATE TRIGGER measurements_stay BEFORE DELETE ON measurements "
     "BEGIN SELECT RAISE(ABORT, 'a kernwise store is append-only'); END"},
}};

Error not_a_store() {
  return invalid_input("is an SQLite database, but no kernwise store",
                       "give another file with --store");
}

Error tampered(std::string_view what) {
  return invalid_input(fmt::format("is no intact kernwise store: {}", what),
                       "its schema was changed by another program; give another file with --store");
}

}  // namespace

void create_schema(SQLite::Database& database) {
  for (const SchemaObject& object : kSchema) database.exec(std::string(object.sql));
  database.exec(fmt::format("PRAGMA application_id = {}", kStoreApplicationId));
  database.exec(fmt::format("PRAGMA user_version = {}", kStoreSchemaVersion));
}

void drop_problem_index(SQLite::Database& database) {
  database.exec(fmt::format("DROP INDEX {}", kProblemIndex));
}

void create_problem_index(SQLite::Database& database) {
  const auto found = std::ranges::find(kSchema, kProblemIndex, &SchemaObject::name);
  database.exec(std::string(found->sql));
}

Result<SchemaState> check_schema(SQLite::Database& database) {
  const int application = database.execAndGet("PRAGMA application_id").getInt();
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  SQLite::Statement objects(database,
                            "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE "
                            "substr(name, 1, 7) <> 'sqlite_'");
  std::size_t found = 0;
  std::size_t total = 0;
  std::string foreign;
  while (objects.executeStep()) {
    ++total;
    const std::string type = objects.getColumn(0).getString();
    const std::string name = objects.getColumn(1).getString();
    const auto known = std::find_if(
        kSchema.begin(), kSchema.end(),
        [&](const SchemaObject& object) { return object.type == type && object.name == name; });
    if (known != kSchema.end() && objects.getColumn(2).getString() == known->sql) {
      ++found;
    } else if (known != kSchema.end() || type != "index") {  // indices of others do no harm
      foreign = fmt::format("the {} '{}' is not as kernwise makes it", type, name);
    }
  }
  if (total == 0 && application == 0 && version == 0) return SchemaState::kEmpty;
  if (application != kStoreApplicationId) return not_a_store();
  if (version > kStoreSchemaVersion) {
    return invalid_input(
        fmt::format("is a store of schema {}; this kernwise knows only up to schema {}", version,
                    kStoreSchemaVersion),
        "use a newer kernwise, or another file with --store");
  }
  if (version != kStoreSchemaVersion) return tampered(fmt::format("it claims schema {}", version));
  if (!foreign.empty()) return tampered(foreign);
  if (found != kSchema.size()) return tampered("tables or indices are missing");
  return SchemaState::kStore;
}

}  // namespace kernwise::detail
