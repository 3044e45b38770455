// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The kernwise authors
//
// Devices, sessions and whole tables of records of an SQLite store, for what looks at all of it.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernwise/base/result.h"
#include "kernwise/store/store.h"

struct sqlite3_stmt;

namespace kernwise::detail {

// Everything below throws SQLite::Exception; the caller holds the transaction.

// True if it was not there before.
bool insert_device(SQLite::Database& database, const Device& device);
int64_t insert_session(SQLite::Database& database, const std::string& fingerprint,
                       const std::string& started, const std::string& context);

std::vector<Device> read_devices(SQLite::Database& database);
std::vector<StoredSession> read_sessions(SQLite::Database& database);

// Shows every row, or those of one session. kInvalidInput on rows that cannot be.
Status visit_records(SQLite::Database& database, const RecordVisitor& visitor,
                     std::optional<int64_t> session = std::nullopt);

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const;
};

// Inserts rows as they are shown.
class RecordInserter {
 public:
  explicit RecordInserter(SQLite::Database& database);
  void insert(const RecordView& record, int64_t session);

 private:
  void bind(int at, std::string_view text);
  void check(int code) const;

  SQLite::Database& database_;
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement_;
};

// Store::absorb: see there.
Result<MergeSummary> absorb_into(SQLite::Database& database, const Store& source);

}  // namespace kernwise::detail
